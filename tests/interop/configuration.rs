//! The configuration block of the example: that each option does what it says, where that can be seen. Heartbeats and
//! reconnecting have files of their own.

use std::time::{Duration, Instant};

use zmq::{Context, ErrorKind};

use crate::support::{Transport, deadline};

/// SNDHWM with SNDTIMEO: a send beyond the high water mark waits, fails, and gives the message back.
#[test]
fn a_send_times_out_at_the_high_water_mark() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_sndhwm(3).unwrap();
    push.set_sndtimeo(100).unwrap();
    push.set_linger(0).unwrap();
    push.connect("tcp://127.0.0.1:9").unwrap(); // nobody is there
    for message in ["one", "two", "three"] {
        push.send(message).unwrap();
    }
    let started = Instant::now();
    let unsent = push.send("four").unwrap_err();
    let waited = started.elapsed();
    assert_eq!(unsent.kind(), ErrorKind::Again);
    assert_eq!(unsent.message, "four");
    assert!(waited >= Duration::from_millis(99), "{waited:?}");
}

/// RCVHWM: a PULL that does not receive holds that many, and the rest stays with the sender.
#[test]
fn a_receiver_holds_what_rcvhwm_says() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_rcvhwm(5).unwrap();
    let endpoint = Transport::Inproc.bind(&pull);
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_sndhwm(2).unwrap();
    push.connect(&endpoint).unwrap();
    // Over inproc there is one queue, with the room of both marks.
    let sent = (0..100).take_while(|n| push.try_send(format!("{n}")).is_ok()).count();
    assert_eq!(sent, 7);
}

#[test]
fn a_receive_times_out() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_rcvtimeo(100).unwrap();
    Transport::Tcp.bind(&pull);
    let started = Instant::now();
    let error = pull.recv().unwrap_err();
    let waited = started.elapsed();
    assert_eq!(error.kind(), ErrorKind::Again);
    assert!(waited >= Duration::from_millis(99), "{waited:?}");
}

/// Sends to an endpoint where nobody is, closes everything, binds there and answers what arrives.
fn left_behind(transport: Transport, linger: i32) -> Option<String> {
    // An endpoint that is free, since it just was.
    let endpoint = {
        let context = Context::new().unwrap();
        transport.bind(&context.socket(zmq::PULL).unwrap())
    };
    let context = Context::new().unwrap();
    context.set_drop_timeout(0); // what is left is left to the background
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_linger(linger).unwrap();
    push.set_reconnect_ivl(10).unwrap();
    push.connect(&endpoint).unwrap();
    push.send("left behind").unwrap();
    let started = Instant::now();
    drop((push, context));
    assert!(started.elapsed() < Duration::from_secs(2), "the drop waited for {:?}", started.elapsed());

    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.bind(&endpoint).unwrap();
    let wait = if linger == 0 { 300 } else { 10_000 };
    match pull.recv_timeout(wait) {
        Ok(message) => Some(message.as_str().unwrap().to_owned()),
        Err(error) if error.is_again() => None,
        Err(error) => panic!("{error}"),
    }
}

/// LINGER 0: a closed socket drops its queue. With a linger the same message arrives.
#[test]
fn a_closed_socket_drops_its_queue() {
    let _deadline = deadline(60);
    for transport in [Transport::Tcp, Transport::Ipc] {
        assert_eq!(left_behind(transport, 0), None, "{transport:?}");
        assert_eq!(left_behind(transport, -1).as_deref(), Some("left behind"), "{transport:?}");
    }
}

/// TCP_KEEPALIVE and TCP_KEEPALIVE_IDLE, as the system has them on both ends of the connection.
#[cfg(target_os = "linux")]
#[test]
fn keepalive_reaches_the_system() {
    fn option(fd: i32, level: i32, name: i32) -> i32 {
        let mut value = -1_i32;
        let mut size = 4;
        // SAFETY: the pointers are to an int and its size; the kernel checks the descriptor.
        let answer = unsafe { libc::getsockopt(fd, level, name, (&raw mut value).cast(), &raw mut size) };
        assert_eq!(answer, 0, "{}", std::io::Error::last_os_error());
        value
    }
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for keepalive in [true, false] {
        let (bound, connected) = (context.socket(zmq::PAIR).unwrap(), context.socket(zmq::PAIR).unwrap());
        for socket in [&bound, &connected] {
            if keepalive {
                socket.set(zmq::TCP_KEEPALIVE, 1).unwrap();
                socket.set(zmq::TCP_KEEPALIVE_IDLE, 300).unwrap();
            }
        }
        connected.connect(&Transport::Tcp.bind(&bound)).unwrap();
        bound.send("by which connection?").unwrap();
        connected.send("by which connection?").unwrap();
        // Both stay: the connection goes with either.
        for socket in [&bound, &connected] {
            let fd = socket.recv().unwrap().source_fd().unwrap();
            assert_eq!(option(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE), i32::from(keepalive));
            if keepalive {
                assert_eq!(option(fd, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE), 300);
            }
        }
    }
}
