//! `proxy`, `Proxy`, `proxy_steerable` and `monitored_queue`.

mod support;

use std::sync::mpsc::channel;
use std::time::Duration;

use support::{Transport, child, deadline, eventually};
use zmq::{Context, ErrorKind, Kind, Message, POLLIN, Proxy, ProxyHandle, ProxyStatistics, Socket, SocketType};

/// Runs a proxy between the two in a thread of its own, and answers how to steer it and how to wait for its end.
fn start<F: Kind + 'static, B: Kind + 'static>(
    frontend: Socket<F>,
    backend: Socket<B>,
    capture: Option<Socket<zmq::Pub>>,
) -> (ProxyHandle, std::thread::JoinHandle<zmq::Result<()>>) {
    let (sender, receiver) = channel();
    let thread = std::thread::spawn(move || {
        let mut proxy = Proxy::new(&frontend, &backend)?;
        if let Some(capture) = &capture {
            proxy = proxy.capture(capture);
        }
        sender.send(proxy.handle()).unwrap();
        proxy.run()
    });
    (receiver.recv().unwrap(), thread)
}

#[test]
fn a_broker_serves_many_clients_with_many_workers() {
    const CLIENTS: usize = 4;
    const REQUESTS: usize = 500;
    let _deadline = deadline(120);
    for transport in support::TRANSPORTS {
        let context = Context::new().unwrap();
        let (frontend, backend) = (context.socket(zmq::ROUTER).unwrap(), context.socket(zmq::DEALER).unwrap());
        let (clients, workers) = (transport.bind(&frontend), transport.bind(&backend));
        let broker = std::thread::spawn(move || zmq::proxy(&frontend, &backend));
        let working: Vec<_> = (0..3)
            .map(|_| {
                let worker = context.socket(zmq::REP).unwrap();
                worker.connect(&workers).unwrap();
                std::thread::spawn(move || {
                    while let Ok(request) = worker.recv() {
                        worker.send(request).unwrap();
                    }
                })
            })
            .collect();
        let asking: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let socket = context.socket(zmq::REQ).unwrap();
                socket.connect(&clients).unwrap();
                std::thread::spawn(move || {
                    for request in 0..REQUESTS {
                        let request = format!("{client} {request}");
                        socket.send(&request).unwrap();
                        assert_eq!(socket.recv_string().unwrap(), request);
                    }
                })
            })
            .collect();
        asking.into_iter().for_each(|thread| thread.join().unwrap());
        context.shutdown().unwrap();
        working.into_iter().for_each(|thread| thread.join().unwrap());
        let error = broker.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ContextTerminated);
        let told = error.to_string();
        assert!(told.contains("proxy frontend ROUTER") || told.contains("proxy backend DEALER"), "{told}");
    }
}

#[test]
fn a_forwarder_passes_subscriptions_on() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (frontend, backend) = (context.socket(zmq::XSUB).unwrap(), context.socket(zmq::XPUB).unwrap());
    let (publishers, subscribers) = (Transport::Tcp.bind(&frontend), Transport::Ipc.bind(&backend));
    let (handle, thread) = start(frontend, backend, None);
    let publisher = context.socket(zmq::XPUB).unwrap();
    publisher.connect(&publishers).unwrap();
    let (one, two) = (context.socket(zmq::SUB).unwrap(), context.socket(zmq::SUB).unwrap());
    for (subscriber, topic) in [(&one, "weather"), (&two, "sports")] {
        subscriber.connect(&subscribers).unwrap();
        subscriber.subscribe(topic).unwrap();
    }
    support::subscribed(&publisher, 2);
    for text in ["weather NYC 72", "sports 1:0", "news", "weather SF 60"] {
        publisher.send(text).unwrap();
    }
    assert_eq!([one.recv().unwrap(), one.recv().unwrap()], ["weather NYC 72", "weather SF 60"]);
    assert_eq!(two.recv().unwrap(), "sports 1:0");
    // "news" nobody wanted, and the publisher knew.
    assert_eq!(
        eventually("all went through", || {
            let passed = handle.statistics().frontend.received;
            (passed >= 3).then_some(passed)
        }),
        3
    );
    handle.terminate();
    thread.join().unwrap().unwrap();
}

