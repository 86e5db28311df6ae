//! `Socket::monitor`.

mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use support::{Transport, child, deadline, eventually};
use zmq::{Context, ErrorKind, Event, Message, Monitor, MonitorEvent, POLLIN, Poller, ProtocolError};

/// Receives until the event comes, and answers it and what came before.
#[track_caller]
fn until(monitor: &Monitor, what: impl Fn(&Event) -> bool) -> (MonitorEvent, Vec<Event>) {
    let mut before = Vec::new();
    loop {
        let event = monitor.recv_timeout(10_000).unwrap().expect("it is not over yet");
        if what(&event.event) {
            return (event, before);
        }
        before.push(event.event);
    }
}

#[test]
fn the_life_of_a_connection() {
    let _deadline = deadline(60);
    for transport in [Transport::Tcp, Transport::Ipc] {
        let context = Context::new().unwrap();
        let server = context.socket(zmq::REP).unwrap();
        let serving = server.monitor(zmq::EVENT_ALL).unwrap();
        let client = context.socket(zmq::REQ).unwrap();
        client.set_reconnect_ivl(Duration::from_millis(10)).unwrap();
        let connecting = client.monitor(zmq::EVENT_ALL).unwrap();
        let endpoint = transport.bind(&server);
        let (event, before) = until(&serving, |event| matches!(event, Event::Listening { .. }));
        assert_eq!((event.endpoint.as_str(), before), (endpoint.as_str(), vec![]));
        assert_eq!(event.to_string(), format!("listening: {endpoint}"));

        client.connect(&endpoint).unwrap();
        let (event, before) = until(&connecting, |event| matches!(event, Event::Connected { .. }));
        assert_eq!(event.endpoint, endpoint);
        assert!(before.iter().all(|event| matches!(event, Event::ConnectDelayed { .. })), "{before:?}");
        until(&connecting, |event| *event == Event::HandshakeSucceeded);
        let (_, before) = until(&serving, |event| *event == Event::HandshakeSucceeded);
        assert!(matches!(before[..], [Event::Accepted { fd }] if fd > 0), "{before:?}");

        server.close().unwrap();
        until(&connecting, |event| matches!(event, Event::Disconnected { .. }));
        until(&connecting, |event| *event == Event::ConnectRetried { interval: Duration::from_millis(10) });
        // The end is told, and then there is nothing more.
        let (_, before) = until(&serving, |event| *event == Event::MonitorStopped);
        assert!(before.iter().any(|event| matches!(event, Event::Closed { .. })), "{before:?}");
        assert_eq!(serving.recv().unwrap(), None);
        assert!(serving.iter().next().is_none());
        let again = context.socket(zmq::REP).unwrap();
        eventually("the address is free again", || again.bind(&endpoint).ok());
        until(&connecting, |event| *event == Event::HandshakeSucceeded);
    }
}

#[test]
fn only_what_was_asked_for_comes() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let server = context.socket(zmq::PULL).unwrap();
    let monitor = server.monitor(zmq::EVENT_ACCEPTED | zmq::EVENT_DISCONNECTED).unwrap();
    assert!(monitor.try_recv().unwrap_err().is_again());
    let endpoint = Transport::Tcp.bind(&server);
    let client = context.socket(zmq::PUSH).unwrap();
    client.connect(&endpoint).unwrap();
    assert!(matches!(monitor.recv().unwrap().unwrap().event, Event::Accepted { .. }));
    drop(client);
    assert!(matches!(monitor.recv().unwrap().unwrap().event, Event::Disconnected { .. }));
    let started = Instant::now();
    let error = monitor.recv_timeout(50).unwrap_err();
    assert!(error.is_again() && started.elapsed() >= Duration::from_millis(50));
    assert!(error.to_string().starts_with("monitor"), "{error}");
    server.disable_monitor();
    assert_eq!(monitor.recv().unwrap(), None);
    // There is none to disable.
    server.disable_monitor();
    let text = format!("{monitor:?}");
    assert!(text.contains("EVENT_ACCEPTED | EVENT_DISCONNECTED") && text.contains("ended"), "{text}");
}

