//! What a ROUTER's program must not see of connections that fail. ROUTER_NOTIFY itself is a draft option.

use std::io::Write as _;
use std::net::TcpStream;

use zmq::{Context, Event};

use crate::expect::{connections, disconnected, has_nothing, hears, next, watch};
use crate::support::{Transport, deadline};
use crate::testutil::silent;

#[test]
fn handshake_fail() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let monitor = watch(&router, zmq::EVENT_ALL);
    let endpoint = Transport::Tcp.bind(&router);

    let mut stranger = TcpStream::connect(endpoint.strip_prefix("tcp://").unwrap()).unwrap();
    stranger.write_all(b"not-a-handshake").unwrap();
    drop(stranger);
    while !matches!(next(&monitor), Event::HandshakeFailedNoDetail { .. } | Event::HandshakeFailedProtocol(_)) {}
    silent(&router);
}

#[test]
fn error_during_multipart() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    // With less the handshake would fail.
    router.set_maxmsgsize(64).unwrap();
    let monitor = watch(&router, zmq::EVENT_HANDSHAKE_SUCCEEDED | zmq::EVENT_DISCONNECTED);
    let endpoint = Transport::Tcp.bind(&router);

    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_routing_id("X").unwrap();
    dealer.set_reconnect_ivl(None).unwrap();
    dealer.connect(&endpoint).unwrap();
    connections(&monitor, 1);
    dealer.send_multipart(["Hello2", &"*".repeat(127)]).unwrap();
    disconnected(&monitor);

    // The half that came is gone, and is not what the next message begins with.
    has_nothing(&router);
    let other = context.socket(zmq::DEALER).unwrap();
    other.set_routing_id("Y").unwrap();
    other.connect(&endpoint).unwrap();
    other.send_multipart(["Hello", "again"]).unwrap();
    hears(&router, ["Y", "Hello", "again"]);
    has_nothing(&router);
}
