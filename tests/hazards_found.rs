//! Aborts, crashes and hangs of libzmq 4.3.5 that random use from safe code found, beyond those that were known: see `hazards.rs`.

mod support;

use std::cell::RefCell;
#[cfg(all(zmq_vendored, unix))]
use std::io::{Read as _, Write as _};
#[cfg(all(zmq_vendored, unix))]
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use support::{Transport, child, deadline};
use zmq::{Context, ErrorKind, Message, Pair, Socket, SocketType};

/// fq.cpp: `Assertion failed: !_more`. A disconnect throws away what has not been received; of a message that was begun, too.
#[test]
fn disconnecting_in_the_middle_of_a_message() {
    let _deadline = deadline(120);
    let kinds = [
        (SocketType::Push, SocketType::Pull),
        (SocketType::Dealer, SocketType::Dealer),
        (SocketType::Dealer, SocketType::Router),
        (SocketType::Pair, SocketType::Pair),
        (SocketType::Pub, SocketType::Sub),
        (SocketType::Xpub, SocketType::Xsub),
        (SocketType::Req, SocketType::Rep),
    ];
    for (sender, receiver) in kinds {
        if sender == SocketType::Pub && zmq::version() < zmq::Version::new(4, 3, 5) {
            // Nothing tells when its subscribers are there; an XPUB is the same.
            continue;
        }
        for transport in support::TRANSPORTS {
            // How much is received before, and whether only somebody asked for a message.
            for (received, by_unbind) in [(0, false), (1, false), (1, true)] {
                child(&format!("{receiver} {transport:?} {received} {by_unbind}"), 20, move || {
                    leave_in_the_middle(sender, receiver, transport, received, by_unbind);
                })
                .succeeds();
            }
        }
    }
}

fn leave_in_the_middle(
    sender: SocketType,
    receiver: SocketType,
    transport: Transport,
    received: usize,
    by_unbind: bool,
) {
    let context = Context::new().unwrap();
    let (from, to) = transport.pair(&context, sender, receiver);
    let other = context.socket(sender).unwrap();
    let other_endpoint = transport.bind(&other);
    if receiver != SocketType::Pair {
        to.connect(&other_endpoint).unwrap();
    }
    match receiver {
        SocketType::Sub => to.set(zmq::SUBSCRIBE, "").unwrap(),
        SocketType::Xsub => to.send("\x01").unwrap(),
        _ => {}
    }
    if matches!(sender, SocketType::Pub | SocketType::Xpub) {
        for publisher in [&from, &other] {
            support::subscribed(publisher, 1);
        }
    }
    from.send_multipart(["a", "b", "c"]).unwrap();
    assert!(to.poll(5000, zmq::POLLIN).unwrap().is_readable());
    let mut frames = Vec::new();
    for _ in 0..received {
        frames.push(to.recv().unwrap());
    }
    let endpoint = from.last_endpoint().unwrap();
    if by_unbind { to.unbind(&endpoint) } else { to.disconnect(&endpoint) }.unwrap();
    if received > 0 {
        // The message that was begun is there as a whole, in every way of receiving and of asking.
        assert!(to.poll(0, zmq::POLLIN).unwrap().is_readable());
        assert!(to.events().unwrap().is_readable());
        assert!(to.get(zmq::RCVMORE).unwrap());
        let mut buffer = [0; 10];
        let next = to.recv_buf(&mut buffer).unwrap();
        frames.push(Message::from(&buffer[..next.len]));
        assert!(to.get(zmq::RCVMORE).unwrap());
        frames.extend(to.recv_multipart().unwrap());
        assert!(!to.get(zmq::RCVMORE).unwrap());
        let body = if receiver == SocketType::Router { &frames[1..] } else { &frames[..] };
        assert_eq!(body, ["a", "b", "c"]);
    } else if let Some(frames) = to.try_recv_multipart().unwrap() {
        // It was thrown away, or is whole.
        assert_eq!(frames[frames.len() - 3..], ["a", "b", "c"]);
    }
    if receiver == SocketType::Rep {
        let _ = to.send("an answer that nobody waits for");
    }
    if receiver == SocketType::Pair {
        return;
    }
    // The other connection goes on, with whole messages.
    other.send_multipart(["x", "y"]).unwrap();
    let frames = to.recv_multipart_timeout(5000).unwrap();
    assert_eq!(frames[frames.len() - 2..], ["x", "y"]);
    assert!(to.try_recv().unwrap_or(None).is_none());
}

