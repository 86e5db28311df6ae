//! With CURVE, a libzmq at the other end that is not mended: what it says is understood, and what it is told is what it can
//! understand, which is what every libzmq understands from ZMTP 3.0.

use crate::peer::{COMMAND, MESSAGE, Peer};
use crate::support::deadline;
use crate::{Place, Security, bind, hears};

fn place() -> (Place, [u8; 32]) {
    let place = Place::new(Security::Curve);
    let [(server, _), _] = place.keys.as_ref().unwrap();
    let key = *server.as_bytes();
    (place, key)
}

/// It says the commands of ZMTP 3.1.
#[test]
fn a_subscriber() {
    let _deadline = deadline(60);
    let (place, key) = place();
    let xpub = place.server(zmq::XPUB);
    let mut sub = Peer::connect(&bind(&xpub), &key, "SUB");
    sub.send(COMMAND, b"\x09SUBSCRIBEA");
    hears(&xpub, ["\x01A"]);
    sub.send(COMMAND, b"\x09SUBSCRIBE");
    hears(&xpub, ["\x01"]);
    sub.send(COMMAND, b"\x06CANCEL");
    hears(&xpub, ["\0"]);
    for topic in ["B", "A"] {
        xpub.send(topic).unwrap();
    }
    assert_eq!(sub.recv(), (MESSAGE, b"A".to_vec()));
    sub.send(COMMAND, b"\x06CANCELA");
    hears(&xpub, ["\0A"]);
    // As the mended one says it.
    sub.send(MESSAGE, b"\x01B");
    hears(&xpub, ["\x01B"]);
    // What is no command of a subscriber, and what is none at all.
    for command in [&b"\x08SUBSCRIBE"[..], b"\x09SUBSCRIB", b"\x09SUBSCRIBF", b"\x06CANCE", b"\x06", b"\x05READY", b""]
    {
        sub.send(COMMAND, command);
    }
    sub.send(MESSAGE, b"\x09SUBSCRIBEC");
    hears(&xpub, ["\x09SUBSCRIBEC"]);
}

#[test]
fn a_subscriber_to_one_that_does_not_tell() {
    let _deadline = deadline(60);
    let (place, key) = place();
    let publisher = place.server(zmq::PUB);
    let mut sub = Peer::connect(&bind(&publisher), &key, "SUB");
    sub.send(COMMAND, b"\x09SUBSCRIBEA");
    crate::support::subscribed(&publisher, 1);
    for topic in ["B", "A"] {
        publisher.send(topic).unwrap();
    }
    assert_eq!(sub.recv(), (MESSAGE, b"A".to_vec()));
}

/// It would drop the commands.
#[test]
fn a_publisher() {
    let _deadline = deadline(60);
    let (place, key) = place();
    let sub = place.server(zmq::SUB);
    sub.subscribe("A").unwrap();
    let mut publisher = Peer::connect(&bind(&sub), &key, "XPUB");
    // A socket hears of a connection when it is used.
    publisher.send(MESSAGE, b"A");
    hears(&sub, ["A"]);
    assert_eq!(publisher.recv(), (MESSAGE, b"\x01A".to_vec()));
    sub.unsubscribe("A").unwrap();
    assert_eq!(publisher.recv(), (MESSAGE, b"\0A".to_vec()));
    sub.subscribe("").unwrap();
    assert_eq!(publisher.recv(), (MESSAGE, b"\x01".to_vec()));
    publisher.send(MESSAGE, b"B");
    hears(&sub, ["B"]);
}

/// For sockets that publish nothing a subscription is still nothing.
#[test]
fn one_that_subscribes_to_what_is_not_published() {
    let _deadline = deadline(60);
    let (place, key) = place();
    let pull = place.server(zmq::PULL);
    let mut peer = Peer::connect(&bind(&pull), &key, "PUSH");
    peer.send(COMMAND, b"\x09SUBSCRIBEA");
    peer.send(COMMAND, b"\x06CANCELA");
    peer.send(MESSAGE, b"a message");
    hears(&pull, ["a message"]);
}