/// `monitor unread: peer HWM 1+; 5000 events`: a hang in libzmq.
#[test]
fn a_monitor_that_nobody_reads_does_not_hold_up_its_socket() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let server = context.socket(zmq::PULL).unwrap();
        let monitor = server.monitor(zmq::EVENT_ALL).unwrap();
        for _ in 0..5000 {
            let endpoint = Transport::Inproc.bind(&server);
            server.unbind(&endpoint).unwrap();
        }
        for _ in 0..3000 {
            server.bind("tcp://127.0.0.1:*").unwrap();
            server.unbind(&server.last_endpoint().unwrap()).unwrap();
        }
        drop(server);
        let events = monitor.iter().map(Result::unwrap).collect::<Vec<_>>();
        assert!(events.len() > 6000, "{}", events.len());
        context.term_timeout(10).unwrap_err();
        drop(monitor);
    })
    .succeeds();
}

/// `monitor; PAIR connected then closed; bind`, `monitor stop(NULL) after PAIR closed; bind`: hangs in libzmq.
#[test]
fn a_monitor_that_was_dropped_does_not_hold_up_its_socket() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let server = context.socket(zmq::PULL).unwrap();
        for round in 0..200 {
            let monitor = server.monitor(zmq::EVENT_ALL).unwrap();
            server.bind("tcp://127.0.0.1:*").unwrap();
            match round % 3 {
                0 => drop(monitor),
                1 => std::thread::spawn(move || drop(monitor)).join().unwrap(),
                _ => {
                    server.disable_monitor();
                    drop(monitor);
                }
            }
            server.unbind(&server.last_endpoint().unwrap()).unwrap();
        }
        drop(server);
        context.term_timeout(20_000).unwrap();
    })
    .succeeds();
}

/// `monitor ALL; PAIR closed; other socket close works?`: in libzmq the thread that closes sockets waits for the monitor's peer.
#[test]
fn a_socket_that_closes_slowly_outlives_its_monitor() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        // A peer that takes nothing, so that the socket lingers.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("tcp://{}", listener.local_addr().unwrap());
        for _ in 0..20 {
            let slow = context.socket(zmq::PUSH).unwrap();
            let monitor = slow.monitor(zmq::EVENT_ALL).unwrap();
            slow.set_linger(100).unwrap();
            slow.connect(&endpoint).unwrap();
            slow.send("nobody takes it").unwrap();
            slow.close().unwrap();
            drop(monitor);
            // Others can be closed meanwhile.
            let other = context.socket(zmq::PULL).unwrap();
            let port = other.bind_to_random_port("tcp://127.0.0.1").unwrap();
            other.close().unwrap();
            let again = context.socket(zmq::PULL).unwrap();
            eventually("the port is free again", || again.bind(&format!("tcp://127.0.0.1:{port}")).ok());
        }
        context.term_timeout(20_000).unwrap();
    })
    .succeeds();
}

#[test]
fn in_any_order_of_ends() {
    let _deadline = deadline(120);
    child("", 100, || {
        for round in 0..300 {
            let context = Context::new().unwrap();
            context.setsockopt(zmq::LINGER, 0).unwrap();
            let (server, client) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
            let (one, two) = (server.monitor(zmq::EVENT_ALL).unwrap(), client.monitor(zmq::EVENT_ALL).unwrap());
            let reading = std::thread::spawn(move || one.iter().last().map(|end| end.is_err()));
            client.connect(&Transport::Tcp.bind(&server)).unwrap();
            client.send("x").unwrap();
            match round % 6 {
                0 => drop((two, client, server)),
                1 => drop((server, client, two)),
                2 => {
                    context.shutdown().unwrap();
                    drop((two, server, client));
                }
                3 => {
                    context.shutdown().unwrap();
                    assert_eq!(server.recv().unwrap_err().kind(), ErrorKind::ContextTerminated);
                    drop((server, two, client));
                }
                4 => drop((context.clone(), server, two)),
                _ => {
                    let elsewhere = std::thread::spawn(move || drop(two));
                    drop((client, server));
                    elsewhere.join().unwrap();
                }
            }
            reading.join().unwrap();
        }
    })
    .succeeds();
}

