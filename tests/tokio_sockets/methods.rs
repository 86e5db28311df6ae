//! Every method once, and what the types promise.

use std::sync::Arc;

use futures_util::{SinkExt as _, StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use static_assertions::assert_impl_all;
use zmq::tokio::{Authenticator, Context, Monitor, Poller, Socket};
use zmq::{Dynamic, ErrorKind, Message, Pull, Push, SocketType};

use crate::support::{TRANSPORTS, Transport, deadline};
use crate::{one_thread, pair, within};

assert_impl_all!(Socket<Pull>: Send, Sync, Unpin);
assert_impl_all!(Socket<Dynamic>: Send, Sync);
assert_impl_all!(Context: Send, Sync, Clone);
assert_impl_all!(Monitor: Send, Sync);
assert_impl_all!(Authenticator: Send, Sync);
assert_impl_all!(Poller<'static>: Send, Sync);

/// Never called: it is compiled only if all these can be spawned.
fn _futures_are_send(pull: &Socket<Pull>, push: &Socket<Push>, monitor: &Monitor, auth: &Authenticator) {
    fn send<T: Send>(_: T) {}
    send(pull.recv());
    send(pull.recv_multipart());
    send(pull.recv_buf(&mut [0; 8]));
    send(pull.recv_string());
    send(pull.recv_frames::<2>());
    send(pull.recv_json::<Vec<u32>>());
    send(pull.recv_serialized(|parts| parts.len()));
    send(pull.readable());
    send(pull.poll(1, zmq::POLLIN));
    send(pull.stream());
    send(pull.stream_multipart());
    send(push.send("x"));
    send(push.send_string("x"));
    send(push.send_multipart(["x"]));
    send(push.send_json(&1));
    send(push.send_serialized(1, |_| ["x"]));
    send(push.writable());
    send(push.sink::<Message>());
    send(push.sink_multipart::<Vec<Message>>());
    send(monitor.recv());
    send(monitor.stream());
    send(auth.run());
    send(auth.handle());
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

#[test]
fn messages_in_all_forms() {
    let _deadline = deadline(30);
    for transport in TRANSPORTS {
        one_thread().block_on(async {
            let context = Context::new().unwrap();
            let (pull, push) = pair(&context, transport, zmq::PULL, zmq::PUSH);
            push.send("bytes").await.unwrap();
            assert_eq!(within("recv", pull.recv()).await.unwrap(), "bytes");
            push.send_string("größer").await.unwrap();
            assert_eq!(within("recv_string", pull.recv_string()).await.unwrap(), "größer");
            push.send([0xff]).await.unwrap();
            let error = within("no text", pull.recv_string()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidUtf8);
            push.send(vec![7u8; 100_000]).await.unwrap();
            let mut message = Message::from("before");
            within("recv_into", pull.recv_into(&mut message)).await.unwrap();
            assert_eq!(message, [7u8; 100_000]);
            push.send_multipart(("a", vec![1u8; 3], Message::new())).await.unwrap();
            let parts = within("recv_multipart", pull.recv_multipart()).await.unwrap();
            assert_eq!(parts, [Message::from("a"), Message::from([1u8; 3]), Message::new()]);
            push.send_multipart(["a", "b"]).await.unwrap();
            let [a, b] = within("recv_frames", pull.recv_frames()).await.unwrap();
            assert_eq!([a, b], ["a", "b"]);
            push.send_multipart(["a", "b", "c"]).await.unwrap();
            let error = within("of another number", pull.recv_frames::<2>()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::FrameCount);
            // Frame by frame.
            push.send_multipart(["a", "b"]).await.unwrap();
            let first = within("a frame", pull.recv()).await.unwrap();
            let second = within("the last frame", pull.recv()).await.unwrap();
            assert!(first.more() && !second.more());
            push.send_json(&Point { x: 1, y: -1 }).await.unwrap();
            assert_eq!(within("JSON", pull.recv_json::<Point>()).await.unwrap(), Point { x: 1, y: -1 });
            push.send("{").await.unwrap();
            assert_eq!(within("no JSON", pull.recv_json::<Point>()).await.unwrap_err().kind(), ErrorKind::Json);
            let unwritable = std::collections::HashMap::from([(vec![1], 1)]);
            assert_eq!(push.send_json(&unwritable).await.unwrap_err().kind(), ErrorKind::Json);
            push.send_serialized(300u32, |value| [value.to_be_bytes(), value.to_le_bytes()]).await.unwrap();
            let sum =
                within("serialized", pull.recv_serialized(|parts| parts.iter().map(|part| part.len()).sum::<usize>()));
            assert_eq!(sum.await.unwrap(), 8);
        });
    }
}

#[test]
fn what_does_not_wait() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, Transport::Inproc, zmq::PULL, zmq::PUSH);
        assert!(pull.try_recv().unwrap().is_none());
        assert!(pull.try_recv_multipart().unwrap().is_none());
        push.try_send("a").unwrap();
        push.try_send_multipart(["b", "c"]).unwrap();
        assert_eq!(pull.try_recv().unwrap().unwrap(), "a");
        assert_eq!(pull.try_recv_multipart().unwrap().unwrap(), ["b", "c"]);
        let large = Message::from(vec![1u8; 10_000]);
        let at = large.as_ptr();
        while push.try_send("filling").is_ok() {}
        let refused = push.try_send(large).unwrap_err();
        assert!(refused.is_again() && refused.message.as_ptr() == at);
        let refused = push.try_send_multipart([refused.message, "b".into()]).unwrap_err();
        assert!(refused.is_again() && refused.parts[0].as_ptr() == at);
    });
}

