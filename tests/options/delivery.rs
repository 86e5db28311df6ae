//! Options about queues and times, as seen from outside.

use std::io::Read as _;
use std::time::{Duration, Instant};

use zmq::{Context, ErrorKind};

use crate::support::{Transport, child, deadline, eventually};

/// How long nothing happens before a test believes that nothing will.
const QUIET: Duration = Duration::from_millis(150);

#[test]
fn timeouts_expire() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_rcvtimeo(30).unwrap();
    let started = Instant::now();
    assert_eq!(pull.recv().unwrap_err().kind(), ErrorKind::Again);
    assert!(started.elapsed() >= Duration::from_millis(30));
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_sndtimeo(Duration::from_millis(30)).unwrap();
    let started = Instant::now();
    assert_eq!(push.send("x").unwrap_err().error.kind(), ErrorKind::Again);
    assert!(started.elapsed() >= Duration::from_millis(30));
    push.set_sndtimeo(0).unwrap();
    assert_eq!(push.send("x").unwrap_err().error.kind(), ErrorKind::Again);
}

#[test]
fn linger_bounds_the_end_of_the_context() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_linger(Duration::from_millis(50)).unwrap();
    // Nobody listens at port 1.
    push.connect("tcp://127.0.0.1:1").unwrap();
    push.send("never read").unwrap();
    let started = Instant::now();
    push.close().unwrap();
    context.term().unwrap();
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(45) && took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn the_marks_of_both_sides_add_up_over_inproc() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_rcvhwm(3).unwrap();
    let endpoint = Transport::Inproc.bind(&pull);
    let push = context.socket(zmq::PUSH).unwrap();
    push.set(zmq::SNDHWM, 2).unwrap();
    push.connect(&endpoint).unwrap();
    let sent = (0..100).take_while(|_| push.try_send("x").is_ok()).count();
    assert_eq!(sent, 5);
}

#[test]
fn immediate_queues_for_nobody() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_immediate(true).unwrap();
    push.connect("tcp://127.0.0.1:1").unwrap();
    assert!(push.try_send("x").is_err());
    let other = context.socket(zmq::PUSH).unwrap();
    other.set_linger(0).unwrap();
    other.connect("tcp://127.0.0.1:1").unwrap();
    other.try_send("x").unwrap();
    // As soon as there is somebody, it sends.
    let pull = context.socket(zmq::PULL).unwrap();
    push.connect(&Transport::Tcp.bind(&pull)).unwrap();
    push.send("to somebody").unwrap();
    assert_eq!(pull.recv_string().unwrap(), "to somebody");
}

#[test]
fn conflate_keeps_the_newest() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_conflate(true).unwrap();
    let endpoint = Transport::Inproc.bind(&pull);
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_conflate(true).unwrap();
    push.connect(&endpoint).unwrap();
    for number in 0..=99 {
        push.send(format!("{number}")).unwrap();
    }
    assert_eq!(pull.recv_string().unwrap(), "99");
    assert!(pull.try_recv().unwrap().is_none());
}

#[test]
fn a_frame_that_is_too_large_ends_the_connection() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    // The handshake has to fit, too.
    pull.set_maxmsgsize(100).unwrap();
    let endpoint = Transport::Tcp.bind(&pull);
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_linger(0).unwrap();
    push.set_reconnect_ivl(None).unwrap();
    push.connect(&endpoint).unwrap();
    push.send(vec![0; 100]).unwrap();
    assert_eq!(pull.recv().unwrap().len(), 100);
    push.send(vec![0; 101]).unwrap();
    // It was disconnected, and does not come back, so that there is nobody to send to in the end.
    push.set_sndhwm(1).unwrap();
    eventually("a full queue", || push.try_send("x").is_err().then_some(()));
    assert!(pull.recv_timeout(QUIET).unwrap_err().is_again());
}

#[test]
fn reconnecting_can_be_turned_off() {
    let _deadline = deadline(30);
    // 0 does it, too, whatever libzmq's manual says.
    for never in [-1, 0] {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let endpoint = Transport::Tcp.bind(&pull);
        pull.unbind(&endpoint).unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.set_linger(0).unwrap();
        push.set_reconnect_ivl(never).unwrap();
        push.connect(&endpoint).unwrap();
        push.send("x").unwrap();
        // Refused at once. Another one that tries again shows that there was time for it.
        let other = context.socket(zmq::PUSH).unwrap();
        other.set_reconnect_ivl(10).unwrap();
        other.connect(&endpoint).unwrap();
        other.send("came back").unwrap();
        std::thread::sleep(Duration::from_millis(50));
        eventually("the port is free again", || pull.bind(&endpoint).ok());
        assert_eq!(pull.recv_string().unwrap(), "came back");
        assert!(pull.recv_timeout(QUIET).unwrap_err().is_again(), "RECONNECT_IVL={never}");
    }
}

#[test]
fn a_proxy_is_used_until_it_is_cleared() {
    let _deadline = deadline(30);
    child("proxy", 20, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let endpoint = Transport::Tcp.bind(&pull);
        let proxy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.set_linger(0).unwrap();
        push.set_socks_proxy(format!("{}", proxy.local_addr().unwrap())).unwrap();
        push.connect(&endpoint).unwrap();
        push.send("by the proxy").unwrap();
        let (mut stream, _) = proxy.accept().unwrap();
        let mut greeting = [0; 3];
        stream.read_exact(&mut greeting).unwrap();
        assert_eq!(greeting, [5, 1, 0]);
        let direct = context.socket(zmq::PUSH).unwrap();
        direct.set_socks_proxy("127.0.0.1:1").unwrap();
        direct.set_socks_proxy(None).unwrap();
        direct.connect(&endpoint).unwrap();
        direct.send("straight").unwrap();
        assert_eq!(pull.recv_string().unwrap(), "straight");
        // Another libzmq than the bundled one does not survive it if this, or to close the socket, meets a proxy that has failed.
        if cfg!(all(zmq_vendored, unix)) {
            push.disconnect(&endpoint).unwrap();
        } else {
            assert_eq!(push.disconnect(&endpoint).unwrap_err().kind(), zmq::ErrorKind::NotSupported);
        }
        drop((proxy, stream));
        let refused = context.socket(zmq::PUSH).unwrap();
        refused.set_socks_proxy("127.0.0.1:1").unwrap();
        refused.connect(&endpoint).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        drop((push, refused));
        drop((pull, direct, context));
    })
    .succeeds();
}
