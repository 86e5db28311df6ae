//! A ROUTER that has to say so when nobody has a routing id.

use zmq::{Context, Dealer, ErrorKind, Socket};

use crate::expect::hears;
use crate::support::{Transport, deadline};

fn dealer(context: &Context, id: &str, endpoint: &str) -> Socket<Dealer> {
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_rcvhwm(100).unwrap();
    dealer.set_routing_id(id).unwrap();
    dealer.connect(endpoint).unwrap();
    dealer.send("Hello").unwrap();
    dealer
}

#[test]
fn basic() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let endpoint = Transport::Tcp.bind(&router);
    // Dropped, and nobody is told.
    router.send_multipart(["UNKNOWN", "DATA"]).unwrap();

    router.set_router_mandatory(true).unwrap();
    let error = router.send_multipart(["UNKNOWN", "DATA"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostUnreachable);
    assert_eq!(error.parts, ["UNKNOWN", "DATA"], "what was not sent is given back");
    let error = router.send_flags("UNKNOWN", zmq::SNDMORE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostUnreachable);

    let dealer = dealer(&context, "X", &endpoint);
    hears(&router, ["X", "Hello"]);
    router.send_multipart(["X", "Hello"]).unwrap();
    hears(&dealer, ["Hello"]);
}

/// In C, `zmq_socket_get_peer_state` (a draft) says who has room; here a send that does not wait says so of its peer.
#[test]
fn peer_state() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    router.set_router_mandatory(true).unwrap();
    router.set_sndhwm(100).unwrap();
    let endpoint = Transport::Inproc.bind(&router);
    let (reader, _sleeper) = (dealer(&context, "X", &endpoint), dealer(&context, "Y", &endpoint));
    hears(&router, ["X", "Hello"]);
    hears(&router, ["Y", "Hello"]);

    let mut slept_through = 0;
    for _ in 0..1000 {
        assert!(router.poll(0, zmq::POLLOUT).unwrap().is_writable(), "a ROUTER can always send to somebody");
        router.try_send_multipart(["X", "Hello"]).unwrap();
        hears(&reader, ["Hello"]);
        match router.try_send_multipart(["Y", "Hello"]) {
            Ok(()) => slept_through += 1,
            Err(error) => assert!(error.is_again(), "{error}"),
        }
    }
    assert_eq!(slept_through, 200, "what both high water marks leave room for");
}

#[test]
fn peer_state_corner_cases() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    router.set_router_mandatory(true).unwrap();
    assert_eq!(router.try_send_multipart(["foo", ""]).unwrap_err().kind(), ErrorKind::HostUnreachable);
}
