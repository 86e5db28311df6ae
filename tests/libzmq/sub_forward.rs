//! A device between publisher and subscriber, by hand.

use zmq::{Context, Pub, Socket, Sub, Xpub, Xsub};

use crate::expect::{SOON, hears};
use crate::support::{Transport, deadline, eventually};

/// A subscription goes up through the device, and a message down.
pub(super) fn forward(xpub: &Socket<Xpub>, xsub: &Socket<Xsub>, publisher: &Socket<Pub>, subscriber: &Socket<Sub>) {
    subscriber.subscribe("").unwrap();
    let subscription = xpub.recv_timeout(SOON).unwrap();
    assert_eq!(subscription, [1]);
    xsub.send(subscription).unwrap();

    // Until the subscription is there, the publisher drops what it sends.
    let message = eventually("the subscription gets to the publisher", || {
        publisher.send("").unwrap();
        xsub.try_recv().unwrap()
    });
    assert!(message.is_empty());
    xpub.send(message).unwrap();
    hears(subscriber, [""]);
}

#[test]
fn sub_forward() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (xpub, subscriber) = Transport::Tcp.pair(&context, zmq::XPUB, zmq::SUB);
    let (xsub, publisher) = Transport::Tcp.pair(&context, zmq::XSUB, zmq::PUB);
    forward(&xpub, &xsub, &publisher, &subscriber);
}
