//! What the specification says of DEALER: in turn to all peers, in turn from all peers, and it waits while there is none.

use zmq::{Context, Dealer, Rep, Socket};

use crate::expect::{connections, has_nothing, hears, watch};
use crate::support::{Transport, deadline, eventually};

const SERVICES: usize = 5;

fn round_robin_out(transport: Transport) {
    let context = Context::new().unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    let monitor = watch(&dealer, zmq::EVENT_HANDSHAKE_SUCCEEDED);
    let endpoint = transport.bind(&dealer);
    let services: Vec<Socket<Rep>> = (0..SERVICES)
        .map(|_| {
            let rep = context.socket(zmq::REP).unwrap();
            rep.connect(&endpoint).unwrap();
            rep
        })
        .collect();
    if transport != Transport::Inproc {
        connections(&monitor, SERVICES);
    }
    for _ in 0..SERVICES {
        dealer.send_multipart(["", "ABC"]).unwrap();
    }
    for rep in &services {
        hears(rep, ["ABC"]);
    }
}

fn fair_queue_in(transport: Transport) {
    let context = Context::new().unwrap();
    let receiver = context.socket(zmq::DEALER).unwrap();
    let endpoint = transport.bind(&receiver);
    let senders: Vec<Socket<Dealer>> = (0..SERVICES)
        .map(|_| {
            let sender = context.socket(zmq::DEALER).unwrap();
            sender.connect(&endpoint).unwrap();
            sender
        })
        .collect();
    for _ in 0..2 {
        senders[0].send("A").unwrap();
        hears(&receiver, ["A"]);
    }
    for sender in &senders {
        sender.send("B").unwrap();
    }
    for _ in &senders {
        hears(&receiver, ["B"]);
    }
    has_nothing(&receiver);
}

fn block_on_send_no_peers(transport: Transport) {
    let context = Context::new().unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    transport.bind(&dealer);
    assert!(dealer.try_send("").unwrap_err().is_again());
    dealer.set_sndtimeo(100).unwrap();
    assert!(dealer.send("").unwrap_err().is_again());
}

/// Not asked by libzmq's own program: it is switched off there, since over TCP what is on its way may still arrive.
fn destroy_queue_on_disconnect(transport: Transport) {
    let context = Context::new().unwrap();
    let (a, b) = (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::DEALER).unwrap());
    let endpoint = transport.bind(&a);
    b.connect(&endpoint).unwrap();
    a.send("ABC").unwrap();
    b.disconnect(&endpoint).unwrap();
    eventually("the queue to b is gone", || {
        b.events().unwrap();
        (!a.poll(0, zmq::POLLOUT).unwrap().is_writable()).then_some(())
    });
    assert!(a.try_send("").unwrap_err().is_again());
    has_nothing(&a);
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
fn fair_queue_in_inproc() {
    let _deadline = deadline(60);
    fair_queue_in(Transport::Inproc);
}

#[test]
fn fair_queue_in_tcp() {
    let _deadline = deadline(60);
    fair_queue_in(Transport::Tcp);
}

#[test]
fn block_on_send_no_peers_inproc() {
    let _deadline = deadline(60);
    block_on_send_no_peers(Transport::Inproc);
}

#[test]
fn block_on_send_no_peers_tcp() {
    let _deadline = deadline(60);
    block_on_send_no_peers(Transport::Tcp);
}

#[test]
fn destroy_queue_on_disconnect_inproc() {
    let _deadline = deadline(60);
    destroy_queue_on_disconnect(Transport::Inproc);
}

#[test]
fn destroy_queue_on_disconnect_tcp() {
    let _deadline = deadline(60);
    destroy_queue_on_disconnect(Transport::Tcp);
}
