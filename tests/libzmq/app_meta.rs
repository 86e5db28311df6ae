//! Properties that an application gives its connections: `X-…`, the option ZMQ_METADATA.
//!
//! It is a draft, though in every build, so it is set by the raw handle; [`Message::property`] reads what came.

use zmq::{Context, Kind, Message, Socket};

use crate::support::{Transport, deadline};
use crate::testutil::{PATIENCE, RawPeer, set_raw};

/// ZMQ_METADATA (zmq.h, among the drafts).
const METADATA: i32 = 95;

fn set_metadata<K: Kind>(socket: &Socket<K>, text: &str) -> bool {
    set_raw(socket, METADATA, text.as_bytes())
}

#[track_caller]
fn properties<const N: usize>(message: &Message, expected: [(&str, Option<&str>); N]) {
    for (name, value) in expected {
        assert_eq!(message.property(name).unwrap(), value.map(str::as_bytes), "{name}");
    }
}

#[test]
fn app_meta_reqrep() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (server, client) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    for text in ["X-hello:world", "X-connection:backup"] {
        assert!(set_metadata(&server, text), "{text}");
    }
    let long = format!("X-{}:value", "KeyTooLong".repeat(26));
    for text in [":", "key:", ":value", "keyvalue", "", &long] {
        assert!(!set_metadata(&server, text), "{text}");
    }
    for text in ["X-hello:hello", "X-connection:primary", "X-bin:009c6"] {
        assert!(set_metadata(&client, text), "{text}");
    }
    client.connect(&Transport::Tcp.bind(&server)).unwrap();

    client.send([1]).unwrap();
    let request = server.recv_timeout(PATIENCE).unwrap();
    properties(&request, [("X-hello", Some("hello")), ("X-connection", Some("primary"))]);
    properties(&request, [("X-foobar", None), ("foobar", None)]);
    // What is no text travels as Z85.
    let binary = std::str::from_utf8(request.property("X-bin").unwrap().expect("it was announced")).unwrap();
    assert_eq!(zmq::z85::decode(binary).unwrap(), [0, 1, 2, 3]);
    server.send(request).unwrap();
    let reply = client.recv_timeout(PATIENCE).unwrap();
    properties(&reply, [("X-hello", Some("world")), ("X-connection", Some("backup")), ("X-bin", None)]);
}

/// The same from a peer that is not libzmq; what the socket announces itself is on the wire.
#[test]
fn app_meta_of_a_raw_peer() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let server = context.socket(zmq::PULL).unwrap();
    assert!(set_metadata(&server, "X-hello:world"));
    let mut peer = RawPeer::connect(&Transport::Tcp.bind(&server));
    let ready = peer.handshake("PUSH", &[("X-hello", b"hello"), ("X-empty", b"")]);
    let announced = b"\x07X-hello\x00\x00\x00\x05world";
    assert!(ready.windows(announced.len()).any(|bytes| bytes == announced), "{ready:?}");
    peer.send(0, b"work");
    let work = server.recv_timeout(PATIENCE).unwrap();
    properties(&work, [("X-hello", Some("hello")), ("X-empty", Some("")), ("Socket-Type", Some("PUSH"))]);
}