/// A million messages through each kind, none lost, none out of order for each sender.
#[test]
fn a_million_messages() {
    const MESSAGES: u32 = 1_000_000 / 2;
    let _deadline = deadline(240);
    let kinds = [
        (SocketType::Pull, SocketType::Push, SocketType::Push, SocketType::Pull),
        (SocketType::Router, SocketType::Dealer, SocketType::Dealer, SocketType::Dealer),
        (SocketType::Xsub, SocketType::Xpub, SocketType::Xpub, SocketType::Sub),
    ];
    for (front, back, sends, receives) in kinds {
        let context = Context::new().unwrap();
        let (frontend, backend) = (context.socket(front).unwrap(), context.socket(back).unwrap());
        if back == SocketType::Xpub {
            // Or a publisher drops what its subscribers have no room for.
            backend.set(zmq::XPUB_NODROP, true).unwrap();
        }
        let (from, to) = (Transport::Inproc.bind(&frontend), Transport::Inproc.bind(&backend));
        let (handle, thread) = start(frontend, backend, None);
        let receiver = context.socket(receives).unwrap();
        receiver.connect(&to).unwrap();
        if receives == SocketType::Sub {
            receiver.set(zmq::SUBSCRIBE, "").unwrap();
        }
        let sending: Vec<_> = (0..2u32)
            .map(|sender| {
                let socket = context.socket(sends).unwrap();
                socket.connect(&from).unwrap();
                if sends == SocketType::Xpub {
                    socket.set(zmq::XPUB_NODROP, true).unwrap();
                    assert_eq!(socket.recv().unwrap(), b"\x01");
                }
                std::thread::spawn(move || {
                    for number in 0..MESSAGES {
                        let text = [sender.to_ne_bytes(), number.to_ne_bytes()].concat();
                        while let Err(unsent) = socket.send(&text[..]) {
                            assert!(unsent.is_again(), "{unsent}");
                        }
                    }
                    socket
                })
            })
            .collect();
        let mut next = [0u32; 2];
        let mut message = Message::new();
        for _ in 0..2 * MESSAGES {
            receiver.recv_into(&mut message).unwrap();
            while message.more() {
                receiver.recv_into(&mut message).unwrap();
            }
            let number = |bytes: &[u8]| u32::from_ne_bytes(bytes.try_into().unwrap());
            let sender = number(&message[..4]) as usize;
            assert_eq!(number(&message[4..]), next[sender], "{front} {back}, sender {sender}");
            next[sender] += 1;
        }
        assert_eq!(next, [MESSAGES; 2]);
        assert!(receiver.try_recv().unwrap().is_none());
        sending.into_iter().for_each(|thread| drop(thread.join().unwrap()));
        handle.terminate();
        thread.join().unwrap().unwrap();
        let statistics = handle.statistics();
        assert_eq!(statistics.frontend.received, statistics.backend.sent);
        assert_eq!(statistics.frontend.received_bytes, statistics.backend.sent_bytes);
        let frames = if front == SocketType::Router { 2 } else { 1 };
        assert_eq!(statistics.backend.sent, u64::from(2 * MESSAGES) * frames);
    }
}

