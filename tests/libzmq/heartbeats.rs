//! Heartbeats: peers that do not answer, that say for how long they are good, and that are well.

use zmq::{Context, CurvePublicKey, CurveSecretKey, ErrorKind, Event, IntoKind, Kind, Monitor, Socket, curve_keypair};

use crate::support::zmtp::COMMAND;
use crate::support::{Transport, deadline};
use crate::testutil::{RawPeer, skip, wait_for_event};

fn monitor<K: Kind>(server: &Socket<K>) -> Monitor {
    server.monitor(zmq::EVENT_CONNECTED | zmq::EVENT_DISCONNECTED | zmq::EVENT_ACCEPTED).unwrap()
}

fn is_accepted(event: &Event) -> bool {
    matches!(event, Event::Accepted { .. })
}

fn is_disconnected(event: &Event) -> bool {
    matches!(event, Event::Disconnected { .. })
}

/// A peer that greets and then is silent is disconnected.
#[test]
fn heartbeat_timeout_router() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    router.set_heartbeat_ivl(50).unwrap();
    let monitor = monitor(&router);
    let mut peer = RawPeer::connect(&Transport::Tcp.bind(&router));
    peer.handshake("DEALER", &[("Identity", b"")]);
    assert!(is_accepted(&wait_for_event(&monitor, |_| true)));
    assert!(is_disconnected(&wait_for_event(&monitor, |_| true)));
    assert!(peer.is_closed());
}

/// What comes with a PING comes back with the PONG, up to 16 bytes.
#[test]
fn heartbeat_timeout_router_mock_ping() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let monitor = monitor(&router);
    let mut peer = RawPeer::connect(&Transport::Tcp.bind(&router));
    peer.handshake("DEALER", &[("Identity", b"")]);
    let long = [&b"LOL"[..], &[b'z'; 55]].concat();
    for sent in [&b"LOL"[..], &long, b""] {
        peer.send(COMMAND, &[b"\x04PING\0\0", sent].concat());
        let (flags, answer) = peer.recv();
        assert_eq!((flags, answer), (COMMAND, [b"\x04PONG", &sent[..sent.len().min(16)]].concat()));
    }
    assert!(is_accepted(&wait_for_event(&monitor, |_| true)));
    assert!(monitor.try_recv().unwrap_err().is_again());
}

/// The client says that it is good for 100 ms and then is silent for 250 ms: the server, which asks nothing itself, drops it.
fn ttl<C: IntoKind, S: IntoKind>(client: C, server: S) {
    let context = Context::new().unwrap();
    let server = context.socket(server).unwrap();
    server.set_linger(0).unwrap();
    let monitor = monitor(&server);
    let endpoint = Transport::Tcp.bind(&server);
    let client = context.socket(client).unwrap();
    client.set_linger(0).unwrap();
    client.set_heartbeat_ttl(100).unwrap();
    client.set_heartbeat_ivl(250).unwrap();
    client.connect(&endpoint).unwrap();
    assert!(is_accepted(&wait_for_event(&monitor, |_| true)));
    assert!(is_disconnected(&wait_for_event(&monitor, |_| true)));
}

type KeyPair = (CurvePublicKey, CurveSecretKey);

fn set_keys<K: Kind>(socket: &Socket<K>, (public, secret): &KeyPair) {
    socket.set_curve_publickey(public).unwrap();
    socket.set_curve_secretkey(secret).unwrap();
}

/// Peers that are well stay connected for much longer than they may be silent.
fn no_timeout<C: IntoKind + Copy, S: IntoKind + Copy>(client: C, server: S, curve: bool) {
    if curve && !zmq::has("curve") {
        return skip("this libzmq has no CURVE");
    }
    // The server asks, and is impatient: on a machine that stops the process meanwhile an answer may be late now and then, but not
    // every time.
    let stays = |_| {
        let context = Context::new().unwrap();
        let (server, client) = (context.socket(server).unwrap(), context.socket(client).unwrap());
        if curve {
            let (serving, asking) = (curve_keypair().unwrap(), curve_keypair().unwrap());
            set_keys(&server, &serving);
            server.set_curve_server(true).unwrap();
            set_keys(&client, &asking);
            client.set_curve_serverkey(serving.0).unwrap();
        }
        server.set_heartbeat_ivl(50).unwrap();
        server.set_heartbeat_timeout(150).unwrap();
        let monitor = monitor(&server);
        client.connect(&Transport::Tcp.bind(&server)).unwrap();
        assert!(is_accepted(&wait_for_event(&monitor, |_| true)));
        monitor.recv_timeout(500).is_err_and(|error| error.is_again())
    };
    assert!((0..5).any(stays), "it was disconnected every time");
}

macro_rules! tests {
    ($($client:ident $server:ident: $ttl:ident $no_timeout:ident $with_curve:ident;)*) => {$(
        #[test]
        fn $ttl() {
            let _deadline = deadline(30);
            ttl(zmq::$client, zmq::$server);
        }

        #[test]
        fn $no_timeout() {
            let _deadline = deadline(60);
            no_timeout(zmq::$client, zmq::$server, false);
        }

        #[test]
        fn $with_curve() {
            let _deadline = deadline(60);
            no_timeout(zmq::$client, zmq::$server, true);
        }
    )*};
}

tests! {
    DEALER ROUTER: heartbeat_ttl_dealer_router heartbeat_notimeout_dealer_router heartbeat_notimeout_dealer_router_with_curve;
    REQ REP: heartbeat_ttl_req_rep heartbeat_notimeout_req_rep heartbeat_notimeout_req_rep_with_curve;
    PULL PUSH: heartbeat_ttl_pull_push heartbeat_notimeout_pull_push heartbeat_notimeout_pull_push_with_curve;
    SUB PUB: heartbeat_ttl_sub_pub heartbeat_notimeout_sub_pub heartbeat_notimeout_sub_pub_with_curve;
    PAIR PAIR: heartbeat_ttl_pair_pair heartbeat_notimeout_pair_pair heartbeat_notimeout_pair_pair_with_curve;
}

/// On the wire it is 16 bits of tenths of a second.
const TTL_MAX: i32 = 65_536 * 100 - 1;

#[track_caller]
fn ttl_is_rounded_down(milliseconds: i32) {
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PAIR).unwrap();
    socket.set_heartbeat_ttl(milliseconds).unwrap();
    let read = socket.heartbeat_ttl().unwrap().map_or(0, |ttl| ttl.as_millis());
    assert_eq!(read, u128::try_from(milliseconds / 100 * 100).unwrap());
}

#[test]
fn setsockopt_heartbeat_ttl_max() {
    let _deadline = deadline(30);
    ttl_is_rounded_down(TTL_MAX);
}

#[test]
fn setsockopt_heartbeat_ttl_more_than_max_fails() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PAIR).unwrap();
    let error = socket.set_heartbeat_ttl(TTL_MAX + 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
}

#[test]
fn setsockopt_heartbeat_ttl_near_zero() {
    let _deadline = deadline(30);
    ttl_is_rounded_down(99);
}
