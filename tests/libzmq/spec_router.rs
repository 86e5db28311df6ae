//! What the specification says of ROUTER: it receives from its peers in turn, and forgets those that leave.

use zmq::{Context, Dealer, ErrorKind, Socket};

use crate::expect::{SOON, has_nothing, hears};
use crate::support::{Transport, deadline, eventually};

fn fair_queue_in(transport: Transport) {
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let endpoint = transport.bind(&router);
    let senders: Vec<Socket<Dealer>> = (b'A'..=b'E')
        .map(|name| {
            let dealer = context.socket(zmq::DEALER).unwrap();
            dealer.set_routing_id([name]).unwrap();
            dealer.connect(&endpoint).unwrap();
            dealer
        })
        .collect();
    for _ in 0..2 {
        senders[0].send("M").unwrap();
        hears(&router, ["A", "M"]);
    }
    for sender in &senders {
        sender.send("M").unwrap();
    }
    let mut heard = vec![];
    for _ in &senders {
        let [id, body] = router.recv_frames_timeout(SOON).unwrap();
        assert_eq!(body, "M");
        heard.extend_from_slice(&id);
    }
    heard.sort_unstable();
    assert_eq!(heard, b"ABCDE");
    has_nothing(&router);
}

/// libzmq's own program has it switched off, since it also expects what the peer sent before it left to be lost; here that may come.
fn destroy_queue_on_disconnect(transport: Transport) {
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    router.set_router_mandatory(true).unwrap();
    let endpoint = transport.bind(&router);
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_routing_id("B").unwrap();
    dealer.connect(&endpoint).unwrap();
    dealer.send("hello").unwrap();
    hears(&router, ["B", "hello"]);

    router.send_multipart(["B", "ABC"]).unwrap();
    dealer.disconnect(&endpoint).unwrap();
    let error = eventually("the peer is forgotten", || {
        dealer.events().unwrap();
        router.try_send_multipart(["B", "DEF"]).err()
    });
    assert_eq!(error.kind(), ErrorKind::HostUnreachable);
    has_nothing(&router);

    // What the disconnected peer had not read is not there for its next connection.
    while dealer.try_recv().unwrap().is_some() {}
    dealer.connect(&endpoint).unwrap();
    dealer.send("again").unwrap();
    hears(&router, ["B", "again"]);
    has_nothing(&dealer);
}

#[test]
fn fair_queue_in_tcp() {
    let _deadline = deadline(60);
    fair_queue_in(Transport::Tcp);
}

#[test]
fn fair_queue_in_inproc() {
    let _deadline = deadline(60);
    fair_queue_in(Transport::Inproc);
}

#[test]
fn destroy_queue_on_disconnect_tcp() {
    let _deadline = deadline(60);
    destroy_queue_on_disconnect(Transport::Tcp);
}

#[test]
fn destroy_queue_on_disconnect_inproc() {
    let _deadline = deadline(60);
    destroy_queue_on_disconnect(Transport::Inproc);
}
