//! The kinds of sockets, as types and as values, and each pattern over each transport.
//!
//! Sending is in `sockets_send.rs`, receiving in `sockets_recv.rs`, several frames in `sockets_multipart.rs`, waiting in
//! `sockets_wait.rs`, binding and connecting in `sockets_endpoints.rs`.

mod support;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use support::{TRANSPORTS, TempPath, Transport, deadline, eventually};
use zmq::{Context, Dynamic, ErrorKind, IntoKind, Kind, Socket, SocketType};

#[test]
fn every_kind_as_a_type() {
    fn check<T: IntoKind + Copy + Into<SocketType>>(context: &Context, constant: T, kind: SocketType, name: &str) {
        let socket = context.socket(constant).unwrap();
        assert_eq!(<T::Kind as Kind>::TYPE, Some(kind));
        assert_eq!(constant.socket_type(), kind);
        assert_eq!(constant.into(), kind);
        assert_eq!(socket.socket_type(), kind);
        assert_eq!(kind.to_string(), name);
        assert_eq!(SocketType::from_raw(kind.as_raw()), kind);

        let other = if kind == SocketType::Pair { SocketType::Push } else { SocketType::Pair };
        let dynamic = socket.into_dynamic();
        assert_eq!(dynamic.socket_type(), kind);
        let dynamic = match other {
            SocketType::Pair => dynamic.downcast::<zmq::Pair>().map(Socket::into_dynamic).unwrap_err(),
            _ => dynamic.downcast::<zmq::Push>().map(Socket::into_dynamic).unwrap_err(),
        };
        assert_eq!(dynamic.downcast::<T::Kind>().unwrap().socket_type(), kind);
    }
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    check(&context, zmq::PAIR, SocketType::Pair, "PAIR");
    check(&context, zmq::PUB, SocketType::Pub, "PUB");
    check(&context, zmq::SUB, SocketType::Sub, "SUB");
    check(&context, zmq::REQ, SocketType::Req, "REQ");
    check(&context, zmq::REP, SocketType::Rep, "REP");
    check(&context, zmq::DEALER, SocketType::Dealer, "DEALER");
    check(&context, zmq::ROUTER, SocketType::Router, "ROUTER");
    check(&context, zmq::PULL, SocketType::Pull, "PULL");
    check(&context, zmq::PUSH, SocketType::Push, "PUSH");
    check(&context, zmq::XPUB, SocketType::Xpub, "XPUB");
    check(&context, zmq::XSUB, SocketType::Xsub, "XSUB");
    check(&context, zmq::STREAM, SocketType::Stream, "STREAM");
    assert_eq!(SocketType::ALL.len(), 12);
}

#[test]
fn every_kind_as_a_value() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for &kind in SocketType::ALL {
        let socket: Socket<Dynamic> = context.socket(kind).unwrap();
        assert_eq!(socket.socket_type(), kind);
        // A dynamic socket is one already.
        let socket = socket.downcast::<Dynamic>().unwrap();
        assert_eq!(format!("{socket:?}"), format!("Socket {{ kind: {kind}, endpoint: none }}"));
    }
}

#[test]
fn a_downcast_that_fails_gives_the_socket_back_as_it_was() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, SocketType::Push);
    let push = push.downcast::<zmq::Pub>().unwrap_err();
    push.send("still connected").unwrap();
    assert_eq!(pull.recv().unwrap(), "still connected");
    push.downcast::<zmq::Push>().unwrap().send("and again").unwrap();
    assert_eq!(pull.recv().unwrap(), "and again");
}

#[test]
fn the_verb_that_a_kind_does_not_have() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for kind in [SocketType::Pull, SocketType::Sub] {
        let socket = context.socket(kind).unwrap();
        let unsent = socket.try_send("x").unwrap_err();
        assert_eq!(unsent.kind(), ErrorKind::NotSupported);
        assert_eq!(unsent.message, "x");
        let text = format!("send {kind}: operation not supported (ENOTSUP); {kind} sockets only receive");
        assert_eq!(unsent.to_string(), text);
        assert_eq!(format!("{unsent:?}"), text);
        assert_eq!(unsent.error.target(), Some(kind.to_string().as_str()));

        let unsent = socket.send_multipart(("x", "y")).unwrap_err();
        assert_eq!((unsent.kind(), unsent.to_string()), (ErrorKind::NotSupported, text));
        assert_eq!(unsent.parts, ["x", "y"]);
    }
    for kind in [SocketType::Push, SocketType::Pub] {
        let socket = context.socket(kind).unwrap();
        let error = socket.try_recv().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotSupported);
        let text = format!("recv {kind}: operation not supported (ENOTSUP); {kind} sockets only send");
        assert_eq!(error.to_string(), text);
        assert_eq!(socket.recv_multipart().unwrap_err().to_string(), text);
        assert_eq!(socket.recv_buf(&mut [0]).unwrap_err().to_string(), text);
    }
    let error = context.socket(SocketType::Req).unwrap().set(zmq::SUBSCRIBE, "").unwrap_err();
    assert!(error.to_string().contains("SUBSCRIBE"), "{error}");
}

