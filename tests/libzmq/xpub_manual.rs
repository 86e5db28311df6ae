//! An XPUB that answers each subscription itself.

use zmq::{Context, Pub, Socket, Sub, Xpub, Xsub};

use crate::expect::{SOON, has_nothing, hears};
use crate::support::{Transport, deadline, eventually};
use crate::testutil::{set_raw, silent};

/// What makes an XPUB one that answers itself.
pub(super) type Set = fn(&Socket<Xpub>);

fn manual(xpub: &Socket<Xpub>) {
    xpub.set_xpub_manual(true).unwrap();
}

pub(super) fn check_basic(set: Set) {
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::XPUB).unwrap();
    set(&publisher);
    let subscriber = context.socket(zmq::XSUB).unwrap();
    subscriber.connect(&Transport::Inproc.bind(&publisher)).unwrap();

    subscriber.send("\x01A").unwrap();
    hears(&publisher, ["\x01A"]);
    publisher.subscribe("B").unwrap();
    publisher.send("A").unwrap();
    publisher.send("B").unwrap();
    assert_eq!(subscriber.try_recv().unwrap().unwrap(), "B");
    has_nothing(&subscriber);
}

pub(super) fn check_unsubscribe_manual(set: Set) {
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::XPUB).unwrap();
    let endpoint = Transport::Inproc.bind(&publisher);
    set(&publisher);
    let subscriber = context.socket(zmq::XSUB).unwrap();
    subscriber.connect(&endpoint).unwrap();

    subscriber.send("\x01A").unwrap();
    subscriber.send("\x01B").unwrap();
    hears(&publisher, ["\x01A"]);
    publisher.subscribe("XA").unwrap();
    hears(&publisher, ["\x01B"]);
    publisher.subscribe("XB").unwrap();
    subscriber.send("\0A").unwrap();
    hears(&publisher, ["\0A"]);
    publisher.unsubscribe("XA").unwrap();

    publisher.send("XA").unwrap();
    publisher.send("XB").unwrap();
    assert_eq!(subscriber.try_recv().unwrap().unwrap(), "XB");
    has_nothing(&subscriber);

    // Its end takes back what it had asked for, not what it got instead.
    drop(subscriber);
    hears(&publisher, ["\0B"]);
    publisher.unsubscribe("XB").unwrap();
}

/// A proxy by hand between publishers and subscribers.
pub(super) struct Proxy {
    context: Context,
    pub(super) publisher: Socket<Pub>,
    pub(super) xsub: Socket<Xsub>,
    xpub: Socket<Xpub>,
    below: String,
}

impl Proxy {
    pub(super) fn new(set: Set) -> Self {
        let context = Context::new().unwrap();
        let (xsub, publisher) = Transport::Tcp.pair(&context, zmq::XSUB, zmq::PUB);
        let xpub = context.socket(zmq::XPUB).unwrap();
        set(&xpub);
        let below = Transport::Tcp.bind(&xpub);
        Self { context, publisher, xsub, xpub, below }
    }

    /// A subscriber whose subscription the proxy has confirmed, and passed on.
    pub(super) fn subscriber(&self, topic: &str) -> Socket<Sub> {
        let subscriber = self.context.socket(zmq::SUB).unwrap();
        subscriber.connect(&self.below).unwrap();
        subscriber.subscribe(topic).unwrap();
        let subscription = format!("\x01{topic}");
        hears(&self.xpub, [&subscription]);
        self.xpub.subscribe(topic).unwrap();
        self.xsub.send(subscription).unwrap();
        subscriber
    }

    /// Takes back one subscription that is over.
    pub(super) fn unsubscribe(&self, topic: &str) {
        let unsubscription = format!("\0{topic}");
        hears(&self.xpub, [&unsubscription]);
        self.xpub.unsubscribe(topic).unwrap();
        self.xsub.send(unsubscription).unwrap();
    }

    /// Waits until what the publisher says on the topic gets as far as the proxy, and no further.
    pub(super) fn reaches_the_proxy(&self, topic: &str) {
        eventually("the subscription gets to the publisher", || {
            self.publisher.send_multipart([topic, "probe"]).unwrap();
            self.xsub.try_recv_multipart().unwrap()
        });
        self.publisher.send_multipart([topic, "the last probe"]).unwrap();
        while self.xsub.recv_multipart_timeout(SOON).unwrap() != [topic, "the last probe"] {}
    }

