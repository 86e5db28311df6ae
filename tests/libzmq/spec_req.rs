//! What the specification says of REQ: to its peers in turn, an empty frame in front, and answers only from who was asked.

use zmq::{Context, Rep, Router, Socket};

use crate::expect::{connections, hears, watch};
use crate::support::{Transport, deadline};

fn round_robin_out(transport: Transport) {
    let context = Context::new().unwrap();
    let req = context.socket(zmq::REQ).unwrap();
    let monitor = watch(&req, zmq::EVENT_HANDSHAKE_SUCCEEDED);
    let endpoint = transport.bind(&req);
    // One after the other, so that their order is known.
    let services: Vec<Socket<Rep>> = (0..5)
        .map(|_| {
            let rep = context.socket(zmq::REP).unwrap();
            rep.connect(&endpoint).unwrap();
            if transport != Transport::Inproc {
                connections(&monitor, 1);
            }
            rep
        })
        .collect();
    for rep in &services {
        req.send("ABC").unwrap();
        hears(rep, ["ABC"]);
        rep.send("DEF").unwrap();
        hears(&req, ["DEF"]);
    }
}

fn req_message_format(transport: Transport) {
    let context = Context::new().unwrap();
    let (req, router) = transport.pair(&context, zmq::REQ, zmq::ROUTER);
    req.send_multipart(["ABC", "DEF"]).unwrap();
    let [id, delimiter, first, second] = router.recv_frames_timeout(20_000).unwrap();
    assert!(!id.is_empty() && delimiter.is_empty());
    assert!(first == "ABC" && second == "DEF");
    router.send_multipart([id, delimiter, "GHI".into()]).unwrap();
    hears(&req, ["GHI"]);
}

/// libzmq's own program has it switched off: a wrong answer that arrives after the peer was asked next is taken for the right one.
/// So here each router answers wrongly only before its turn has come.
fn req_only_listens_to_current_peer(transport: Transport) {
    let context = Context::new().unwrap();
    let req = context.socket(zmq::REQ).unwrap();
    req.set_routing_id("A").unwrap();
    let monitor = watch(&req, zmq::EVENT_HANDSHAKE_SUCCEEDED);
    let endpoint = transport.bind(&req);
    let routers: Vec<Socket<Router>> = (0..3)
        .map(|_| {
            let router = context.socket(zmq::ROUTER).unwrap();
            router.set_router_mandatory(true).unwrap();
            router.connect(&endpoint).unwrap();
            if transport != Transport::Inproc {
                connections(&monitor, 1);
            }
            router
        })
        .collect();
    for asked in 0..routers.len() {
        req.send("ABC").unwrap();
        hears(&routers[asked], ["A", "", "ABC"]);
        for (other, router) in routers.iter().enumerate().take(asked) {
            router.send_multipart(["A", "", "WRONG"]).unwrap_or_else(|error| panic!("router {other}: {error}"));
        }
        routers[asked].send_multipart(["A", "", "GOOD"]).unwrap();
        hears(&req, ["GOOD"]);
    }
}

#[test]
fn round_robin_out_inproc() {
    let _deadline = deadline(60);
    round_robin_out(Transport::Inproc);
}

#[test]
fn round_robin_out_tcp() {
    let _deadline = deadline(60);
    round_robin_out(Transport::Tcp);
}

#[test]
fn req_message_format_inproc() {
    let _deadline = deadline(60);
    req_message_format(Transport::Inproc);
}

#[test]
fn req_message_format_tcp() {
    let _deadline = deadline(60);
    req_message_format(Transport::Tcp);
}

#[test]
fn block_on_send_no_peers() {
    let _deadline = deadline(60);
    let req = Context::new().unwrap().socket(zmq::REQ).unwrap();
    assert!(req.try_send("").unwrap_err().is_again());
    req.set_sndtimeo(100).unwrap();
    assert!(req.send("").unwrap_err().is_again());
}

#[test]
fn req_only_listens_to_current_peer_inproc() {
    let _deadline = deadline(60);
    req_only_listens_to_current_peer(Transport::Inproc);
}

#[test]
fn req_only_listens_to_current_peer_tcp() {
    let _deadline = deadline(60);
    req_only_listens_to_current_peer(Transport::Tcp);
}
