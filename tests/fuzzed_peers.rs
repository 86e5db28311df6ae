//! Hostile peers, and honest ones that fail, which libzmq 4.3.5 does not survive; the bundled one does.
#![cfg(zmq_vendored)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::time::{Duration, Instant};

use support::zmtp::{self, COMMAND, frame, greeting};
use support::{child, deadline};
use zmq::{Context, Socket};

fn connect<K: zmq::Kind>(socket: &Socket<K>) -> TcpStream {
    let endpoint = socket.last_endpoint().unwrap();
    TcpStream::connect(endpoint.strip_prefix("tcp://").unwrap()).unwrap()
}

/// A peer that does its handshake, as a socket of that kind with that routing id, and then says `bytes`.
fn peer<K: zmq::Kind>(socket: &Socket<K>, socket_type: &str, id: &[u8], bytes: &[u8]) -> TcpStream {
    let mut stream = connect(socket);
    // Before the other end has shaken hands, too, it does not listen to anything else.
    zmtp::shake_hands(&mut stream, 1, socket_type, &[("Identity", id)]);
    stream.write_all(bytes).unwrap();
    stream
}

/// Closes the connection with an RST.
fn reset(stream: TcpStream) {
    let linger = libc::linger { l_onoff: 1, l_linger: 0 };
    // SAFETY: the descriptor is open, and the option is of that type and size.
    let answer = unsafe {
        libc::setsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_LINGER,
            (&raw const linger).cast(),
            size_of::<libc::linger>() as libc::socklen_t,
        )
    };
    assert_eq!(answer, 0);
    drop(stream);
}

/// stream_engine_base.cpp, `out_event`: `!_io_error`. What was unread when the connection broke is read later, and answered.
#[test]
fn a_ping_behind_a_full_queue() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_rcvhwm(1).unwrap();
        pull.bind("tcp://127.0.0.1:*").unwrap();
        let monitor = pull.monitor(zmq::EVENT_ALL).unwrap();
        let mut bytes = Vec::new();
        for _ in 0..50 {
            bytes.extend(frame(0, b"x"));
        }
        bytes.extend(frame(COMMAND, b"\x04PING\0\0"));
        bytes.extend(frame(0, b"last"));
        let stream = peer(&pull, "PUSH", b"", &bytes);
        while monitor.recv_timeout(5000).unwrap().unwrap().event != zmq::Event::HandshakeSucceeded {}
        std::thread::sleep(Duration::from_millis(100));
        reset(stream);
        std::thread::sleep(Duration::from_millis(100));
        for _ in 0..50 {
            assert_eq!(pull.recv_timeout(5000).unwrap(), "x");
        }
        assert_eq!(pull.recv_timeout(5000).unwrap(), "last");
    })
    .succeeds();
}

/// stream_engine_base.cpp, `out_event`: `!_io_error`. The heart still beats.
#[test]
fn a_heartbeat_to_a_peer_that_is_gone() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_rcvhwm(1).unwrap();
        pull.set_heartbeat_ivl(50).unwrap();
        pull.set_heartbeat_timeout(30_000).unwrap();
        pull.bind("tcp://127.0.0.1:*").unwrap();
        let mut bytes = Vec::new();
        for _ in 0..50 {
            bytes.extend(frame(0, b"x"));
        }
        let stream = peer(&pull, "PUSH", b"", &bytes);
        std::thread::sleep(Duration::from_millis(100));
        reset(stream);
        std::thread::sleep(Duration::from_millis(300));
        for _ in 0..50 {
            assert_eq!(pull.recv_timeout(5000).unwrap(), "x");
        }
    })
    .succeeds();
}

/// stream_engine_base.cpp, `restart_input`: `_input_stopped`. The connection that is told to go on is another one.
#[test]
fn a_queue_that_was_full_when_the_connection_was_given_up() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.bind("tcp://127.0.0.1:*").unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_rcvhwm(1).unwrap();
        pull.set_rcvbuf(4096).unwrap();
        pull.set_heartbeat_ivl(50).unwrap();
        pull.set_heartbeat_timeout(200).unwrap();
        let monitor = pull.monitor(zmq::EVENT_ALL).unwrap();
        pull.connect(&push.last_endpoint().unwrap()).unwrap();
        for _ in 0..900 {
            push.send(vec![b'x'; 1000]).unwrap();
        }
        let mut handshakes = 0;
        while handshakes < 2 {
            let event = monitor.recv_timeout(10_000).unwrap().unwrap();
            handshakes += i32::from(event.event == zmq::Event::HandshakeSucceeded);
        }
        // What was under way is lost with its connection, and what comes now comes by the new one.
        push.send("last").unwrap();
        while pull.recv_timeout(10_000).unwrap() != "last" {}
    })
    .succeeds();
}

