//! What the drafts do. Those that only a libzmq with its draft API has skip without it.

use std::io::Write as _;
use std::net::TcpStream;
use std::thread;

use zmq::{Context, IntoKind, Socket, SocketType};

use crate::support::{Transport, child, deadline, eventually};

fn has_drafts() -> bool {
    let has = zmq::has("draft") && zmq::version() >= zmq::Version::new(4, 3, 5);
    if !has {
        eprintln!("skipped: this libzmq has no drafts");
    }
    has
}

/// From the smallest to the largest.
const BATCHES: [i32; 4] = [64, 100, 8192, 1_048_576];

fn connected<T: IntoKind, U: IntoKind>(
    context: &Context,
    (one, two): (T, U),
    bind: &dyn Fn(&Socket<T::Kind>) -> String,
    set: impl Fn(&Socket<T::Kind>, &Socket<U::Kind>),
) -> (Socket<T::Kind>, Socket<U::Kind>) {
    let (one, two) = (context.socket(one).unwrap(), context.socket(two).unwrap());
    set(&one, &two);
    two.connect(&bind(&one)).unwrap();
    (one, two)
}

/// Sizes about those where libzmq does another thing: short and long frames, a batch, more than it.
fn sizes() -> Vec<usize> {
    let mut sizes: Vec<usize> = (0..270).collect();
    for size in [8192, 2 * 8192, 3 * 8192 + 1] {
        sizes.extend((size - 12..size + 3).step_by(2));
    }
    sizes.extend([70_000, 1_048_570, 1_100_000]);
    sizes
}

fn filled(size: usize, seed: usize) -> Vec<u8> {
    // One piece after the other, so that it takes no time without optimisation either.
    let piece: Vec<u8> = (0..251).map(|at| (at * 7 + seed * 31) as u8).collect();
    let mut bytes = piece.repeat(size / piece.len() + 1);
    bytes.truncate(size);
    bytes
}

/// All that is sent arrives, whole and in order, whatever is collected on either side, over whatever it goes.
#[test]
fn batches_of_all_sizes_carry_messages_of_all_sizes() {
    let _deadline = deadline(240);
    if !has_drafts() {
        return;
    }
    let mut ways: Vec<&str> = vec!["tcp", "ipc", "curve"];
    if zmq::has("ws") {
        ways.push("ws");
    }
    for way in ways {
        child(way, 100, || {
            let [smallest, .., largest] = BATCHES;
            for batch in BATCHES {
                carry(way, batch, batch);
            }
            carry(way, smallest, largest);
            carry(way, largest, smallest);
        })
        .succeeds();
    }
}

fn carry(way: &str, taken: i32, handed: i32) {
    let context = Context::new().unwrap();
    let set = |pull: &Socket<zmq::Pull>, push: &Socket<zmq::Push>| {
        pull.set_in_batch_size(taken).unwrap();
        pull.set_out_batch_size(handed).unwrap();
        push.set_in_batch_size(taken).unwrap();
        push.set_out_batch_size(handed).unwrap();
        if way == "curve" {
            let (public, secret) = zmq::curve_keypair().unwrap();
            pull.set_curve_server(true).unwrap();
            pull.set_curve_secretkey(&secret).unwrap();
            push.set_curve_serverkey(public).unwrap();
            push.set_curve_publickey(public).unwrap();
            push.set_curve_secretkey(secret).unwrap();
        }
    };
    let bind = |pull: &Socket<zmq::Pull>| match way {
        "ipc" => Transport::Ipc.bind(pull),
        "ws" => {
            pull.bind("ws://127.0.0.1:*").unwrap();
            pull.last_endpoint().unwrap()
        }
        _ => Transport::Tcp.bind(pull),
    };
    let (pull, push) = connected(&context, (zmq::PULL, zmq::PUSH), &bind, set);
    let sizes = sizes();
    let expected = sizes.clone();
    let receiver = thread::spawn(move || {
        // They are kept, so that the buffers that they are in are.
        let received: Vec<_> = expected.iter().map(|_| pull.recv_multipart().unwrap()).collect();
        for (round, (parts, size)) in received.iter().zip(&expected).enumerate() {
            assert_eq!(parts.len(), 2, "{round}");
            assert!(parts[0][..] == filled(*size, round)[..], "{round}: {} of {size}", parts[0].len());
            assert_eq!(parts[1][..], round.to_ne_bytes()[..]);
        }
    });
    for (round, size) in sizes.iter().enumerate() {
        push.send_multipart([&filled(*size, round)[..], &round.to_ne_bytes()]).unwrap();
    }
    receiver.join().unwrap();
}