/// pipe.cpp: `Assertion failed: written`. libzmq sends the routing id of whoever binds to a ROUTER or REP that waits for the name.
#[test]
fn a_router_that_waits_for_an_inproc_name() {
    let _deadline = deadline(60);
    for kind in [SocketType::Router, SocketType::Rep] {
        child(&format!("{kind} gives up"), 20, move || {
            let context = Context::new().unwrap();
            let (socket, other) = (context.socket(kind).unwrap(), context.socket(zmq::DEALER).unwrap());
            socket.connect("inproc://late").unwrap();
            for answer in [socket.disconnect("inproc://late"), socket.unbind("inproc://late")] {
                let error = answer.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::NotSupported);
                assert!(error.to_string().contains("nobody is bound to that name yet"), "{error}");
            }
            other.bind("inproc://late").unwrap();
            socket.disconnect("inproc://late").unwrap();
        })
        .succeeds();
        child(&format!("{kind} is closed"), 20, move || {
            let context = Context::new().unwrap();
            for bound_by in [SocketType::Dealer, SocketType::Router] {
                let socket = context.socket(kind).unwrap();
                socket.connect("inproc://late").unwrap();
                drop(socket);
                let other = context.socket(bound_by).unwrap();
                other.bind("inproc://late").unwrap();
                other.unbind("inproc://late").unwrap();
            }
        })
        .succeeds();
        for wrong in [SocketType::Pair, SocketType::Sub, SocketType::Pub, SocketType::Pull, SocketType::Push] {
            child(&format!("{kind} and {wrong}"), 20, move || {
                let context = Context::new().unwrap();
                let waiting: Vec<_> = (0..2).map(|_| context.socket(kind).unwrap()).collect();
                for socket in &waiting {
                    socket.connect("inproc://late").unwrap();
                }
                let other = context.socket(wrong).unwrap();
                let error = other.bind("inproc://late").unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
                // The end of the context makes them meet somebody, too.
                context.shutdown().unwrap();
                drop((waiting, other));
                context.term_timeout(5000).unwrap();
            })
            .succeeds();
        }
    }
}

/// stream.cpp: `Assertion failed: (_prefetched_msg.flags () & msg_t::more) == 0`.
#[test]
fn a_stream_has_no_inproc() {
    let context = Context::new().unwrap();
    let stream = context.socket(zmq::STREAM).unwrap();
    for answer in [stream.bind("inproc://stream"), stream.connect("inproc://stream")] {
        let error = answer.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IncompatibleProtocol);
        assert!(error.to_string().contains("by tcp or ipc"), "{error}");
    }
}

/// socket_base.cpp, `add_out_pipe`: `Assertion failed: ok`. The ids that a ROUTER makes up count upwards.
#[test]
fn a_routing_id_like_those_that_a_router_makes_up() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (router, dealer) = Transport::Inproc.pair(&context, zmq::ROUTER, zmq::DEALER);
    dealer.send("x").unwrap();
    let [made_up, _] = router.recv_frames().unwrap();
    assert_eq!((made_up.len(), made_up[0]), (5, 0));
    let next = u32::from_be_bytes(made_up[1..].try_into().unwrap()).wrapping_add(1).to_be_bytes();
    let rival = context.socket(zmq::DEALER).unwrap();
    let error = rival.set_routing_id([&[0], &next[..]].concat()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("cannot begin with a zero byte"), "{error}");
    router.set(zmq::CONNECT_ROUTING_ID, [0, 1, 2]).and_then(|()| router.connect("inproc://x")).unwrap_err();
}

