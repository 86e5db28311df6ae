//! test_multipart.py.

use crate::support::deadline;
use crate::{bound_pair, context, recv, recv_multipart};

#[test]
fn router_dealer() {
    let _deadline = deadline(60);
    let context = context();
    let (router, dealer) = bound_pair(&context, zmq::ROUTER, zmq::DEALER);
    dealer.send("message1").unwrap();
    let id = recv(&router);
    assert!(router.rcvmore().unwrap() && id.more());
    let message = recv(&router);
    assert_eq!(message, "message1");
    assert!(!router.rcvmore().unwrap() && !message.more());
}

#[test]
fn basic_multipart() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    let parts = ["hi", "there", "b"];
    a.send_multipart(parts).unwrap();
    assert_eq!(recv_multipart(&b), parts);
}