#[test]
fn a_kind_with_an_unknown_number() {
    let _deadline = deadline(30);
    let kind = SocketType::from_raw(999);
    assert_eq!((kind, kind.as_raw()), (SocketType::Other(999), 999));
    let error = Context::new().unwrap().socket(kind).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("999"), "{error}");
}

#[test]
fn req_rep() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (rep, req) = transport.pair(&context, zmq::REP, zmq::REQ);
        for turn in 0..3 {
            req.send(format!("question {turn}")).unwrap();
            assert_eq!(req.send("out of turn").unwrap_err().kind(), ErrorKind::WrongState);
            assert_eq!(rep.recv_string().unwrap(), format!("question {turn}"));
            assert_eq!(rep.recv().unwrap_err().kind(), ErrorKind::WrongState);
            rep.send_multipart(("answer", turn.to_string())).unwrap();
            assert_eq!(req.recv_multipart().unwrap(), ["answer".to_owned(), turn.to_string()]);
        }
    }
}

/// Sends until it arrives: the first messages may be sent before the subscription is there.
fn publish<P: zmq::Sender, S: zmq::Receiver>(publisher: &Socket<P>, subscriber: &Socket<S>) {
    eventually("the subscription arrives", || {
        publisher.send_multipart(["other", "no"]).unwrap();
        publisher.send_multipart(["topic", "yes"]).unwrap();
        let received = subscriber.recv_multipart_timeout(10).ok()?;
        assert_eq!(received, ["topic", "yes"]);
        Some(())
    });
}

#[test]
fn pub_sub() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (publisher, subscriber) = transport.pair(&context, zmq::PUB, zmq::SUB);
        subscriber.subscribe("topic").unwrap();
        publish(&publisher, &subscriber);
        // The other way round: the subscriber is bound.
        let (subscriber, publisher) = transport.pair(&context, zmq::SUB, zmq::PUB);
        subscriber.subscribe("topic").unwrap();
        publish(&publisher, &subscriber);
    }
}

#[test]
fn xpub_xsub() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (xpub, xsub) = transport.pair(&context, zmq::XPUB, zmq::XSUB);
        xsub.send(b"\x01topic").unwrap();
        assert_eq!(xpub.recv().unwrap(), b"\x01topic");
        xpub.send("other").unwrap();
        xpub.send_multipart(["topic", "news"]).unwrap();
        assert_eq!(xsub.recv_multipart().unwrap(), ["topic", "news"]);
        xsub.send(b"\x00topic").unwrap();
        assert_eq!(xpub.recv().unwrap(), b"\x00topic");
        xpub.send("topic").unwrap();
        assert!(xsub.try_recv().unwrap().is_none());

        let (publisher, xsub) = transport.pair(&context, zmq::PUB, zmq::XSUB);
        xsub.send(b"\x01topic").unwrap();
        publish(&publisher, &xsub);
        let (xpub, subscriber) = transport.pair(&context, zmq::XPUB, zmq::SUB);
        subscriber.subscribe("topic").unwrap();
        assert_eq!(xpub.recv().unwrap(), b"\x01topic");
        publish(&xpub, &subscriber);
    }
}

#[test]
fn push_pull() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        for number in 0..100_u32 {
            push.send(number.to_be_bytes()).unwrap();
        }
        for number in 0..100_u32 {
            assert_eq!(pull.recv().unwrap(), number.to_be_bytes());
        }
        let (push, pull) = transport.pair(&context, zmq::PUSH, zmq::PULL);
        push.send("bound").unwrap();
        assert_eq!(pull.recv().unwrap(), "bound");
    }
}

#[test]
fn push_gives_each_of_its_peers_a_turn() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    let pulls: Vec<_> = (0..3).map(|_| context.socket(zmq::PULL).unwrap()).collect();
    for pull in &pulls {
        push.connect(&Transport::Inproc.bind(pull)).unwrap();
    }
    for _ in 0..6 {
        push.send("work").unwrap();
    }
    for pull in &pulls {
        assert_eq!(pull.recv().unwrap(), "work");
        assert_eq!(pull.recv().unwrap(), "work");
        assert!(pull.try_recv().unwrap().is_none());
    }
}