/// trie.cpp: a topic is a tree with a level for each byte, freed by recursion: a stack overflow.
#[test]
fn topics_that_are_very_long() {
    let _deadline = deadline(60);
    let longest = if cfg!(target_env = "gnu") { 16_384 } else { 2_048 };
    child("", 50, move || {
        let context = Context::new().unwrap();
        let topic = vec![b'x'; longest];
        let subscriber = context.socket(zmq::SUB).unwrap();
        let dynamic = context.socket(SocketType::Sub).unwrap();
        let (publisher, xsub) = Transport::Tcp.pair(&context, zmq::XPUB, zmq::XSUB);
        for long in [longest + 1, 1 << 20] {
            let long = vec![b'x'; long];
            let error = subscriber.subscribe(&long[..]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().contains(&format!("at most {longest} bytes")), "{error}");
            assert!(dynamic.set(zmq::SUBSCRIBE, &long[..]).is_err());
            for first in [0, 1] {
                let subscription = [&[first], &long[..]].concat();
                let error = xsub.send(&subscription[..]).unwrap_err();
                assert!(error.to_string().contains(&format!("at most {longest} bytes")), "{error}");
                assert_eq!(error.message, subscription);
                assert!(xsub.send_timeout(&subscription[..], 10).is_err());
                assert!(xsub.send_multipart([&subscription[..]]).is_err());
            }
        }
        subscriber.connect(&publisher.last_endpoint().unwrap()).unwrap();
        subscriber.subscribe(&topic[..]).unwrap();
        // One byte less: the publisher counts topics, not subscribers, so each needs its own to be waited for.
        xsub.send([&[1], &topic[1..]].concat()).unwrap();
        support::subscribed(&publisher, 2);
        // What is no subscription may be as long as it likes.
        xsub.send(vec![2; 1 << 20]).unwrap();
        publisher.send(&topic[..]).unwrap();
        assert_eq!(subscriber.recv_timeout(5000).unwrap(), topic);
        drop((subscriber, xsub, publisher, dynamic));
        context.term_timeout(5000).unwrap();
    })
    .succeeds();
}

/// ip_resolver.cpp: `Too many open files`, in `zmq_bind` and `zmq_unbind`; ipc_listener.cpp, in the I/O thread.
#[test]
#[cfg(target_os = "linux")]
fn endpoints_without_a_descriptor_left() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let sockets: Vec<Socket<zmq::Rep>> = (0..3).map(|_| context.socket(zmq::REP).unwrap()).collect();
        let peers: Vec<Socket<zmq::Req>> = (0..2).map(|_| context.socket(zmq::REQ).unwrap()).collect();
        let endpoints = [Transport::Tcp, Transport::Ipc].map(Transport::endpoint);
        for (socket, endpoint) in sockets.iter().zip(&endpoints) {
            socket.bind(endpoint).unwrap();
        }
        let limit = libc::rlimit { rlim_cur: 100, rlim_max: 100 };
        // SAFETY: reads the limit; the process is this test's own.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
        let mut files: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();

        let none_left = |answer: zmq::Result<()>| {
            let error = answer.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TooManyOpen);
            assert!(error.to_string().ends_with("no file descriptors left: see ulimit -n"), "{error}");
        };
        for endpoint in ["tcp://127.0.0.1:*", "tcp://*:*", "tcp://lo:*", "tcp://localhost:*", "ipc://*"] {
            none_left(sockets[2].bind(endpoint));
        }
        none_left(sockets[2].unbind("tcp://127.0.0.1:5555"));
        none_left(sockets[2].disconnect("tcp://127.0.0.1:5555"));
        sockets[2].bind("inproc://needs none").unwrap();

        // Connections are made when there are descriptors again.
        for (peer, socket) in peers.iter().zip(&sockets) {
            peer.connect(&socket.last_endpoint().unwrap()).unwrap();
            peer.send("patience").unwrap();
            assert!(socket.recv_timeout(100).unwrap_err().is_again());
        }
        // One for each: that is what an end of the connection takes, and the other end cannot be accepted.
        files.truncate(files.len() - peers.len());
        std::thread::sleep(Duration::from_millis(300));
        files.clear();
        for socket in &sockets[..2] {
            assert_eq!(socket.recv_timeout(10_000).unwrap(), "patience");
        }
    })
    .succeeds();
}

