//! As `xpub_manual`, with ZMQ_XPUB_MANUAL_LAST_VALUE, a draft that every build has: the first message after a subscription goes to its
//! sender alone.

use zmq::{Context, Socket, Xpub};

use crate::expect::{has_nothing, hears};
use crate::support::{Transport, deadline};
use crate::testutil::{set_raw, silent};
use crate::xpub_manual::{Proxy, check_basic, check_unsubscribe_cleanup, check_unsubscribe_manual};

const XPUB_MANUAL_LAST_VALUE: i32 = 98;

fn last_value(xpub: &Socket<Xpub>) {
    assert!(set_raw(xpub, XPUB_MANUAL_LAST_VALUE, &1_i32.to_ne_bytes()));
}

#[test]
fn basic() {
    let _deadline = deadline(60);
    check_basic(last_value);
}

#[test]
fn unsubscribe_manual() {
    let _deadline = deadline(60);
    check_unsubscribe_manual(last_value);
}

#[test]
fn unsubscribe_cleanup() {
    let _deadline = deadline(60);
    check_unsubscribe_cleanup(last_value);
}

#[test]
fn xpub_proxy_unsubscribe_on_disconnect() {
    let _deadline = deadline(60);
    let proxy = Proxy::new(last_value);
    let first = proxy.subscriber("1");
    let second = proxy.subscriber("1");
    proxy.reaches_the_proxy("1");
    proxy.publish("1");
    proxy.publish("1");
    hears(&second, ["1", "X"]);
    hears(&second, ["1", "X"]);
    hears(&first, ["1", "X"]);
    silent(&first);
    drop((first, second));
    proxy.is_left("1", 2);
}

#[test]
fn missing_subscriptions() {
    let _deadline = deadline(60);
    let proxy = Proxy::new(last_value);
    let first = proxy.subscriber("1");
    let second = proxy.subscriber("2");
    proxy.reaches_the_proxy("1");
    proxy.reaches_the_proxy("2");
    // The first is for the sender of the last subscription, who does not want it.
    proxy.publish("1");
    proxy.publish("2");
    hears(&second, ["2", "X"]);
    silent(&first);
    has_nothing(&second);
}

#[test]
fn manual_last_value() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::XPUB).unwrap();
    publisher.set_sndhwm(2000).unwrap();
    last_value(&publisher);
    let endpoint = Transport::Inproc.bind(&publisher);
    let (first, second) = (context.socket(zmq::SUB).unwrap(), context.socket(zmq::SUB).unwrap());
    first.connect(&endpoint).unwrap();
    second.connect(&endpoint).unwrap();
    for subscriber in [&first, &second] {
        subscriber.subscribe("A").unwrap();
        hears(&publisher, ["\x01A"]);
        publisher.subscribe("A").unwrap();
        publisher.send("A").unwrap();
        hears(subscriber, ["A"]);
    }
    has_nothing(&first);
}
