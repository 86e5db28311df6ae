//! Which unsubscriptions an XSUB passes on. XSUB_VERBOSE_UNSUBSCRIBE, for all of them, is a draft option.

use zmq::Context;

use crate::expect::{has_nothing, hears};
use crate::support::{Transport, deadline};

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
