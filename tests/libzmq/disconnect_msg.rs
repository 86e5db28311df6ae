//! A message in place of a peer that is gone: the option ZMQ_DISCONNECT_MSG, a draft, set by the raw handle.
//!
//! libzmq's test has SERVER and CLIENT, which are draft kinds; the option is for ROUTERs, too.
#![cfg(feature = "draft")]

use zmq::{Context, Dealer, Router, Socket};

use crate::support::Transport::{Inproc, Tcp};
use crate::support::{Transport, deadline, eventually};
use crate::testutil::{PATIENCE, set_raw};

/// ZMQ_DISCONNECT_MSG (zmq.h, among the drafts).
const DISCONNECT_MSG: i32 = 111;

/// A client that was heard, at that endpoint.
fn connected(context: &Context, transport: Transport) -> (Socket<Router>, Socket<Dealer>, String) {
    let router = context.socket(zmq::ROUTER).unwrap();
    assert!(set_raw(&router, DISCONNECT_MSG, b"D"));
    let endpoint = transport.bind(&router);
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.connect(&endpoint).unwrap();
    dealer.send("H").unwrap();
    let [_, hello] = router.recv_frames_timeout(PATIENCE).unwrap();
    assert_eq!(hello, "H");
    (router, dealer, endpoint)
}

fn closed(transport: Transport) {
    let context = Context::new().unwrap();
    let (router, dealer, _) = connected(&context, transport);
    dealer.close().unwrap();
    let [_, gone] = router.recv_frames_timeout(PATIENCE).unwrap();
    assert_eq!(gone, "D");
}

#[test]
fn tcp() {
    let _deadline = deadline(30);
    closed(Tcp);
}

#[test]
fn inproc() {
    let _deadline = deadline(30);
    closed(Inproc);
}

#[test]
fn inproc_disconnect() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (router, dealer, endpoint) = connected(&context, Inproc);
    dealer.disconnect(&endpoint).unwrap();
    let frames = eventually("the router is told", || {
        assert!(dealer.try_recv().unwrap().is_none());
        router.try_recv_multipart().unwrap()
    });
    assert_eq!(frames[1], "D");
}