#[test]
fn dealer_router() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let router = context.socket(zmq::ROUTER).unwrap();
        router.set_router_mandatory(true).unwrap();
        let dealer = context.socket(zmq::DEALER).unwrap();
        dealer.set_routing_id("the dealer").unwrap();
        dealer.connect(&transport.bind(&router)).unwrap();
        dealer.send_multipart(["", "one"]).unwrap();
        dealer.send("two").unwrap();
        assert_eq!(router.recv_multipart().unwrap(), ["the dealer", "", "one"]);
        let [id, body] = router.recv_frames().unwrap();
        assert_eq!((&*id, &*body), (&b"the dealer"[..], &b"two"[..]));
        router.send_multipart((id, "back")).unwrap();
        assert_eq!(dealer.recv_multipart().unwrap(), ["back"]);

        let unsent = router.send_multipart(["nobody", "x"]).unwrap_err();
        assert_eq!(unsent.kind(), ErrorKind::HostUnreachable);
        assert_eq!(unsent.parts, ["nobody", "x"]);
        router.send_multipart(["the dealer", "not mixed up"]).unwrap();
        assert_eq!(dealer.recv_multipart().unwrap(), ["not mixed up"]);
    }
}

#[test]
fn req_to_router_and_dealer_to_rep() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (router, req) = transport.pair(&context, zmq::ROUTER, zmq::REQ);
        req.send("question").unwrap();
        let [id, empty, question] = router.recv_frames().unwrap();
        assert!(empty.is_empty());
        assert_eq!(question, "question");
        router.send_multipart((id, empty, "answer")).unwrap();
        assert_eq!(req.recv().unwrap(), "answer");

        let (rep, dealer) = transport.pair(&context, zmq::REP, zmq::DEALER);
        dealer.send_multipart(["", "question"]).unwrap();
        assert_eq!(rep.recv().unwrap(), "question");
        rep.send("answer").unwrap();
        assert_eq!(dealer.recv_multipart().unwrap(), ["", "answer"]);
    }
}

#[test]
fn pair() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (a, b) = transport.pair(&context, zmq::PAIR, zmq::PAIR);
        a.send("from a").unwrap();
        b.send_multipart(["from", "b"]).unwrap();
        assert_eq!(b.recv().unwrap(), "from a");
        assert_eq!(a.recv_multipart().unwrap(), ["from", "b"]);
    }
}

/// Talks to a STREAM as a program that knows nothing of ZeroMQ does.
fn plain(stream: &Socket<zmq::Stream>, mut plain: impl std::io::Read + std::io::Write + Send + 'static) {
    let [id, nothing] = stream.recv_frames().unwrap();
    assert!(!id.is_empty() && nothing.is_empty(), "the connection is announced");
    plain.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let mut request = Vec::new();
    while request.len() < 18 {
        let [from, some] = stream.recv_frames().unwrap();
        assert_eq!(from, id);
        request.extend_from_slice(&some);
    }
    assert_eq!(request, b"GET / HTTP/1.0\r\n\r\n");
    stream.send_multipart((&id, "200 OK")).unwrap();
    let mut answer = [0; 6];
    plain.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"200 OK");
    // An empty frame closes the connection. For that, libzmq needs the socket to be asked for something once more.
    stream.send_multipart((&id, "")).unwrap();
    let reader = std::thread::spawn(move || plain.read(&mut answer).unwrap());
    eventually("the connection is closed", || {
        stream.events().unwrap();
        reader.is_finished().then_some(())
    });
    assert_eq!(reader.join().unwrap(), 0);
}

#[test]
fn stream() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let stream = context.socket(zmq::STREAM).unwrap();
    let port = stream.bind_to_random_port("tcp://127.0.0.1").unwrap();
    plain(&stream, TcpStream::connect(("127.0.0.1", port)).unwrap());

    #[cfg(unix)]
    {
        let stream = context.socket(zmq::STREAM).unwrap();
        let path = TempPath::new();
        stream.bind(&path.ipc()).unwrap();
        plain(&stream, std::os::unix::net::UnixStream::connect(path.path()).unwrap());
    }
}

