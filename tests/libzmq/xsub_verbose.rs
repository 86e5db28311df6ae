//! Which unsubscriptions an XSUB passes on: the last; all with ZMQ_XSUB_VERBOSE_UNSUBSCRIBE, which draft builds have.

use zmq::Context;

use crate::expect::{draft, has_nothing, hears};
use crate::support::{Transport, deadline};
use crate::testutil::set_raw;

#[test]
fn xsub_without_verbose_unsubscribe() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (publisher, subscriber) = Transport::Inproc.pair(&context, zmq::XPUB, zmq::XSUB);
    publisher.set_xpub_verboser(true).unwrap();
    // There is nothing to take back.
    subscriber.send("\0A").unwrap();
    has_nothing(&publisher);

    for _ in 0..2 {
        subscriber.send("\x01A").unwrap();
        hears(&publisher, ["\x01A"]);
    }
    // What was asked for twice is over after two.
    subscriber.send("\0A").unwrap();
    has_nothing(&publisher);
    subscriber.send("\0A").unwrap();
    hears(&publisher, ["\0A"]);
}

#[test]
fn xsub_verbose_unsubscribe() {
    const XSUB_VERBOSE_UNSUBSCRIBE: i32 = 115;
    let _deadline = deadline(60);
    if !draft() {
        return;
    }
    let context = Context::new().unwrap();
    let (publisher, subscriber) = Transport::Inproc.pair(&context, zmq::XPUB, zmq::XSUB);
    publisher.set_xpub_verboser(true).unwrap();
    assert!(set_raw(&subscriber, XSUB_VERBOSE_UNSUBSCRIBE, &1_i32.to_ne_bytes()));
    for command in ["\0A", "\x01A", "\x01A", "\0A", "\0A"] {
        subscriber.send(command).unwrap();
        hears(&publisher, [command]);
    }
}