#[test]
fn streams_and_sinks() {
    let _deadline = deadline(30);
    for transport in TRANSPORTS {
        one_thread().block_on(async {
            let context = Context::new().unwrap();
            let (pull, push) = pair(&context, transport, zmq::PULL, zmq::PUSH);
            let sending = tokio::spawn(async move {
                let numbers = (0..200u32).map(|number| Ok(number.to_le_bytes()));
                push.sink().send_all(&mut stream::iter(numbers)).await.unwrap();
                let parts = (0..200u32).map(|number| Ok([number.to_le_bytes(); 2]));
                let mut sink = push.sink_multipart();
                sink.send_all(&mut stream::iter(parts)).await.unwrap();
                sink.close().await.unwrap();
                drop(sink);
                push
            });
            let firsts = pull.stream().take(200).map(|message| message.unwrap()).collect::<Vec<_>>();
            let firsts = within("the stream", firsts).await;
            assert!(firsts.iter().zip(0..200u32).all(|(message, number)| *message == number.to_le_bytes()));
            let seconds = pull.stream_multipart().take(200).map(|message| message.unwrap()).collect::<Vec<_>>();
            let seconds = within("the other stream", seconds).await;
            assert!(seconds.iter().zip(0..200u32).all(|(parts, number)| *parts == [number.to_le_bytes(); 2]));
            drop(sending.await.unwrap());
            assert!(format!("{:?} {:?}", pull.stream(), pull.stream_multipart()).contains("Frames"));
            context.shutdown().unwrap();
            assert!(pull.stream().next().await.is_none());
        });
    }
}

#[test]
fn endpoints_and_options() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::with_io_threads(2).unwrap();
        assert_eq!(context.io_threads().unwrap(), 2);
        let rep = context.socket(zmq::REP).unwrap();
        assert_eq!(rep.socket_type(), SocketType::Rep);
        let port = rep.bind_to_random_port("tcp://127.0.0.1").unwrap();
        rep.bind_to_random_port_in("tcp://127.0.0.1", 20_000..30_000, 100).unwrap();
        let another = rep.last_endpoint().unwrap();
        rep.unbind(&another).unwrap();
        assert_eq!(rep.unbind(&another).unwrap_err().kind(), ErrorKind::NotFound);
        let req = context.socket(zmq::REQ).unwrap();
        let endpoint = format!("tcp://127.0.0.1:{port}");
        req.connect(&endpoint).unwrap();
        req.disconnect(&endpoint).unwrap();
        req.connect(&endpoint).unwrap();
        assert_eq!(req.connect("nonsense").unwrap_err().kind(), ErrorKind::InvalidArgument);
        req.set(zmq::LINGER, 0).unwrap();
        assert_eq!(req.get(zmq::LINGER).unwrap(), req.linger().unwrap());
        req.set_sndhwm(7).unwrap();
        assert_eq!(req.sndhwm().unwrap(), 7);
        req.send("question").await.unwrap();
        assert_eq!(within("it", rep.recv_string()).await.unwrap(), "question");
        rep.send("answer").await.unwrap();
        assert_eq!(within("it", req.recv()).await.unwrap(), "answer");
        assert_eq!(rep.require_security(zmq::Mechanism::Plain).unwrap_err().kind(), ErrorKind::WrongState);
        let secure = context.socket(zmq::PULL).unwrap();
        secure.require_security(zmq::Mechanism::Plain).unwrap();
        assert_eq!(secure.bind("tcp://127.0.0.1:*").unwrap_err().kind(), ErrorKind::Insecure);
        assert!(format!("{req:?} {context:?}").to_lowercase().contains("req"));
        assert_eq!(Context::instance().unwrap().into_blocking(), zmq::Context::instance().unwrap());
    });
}

#[test]
fn sockets_whose_kind_is_known_at_run_time() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (one, two) = pair(&context, Transport::Tcp, SocketType::Pair, SocketType::Pair);
        let one: Socket<Dynamic> = one;
        two.send("x").await.unwrap();
        assert_eq!(within("it", one.recv()).await.unwrap(), "x");
        let pull = context.socket(SocketType::Pull).unwrap();
        assert_eq!(pull.send("x").await.unwrap_err().kind(), ErrorKind::NotSupported);
        let push = context.socket(SocketType::Push).unwrap();
        assert_eq!(within("it", push.recv()).await.unwrap_err().kind(), ErrorKind::NotSupported);
    });
}

