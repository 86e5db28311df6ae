//! Which subscriptions an XPUB's program hears of.

use zmq::{Context, Socket, Sub, Xpub};

use crate::expect::{has_nothing, hears};
use crate::support::{Transport, deadline};

fn publisher_and_two_subscribers(context: &Context) -> (Socket<Xpub>, [Socket<Sub>; 2]) {
    let publisher = context.socket(zmq::XPUB).unwrap();
    let endpoint = Transport::Inproc.bind(&publisher);
    let subscribers = [(); 2].map(|()| {
        let subscriber = context.socket(zmq::SUB).unwrap();
        subscriber.connect(&endpoint).unwrap();
        subscriber
    });
    (publisher, subscribers)
}

/// Both subscribe to A, which the publisher hears once.
fn subscribe_twice(publisher: &Socket<Xpub>, [first, second]: &[Socket<Sub>; 2]) {
    first.subscribe("A").unwrap();
    hears(publisher, ["\x01A"]);
    second.subscribe("A").unwrap();
    has_nothing(publisher);
}

#[test]
fn xpub_verbose_one_sub() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (publisher, subscriber) = Transport::Inproc.pair(&context, zmq::XPUB, zmq::SUB);
    subscriber.subscribe("A").unwrap();
    hears(&publisher, ["\x01A"]);
    subscriber.subscribe("B").unwrap();
    hears(&publisher, ["\x01B"]);
    subscriber.subscribe("A").unwrap();
    has_nothing(&publisher);

    publisher.set_xpub_verbose(true).unwrap();
    subscriber.subscribe("A").unwrap();
    hears(&publisher, ["\x01A"]);

    for topic in ["A", "B"] {
        publisher.send(topic).unwrap();
    }
    for topic in ["A", "B"] {
        hears(&subscriber, [topic]);
    }
}

#[test]
fn xpub_verbose_two_subs() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (publisher, subscribers) = publisher_and_two_subscribers(&context);
    subscribe_twice(&publisher, &subscribers);
    let [first, second] = subscribers;
    first.subscribe("B").unwrap();
    hears(&publisher, ["\x01B"]);

    publisher.set_xpub_verbose(true).unwrap();
    second.subscribe("A").unwrap();
    hears(&publisher, ["\x01A"]);

    for topic in ["A", "B"] {
        publisher.send(topic).unwrap();
    }
    hears(&first, ["A"]);
    hears(&second, ["A"]);
    hears(&first, ["B"]);
    has_nothing(&second);
}

#[test]
fn xpub_verboser_one_sub() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (publisher, subscriber) = Transport::Inproc.pair(&context, zmq::XPUB, zmq::SUB);
    // There is nothing to take back.
    subscriber.unsubscribe("A").unwrap();
    has_nothing(&publisher);

    subscriber.subscribe("A").unwrap();
    hears(&publisher, ["\x01A"]);
    subscriber.subscribe("A").unwrap();
    has_nothing(&publisher);
    // What was asked for twice is over after two.
    subscriber.unsubscribe("A").unwrap();
    has_nothing(&publisher);
    subscriber.unsubscribe("A").unwrap();
    hears(&publisher, ["\0A"]);
    has_nothing(&publisher);
    subscriber.unsubscribe("A").unwrap();
    has_nothing(&publisher);

    publisher.set_xpub_verboser(true).unwrap();
    subscriber.subscribe("A").unwrap();
    hears(&publisher, ["\x01A"]);
    publisher.send("A").unwrap();
    hears(&subscriber, ["A"]);
    subscriber.unsubscribe("A").unwrap();
    hears(&publisher, ["\0A"]);
    // The subscriber itself knows that there is nothing left.
    subscriber.unsubscribe("A").unwrap();
    has_nothing(&publisher);
}

#[test]
fn xpub_verboser_two_subs() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (publisher, subscribers) = publisher_and_two_subscribers(&context);
    subscribe_twice(&publisher, &subscribers);
    let [first, second] = subscribers;
    first.unsubscribe("A").unwrap();
    has_nothing(&publisher);
    second.unsubscribe("A").unwrap();
    hears(&publisher, ["\0A"]);
    has_nothing(&publisher);

    publisher.set_xpub_verboser(true).unwrap();
    first.subscribe("A").unwrap();
    second.subscribe("A").unwrap();
    hears(&publisher, ["\x01A"]);
    hears(&publisher, ["\x01A"]);

    publisher.send("A").unwrap();
    hears(&first, ["A"]);
    hears(&second, ["A"]);

    second.unsubscribe("A").unwrap();
    hears(&publisher, ["\0A"]);
    first.unsubscribe("A").unwrap();
    hears(&publisher, ["\0A"]);
    second.unsubscribe("A").unwrap();
    has_nothing(&publisher);
}