#[test]
fn a_shutdown_ends_the_wait_every_time() {
    let _deadline = deadline(60);
    for _ in 0..100 {
        let context = Context::new().unwrap();
        let socket = context.socket(zmq::PULL).unwrap();
        let monitor = socket.monitor(zmq::EVENT_ALL).unwrap();
        let waiting = std::thread::spawn(move || monitor.recv());
        context.shutdown().unwrap();
        match waiting.join().unwrap() {
            Err(error) => assert_eq!(error.kind(), ErrorKind::ContextTerminated),
            Ok(event) => panic!("{event:?}"),
        }
    }
}

#[test]
fn mistakes_are_answered() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (one, two) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PULL).unwrap());
    let monitor = one.monitor_at("inproc://events", zmq::EVENT_ALL).unwrap();
    let error = one.monitor(zmq::EVENT_ALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("monitored already") && error.to_string().contains("PULL"), "{error}");
    let error = two.monitor_at("inproc://events", zmq::EVENT_ALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddressInUse);
    assert!(error.to_string().starts_with("monitor inproc://events: address already in use"), "{error}");
    for (address, kind) in [
        ("tcp://127.0.0.1:5555", ErrorKind::ProtocolNotSupported),
        ("events", ErrorKind::InvalidArgument),
        ("inproc://a\0b", ErrorKind::InvalidArgument),
        ("foo://x", ErrorKind::ProtocolNotSupported),
    ] {
        let error = two.monitor_at(address, zmq::EVENT_ALL).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
    }
    // None of that has left anything behind.
    two.monitor(zmq::EVENT_ALL).unwrap();
    drop(monitor);
    one.monitor(zmq::EVENT_ALL).unwrap();
    // SAFETY: the socket is open, and this thread's.
    let shadow = unsafe { zmq::Socket::<zmq::Pull>::shadow(one.as_ptr()) }.unwrap();
    assert_eq!(shadow.monitor(zmq::EVENT_ALL).unwrap_err().kind(), ErrorKind::Unsupported);
    drop((shadow, one, two));

    let context = Context::new().unwrap();
    context.set_max_sockets(2).unwrap();
    let socket = context.socket(zmq::PULL).unwrap();
    assert_eq!(socket.monitor(zmq::EVENT_ALL).unwrap_err().kind(), ErrorKind::TooManyOpen);
    socket.bind("tcp://127.0.0.1:*").unwrap();
}

#[test]
fn events_are_polled_for_with_messages() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let server = context.socket(zmq::PULL).unwrap();
    let monitor = server.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED).unwrap();
    let client = context.socket(zmq::PUSH).unwrap();
    client.connect(&Transport::Tcp.bind(&server)).unwrap();
    let mut poller = Poller::new();
    poller.register(&server, POLLIN).unwrap();
    poller.register(&monitor, POLLIN).unwrap();
    let ready = poller.poll(None).unwrap();
    assert!(ready.readable(&monitor) && !ready.readable(&server));
    assert_eq!(monitor.recv().unwrap().unwrap().event, Event::HandshakeSucceeded);
    client.send("x").unwrap();
    assert!(poller.poll(None).unwrap().readable(&server));
}

