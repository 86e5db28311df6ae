//! A message in place of a connection that broke and is tried again: the option ZMQ_HICCUP_MSG, a draft, set by the raw handle.
//!
//! libzmq's test has SERVER and CLIENT, which are draft kinds; the option is for DEALERs, too.
#![cfg(feature = "draft")]

use zmq::Context;

use crate::support::{Transport, deadline};
use crate::testutil::{PATIENCE, set_raw};

/// ZMQ_HELLO_MSG and ZMQ_HICCUP_MSG (zmq.h, among the drafts).
const HELLO_MSG: i32 = 110;
const HICCUP_MSG: i32 = 114;

#[test]
fn hiccup_msg() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let endpoint = Transport::Tcp.bind(&router);
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_linger(0).unwrap();
    assert!(set_raw(&dealer, HELLO_MSG, b"HELLO") && set_raw(&dealer, HICCUP_MSG, b"HICCUP"));
    dealer.connect(&endpoint).unwrap();
    let [_, hello] = router.recv_frames_timeout(PATIENCE).unwrap();
    assert_eq!(hello, "HELLO");
    router.close().unwrap();
    assert_eq!(dealer.recv_timeout(PATIENCE).unwrap(), "HICCUP");
}