#[test]
fn a_socket_with_itself_echoes() {
    let _deadline = deadline(60);
    for kind in [SocketType::Rep, SocketType::Router, SocketType::Pair] {
        let context = Context::new().unwrap();
        let echo = context.socket(kind).unwrap();
        let endpoint = Transport::Tcp.bind(&echo);
        let thread = std::thread::spawn(move || zmq::proxy(&echo, &echo));
        let client = context.socket(if kind == SocketType::Pair { kind } else { SocketType::Req }).unwrap();
        client.connect(&endpoint).unwrap();
        for text in ["a", "b"] {
            client.send_multipart([text, "and more"]).unwrap();
            assert_eq!(client.recv_multipart().unwrap(), [text, "and more"]);
        }
        context.shutdown().unwrap();
        assert_eq!(thread.join().unwrap().unwrap_err().kind(), ErrorKind::ContextTerminated);
    }
}

#[test]
fn a_handle_pauses_resumes_measures_and_ends() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (frontend, backend) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
    let (from, to) = (Transport::Tcp.bind(&frontend), Transport::Tcp.bind(&backend));
    let (source, sink) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    source.connect(&from).unwrap();
    sink.connect(&to).unwrap();
    let (handle, thread) = start(frontend, backend, None);
    source.send_multipart(["one", "two"]).unwrap();
    assert_eq!(sink.recv_multipart().unwrap(), ["one", "two"]);
    handle.pause();
    let before = eventually("it is counted", || Some(handle.statistics()).filter(|s| s.backend.sent == 2));
    assert_eq!((before.frontend.received, before.frontend.received_bytes, before.backend.sent_bytes), (2, 6, 6));
    assert_eq!((before.frontend.sent, before.backend.received), (0, 0));
    source.send("three").unwrap();
    assert!(sink.recv_timeout(100).unwrap_err().is_again());
    assert_eq!(handle.statistics(), before);
    handle.resume();
    assert_eq!(sink.recv().unwrap(), "three");
    assert!(handle.is_running() && format!("{handle:?}").contains("Active"));
    handle.clone().terminate();
    thread.join().unwrap().unwrap();
    assert!(!handle.is_running());
    // There is nothing left to steer, and nothing to wait for.
    handle.pause();
    handle.resume();
    handle.terminate();
    assert_eq!(handle.statistics().backend.sent, 3);
}

/// Each of them waits until the proxy does what it wishes, or somebody else has wished for something else.
#[test]
fn those_who_overrule_each_other_do_not_wait_for_ever() {
    const TIMES: usize = 3000;
    let _deadline = deadline(60);
    for steered in [false, true] {
        let context = Context::new().unwrap();
        let (frontend, backend) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
        let (control, steering) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
        let (sender, receiver) = channel();
        let thread = std::thread::spawn(move || {
            let proxy = Proxy::new(&frontend, &backend)?.control(&control);
            sender.send(proxy.handle()).unwrap();
            proxy.run()
        });
        let handle = receiver.recv().unwrap();
        std::thread::scope(|scope| {
            for wish in [ProxyHandle::pause, ProxyHandle::resume] {
                let handle = &handle;
                scope.spawn(move || (0..TIMES).for_each(|_| wish(handle)));
            }
            for at in (0..TIMES).filter(|_| steered) {
                steering.send(if at % 2 == 0 { "RESUME" } else { "PAUSE" }).unwrap();
            }
        });
        handle.terminate();
        thread.join().unwrap().unwrap();
    }
}

#[test]
fn a_proxy_that_was_told_to_end_before_it_ran_passes_nothing() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (push, pull) = Transport::Inproc.pair(&context, zmq::PUSH, zmq::PULL);
    let backend = context.socket(zmq::PUSH).unwrap();
    push.send("x").unwrap();
    let proxy = Proxy::new(&pull, &backend).unwrap();
    proxy.handle().terminate();
    proxy.run().unwrap();
    assert_eq!(pull.recv().unwrap(), "x");
}