/// socket_base.cpp, `add_out_pipe`: `ok`.
#[test]
fn a_routing_id_like_the_next_one() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let router = context.socket(zmq::ROUTER).unwrap();
        router.bind("tcp://127.0.0.1:*").unwrap();
        let hello = |id: &[u8]| peer(&router, "DEALER", id, &frame(0, b"x"));
        let _one = hello(b"");
        let [id, _] = router.recv_frames_timeout(5000).unwrap();
        let next = u32::from_be_bytes(id[1..].try_into().unwrap()).wrapping_add(1).to_be_bytes();
        let _two = hello(&[&[0], &next[..]].concat());
        assert_eq!(router.recv_frames_timeout::<2>(5000).unwrap()[0][1..], next);
        let _three = hello(b"");
        let [id, _] = router.recv_frames_timeout(5000).unwrap();
        assert_eq!(id[0], 0);
        assert_ne!(id[1..], next);
    })
    .succeeds();
}

/// stream_engine_base.cpp, `out_event`: `n > 0`. The probe is empty.
#[test]
fn a_raw_router_that_probes() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let router = context.socket(zmq::ROUTER).unwrap();
        router.set_probe_router(true).unwrap();
        let _ = router.set_router_raw(true);
        router.bind("tcp://127.0.0.1:*").unwrap();
        let _stream = connect(&router);
        for _ in 0..20 {
            let _ = router.recv_timeout(10);
        }
    })
    .succeeds();
}

/// zmtp_engine.cpp, `process_routing_id_msg`: `Resource temporarily unavailable`.
#[test]
fn a_routing_id_to_a_socket_that_is_being_closed() {
    let _deadline = deadline(120);
    child("", 100, || {
        let context = Context::new().unwrap();
        for round in 0..1500 {
            let router = context.socket(zmq::ROUTER).unwrap();
            router.bind("tcp://127.0.0.1:*").unwrap();
            let mut streams: Vec<_> = (0..3).map(|_| connect(&router)).collect();
            for stream in &mut streams {
                stream.write_all(&greeting(1, "NULL")[..10]).unwrap();
                stream.write_all(&[1, 5]).unwrap();
                stream.read_exact(&mut [0; 12]).unwrap();
            }
            let waits = Duration::from_micros(round % 100);
            let thread = std::thread::spawn(move || {
                let started = Instant::now();
                while started.elapsed() < waits {
                    std::hint::spin_loop();
                }
                for stream in &mut streams {
                    let _ = stream.write_all(&[0, 1, b'x']);
                }
                streams.into_iter().for_each(reset);
            });
            drop(router);
            thread.join().unwrap();
        }
    })
    .succeeds();
}

/// stream_engine_base.cpp, `zap_msg_available`: `_mechanism != NULL`.
#[test]
fn an_authenticator_that_answers_too_late() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let zap = context.socket(zmq::REP).unwrap();
        zap.bind("inproc://zeromq.zap.01").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.set_zap_domain("global").unwrap();
        push.set_reconnect_ivl(1).unwrap();
        push.connect(&format!("tcp://{}", listener.local_addr().unwrap())).unwrap();
        let (mut one, _) = listener.accept().unwrap();
        one.write_all(&greeting(1, "NULL")).unwrap();
        let request = zap.recv_multipart_timeout(5000).unwrap();
        reset(one);
        // It has not said anything yet.
        let (_two, _) = listener.accept().unwrap();
        std::thread::sleep(Duration::from_millis(100));
        let answer = [&request[0][..], &request[1], b"200", b"OK", b"", b""];
        zap.send_multipart(answer).unwrap();
        std::thread::sleep(Duration::from_millis(300));
    })
    .succeeds();
}

/// stream_engine_base.cpp, `pull_and_encode`: `_mechanism != NULL`.
#[test]
fn a_heartbeat_to_a_web_socket_without_a_mechanism() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_heartbeat_ivl(20).unwrap();
        pull.set_heartbeat_timeout(10_000).unwrap();
        pull.bind("ws://127.0.0.1:*/").unwrap();
        let endpoint = pull.last_endpoint().unwrap();
        let mut stream = TcpStream::connect(endpoint.strip_prefix("ws://").unwrap().trim_end_matches('/')).unwrap();
        let request = "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\
                       Sec-WebSocket-Protocol: ZWS2.0\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        // No routing id, a mask of zeros; then a message.
        stream.write_all(&[0x82, 0x81, 0, 0, 0, 0, 0]).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        stream.write_all(&[0x82, 0x82, 0, 0, 0, 0, 0, b'x']).unwrap();
        assert_eq!(pull.recv_timeout(5000).unwrap(), "x");
    })
    .succeeds();
}

