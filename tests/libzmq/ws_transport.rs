//! WebSocket, where libzmq has it.

use zmq::{Context, IntoKind, Message, Socket, curve_keypair};

use crate::expect::{SOON, connections, hears, watch};
use crate::support::deadline;
use crate::testutil::{bounce, skip};

fn has_ws() -> bool {
    let has = zmq::has("ws");
    if !has {
        skip("this libzmq has no WebSocket");
    }
    has
}

/// Two connected sockets; the first is bound.
fn pair<B: IntoKind, C: IntoKind>(
    context: &Context,
    endpoint: &str,
    bound: B,
    connected: C,
) -> (Socket<B::Kind>, Socket<C::Kind>) {
    let (bound, connected) = (context.socket(bound).unwrap(), context.socket(connected).unwrap());
    bound.bind(endpoint).unwrap();
    connected.connect(&bound.last_endpoint().unwrap()).unwrap();
    (bound, connected)
}

#[test]
fn roundtrip_without_path() {
    let _deadline = deadline(60);
    if !has_ws() {
        return;
    }
    let context = Context::new().unwrap();
    let (rep, req) = pair(&context, "ws://127.0.0.1:*", zmq::REP, zmq::REQ);
    bounce(&rep, &req);
}

#[test]
fn roundtrip() {
    let _deadline = deadline(60);
    if !has_ws() {
        return;
    }
    let context = Context::new().unwrap();
    let (rep, req) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    rep.bind("ws://*:*/roundtrip").unwrap();
    let bound = rep.last_endpoint().unwrap();
    let (_, port_and_path) = bound.rsplit_once(':').unwrap();
    let endpoint = format!("ws://127.0.0.1:{port_and_path}");
    assert!(endpoint.ends_with("/roundtrip"));
    req.connect(&endpoint).unwrap();
    bounce(&rep, &req);
    req.disconnect(&endpoint).unwrap();
    rep.unbind(&bound).unwrap();
}

#[track_caller]
fn carries(endpoint: &str, message: &[u8]) {
    let context = Context::new().unwrap();
    let (rep, req) = pair(&context, endpoint, zmq::REP, zmq::REQ);
    req.send(message).unwrap();
    hears(&rep, [message]);
}

#[test]
fn short_message() {
    let _deadline = deadline(60);
    if has_ws() {
        carries("ws://127.0.0.1:*/short", &(0..255).collect::<Vec<u8>>());
    }
}

#[test]
fn large_message() {
    let _deadline = deadline(60);
    if has_ws() {
        carries("ws://127.0.0.1:*/large", &(0..=254).cycle().take(65536).collect::<Vec<u8>>());
    }
}

#[test]
fn heartbeat() {
    let _deadline = deadline(60);
    if !has_ws() {
        return;
    }
    let context = Context::new().unwrap();
    let (rep, req) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    rep.bind("ws://127.0.0.1:*/heartbeat").unwrap();
    req.set_heartbeat_ivl(10).unwrap();
    // A machine that is busy may answer later than within the interval.
    req.set_heartbeat_timeout(10_000).unwrap();
    // Were pings not answered, the connection would end, and not come back.
    req.set_reconnect_ivl(None).unwrap();
    let monitor = watch(&req, zmq::EVENT_HANDSHAKE_SUCCEEDED);
    req.connect(&rep.last_endpoint().unwrap()).unwrap();
    connections(&monitor, 1);
    std::thread::sleep(std::time::Duration::from_millis(100));
    bounce(&rep, &req);
}

/// A client masks what it sends: in a message that somebody else has, too, or that is constant, that must not be seen.
#[test]
fn mask_shared_msg() {
    let _deadline = deadline(60);
    if !has_ws() {
        return;
    }
    let context = Context::new().unwrap();
    let (bound, connected) = pair(&context, "ws://127.0.0.1:*/mask-shared", zmq::DEALER, zmq::DEALER);
    let bytes: Vec<u8> = (0..255).collect();
    let message = Message::from(&bytes);
    let copy = message.clone();
    connected.send(message).unwrap();
    hears(&bound, [&bytes]);
    assert_eq!(copy, bytes);

    static CONSTANT: &[u8] = b"HELLO";
    connected.send(Message::from_static(CONSTANT)).unwrap();
    hears(&bound, [CONSTANT]);
}

#[test]
fn pub_sub() {
    let _deadline = deadline(60);
    if !has_ws() {
        return;
    }
    let context = Context::new().unwrap();
    let (xpub, sub) = (context.socket(zmq::XPUB).unwrap(), context.socket(zmq::SUB).unwrap());
    xpub.bind("ws://127.0.0.1:*").unwrap();
    sub.subscribe("A").unwrap();
    sub.subscribe("B").unwrap();
    sub.connect(&xpub.last_endpoint().unwrap()).unwrap();
    hears(&xpub, ["\x01A"]);
    hears(&xpub, ["\x01B"]);
    for topic in ["A", "B"] {
        xpub.send(topic).unwrap();
    }
    for topic in ["A", "B"] {
        hears(&sub, [topic]);
    }
}

#[test]
fn curve() {
    let _deadline = deadline(60);
    if !has_ws() {
        return;
    }
    if !zmq::has("curve") {
        return skip("this libzmq has no CURVE");
    }
    let context = Context::new().unwrap();
    let (server_key, server_secret) = curve_keypair().unwrap();
    let (client_key, client_secret) = curve_keypair().unwrap();
    let server = context.socket(zmq::REP).unwrap();
    server.set_curve_server(true).unwrap();
    server.set_curve_secretkey(server_secret).unwrap();
    server.bind("ws://127.0.0.1:*/roundtrip").unwrap();
    let client = context.socket(zmq::REQ).unwrap();
    client.set_curve_serverkey(server_key).unwrap();
    client.set_curve_publickey(client_key).unwrap();
    client.set_curve_secretkey(client_secret).unwrap();
    client.set_sndtimeo(SOON).unwrap();
    client.connect(&server.last_endpoint().unwrap()).unwrap();
    bounce(&server, &client);
}