#[test]
fn handshakes_that_fail_say_why() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let server = context.socket(zmq::PULL).unwrap();
    server.set_plain_server(true).unwrap();
    let monitor = server.monitor(zmq::EVENT_ALL).unwrap();
    let endpoint = Transport::Tcp.bind(&server);
    // A client that knows of no password.
    let client = context.socket(zmq::PUSH).unwrap();
    client.connect(&endpoint).unwrap();
    let (event, _) = until(&monitor, |event| matches!(event, Event::HandshakeFailedProtocol(_)));
    assert_eq!(event.event, Event::HandshakeFailedProtocol(ProtocolError::ZMTP_MECHANISM_MISMATCH));
    assert!(event.to_string().starts_with("handshake failed: the peer asks for another mechanism: tcp://"), "{event}");
    drop(client);
    // One that goes away in the middle.
    let mut stranger = std::net::TcpStream::connect(endpoint.strip_prefix("tcp://").unwrap()).unwrap();
    stranger.write_all(b"\xff\0\0\0\0\0\0\0\x01\x7f\x03\0PLAIN").unwrap();
    stranger.read_exact(&mut [0; 10]).unwrap();
    drop(stranger);
    until(&monitor, |event| matches!(event, Event::HandshakeFailedNoDetail { .. }));
    // One that the authenticator refuses.
    let authenticator = context.socket(zmq::REP).unwrap();
    authenticator.bind("inproc://zeromq.zap.01").unwrap();
    let client = context.socket(zmq::PUSH).unwrap();
    client.set_plain_username("admin").unwrap();
    client.set_plain_password("wrong").unwrap();
    client.set_linger(0).unwrap();
    client.connect(&endpoint).unwrap();
    let request = authenticator.recv_multipart().unwrap();
    authenticator
        .send_multipart([&request[0], &request[1], &"400".into(), &"no".into(), &"".into(), &"".into()])
        .unwrap();
    let (event, _) = until(&monitor, |event| matches!(event, Event::HandshakeFailedAuth { .. }));
    assert_eq!(event.event, Event::HandshakeFailedAuth { status: 400 });
}

#[test]
fn what_a_newer_library_says_comes_through() {
    let frames = |event: u16, value: u32, endpoint: &str| {
        vec![Message::from([&event.to_ne_bytes()[..], &value.to_ne_bytes()].concat()), endpoint.into()]
    };
    let event = MonitorEvent::from_frames(frames(0x8000, 7, "tcp://x:1")).unwrap();
    assert_eq!(event.event, Event::Other { event: 0x8000, value: 7 });
    assert_eq!((event.event.as_raw(), event.to_string().as_str()), (0x8000, "event 0x8000 with value 7: tcp://x:1"));
    let event = MonitorEvent::from_frames(frames(0x2000, 0x1100_0001, "")).unwrap();
    assert_eq!(event.event, Event::HandshakeFailedProtocol(ProtocolError::ZMTP_CRYPTOGRAPHIC));
    let event = MonitorEvent::from_frames(frames(0x2000, 0x1234_5678, "")).unwrap();
    assert_eq!(event.to_string(), "handshake failed: protocol error 0x12345678");
    for bit in 0..16 {
        let raw = 1u16 << bit;
        let event = MonitorEvent::from_frames(frames(raw, 1, "")).unwrap().event;
        assert_eq!(event.as_raw(), i32::from(raw));
        assert_eq!(matches!(event, Event::Other { .. }), raw == 0x8000);
    }
    for wrong in [vec![], vec!["x".into()], vec!["1234567".into(), "".into()], vec!["123456".into(); 3]] {
        let count = wrong.len();
        let error = MonitorEvent::from_frames(wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert_eq!(error.into_frames().map(|frames| frames.len()).unwrap_or_default(), count);
    }
}

#[test]
#[cfg(unix)]
fn a_forked_child_leaves_it_alone() {
    let _deadline = deadline(60);
    child("", 20, || {
        let context = Context::new().unwrap();
        let socket = context.socket(zmq::PULL).unwrap();
        let monitor = socket.monitor(zmq::EVENT_ALL).unwrap();
        // SAFETY: the child does nothing but what is tested here, and leaves.
        match unsafe { libc::fork() } {
            0 => {
                let kind = socket.monitor(zmq::EVENT_ALL).unwrap_err().kind();
                drop((monitor, socket, context));
                // SAFETY: ends the child at once.
                unsafe { libc::_exit(if kind == ErrorKind::Forked { 0 } else { 1 }) }
            }
            pid => {
                let mut status = 0;
                // SAFETY: waits for our child, and writes the status to a live integer.
                unsafe { libc::waitpid(pid, &raw mut status, 0) };
                assert_eq!(status, 0);
                socket.bind("tcp://127.0.0.1:*").unwrap();
                assert!(matches!(monitor.recv().unwrap().unwrap().event, Event::Listening { .. }));
            }
        }
    })
    .succeeds();
}