/// Nobody takes what the proxy has, and it is ended: nothing that was taken out of the frontend is lost.
#[test]
fn what_cannot_be_passed_on_stays_in_the_frontend() {
    let _deadline = deadline(60);
    for (front, back, sends) in [
        (SocketType::Pull, SocketType::Push, SocketType::Push),
        (SocketType::Router, SocketType::Dealer, SocketType::Dealer),
        (SocketType::Pull, SocketType::Req, SocketType::Push),
    ] {
        let context = Context::new().unwrap();
        let (frontend, backend) = (context.socket(front).unwrap(), context.socket(back).unwrap());
        let source = context.socket(sends).unwrap();
        source.connect(&Transport::Inproc.bind(&frontend)).unwrap();
        Transport::Inproc.bind(&backend);
        for number in 0..10 {
            source.send_multipart([format!("{number}"), "more".to_owned()]).unwrap();
        }
        std::thread::scope(|scope| {
            let proxy = Proxy::new(&frontend, &backend).unwrap();
            let handle = proxy.handle();
            scope.spawn(move || {
                eventually("it runs", || handle.is_running().then_some(()));
                std::thread::sleep(Duration::from_millis(30));
                handle.pause();
                handle.resume();
                handle.terminate();
            });
            proxy.run().unwrap();
        });
        for number in 0..10 {
            let frames = frontend.recv_multipart_timeout(1000).unwrap();
            assert_eq!(frames[frames.len() - 2..], [&*format!("{number}"), "more"], "{front}");
        }
    }
}

/// A REQ that waits for its reply cannot be sent to: an error, and the message is not lost.
#[test]
fn a_pair_of_kinds_that_does_not_fit() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (push, pull) = Transport::Inproc.pair(&context, zmq::PUSH, zmq::PULL);
    let (_rep, req) = Transport::Inproc.pair(&context, zmq::REP, zmq::REQ);
    push.send("one").unwrap();
    push.send("two").unwrap();
    let error = zmq::proxy(&pull, &req).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongState);
    let told = error.to_string();
    assert!(told.contains("proxy backend REQ") && told.contains("waits for the reply"), "{told}");
    assert_eq!(pull.recv().unwrap(), "two");
}

#[test]
fn mistakes_are_answered() {
    let context = Context::new().unwrap();
    let sockets: Vec<_> = SocketType::ALL.iter().map(|kind| context.socket(*kind).unwrap()).collect();
    let of = |kind: SocketType| sockets.iter().find(|socket| socket.socket_type() == kind).unwrap();
    for (front, back) in [
        (SocketType::Push, SocketType::Push),
        (SocketType::Pull, SocketType::Sub),
        (SocketType::Pub, SocketType::Pub),
        (SocketType::Push, SocketType::Pub),
    ] {
        let error = zmq::proxy(of(front), of(back)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains(&format!("between a {front} and a {back}")), "{error}");
    }
    let proxy = || Proxy::new(of(SocketType::Router), of(SocketType::Dealer)).unwrap();
    let told = |proxy: Proxy| proxy.run().unwrap_err().to_string();
    assert!(told(proxy().capture(of(SocketType::Pull))).contains("a PULL cannot be the capture socket"));
    assert!(told(proxy().control(of(SocketType::Pub))).contains("a PUB cannot be the control socket"));
    assert!(told(proxy().capture(of(SocketType::Dealer))).contains("captures from"));
    assert!(told(proxy().control(of(SocketType::Router))).contains("one of the others"));
    let (pair, dealer) = (of(SocketType::Pair), of(SocketType::Dealer));
    assert!(told(proxy().capture(pair).control(pair)).contains("one of the others"));
    context.shutdown().unwrap();
    let error = zmq::proxy(of(SocketType::Router), dealer).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContextTerminated);
}

fn command<K: Kind>(control: &Socket<K>, text: &str) -> Vec<Message> {
    let control = control.as_dynamic();
    control.send(text).unwrap();
    control.recv_multipart_timeout(5000).unwrap()
}