/// thread.cpp: `Resource temporarily unavailable`, if the system does not let the process have a thread more.
#[test]
#[cfg(target_os = "linux")]
fn threads_that_cannot_be_started() {
    let _deadline = deadline(60);
    let limit_room = |room: u64| {
        let limit = libc::rlimit { rlim_cur: room, rlim_max: libc::RLIM_INFINITY };
        // SAFETY: reads the limit; the process is the child's own.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }, 0);
    };
    // Room for the addresses of some threads' stacks with their guards, and for some pages more: none that a thread could ask for.
    for (stacks, pages) in [(1, 0), (1, 1), (1, 4), (20, 0), (20, 8)] {
        child(&format!("{stacks} stacks, {pages} pages"), 20, move || {
            let context = Context::with_io_threads(2_000).unwrap();
            let used = std::fs::read_to_string("/proc/self/statm").unwrap();
            let used: u64 = used.split(' ').next().unwrap().parse().unwrap();
            limit_room(used * 4096 + stacks * ((8 << 20) + 4096) + pages * 4096);
            let answer = context.socket(zmq::REP);
            limit_room(libc::RLIM_INFINITY);
            let error = answer.unwrap_err();
            assert!(error.to_string().contains("starts 2001 threads"), "{error}");
            Context::new().unwrap().socket(zmq::REP).unwrap();
        })
        .succeeds();
    }
    child("too many to count", 20, || {
        let context = Context::with_io_threads(i32::MAX).unwrap();
        assert_eq!(context.socket(zmq::REP).unwrap_err().kind(), ErrorKind::TooManyOpen);
    })
    .succeeds();
}

/// session_base.cpp, `clean_pipes`: `Resource temporarily unavailable`, in the I/O thread. Only the bundled libzmq is free of it.
#[test]
#[cfg(zmq_vendored)]
fn closing_both_ends_in_the_middle_of_large_messages() {
    let _deadline = deadline(120);
    for kinds in [[SocketType::Pull, SocketType::Push], [SocketType::Pair, SocketType::Pair]] {
        child(&format!("{kinds:?}"), 60, move || {
            for round in 0..200 {
                let context = Context::new().unwrap();
                context.setsockopt(zmq::LINGER, 0).unwrap();
                let (one, two) = Transport::Tcp.pair(&context, kinds[0], kinds[1]);
                two.send("connected").unwrap();
                one.recv().unwrap();
                while two.try_send_multipart([60_000, 20_000, 9_000, 9_000].map(|size| vec![0u8; size])).is_ok() {
                    if context.as_ptr().is_null() {
                        break;
                    }
                }
                let (first, second): (Socket<zmq::Dynamic>, _) = if round % 2 == 0 { (one, two) } else { (two, one) };
                drop(first);
                drop(second);
            }
        })
        .succeeds();
    }
}

/// socks_connecter.cpp, `error`: what was given back was given back again when the socket was closed. The bundled libzmq is free of it.
#[test]
#[cfg(all(zmq_vendored, unix))]
fn closing_a_socket_whose_socks_proxy_has_failed() {
    let _deadline = deadline(120);
    /// What the proxy answers to the greeting and to the request, before it closes the connection.
    const ANSWERS: [&[&[u8]]; 8] = [
        &[],
        &[&[9, 9]],
        &[&[5]],
        &[&[5, 0xff]],
        &[&[5, 0]],
        &[&[5, 0], &[5, 1, 0, 1, 0, 0, 0, 0, 0, 0]],
        &[&[5, 0], &[5, 0, 0, 9, 0]],
        &[&[5, 0], &[5, 0, 0, 3, 200, 1, 2]],
    ];
    for by_disconnect in [false, true] {
        for answers in ANSWERS.into_iter().map(Some).chain([None]) {
            child(&format!("{by_disconnect} {answers:?}"), 20, move || {
                let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
                let address = proxy.local_addr().unwrap().to_string();
                // Without answers nobody listens.
                if let Some(answers) = answers {
                    std::thread::spawn(move || fail(&proxy, answers));
                } else {
                    drop(proxy);
                }
                let context = Context::new().unwrap();
                for _ in 0..20 {
                    let socket = context.socket(zmq::PUSH).unwrap();
                    socket.set_linger(0).unwrap();
                    socket.set_reconnect_ivl(1).unwrap();
                    socket.set_socks_proxy(&address).unwrap();
                    let monitor = socket.monitor(zmq::EVENT_CONNECT_RETRIED).unwrap();
                    socket.connect("tcp://127.0.0.1:9").unwrap();
                    for _ in 0..3 {
                        monitor.recv().unwrap().expect("it is not over yet");
                    }
                    if by_disconnect {
                        socket.disconnect("tcp://127.0.0.1:9").unwrap();
                        socket.close().unwrap();
                    }
                }
                context.term().unwrap();
            })
            .succeeds();
        }
    }
}

