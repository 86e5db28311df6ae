//! How many topics a publisher's subscribers want. (Of a subscriber the crate does not say it: who subscribes knows.)

use zmq::{Context, ErrorKind, Pub, Socket, Sub, Version};

use crate::support::{deadline, eventually};

fn sockets() -> (Socket<Pub>, Socket<Sub>) {
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::PUB).unwrap();
    publisher.bind("inproc://soname").unwrap();
    let subscriber = context.socket(zmq::SUB).unwrap();
    subscriber.connect("inproc://soname").unwrap();
    (publisher, subscriber)
}

/// Whether libzmq can tell; if not, that this is what it says.
fn tells(publisher: &Socket<Pub>) -> bool {
    if zmq::version() >= Version::new(4, 3, 5) {
        return true;
    }
    assert_eq!(publisher.wait_for_subscriptions(0, 0).unwrap_err().kind(), ErrorKind::Unsupported);
    false
}

fn becomes(publisher: &Socket<Pub>, count: usize) {
    eventually("the publisher has that many topics", || {
        (publisher.wait_for_subscriptions(0, 0).unwrap() == count).then_some(())
    });
}

#[test]
fn independent_topic_prefixes() {
    let _deadline = deadline(60);
    let (publisher, subscriber) = sockets();
    if !tells(&publisher) {
        return;
    }
    for topic in ["topicprefix1", "topicprefix2", "topicprefix3"] {
        subscriber.subscribe(topic).unwrap();
    }
    assert_eq!(publisher.wait_for_subscriptions(3, 10_000).unwrap(), 3);
    subscriber.unsubscribe("topicprefix3").unwrap();
    becomes(&publisher, 2);
    subscriber.unsubscribe("topicprefix1").unwrap();
    subscriber.unsubscribe("topicprefix2").unwrap();
    becomes(&publisher, 0);
}

/// Topics that begin alike are so many even so.
#[test]
fn nested_topic_prefixes() {
    let _deadline = deadline(60);
    let (publisher, subscriber) = sockets();
    if !tells(&publisher) {
        return;
    }
    for topic in ["a", "ab", "abc"] {
        subscriber.subscribe(topic).unwrap();
    }
    assert_eq!(publisher.wait_for_subscriptions(3, 10_000).unwrap(), 3);
    for topic in ["xyz", "xy", "x"] {
        subscriber.subscribe(topic).unwrap();
    }
    assert_eq!(publisher.wait_for_subscriptions(6, 10_000).unwrap(), 6);
}