#[test]
fn a_control_socket_steers() {
    let _deadline = deadline(60);
    for (mine, its) in [
        (SocketType::Req, SocketType::Rep),
        (SocketType::Pair, SocketType::Pair),
        (SocketType::Req, SocketType::Router),
        (SocketType::Dealer, SocketType::Dealer),
    ] {
        let context = Context::new().unwrap();
        let (frontend, backend) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
        let (source, sink) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
        source.connect(&Transport::Inproc.bind(&frontend)).unwrap();
        sink.connect(&Transport::Inproc.bind(&backend)).unwrap();
        let (control, steering) = Transport::Inproc.pair(&context, its, mine);
        let thread = std::thread::spawn(move || zmq::proxy_steerable(&frontend, &backend, &control));
        source.send("12345").unwrap();
        assert_eq!(sink.recv().unwrap(), "12345");
        assert_eq!(command(&steering, "PAUSE"), [""]);
        source.send("later").unwrap();
        assert!(sink.recv_timeout(50).unwrap_err().is_again());
        let statistics = ProxyStatistics::from_frames(&command(&steering, "STATISTICS")).unwrap();
        assert_eq!((statistics.frontend.received, statistics.backend.sent_bytes), (1, 5));
        assert_eq!(command(&steering, "RESUME"), [""]);
        assert_eq!(sink.recv().unwrap(), "later");
        assert_eq!(command(&steering, "HELLO?"), [""]);
        assert_eq!(command(&steering, "TERMINATE"), [""]);
        thread.join().unwrap().unwrap();
    }
    assert!(ProxyStatistics::from_frames(&[b"1", b"2"]).is_err());
    assert!(ProxyStatistics::from_frames(&[[0; 8]; 9]).is_err());
}

#[test]
fn a_control_socket_that_only_receives_gets_no_answer() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (frontend, backend) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
    let (publisher, control) = Transport::Inproc.pair(&context, zmq::XPUB, zmq::SUB);
    control.subscribe("").unwrap();
    support::subscribed(&publisher, 1);
    let thread = std::thread::spawn(move || zmq::proxy_steerable(&frontend, &backend, &control));
    for text in ["PAUSE", "STATISTICS", "RESUME", "", "TERMINATE"] {
        publisher.send(text).unwrap();
    }
    thread.join().unwrap().unwrap();
}

#[test]
fn a_capture_socket_gets_everything() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (frontend, backend) = (context.socket(zmq::ROUTER).unwrap(), context.socket(zmq::DEALER).unwrap());
    let (from, to) = (Transport::Tcp.bind(&frontend), Transport::Tcp.bind(&backend));
    let capture = context.socket(zmq::PUB).unwrap();
    let log = context.socket(zmq::SUB).unwrap();
    log.subscribe("").unwrap();
    log.connect(&Transport::Inproc.bind(&capture)).unwrap();
    let (handle, thread) = start(frontend, backend, Some(capture));
    let (client, worker) = (context.socket(zmq::REQ).unwrap(), context.socket(zmq::REP).unwrap());
    client.set_identity("Client1").unwrap();
    client.connect(&from).unwrap();
    worker.connect(&to).unwrap();
    client.send("question").unwrap();
    assert_eq!(worker.recv().unwrap(), "question");
    worker.send("answer").unwrap();
    assert_eq!(client.recv().unwrap(), "answer");
    assert_eq!(log.recv_multipart_timeout(5000).unwrap(), ["Client1", "", "question"]);
    assert_eq!(log.recv_multipart_timeout(5000).unwrap(), ["Client1", "", "answer"]);
    handle.terminate();
    thread.join().unwrap().unwrap();
}