/// Gives these answers to whoever comes, one for each thing that it says, and closes the connection.
#[cfg(all(zmq_vendored, unix))]
fn fail(proxy: &TcpListener, answers: &[&[u8]]) {
    for stream in proxy.incoming() {
        let Ok(mut stream) = stream else { continue };
        for answer in answers {
            // Whoever it was may be gone.
            if !stream.read(&mut [0; 100]).is_ok_and(|read| read > 0) || stream.write_all(answer).is_err() {
                break;
            }
        }
    }
}

/// The same proxy fails, and does what it is for, and again.
#[test]
#[cfg(all(zmq_vendored, unix))]
fn a_socks_proxy_that_fails_now_and_then() {
    let _deadline = deadline(60);
    child("now and then", 40, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let endpoint = Transport::Tcp.bind(&pull);
        let server = endpoint.strip_prefix("tcp://").unwrap().to_owned();
        let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.set_reconnect_ivl(1).unwrap();
        push.set_immediate(true).unwrap();
        push.set_socks_proxy(proxy.local_addr().unwrap().to_string()).unwrap();
        push.connect(&endpoint).unwrap();
        for round in 0..5 {
            for _ in 0..3 {
                drop(proxy.accept().unwrap());
            }
            let (mut client, _) = proxy.accept().unwrap();
            client.read_exact(&mut [0; 3]).unwrap();
            client.write_all(&[5, 0]).unwrap();
            client.read_exact(&mut [0; 10]).unwrap();
            client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
            let behind = TcpStream::connect(&server).unwrap();
            let broken = client.try_clone().unwrap();
            for (mut from, mut to) in [(client.try_clone().unwrap(), behind.try_clone().unwrap()), (behind, client)] {
                std::thread::spawn(move || {
                    let _ = std::io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Both);
                });
            }
            push.send(format!("round {round}")).unwrap();
            assert_eq!(pull.recv_string().unwrap(), format!("round {round}"));
            broken.shutdown(Shutdown::Both).unwrap();
        }
    })
    .succeeds();
}

/// xpub.cpp: the frames of a message that look like a subscription are taken for one, and the rest never comes.
#[test]
fn a_message_that_an_xpub_never_gets_whole() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (xpub, xsub) = Transport::Inproc.pair(&context, zmq::XPUB, zmq::XSUB);
    for (first, second) in [("text", "\x01topic"), ("text", "text"), ("\x01a", "text"), ("text", "\0topic")] {
        xsub.send_multipart([first, second]).unwrap();
        while let Ok(frames) = xpub.recv_multipart_timeout(50) {
            assert!(!frames.is_empty());
        }
    }
}

/// pair.cpp: what is left of a message whose receiver is gone would wait for the next peer, for ever if none comes.
#[test]
fn a_pair_whose_peers_leave_in_the_middle_of_messages() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let pair = context.socket(zmq::PAIR).unwrap();
    pair.bind("inproc://pair").unwrap();
    let peers = std::thread::spawn({
        let context = context.clone();
        move || {
            for round in 0..200 {
                let peer = context.socket(zmq::PAIR).unwrap();
                peer.connect("inproc://pair").unwrap();
                for _ in 0..round % 4 {
                    if let Ok(frames) = peer.recv_multipart_timeout(20) {
                        assert_eq!(frames.len(), 50);
                    }
                }
            }
        }
    });
    let mut sent = 0;
    while !peers.is_finished() {
        match pair.send_multipart_timeout(vec!["part"; 50], 20) {
            Ok(()) => sent += 1,
            Err(error) => assert!(error.is_again() && error.parts.len() == 50, "{error}"),
        }
        let _ = pair.try_send_multipart(vec!["part"; 50]);
        // A PAIR notices by receiving that its peer is gone.
        assert!(pair.try_recv().unwrap().is_none());
    }
    peers.join().unwrap();
    assert!(sent > 0);
}