#[test]
fn publishers_and_subscribers() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (publisher, subscriber) = pair(&context, Transport::Tcp, zmq::XPUB, zmq::SUB);
        subscriber.subscribe("a").unwrap();
        assert_eq!(within("a subscription", publisher.recv()).await.unwrap(), b"\x01a");
        publisher.send_multipart(["b", "no"]).await.unwrap();
        publisher.send_multipart(["a", "yes"]).await.unwrap();
        assert_eq!(within("it", subscriber.recv_multipart()).await.unwrap(), ["a", "yes"]);
        subscriber.unsubscribe("a").unwrap();
        assert_eq!(within("its end", publisher.recv()).await.unwrap(), b"\x00a");
        let xsub = context.socket(zmq::XSUB).unwrap();
        xsub.connect(&publisher.last_endpoint().unwrap()).unwrap();
        xsub.send(b"\x01c").await.unwrap();
        assert_eq!(within("a subscription", publisher.recv()).await.unwrap(), b"\x01c");
    });
}

/// A stream has a frame that says who, and then bytes.
#[test]
fn a_stream_socket_and_a_plain_connection() {
    use std::io::{Read as _, Write as _};
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let server = Arc::new(context.socket(zmq::STREAM).unwrap());
        server.bind("tcp://127.0.0.1:*").unwrap();
        let address = server.last_endpoint().unwrap().trim_start_matches("tcp://").to_owned();
        let echoing = tokio::spawn({
            let server = Arc::clone(&server);
            async move {
                loop {
                    let [id, bytes] = server.recv_frames().await?;
                    // An empty one says that somebody has come, or gone.
                    if !bytes.is_empty() {
                        server.send_multipart([id, bytes]).await?;
                    }
                }
                #[allow(unreachable_code, reason = "it says what `?` answers")]
                zmq::Result::<()>::Ok(())
            }
        });
        let client = tokio::task::spawn_blocking(move || {
            let mut client = std::net::TcpStream::connect(address).unwrap();
            for _ in 0..10 {
                client.write_all(&[5; 1000]).unwrap();
                let mut answer = [0; 1000];
                client.read_exact(&mut answer).unwrap();
                assert_eq!(answer, [5; 1000]);
            }
        });
        within("the answers", client).await.unwrap();
        context.shutdown().unwrap();
        assert_eq!(within("the end", echoing).await.unwrap().unwrap_err().kind(), ErrorKind::ContextTerminated);
    });
}

#[test]
fn what_the_blocking_sockets_have_too() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let dealer = context.socket(zmq::DEALER).unwrap();
        dealer.set_identity("ann").unwrap();
        assert_eq!((dealer.identity().unwrap(), dealer.routing_id().unwrap()), (b"ann".to_vec(), b"ann".to_vec()));
        dealer.set_hwm(7).unwrap();
        assert_eq!((dealer.hwm().unwrap(), dealer.rcvhwm().unwrap()), (7, 7));
        assert!(dealer.context().is_some_and(|its| **its == *context));
        let another = dealer.context().unwrap().socket(zmq::DEALER).unwrap();
        another.bind("inproc://another").unwrap();
        dealer.connect("inproc://another").unwrap();
        dealer.send("x").await.unwrap();
        assert_eq!(within("recv", another.recv()).await.unwrap(), "x");
        // Its handle alone keeps the context, and ends it.
        drop((context, another));
        let (one, other) = pair(dealer.context().unwrap(), Transport::Inproc, zmq::PAIR, zmq::PAIR);
        one.send("y").await.unwrap();
        assert_eq!(within("recv", other.recv()).await.unwrap(), "y");
    });
}

#[test]
fn subscriptions_are_awaited() {
    let _deadline = deadline(60);
    if zmq::version() < zmq::Version::new(4, 3, 5) {
        println!("skipped: this libzmq does not count topics");
        return;
    }
    for transport in TRANSPORTS {
        one_thread().block_on(async {
            let context = Context::new().unwrap();
            let (publisher, subscriber) = pair(&context, transport, zmq::PUB, zmq::SUB);
            let error = publisher.wait_for_subscriptions(1, 30).await.unwrap_err();
            assert!(error.is_again() && error.to_string().contains("0 of 1"), "{error}");
            let mut waits = std::pin::pin!(publisher.wait_for_subscriptions(1, None));
            assert!(crate::poll_once(&mut waits).await.is_pending());
            subscriber.subscribe("weather").unwrap();
            assert_eq!(within("the subscription", waits).await.unwrap(), 1);
            publisher.send("weather: fair").await.unwrap();
            assert_eq!(within("the news", subscriber.recv()).await.unwrap(), "weather: fair");
            context.shutdown().unwrap();
            let error = publisher.wait_for_subscriptions(9, None).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ContextTerminated);
        });
    }
}
