//! How many topics are subscribed to, as the publisher and the subscriber know it.
//!
//! TOPICS_COUNT is of the draft API, but in every build since 4.3.5: for publishers `wait_for_subscriptions` answers it, of the
//! subscriber it is asked by the raw handle.

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

/// What the subscriber says itself.
fn own_count(subscriber: &Socket<Sub>) -> i32 {
    /// ZMQ_TOPICS_COUNT.
    const TOPICS_COUNT: i32 = 116;
    let (mut count, mut size) = (-1, size_of::<i32>());
    // SAFETY: the handle is that of a live socket of this thread, and there is room for the int that libzmq writes.
    let answer =
        unsafe { zmq_sys::zmq_getsockopt(subscriber.as_ptr(), TOPICS_COUNT, (&raw mut count).cast(), &raw mut size) };
    assert_eq!(answer, 0);
    count
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
    assert_eq!(own_count(&subscriber), 3);
    assert_eq!(publisher.wait_for_subscriptions(3, 10_000).unwrap(), 3);
    subscriber.unsubscribe("topicprefix3").unwrap();
    assert_eq!(own_count(&subscriber), 2);
    becomes(&publisher, 2);
    subscriber.unsubscribe("topicprefix1").unwrap();
    subscriber.unsubscribe("topicprefix2").unwrap();
    assert_eq!(own_count(&subscriber), 0);
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
    assert_eq!(own_count(&subscriber), 3);
    assert_eq!(publisher.wait_for_subscriptions(3, 10_000).unwrap(), 3);
    for topic in ["xyz", "xy", "x"] {
        subscriber.subscribe(topic).unwrap();
    }
    assert_eq!(own_count(&subscriber), 6);
    assert_eq!(publisher.wait_for_subscriptions(6, 10_000).unwrap(), 6);
}
