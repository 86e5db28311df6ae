//! Peers that are there and say nothing: HEARTBEAT_IVL and HEARTBEAT_TIMEOUT.

use std::io::Read as _;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use zmq::{Context, ErrorKind};

use crate::python::Language::Rust;
use crate::python::{Script, begin};
use crate::support::{Transport, deadline, eventually, zmtp};

const INTERVAL: Duration = Duration::from_millis(100);
const TIMEOUT: Duration = Duration::from_millis(300);

/// A peer that greets and then is silent: it is asked, and given up when the time is over.
#[test]
fn a_silent_peer_is_given_up() {
    let _deadline = deadline(30);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let context = Context::new().unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_linger(0).unwrap();
    dealer.set_heartbeat_ivl(INTERVAL).unwrap();
    dealer.set_heartbeat_timeout(TIMEOUT).unwrap();
    dealer.connect(&format!("tcp://{}", listener.local_addr().unwrap())).unwrap();

    let (mut stream, _) = listener.accept().unwrap();
    zmtp::shake_hands(&mut stream, 1, "ROUTER", &[]);
    let started = Instant::now();
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap(); // until the other side closes it
    let lived = started.elapsed();
    assert!(received.windows(5).any(|bytes| bytes == b"\x04PING"), "it was not asked: {received:?}");
    assert!(lived >= TIMEOUT, "given up after {lived:?}");
    // Later than the interval and the timeout, but only as much as a busy machine is late.
    assert!(lived < INTERVAL + TIMEOUT + Duration::from_secs(3), "given up after {lived:?}");
    // And tried anew.
    listener.accept().unwrap();
}

/// Without heartbeats the same peer is kept.
#[test]
fn without_heartbeats_a_silent_peer_is_kept() {
    let _deadline = deadline(30);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let context = Context::new().unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_linger(0).unwrap();
    dealer.connect(&format!("tcp://{}", listener.local_addr().unwrap())).unwrap();

    let (mut stream, _) = listener.accept().unwrap();
    zmtp::shake_hands(&mut stream, 1, "ROUTER", &[]);
    stream.set_read_timeout(Some(2 * (INTERVAL + TIMEOUT))).unwrap();
    let mut received = Vec::new();
    let error = stream.read_to_end(&mut received).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    assert!(!received.windows(5).any(|bytes| bytes == b"\x04PING"));
}

/// A Python DEALER answers heartbeats while it only sleeps, and is given up when the process is stopped (SIGSTOP).
#[test]
fn a_python_peer_lives_until_it_is_frozen() {
    let Some(_deadline) = begin() else { return };
    let context = Context::new().unwrap();
    for transport in [Transport::Tcp, Transport::Ipc] {
        let router = context.socket(zmq::ROUTER).unwrap();
        router.set_linger(0).unwrap();
        router.set_router_mandatory(true).unwrap();
        router.set_heartbeat_ivl(INTERVAL).unwrap();
        router.set_heartbeat_timeout(TIMEOUT).unwrap();
        let endpoint = transport.bind(&router);
        let body = "socket.send(b'Hello'); print(socket.recv_string()); socket.recv()";
        let setup = "socket.identity = b'Client1'; socket.heartbeat_ivl = 100; socket.heartbeat_timeout = 300; \
                     socket.linger = 0; socket.reconnect_ivl = -1";
        let mut dealer = Script { kind: "DEALER", endpoint: &endpoint, binds: false, setup, body, args: &[] }.start();
        let [id, _hello] = router.recv_frames().unwrap();
        assert_eq!(id, "Client1");

        // It is not given up, however long it says nothing else.
        assert!(router.poll(2 * (INTERVAL + TIMEOUT), zmq::POLLIN).unwrap().is_empty());
        router.send_multipart(["Client1", "still there?"]).unwrap();
        assert_eq!(dealer.line(), "still there?");

        dealer.freeze();
        let gone = eventually("it is given up", || router.send_multipart(["Client1", "and now?"]).err());
        assert_eq!(gone.kind(), ErrorKind::HostUnreachable);
    }
}

/// A Python ROUTER keeps a Rust REQ that waits for its reply, and gives it up when the process is stopped (SIGSTOP). What it
/// sends to find out has no empty frame, so a REQ takes no notice.
#[test]
fn python_gives_up_a_frozen_peer_of_ours() {
    let Some(_deadline) = begin() else { return };
    for transport in [Transport::Tcp, Transport::Ipc] {
        let endpoint = transport.endpoint();
        let setup = "socket.router_mandatory = True; socket.heartbeat_ivl = 100; socket.heartbeat_timeout = 300; \
                     socket.linger = 0";
        let body = "
client, *_ = socket.recv_multipart()
socket.poll(800)
socket.send_multipart([client, b'still there?'])
print('alive')
try:
    while True:
        socket.send_multipart([client, b'and now?'])
        time.sleep(0.005)
except zmq.ZMQError as error:
    assert error.errno == zmq.EHOSTUNREACH, error
    print('gone')
";
        let mut router = Script { kind: "ROUTER", endpoint: &endpoint, binds: true, setup, body, args: &[] }.start();
        let req = Rust.start("req_router", &["req", &router.endpoint(), "A"]);
        assert_eq!(router.line(), "alive");
        req.freeze();
        assert_eq!(router.line(), "gone");
        router.finish();
    }
}