/// A STREAM receives what was read at once as one message.
#[test]
fn a_connection_takes_as_much_at_once_as_the_batch_says() {
    let _deadline = deadline(60);
    if !has_drafts() {
        return;
    }
    let longest = |batch: Option<i32>, enough: usize| {
        let context = Context::new().unwrap();
        let stream = context.socket(zmq::STREAM).unwrap();
        stream.set_stream_notify(false).unwrap();
        if let Some(batch) = batch {
            stream.set_in_batch_size(batch).unwrap();
        }
        let endpoint = Transport::Tcp.bind(&stream);
        let mut tcp = TcpStream::connect(endpoint.trim_start_matches("tcp://")).unwrap();
        let mut longest = 0;
        eventually("a read as long as that", || {
            tcp.write_all(&[7; 50_000]).unwrap();
            let mut taken = 0;
            while taken < 50_000 {
                let [_, data] = stream.recv_frames().unwrap();
                taken += data.len();
                longest = longest.max(data.len());
            }
            (longest >= enough).then_some(longest)
        })
    };
    assert_eq!(longest(Some(64), 64), 64);
    assert_eq!(longest(None, 8192), 8192);
    assert!(longest(Some(65_536), 8193) <= 65_536);
}

/// One that the machine has no rights for does not end it: the test runs as whoever runs it.
#[test]
fn what_is_passed_on_to_the_system_does_no_harm() {
    let _deadline = deadline(60);
    if !has_drafts() {
        return;
    }
    child("system", 40, || {
        let context = Context::new().unwrap();
        let set = |one: &Socket<zmq::Dealer>, two: &Socket<zmq::Dealer>| {
            for socket in [one, two] {
                socket.set_priority(6).unwrap();
                socket.set_busy_poll(1_000_000).unwrap();
                socket.set_loopback_fastpath(true).unwrap();
            }
        };
        let bind = |dealer: &Socket<zmq::Dealer>| Transport::Tcp.bind(dealer);
        let (one, two) = connected(&context, (zmq::DEALER, zmq::DEALER), &bind, set);
        two.send("x").unwrap();
        assert_eq!(one.recv_string().unwrap(), "x");
        one.send("y").unwrap();
        assert_eq!(two.recv_string().unwrap(), "y");
    })
    .succeeds();
}

#[test]
fn messages_of_peers_that_come_and_go() {
    let _deadline = deadline(60);
    if !has_drafts() {
        return;
    }
    let context = Context::new().unwrap();
    let set = |router: &Socket<zmq::Router>, dealer: &Socket<zmq::Dealer>| {
        router.set_hello_msg("hello").unwrap();
        router.set_disconnect_msg("gone").unwrap();
        router.set_router_notify(zmq::NOTIFY_CONNECT).unwrap();
        dealer.set_routing_id("me").unwrap();
        dealer.set_hiccup_msg("hiccup").unwrap();
        dealer.set_reconnect_ivl(20).unwrap();
    };
    let bind = |router: &Socket<zmq::Router>| Transport::Tcp.bind(router);
    let (router, dealer) = connected(&context, (zmq::ROUTER, zmq::DEALER), &bind, set);
    assert_eq!(dealer.recv_string().unwrap(), "hello");
    let next = || router.recv_frames().map(|[id, text]: [zmq::Message; 2]| [id.to_vec(), text.to_vec()]).unwrap();
    assert_eq!(next(), [&b"me"[..], b""]);
    // Its place is taken, so that the dealer's connection is lost.
    let endpoint = router.last_endpoint().unwrap();
    drop(router);
    assert_eq!(dealer.recv_string().unwrap(), "hiccup");

    let router = context.socket(zmq::ROUTER).unwrap();
    router.set_disconnect_msg("gone").unwrap();
    eventually("the port to be free", || router.bind(&endpoint).ok());
    dealer.send("back").unwrap();
    let next = || router.recv_frames().map(|[id, text]: [zmq::Message; 2]| [id.to_vec(), text.to_vec()]).unwrap();
    assert_eq!(next(), [&b"me"[..], b"back"]);
    drop(dealer);
    assert_eq!(next(), [&b"me"[..], b"gone"]);
}

#[test]
fn a_property_is_told_with_the_handshake() {
    let _deadline = deadline(60);
    if zmq::version() < zmq::Version::new(4, 3, 4) {
        return;
    }
    let context = Context::new().unwrap();
    let long = "v".repeat(65_000);
    let set = |_: &Socket<zmq::Pull>, push: &Socket<zmq::Push>| {
        push.set_metadata(("X-Name", "one:two")).unwrap();
        push.set_metadata("X-Name:the first counts").unwrap();
        push.set_metadata(("X-Long", &long)).unwrap();
    };
    let bind = |pull: &Socket<zmq::Pull>| Transport::Tcp.bind(pull);
    let (pull, push) = connected(&context, (zmq::PULL, zmq::PUSH), &bind, set);
    push.send("x").unwrap();
    let message = pull.recv().unwrap();
    assert_eq!(message.property("X-Name").unwrap(), Some(&b"one:two"[..]));
    assert_eq!(message.property("X-Long").unwrap(), Some(long.as_bytes()));
}

