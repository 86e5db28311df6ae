//! INVERT_MATCHING: a subscriber receives what it did not subscribe to.

use zmq::{Context, SocketType, Version};

use crate::support::{deadline, subscribed};
use crate::testutil::silent;

#[test]
fn pub_invert_matching() {
    let _deadline = deadline(60);
    for kind in [SocketType::Pub, SocketType::Xpub] {
        // Only an XPUB can tell that subscriptions have come, there.
        if kind == SocketType::Pub && zmq::version() < Version::new(4, 3, 5) {
            continue;
        }
        let context = Context::new().unwrap();
        let publisher = context.socket(kind).unwrap();
        publisher.bind("inproc://soname").unwrap();
        let [first, second] = ["prefix1", "p2"].map(|prefix| {
            let subscriber = context.socket(zmq::SUB).unwrap();
            subscriber.connect("inproc://soname").unwrap();
            subscriber.subscribe(prefix).unwrap();
            subscriber
        });
        subscribed(&publisher, 2);

        let send = |text, to: &zmq::Socket<zmq::Sub>, not_to: &zmq::Socket<zmq::Sub>| {
            publisher.send(text).unwrap();
            assert_eq!(to.recv_string().unwrap(), text);
            silent(not_to);
        };
        send("prefix1", &first, &second);
        send("p2", &second, &first);

        // On both sides: a SUB looks itself, too.
        publisher.set_invert_matching(true).unwrap();
        first.set_invert_matching(true).unwrap();
        second.set_invert_matching(true).unwrap();
        send("prefix1", &second, &first);
        send("p2", &first, &second);
    }
}