#[test]
fn stream_that_connects() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = context.socket(zmq::STREAM).unwrap();
    stream.connect(&format!("tcp://{}", listener.local_addr().unwrap())).unwrap();
    let (mut plain, _) = listener.accept().unwrap();
    let [id, nothing] = stream.recv_frames().unwrap();
    assert!(nothing.is_empty());
    stream.send_multipart((&id, "hello")).unwrap();
    let mut text = [0; 5];
    plain.read_exact(&mut text).unwrap();
    assert_eq!(&text, b"hello");
    plain.write_all(b"back").unwrap();
    let [from, text] = stream.recv_frames().unwrap();
    assert_eq!((from, &*text), (id, &b"back"[..]));

    let error = stream.connect("inproc://no").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IncompatibleProtocol);
    assert!(error.to_string().contains("by tcp or ipc"), "{error}");
}

#[test]
fn debug_says_the_kind_and_the_endpoint() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PULL).unwrap();
    assert_eq!(format!("{socket:?}"), "Socket { kind: PULL, endpoint: none }");
    let endpoint = Transport::Tcp.bind(&socket);
    assert_eq!(format!("{socket:?}"), format!("Socket {{ kind: PULL, endpoint: {endpoint:?} }}"));
    let dynamic = socket.into_dynamic();
    assert_eq!(format!("{dynamic:?}"), format!("Socket {{ kind: PULL, endpoint: {endpoint:?} }}"));
    context.shutdown().unwrap();
    assert!(format!("{dynamic:?}").starts_with("Socket { kind: PULL, endpoint: "), "{dynamic:?}");
}

#[test]
fn a_socket_knows_its_context_and_keeps_it() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    assert_eq!(pull.context(), Some(&context));
    assert_ne!(pull.context(), Some(&Context::new().unwrap()));
    drop(context);
    push.send("the sockets are enough").unwrap();
    assert_eq!(pull.recv().unwrap(), "the sockets are enough");
    let context = pull.context().unwrap().clone();
    let other = context.socket(zmq::PUSH).unwrap();
    other.connect(&pull.last_endpoint().unwrap()).unwrap();
    other.send("one more").unwrap();
    assert_eq!(pull.recv().unwrap(), "one more");
}

#[test]
fn a_socket_moves_to_another_thread() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (rep, req) = Transport::Inproc.pair(&context, zmq::REP, zmq::REQ);
    let server = std::thread::spawn(move || {
        let text = rep.recv_string().unwrap();
        rep.send(text.to_uppercase()).unwrap();
        rep
    });
    req.send("hello").unwrap();
    assert_eq!(req.recv_string().unwrap(), "HELLO");
    let rep = server.join().unwrap();
    req.send("back").unwrap();
    assert_eq!(rep.recv_string().unwrap(), "back");
}

/// A socket with a message that nobody will ever take.
fn with_something_unsent(context: &Context) -> (TcpListener, Socket<zmq::Push>) {
    // It listens, but never says a word.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.connect(&format!("tcp://{}", listener.local_addr().unwrap())).unwrap();
    push.send("unsent").unwrap();
    (listener, push)
}

#[test]
fn close_keeps_what_is_unsent_and_close_linger_says_for_how_long() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (_listener, push) = with_something_unsent(&context);
    push.close_linger(0).unwrap();
    context.term_timeout(5000).unwrap();

    let context = Context::new().unwrap();
    let (_listener, push) = with_something_unsent(&context);
    push.close_linger(Duration::from_millis(50)).unwrap();
    context.term_timeout(5000).unwrap();

    let context = Context::new().unwrap();
    let (_listener, push) = with_something_unsent(&context);
    push.set_linger(0).unwrap();
    push.close().unwrap();
    context.term_timeout(5000).unwrap();

    for linger in [None, Some(Duration::from_secs(600))] {
        let context = Context::new().unwrap();
        let (_listener, push) = with_something_unsent(&context);
        push.close_linger(linger).unwrap();
        assert!(context.term_timeout(50).unwrap_err().is_again());
    }
    let context = Context::new().unwrap();
    let (_listener, push) = with_something_unsent(&context);
    push.close().unwrap();
    assert!(context.term_timeout(50).unwrap_err().is_again());
}

#[test]
fn what_was_sent_before_close_arrives() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        for _ in 0..10 {
            push.send("last words").unwrap();
        }
        push.close().unwrap();
        for _ in 0..10 {
            assert_eq!(pull.recv().unwrap(), "last words");
        }
    }
}

#[test]
fn close_after_shutdown() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let first = context.socket(zmq::PUSH).unwrap();
    let second = context.socket(zmq::PUSH).unwrap();
    context.shutdown().unwrap();
    first.close().unwrap();
    // It is too late when the socket has seen it.
    assert!(second.events().unwrap_err().is_terminated());
    assert!(second.close_linger(0).unwrap_err().is_terminated());
    // It is closed even so.
    context.term_timeout(5000).unwrap();
}
