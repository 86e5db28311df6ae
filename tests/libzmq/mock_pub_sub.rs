//! Subscriptions as ZMTP 3.1 has them, commands, and as 3.0 has them, messages: with a peer that is written by hand.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use zmq::{Context, Event, IntoKind, Monitor, Socket};

use crate::support::{Transport, deadline, eventually, zmtp};

/// Reads so many bytes.
fn expect(peer: &mut TcpStream, size: usize, check: impl FnOnce(&[u8])) {
    let mut bytes = vec![0; size];
    peer.read_exact(&mut bytes).unwrap();
    check(&bytes);
}

/// A socket of that kind that listens, and a connection to it.
fn server<K: IntoKind>(context: &Context, kind: K) -> (Socket<K::Kind>, Monitor, TcpStream) {
    let server = context.socket(kind).unwrap();
    let monitor = server.monitor(zmq::EVENT_CONNECTED | zmq::EVENT_DISCONNECTED | zmq::EVENT_ACCEPTED).unwrap();
    let endpoint = Transport::Tcp.bind(&server);
    let peer = TcpStream::connect(endpoint.strip_prefix("tcp://").unwrap()).unwrap();
    peer.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    (server, monitor, peer)
}

fn accepted(monitor: &Monitor) {
    let event = monitor.recv_timeout(10_000).unwrap().unwrap();
    assert!(matches!(event.event, Event::Accepted { .. }), "{event}");
}

/// A subscriber by hand: it subscribes to `A` with those bytes.
fn mock_subscriber(minor: u8, subscription: &[u8]) {
    let context = Context::new().unwrap();
    let (server, monitor, mut peer) = server(&context, zmq::XPUB);
    assert_eq!(zmtp::shake_hands(&mut peer, minor, "SUB", &[]), zmtp::ready("XPUB", &[])[2..]);
    accepted(&monitor);
    peer.write_all(subscription).unwrap();
    assert_eq!(server.recv().unwrap(), b"\x01A");
    server.send("ALOL").unwrap();
    expect(&mut peer, 6, |bytes| assert_eq!(bytes, b"\0\x04ALOL"));
}

/// A publisher by hand: it is asked for `A` with those bytes.
fn mock_publisher(minor: u8, subscription: &[u8]) {
    let context = Context::new().unwrap();
    let (server, monitor, mut peer) = server(&context, zmq::SUB);
    assert_eq!(zmtp::shake_hands(&mut peer, minor, "XPUB", &[]), zmtp::ready("SUB", &[])[2..]);
    accepted(&monitor);
    server.subscribe("A").unwrap();
    // The SUB was bound: it gets to know of its peer, and sends what it subscribed to, when it is next used.
    peer.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
    let mut first = [0];
    eventually("the subscription is sent", || {
        assert!(server.try_recv().unwrap().is_none());
        peer.read_exact(&mut first).ok()
    });
    peer.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    assert_eq!(first[0], subscription[0]);
    expect(&mut peer, subscription.len() - 1, |bytes| assert_eq!(bytes, &subscription[1..]));
    peer.write_all(b"\0\x04ALOL").unwrap();
    assert_eq!(server.recv().unwrap(), "ALOL");
}

const COMMAND: &[u8] = b"\x04\x0b\x09SUBSCRIBEA";
const LEGACY: &[u8] = b"\0\x02\x01A";

#[test]
fn mock_sub_command() {
    let _deadline = deadline(60);
    mock_subscriber(1, COMMAND);
}

#[test]
fn mock_sub_legacy() {
    let _deadline = deadline(60);
    mock_subscriber(0, LEGACY);
}

#[test]
fn mock_pub_command() {
    let _deadline = deadline(60);
    mock_publisher(1, COMMAND);
}

#[test]
fn mock_pub_legacy() {
    let _deadline = deadline(60);
    mock_publisher(0, LEGACY);
}