/// What makes the parts of a message may fail, or use the socket: neither may leave it in the middle of a message.
#[test]
fn parts_that_panic_or_send_by_themselves() {
    #[derive(Clone, Copy)]
    struct Part<'a>(&'a Socket<Pair>, bool);
    impl From<Part<'_>> for Message {
        fn from(Part(socket, panics): Part<'_>) -> Self {
            assert!(!panics, "a part that cannot be made");
            socket.send("in between").unwrap();
            // One that there is something to free of.
            Self::from(vec![7; 5000])
        }
    }
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pair, peer) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    let part = |panics| Part(&pair, panics);
    let parts = |panics| [part(false), part(false), part(panics)];
    let ways: [(&str, &dyn Fn(bool) -> bool); 4] = [
        ("a vector", &|panics| pair.send_multipart(parts(panics).to_vec()).is_ok()),
        ("an array", &|panics| pair.send_multipart(parts(panics)).is_ok()),
        ("a slice", &|panics| pair.send_multipart(&parts(panics)[..]).is_ok()),
        ("a tuple", &|panics| pair.send_multipart((part(false), "text", part(false), part(panics))).is_ok()),
    ];
    for (name, send) in ways {
        assert!(send(false), "{name}");
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| send(true)));
        assert!(panicked.is_err(), "{name}");
        pair.send("the last").unwrap();
        let mut messages: Vec<_> = std::iter::from_fn(|| peer.try_recv_multipart().unwrap()).collect();
        assert_eq!(messages.pop().unwrap(), ["the last"], "{name}");
        let (whole, others): (Vec<_>, Vec<_>) = messages.into_iter().partition(|message| message.len() > 1);
        assert_eq!((whole.len(), others.len()), (1, 3 + 2), "{name}");
        assert!(others.iter().all(|message| message[0] == "in between"), "{name}");
        assert!(whole[0].iter().all(|frame| *frame == "text" || frame[..] == [7; 5000]), "{name}");
    }
}

thread_local! {
    static SOCKET: RefCell<Option<std::rc::Rc<Socket<Pair>>>> = const { RefCell::new(None) };
}

static REFUSED: AtomicUsize = AtomicUsize::new(0);

/// An owner that uses, when libzmq frees it, the socket that libzmq is in the middle of.
struct Meddler;

impl AsRef<[u8]> for Meddler {
    fn as_ref(&self) -> &[u8] {
        &[7; 5000]
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        let Some(socket) = SOCKET.with_borrow(Clone::clone) else { return };
        let answers = [
            socket.try_send("from a drop").map_err(|unsent| unsent.error),
            socket.try_recv().map(drop),
            socket.poll(0, zmq::POLLIN).map(drop),
            socket.set(zmq::LINGER, 0),
            socket.disconnect("tcp://127.0.0.1:1"),
        ];
        for answer in answers {
            if let Err(error) = answer {
                if error.to_string().contains("(EBUSY)") {
                    REFUSED.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }
}

#[test]
fn an_owner_that_uses_the_socket_that_drops_it() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pair, peer) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    let pair = std::rc::Rc::new(pair);
    SOCKET.set(Some(std::rc::Rc::clone(&pair)));
    for _ in 0..20 {
        peer.send("to be received").unwrap();
        // Receiving frees what the message held before.
        let mut message = Message::from_owner(Meddler);
        pair.recv_into(&mut message).unwrap();
        assert_eq!(message, "to be received");
    }
    assert!(REFUSED.load(Ordering::Relaxed) >= 20);
    pair.send("and it still works").unwrap();
    assert_eq!(peer.recv_timeout(5000).unwrap(), "and it still works");
    SOCKET.set(None);
}

/// session_base.cpp, `process_term`: what is sent over a connection that broke before the socket heard of it is waited for, for ever.
/// Only the bundled libzmq is free of it.
#[test]
#[cfg(zmq_vendored)]
fn what_is_sent_to_who_has_just_gone_does_not_hold_up_the_end() {
    let _deadline = deadline(120);
    for (bound, connected) in [
        (SocketType::Rep, SocketType::Req),
        (SocketType::Dealer, SocketType::Dealer),
        (SocketType::Pair, SocketType::Pair),
    ] {
        for _ in 0..50 {
            let context = Context::new().unwrap();
            let server = context.socket(bound).unwrap();
            let monitor = server.monitor(zmq::EVENT_DISCONNECTED).unwrap();
            let client = context.socket(connected).unwrap();
            client.connect(&Transport::Tcp.bind(&server)).unwrap();
            client.send("question").unwrap();
            assert_eq!(server.recv_string().unwrap(), "question");
            client.close().unwrap();
            let event = monitor.recv_timeout(10_000).unwrap().unwrap();
            assert!(matches!(event.event, zmq::Event::Disconnected { .. }));
            // In time, or too late: then there is nobody to send to.
            let _ = server.try_send("answer");
            server.close().unwrap();
            drop(monitor);
            context.term_timeout(10_000).unwrap();
        }
    }
}
