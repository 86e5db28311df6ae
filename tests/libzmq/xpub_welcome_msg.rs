//! What a new subscriber hears first.

use zmq::Context;

use crate::expect::hears;
use crate::support::{Transport, deadline};

#[test]
fn xpub_welcome_msg() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::XPUB).unwrap();
    let endpoint = Transport::Inproc.bind(&publisher);
    publisher.set_xpub_welcome_msg("W").unwrap();
    let subscriber = context.socket(zmq::SUB).unwrap();
    subscriber.subscribe("W").unwrap();
    subscriber.connect(&endpoint).unwrap();
    hears(&publisher, ["\x01W"]);
    hears(&subscriber, ["W"]);
}
