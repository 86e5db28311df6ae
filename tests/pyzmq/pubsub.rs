//! test_pubsub.py, with `wait_for_subscriptions` in place of its sleep.

use crate::support::{Transport, deadline, subscribed};
use crate::{context, recv};

#[test]
fn basic() {
    let _deadline = deadline(60);
    let context = context();
    let (publisher, subscriber) = Transport::Tcp.pair(&context, zmq::XPUB, zmq::SUB);
    subscriber.subscribe("").unwrap();
    subscribed(&publisher, 1);
    publisher.send("message").unwrap();
    assert_eq!(recv(&subscriber), "message");
}

#[test]
fn topic() {
    let _deadline = deadline(60);
    let context = context();
    let (publisher, subscriber) = Transport::Tcp.pair(&context, zmq::XPUB, zmq::SUB);
    subscriber.subscribe("x").unwrap();
    subscribed(&publisher, 1);
    publisher.send("message").unwrap();
    assert!(subscriber.recv_timeout(100).unwrap_err().is_again());
    publisher.send("xmessage").unwrap();
    assert_eq!(recv(&subscriber), "xmessage");
}