/// pipe.cpp, `read`: the name was counted as written, and not as read, so that there never was room for more.
#[test]
fn a_queue_of_one_and_a_peer_with_a_name() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let mut authenticator = zmq::auth::ThreadAuthenticator::new(&context);
    authenticator.policy().configure_plain("*", [("ann", "secret")]);
    authenticator.start().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_plain_server(true).unwrap();
    pull.set_rcvhwm(1).unwrap();
    pull.bind("tcp://127.0.0.1:*").unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_plain_username("ann").unwrap();
    push.set_plain_password("secret").unwrap();
    push.connect(&pull.last_endpoint().unwrap()).unwrap();
    push.send("x").unwrap();
    assert_eq!(pull.recv_timeout(10_000).unwrap(), "x");
}

/// xpub.cpp, `xrecv`: whether the subscriber is still there was asked of its pipe, which was freed. Only AddressSanitizer sees that.
#[test]
fn a_subscriber_that_goes_before_its_subscription_is_received() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::XPUB).unwrap();
    publisher.set_xpub_manual(true).unwrap();
    publisher.bind("tcp://127.0.0.1:*").unwrap();
    let endpoint = publisher.last_endpoint().unwrap();
    for _ in 0..20 {
        let monitor = publisher.monitor(zmq::EVENT_DISCONNECTED).unwrap();
        let subscriber = context.socket(zmq::SUB).unwrap();
        subscriber.subscribe("gone").unwrap();
        subscriber.connect(&endpoint).unwrap();
        assert!(publisher.poll(10_000, zmq::POLLIN).unwrap().is_readable());
        subscriber.close().unwrap();
        monitor.recv_timeout(10_000).unwrap();
        drop(monitor);
        publisher.disable_monitor();
        // It hears of the end of the connection when it is used.
        while publisher.try_recv().unwrap().is_some_and(|message| message != "\0gone") {}
        let _ = publisher.set(zmq::SUBSCRIBE, "gone");
    }
    let subscriber = context.socket(zmq::SUB).unwrap();
    subscriber.subscribe("here").unwrap();
    subscriber.connect(&endpoint).unwrap();
    while publisher.recv_timeout(10_000).unwrap() != "\x01here" {}
    publisher.set(zmq::SUBSCRIBE, "here").unwrap();
    publisher.send("here").unwrap();
    assert_eq!(subscriber.recv_timeout(10_000).unwrap(), "here");
}

/// fq.cpp, `recvpipe`: `!_more`. Found by the fuzzer.
#[test]
fn a_message_of_several_frames_for_a_socket_that_keeps_the_last() {
    let _deadline = deadline(60);
    child("a_message_of_several_frames_for_a_socket_that_keeps_the_last", 30, || {
        let context = Context::new().unwrap();
        for endpoint in ["tcp://127.0.0.1:*", "inproc://conflate"] {
            let pull = context.socket(zmq::PULL).unwrap();
            pull.set_conflate(true).unwrap();
            pull.bind(endpoint).unwrap();
            let push = context.socket(zmq::PUSH).unwrap();
            // By inproc the socket that connects says what the queue is like.
            push.set_conflate(endpoint.starts_with("inproc")).unwrap();
            push.connect(&pull.last_endpoint().unwrap()).unwrap();
            let ends = Instant::now() + Duration::from_millis(300);
            let mut received = 0;
            while Instant::now() < ends {
                push.send_multipart(["a", "b", "c"]).unwrap();
                while let Ok(Some(frames)) = pull.try_recv_multipart() {
                    assert_eq!(frames.len(), 1);
                    assert!(["a", "b", "c"].iter().any(|frame| frames[0] == *frame));
                    received += 1;
                }
            }
            assert!(received > 0, "{endpoint}");
        }
    })
    .succeeds();
}

/// dbuffer.hpp, `write`: what came, or that nothing comes any more, was forgotten while somebody looked.
#[test]
fn the_last_for_a_socket_that_keeps_the_last() {
    let _deadline = deadline(60);
    for _ in 0..100 {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_conflate(true).unwrap();
        pull.bind("tcp://127.0.0.1:*").unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.connect(&pull.last_endpoint().unwrap()).unwrap();
        let sender = std::thread::spawn(move || {
            for number in 1..=1000_u32 {
                push.send(number.to_string()).unwrap();
            }
            push // The end of a connection takes the place of what has not been received.
        });
        // It looks all the time.
        let ends = Instant::now() + Duration::from_secs(20);
        let mut last = String::new();
        while last != "1000" {
            assert!(Instant::now() < ends, "the last that came is {last:?}");
            if let Some(message) = pull.try_recv().unwrap() {
                last = message.as_str().unwrap().to_owned();
            }
        }
        drop((sender.join().unwrap(), pull));
        context.term().unwrap();
    }
}