    /// So many subscribers have left, after which nobody wants to hear of the topic.
    pub(super) fn is_left(&self, topic: &str, subscribers: usize) {
        for _ in 0..subscribers {
            self.unsubscribe(topic);
        }
        eventually("the unsubscriptions get to the publisher", || {
            self.publisher.send_multipart([topic, "X"]).unwrap();
            self.xsub.recv_multipart_timeout(300).err()
        });
        silent(&self.xsub);
    }

    /// The publisher says this, and the proxy passes it on.
    pub(super) fn publish(&self, topic: &str) {
        self.publisher.send_multipart([topic, "X"]).unwrap();
        let message = self.xsub.recv_multipart_timeout(SOON).unwrap();
        assert_eq!(message, [topic, "X"]);
        self.xpub.send_multipart(message).unwrap();
    }
}

#[test]
fn xpub_proxy_unsubscribe_on_disconnect() {
    let _deadline = deadline(60);
    let proxy = Proxy::new(manual);
    let first = proxy.subscriber("1");
    let second = proxy.subscriber("1");
    proxy.reaches_the_proxy("1");
    proxy.publish("1");
    hears(&second, ["1", "X"]);
    hears(&first, ["1", "X"]);

    drop((first, second));
    proxy.is_left("1", 2);
}

#[test]
fn missing_subscriptions() {
    let _deadline = deadline(60);
    let proxy = Proxy::new(manual);
    let first = proxy.subscriber("1");
    let second = proxy.subscriber("2");
    proxy.reaches_the_proxy("1");
    proxy.reaches_the_proxy("2");
    proxy.publish("1");
    proxy.publish("2");
    hears(&second, ["2", "X"]);
    hears(&first, ["1", "X"]);
    silent(&first);
    has_nothing(&second);
}

pub(super) fn check_unsubscribe_cleanup(set: Set) {
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::XPUB).unwrap();
    set(&publisher);
    let endpoint = Transport::Tcp.bind(&publisher);
    let subscriber = context.socket(zmq::XSUB).unwrap();
    subscriber.connect(&endpoint).unwrap();
    subscriber.send("\x01A").unwrap();
    hears(&publisher, ["\x01A"]);
    publisher.subscribe("XA").unwrap();
    publisher.send("XA").unwrap();
    publisher.send("XB").unwrap();
    hears(&subscriber, ["XA"]);
    silent(&subscriber);

    drop(subscriber);
    hears(&publisher, ["\0A"]);
    // Its sender is gone, so that it does nothing, and does no harm.
    publisher.unsubscribe("XA").unwrap();

    let subscriber = context.socket(zmq::XSUB).unwrap();
    subscriber.connect(&endpoint).unwrap();
    subscriber.send("\x01B").unwrap();
    hears(&publisher, ["\x01B"]);
    publisher.subscribe("XB").unwrap();
    publisher.send("XA").unwrap();
    publisher.send("XB").unwrap();
    hears(&subscriber, ["XB"]);
    silent(&subscriber);
}

#[test]
fn basic() {
    let _deadline = deadline(60);
    check_basic(manual);
}

#[test]
fn unsubscribe_manual() {
    let _deadline = deadline(60);
    check_unsubscribe_manual(manual);
}

#[test]
fn unsubscribe_cleanup() {
    let _deadline = deadline(60);
    check_unsubscribe_cleanup(manual);
}

#[test]
fn user_message() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (publisher, subscriber) = Transport::Inproc.pair(&context, zmq::XPUB, zmq::XSUB);
    subscriber.send("\x02A").unwrap();
    hears(&publisher, ["\x02A"]);
}

/// With ZMQ_ONLY_FIRST_SUBSCRIBE, a draft that every build has, only the first frame of a message can be a subscription; the others are
/// passed on as they are.
#[test]
fn user_message_multi() {
    const ONLY_FIRST_SUBSCRIBE: i32 = 108;
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (publisher, subscriber) = Transport::Inproc.pair(&context, zmq::XPUB, zmq::XSUB);
    for socket in [publisher.as_dynamic(), subscriber.as_dynamic()] {
        assert!(set_raw(socket, ONLY_FIRST_SUBSCRIBE, &1_i32.to_ne_bytes()));
    }
    for message in [["ABC", "\0BC"], ["ABC", "\x01BC"]] {
        subscriber.send_multipart(message).unwrap();
        hears(&publisher, message);
    }
    for [subscription, rest] in [["\x01BC", "\x01CD"], ["\0BC", "\0CD"]] {
        subscriber.send_multipart([subscription, rest]).unwrap();
        hears(&publisher, [subscription]);
        hears(&publisher, [rest]);
    }
}