/// libzmq's proxy can only be waited for then.
#[test]
fn a_capture_socket_that_nobody_reads_does_not_keep_the_proxy() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (frontend, backend) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
    let (source, sink) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    source.connect(&Transport::Inproc.bind(&frontend)).unwrap();
    sink.connect(&Transport::Inproc.bind(&backend)).unwrap();
    let capture = context.socket(zmq::PUSH).unwrap();
    source.send_multipart(["a", "b"]).unwrap();
    source.send("c").unwrap();
    let (sender, receiver) = channel();
    let thread = std::thread::spawn(move || {
        let proxy = Proxy::new(&frontend, &backend)?.capture(&capture);
        sender.send(proxy.handle()).unwrap();
        proxy.run()?;
        frontend.recv_string_flags(zmq::DONTWAIT)
    });
    receiver.recv().unwrap().terminate();
    // What was begun is passed on whole, the rest not at all.
    let left = thread.join().unwrap();
    let passed = sink.try_recv_multipart().unwrap();
    match passed {
        Some(frames) => assert_eq!((frames, left.unwrap()), (vec![Message::from("a"), "b".into()], "c".to_owned())),
        None => assert_eq!(left.unwrap(), "a"),
    }
}

#[test]
fn a_monitored_queue_says_which_way_a_message_went() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (inside, outside) = (context.socket(zmq::ROUTER).unwrap(), context.socket(zmq::ROUTER).unwrap());
    let (from, to) = (Transport::Inproc.bind(&inside), Transport::Inproc.bind(&outside));
    let (monitor, log) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    let thread = std::thread::spawn(move || zmq::monitored_queue(&inside, &outside, &monitor, "in", "out"));
    let (alice, bob) = (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::DEALER).unwrap());
    alice.set_identity("alice").unwrap();
    bob.set_identity("bob").unwrap();
    bob.connect(&to).unwrap();
    alice.connect(&from).unwrap();
    // Until the ROUTER knows bob it drops what is for him.
    let received = eventually("bob gets it", || {
        alice.send_multipart(["bob", "hello"]).unwrap();
        bob.recv_multipart_timeout(20).ok()
    });
    assert_eq!(received, ["alice", "hello"]);
    bob.send_multipart(["alice", "hello", "yourself"]).unwrap();
    assert_eq!(alice.recv_multipart().unwrap(), ["bob", "hello", "yourself"]);
    let first = log.recv_multipart_timeout(5000).unwrap();
    assert_eq!(first, ["in", "bob", "alice", "hello"]);
    let last =
        eventually("the way back is told", || log.recv_multipart_timeout(100).ok().filter(|frames| frames[0] == "out"));
    assert_eq!(last, ["out", "alice", "bob", "hello", "yourself"]);
    context.shutdown().unwrap();
    assert_eq!(thread.join().unwrap().unwrap_err().kind(), ErrorKind::ContextTerminated);
}

/// With ROUTER_MANDATORY a ROUTER says when a peer is gone, which ends libzmq's proxy.
#[test]
fn a_peer_that_is_gone_does_not_end_it() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (frontend, backend) = (context.socket(zmq::ROUTER).unwrap(), context.socket(zmq::DEALER).unwrap());
    frontend.set_router_mandatory(true).unwrap();
    let (from, to) = (Transport::Tcp.bind(&frontend), Transport::Tcp.bind(&backend));
    let (handle, thread) = start(frontend, backend, None);
    let (worker, patient) = (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::REQ).unwrap());
    worker.connect(&to).unwrap();
    patient.connect(&from).unwrap();
    patient.send("question").unwrap();
    let question = worker.recv_multipart().unwrap();
    worker.send_multipart(["nobody", "", "answer"]).unwrap();
    worker.send_multipart(question).unwrap();
    assert_eq!(patient.recv().unwrap(), "question");
    // The answer to nobody was received, and not sent.
    eventually("it is counted", || {
        Some(handle.statistics()).filter(|s| (s.backend.received, s.frontend.sent) == (6, 3))
    });
    handle.terminate();
    thread.join().unwrap().unwrap();
}

