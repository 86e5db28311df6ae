//! A publisher that waits instead of dropping.

use zmq::{Context, Message};

use crate::expect::hears;
use crate::support::{Transport, deadline};
use crate::testutil::SILENCE;

#[test]
fn xpub_nodrop() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::XPUB).unwrap();
    publisher.set_sndhwm(2000).unwrap();
    let endpoint = Transport::Inproc.bind(&publisher);
    publisher.set_xpub_nodrop(true).unwrap();
    let subscriber = context.socket(zmq::SUB).unwrap();
    subscriber.connect(&endpoint).unwrap();
    subscriber.subscribe("").unwrap();
    hears(&publisher, ["\x01"]);

    for _ in 0..1999 {
        publisher.send(Message::new()).unwrap();
    }
    for _ in 0..1999 {
        hears(&subscriber, [""]);
    }
    assert!(subscriber.recv_timeout(SILENCE).unwrap_err().is_again());

    // Now without waiting, until there is no room: what went is all there.
    publisher.set_sndtimeo(0).unwrap();
    let mut sent = 0;
    let error = loop {
        match publisher.send(Message::new()) {
            Ok(()) => sent += 1,
            Err(error) => break error,
        }
    };
    assert!(error.is_again(), "{error}");
    assert!(sent >= 2000, "{sent}");
    for _ in 0..sent {
        hears(&subscriber, [""]);
    }
    assert_eq!(subscriber.try_recv().unwrap(), None);
}
