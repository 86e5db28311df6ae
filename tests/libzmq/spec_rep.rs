//! What the specification says of REP: it receives from its peers in turn, and keeps their envelope for the answer.

use zmq::{Context, Req, Socket};

use crate::expect::hears;
use crate::support::{Transport, deadline};

fn fair_queue_in(transport: Transport) {
    let context = Context::new().unwrap();
    let rep = context.socket(zmq::REP).unwrap();
    let endpoint = transport.bind(&rep);
    let reqs: Vec<Socket<Req>> = (0..5)
        .map(|_| {
            let req = context.socket(zmq::REQ).unwrap();
            req.connect(&endpoint).unwrap();
            req
        })
        .collect();
    for _ in 0..2 {
        reqs[0].send("A").unwrap();
        hears(&rep, ["A"]);
        rep.send("A").unwrap();
        hears(&reqs[0], ["A"]);
    }
    // Which comes first is for the network to say (libzmq's own program, which expects an order, has this switched off); each is
    // heard once, and gets its own answer.
    for (peer, req) in (b'A'..).zip(&reqs) {
        req.send([peer]).unwrap();
    }
    let mut heard = vec![];
    for _ in &reqs {
        let request = rep.recv_timeout(20_000).unwrap();
        heard.push(request[0]);
        rep.send(request).unwrap();
    }
    heard.sort_unstable();
    assert_eq!(heard, b"ABCDE");
    for (peer, req) in (b'A'..).zip(&reqs) {
        hears(req, [[peer]]);
    }
}

fn envelope(transport: Transport) {
    let context = Context::new().unwrap();
    let (rep, dealer) = transport.pair(&context, zmq::REP, zmq::DEALER);
    for envelope in [&["", "A"][..], &["X", "Y", "", "A"]] {
        dealer.send_multipart(envelope).unwrap();
        hears(&rep, ["A"]);
        rep.send("A").unwrap();
        hears(&dealer, envelope);
    }
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
fn envelope_inproc() {
    let _deadline = deadline(60);
    envelope(Transport::Inproc);
}

#[test]
fn envelope_tcp() {
    let _deadline = deadline(60);
    envelope(Transport::Tcp);
}