#[test]
fn topics_are_counted() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let sub = context.socket(zmq::SUB).unwrap();
    if zmq::version() < zmq::Version::new(4, 3, 5) {
        assert_eq!(sub.topics_count().unwrap_err().kind(), zmq::ErrorKind::Unsupported);
        return;
    }
    for topic in ["a", "b", "b"] {
        sub.subscribe(topic).unwrap();
    }
    assert_eq!(sub.topics_count().unwrap(), 2);
    let publisher = context.socket(zmq::PUB).unwrap();
    sub.connect(&Transport::Tcp.bind(&publisher)).unwrap();
    eventually("both", || {
        publisher.events().unwrap();
        (publisher.topics_count().unwrap() == 2).then_some(())
    });
    let dealer = context.socket(SocketType::Dealer).unwrap();
    assert!(dealer.get(zmq::TOPICS_COUNT).is_err());
}

/// One of two that are subscribed to the same is sent what is for it alone.
#[test]
fn the_last_value_goes_to_the_newcomer() {
    let _deadline = deadline(60);
    if zmq::version() < zmq::Version::new(4, 3, 4) {
        return;
    }
    let context = Context::new().unwrap();
    let xpub = context.socket(zmq::XPUB).unwrap();
    xpub.set_xpub_manual_last_value(true).unwrap();
    let endpoint = Transport::Tcp.bind(&xpub);
    let subscribed = || {
        let sub = context.socket(zmq::SUB).unwrap();
        sub.connect(&endpoint).unwrap();
        sub.subscribe("a").unwrap();
        let news = xpub.recv().unwrap();
        xpub.subscribe(&news[1..]).unwrap();
        sub
    };
    let first = subscribed();
    xpub.send("a for the first").unwrap();
    let second = subscribed();
    xpub.send("a for the second").unwrap();
    xpub.send("a for both").unwrap();
    assert_eq!(first.recv_string().unwrap(), "a for the first");
    assert_eq!(first.recv_string().unwrap(), "a for both");
    assert_eq!(second.recv_string().unwrap(), "a for the second");
    assert_eq!(second.recv_string().unwrap(), "a for both");
}

#[test]
fn connecting_can_end_where_nobody_listens() {
    let _deadline = deadline(60);
    if zmq::version() < zmq::Version::new(4, 3, 4) {
        return;
    }
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_reconnect_stop(zmq::RECONNECT_STOP_CONN_REFUSED).unwrap();
    push.set_reconnect_ivl(10).unwrap();
    let monitor = push.monitor(zmq::EVENT_ALL).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("tcp://{}", listener.local_addr().unwrap());
    drop(listener);
    push.connect(&endpoint).unwrap();
    eventually("the refusal", || {
        let event = monitor.recv().unwrap().expect("the monitor goes on");
        matches!(event.event, zmq::Event::Closed { .. }).then_some(())
    });
    // In ten intervals there would be another try.
    let more = std::iter::from_fn(|| monitor.recv_timeout(150).ok().flatten());
    let retried = more.filter(|event| matches!(event.event, zmq::Event::ConnectRetried { .. })).count();
    assert_eq!(retried, 0);
}

#[test]
fn frames_can_be_copied_out_of_the_buffer() {
    let _deadline = deadline(60);
    for zero_copy in [true, false] {
        let context = Context::new().unwrap();
        assert!(context.zero_copy_recv().unwrap());
        context.set_zero_copy_recv(zero_copy).unwrap();
        assert_eq!(context.get(zmq::ZERO_COPY_RECV).unwrap(), zero_copy);
        let bind = |pull: &Socket<zmq::Pull>| Transport::Tcp.bind(pull);
        let (pull, push) = connected(&context, (zmq::PULL, zmq::PUSH), &bind, |_, _| {});
        // What has come at once is in one buffer, in order; else where the allocator likes.
        let neighbours = eventually("two that came at once", || {
            for _ in 0..10 {
                push.send([1; 100]).unwrap();
            }
            let messages: Vec<_> = (0..10).map(|_| pull.recv().unwrap()).collect();
            let near = |pair: &[zmq::Message]| pair[1].as_ptr() as usize == pair[0].as_ptr() as usize + 102;
            let any = messages.windows(2).any(near);
            (any == zero_copy).then_some(any)
        });
        assert_eq!(neighbours, zero_copy);
    }
}