/// Back and forth while each has no room: neither way waits for the other.
#[test]
fn one_full_way_does_not_stop_the_other() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (frontend, backend) = (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::DEALER).unwrap());
    for socket in [&frontend, &backend] {
        socket.set_hwm(2).unwrap();
    }
    let (left, right) = (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::DEALER).unwrap());
    for socket in [&left, &right] {
        socket.set_hwm(2).unwrap();
    }
    left.connect(&Transport::Inproc.bind(&frontend)).unwrap();
    right.connect(&Transport::Inproc.bind(&backend)).unwrap();
    let (handle, thread) = start(frontend, backend, None);
    // Nobody receives on the right.
    let mut filled = 0;
    while left.send_timeout("x", 100).is_ok() {
        filled += 1;
    }
    for _ in 0..1000 {
        right.send("y").unwrap();
        assert_eq!(left.recv().unwrap(), "y");
    }
    for _ in 0..filled {
        assert_eq!(right.recv_timeout(5000).unwrap(), "x");
    }
    assert!(!right.poll(50, POLLIN).unwrap().is_readable());
    handle.terminate();
    thread.join().unwrap().unwrap();
}

/// An XPUB that may not drop says that it has room when it has none: the proxy still can be steered, and does not spin.
#[test]
#[cfg(target_os = "linux")]
fn waiting_for_a_slow_subscriber_costs_nothing() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let (frontend, backend) = (context.socket(zmq::XSUB).unwrap(), context.socket(zmq::XPUB).unwrap());
        backend.set_xpub_nodrop(true).unwrap();
        backend.set_sndhwm(1).unwrap();
        let (from, to) = (Transport::Inproc.bind(&frontend), Transport::Inproc.bind(&backend));
        let (handle, thread) = start(frontend, backend, None);
        let publisher = context.socket(zmq::XPUB).unwrap();
        publisher.connect(&from).unwrap();
        let subscriber = context.socket(zmq::SUB).unwrap();
        subscriber.set_rcvhwm(1).unwrap();
        subscriber.subscribe("").unwrap();
        subscriber.connect(&to).unwrap();
        support::subscribed(&publisher, 1);
        for number in 0..20 {
            publisher.send(format!("{number}")).unwrap();
        }
        std::thread::sleep(Duration::from_millis(100));
        let used = || {
            // SAFETY: asks for the time that this process has used; any value of the structure is valid.
            let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
            // SAFETY: writes to a live structure.
            unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) };
            usage.ru_utime.tv_sec * 1_000_000
                + usage.ru_utime.tv_usec
                + usage.ru_stime.tv_sec * 1_000_000
                + usage.ru_stime.tv_usec
        };
        let before = used();
        std::thread::sleep(Duration::from_secs(1));
        let spent = used() - before;
        assert!(spent < 300_000, "{spent} µs of processor time in a second of waiting");
        handle.pause();
        handle.resume();
        for number in 0..20 {
            assert_eq!(subscriber.recv_string().unwrap(), format!("{number}"));
        }
        handle.terminate();
        thread.join().unwrap().unwrap();
    })
    .succeeds();
}

#[test]
fn the_end_of_the_context_ends_it_every_time() {
    let _deadline = deadline(120);
    for round in 0..300 {
        let context = Context::new().unwrap();
        let (frontend, backend) = (context.socket(zmq::SUB).unwrap(), context.socket(zmq::PUSH).unwrap());
        frontend.subscribe("").unwrap();
        let (publisher, _) = (context.socket(zmq::PUB).unwrap(), Transport::Inproc.bind(&backend));
        publisher.connect(&Transport::Inproc.bind(&frontend)).unwrap();
        let thread = std::thread::spawn(move || zmq::proxy(&frontend, &backend));
        if round % 3 == 0 {
            publisher.send("nobody takes it").unwrap();
        }
        if round % 2 == 0 {
            std::thread::yield_now();
        }
        drop(publisher);
        context.shutdown().unwrap();
        assert_eq!(thread.join().unwrap().unwrap_err().kind(), ErrorKind::ContextTerminated);
    }
}
