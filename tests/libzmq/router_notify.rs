//! What a ROUTER's program sees of peers that come and go: nothing, unless ZMQ_ROUTER_NOTIFY says so, which draft builds have.

use std::io::Write as _;
use std::net::TcpStream;

use zmq::{Context, Event, Kind, Socket};

use crate::expect::{connections, disconnected, draft, get_raw, has_nothing, hears, next, watch};
use crate::support::{Transport, deadline, eventually};
use crate::testutil::{set_raw, silent};

const ROUTER_NOTIFY: i32 = 97;
const CONNECT: i32 = 1;
const DISCONNECT: i32 = 2;

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

fn set<K: Kind>(socket: &Socket<K>, value: i32) -> bool {
    set_raw(socket, ROUTER_NOTIFY, &value.to_ne_bytes())
}

#[test]
fn sockopt_router_notify() {
    let _deadline = deadline(30);
    if !draft() {
        return;
    }
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    assert_eq!(get_raw(&router, ROUTER_NOTIFY, 4), 0_i32.to_ne_bytes());
    for value in [CONNECT, DISCONNECT, 0, CONNECT | DISCONNECT] {
        assert!(set(&router, value));
        assert_eq!(get_raw(&router, ROUTER_NOTIFY, 4), value.to_ne_bytes());
    }
    assert!(!set(&router, -1) && !set(&router, 4));
    assert_eq!(get_raw(&router, ROUTER_NOTIFY, 4), (CONNECT | DISCONNECT).to_ne_bytes());

    let dealer = context.socket(zmq::DEALER).unwrap();
    assert!(!set(&dealer, CONNECT));
    assert_eq!(get_raw(&dealer, ROUTER_NOTIFY, 4), 0_i32.to_ne_bytes());
}

fn notifies(what: i32) {
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    assert!(set(&router, what));
    let endpoint = Transport::Tcp.bind(&router);
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_routing_id("X").unwrap();
    dealer.connect(&endpoint).unwrap();
    if what & CONNECT != 0 {
        hears(&router, ["X", ""]);
    }
    dealer.send("Hello").unwrap();
    hears(&router, ["X", "Hello"]);
    dealer.disconnect(&endpoint).unwrap();
    if what & DISCONNECT != 0 {
        let notice = eventually("the disconnect is noticed", || {
            dealer.events().unwrap();
            router.try_recv_multipart().unwrap()
        });
        assert_eq!(notice, ["X", ""]);
    }
    silent(&router);
}

#[test]
fn router_notify_connect() {
    let _deadline = deadline(60);
    if !draft() {
        return;
    }
    notifies(CONNECT);
}

#[test]
fn router_notify_disconnect() {
    let _deadline = deadline(60);
    if !draft() {
        return;
    }
    notifies(DISCONNECT);
}

#[test]
fn router_notify_both() {
    let _deadline = deadline(60);
    if !draft() {
        return;
    }
    notifies(CONNECT | DISCONNECT);
}

/// The notice of the end is not taken for the rest of the message that was cut off.
#[test]
fn error_during_multipart_notified() {
    let _deadline = deadline(60);
    if !draft() {
        return;
    }
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    assert!(set(&router, DISCONNECT));
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
    hears(&router, ["X", ""]);
    silent(&router);
}
