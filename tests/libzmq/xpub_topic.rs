//! Topics on both sides of the length where the subscription no longer fits into a short frame.

use zmq::{Context, Socket, Sub, Xpub};

use crate::expect::SOON;
use crate::support::{Transport, deadline};
use crate::testutil::skip;

fn subscribe_and_cancel(xpub: &Socket<Xpub>, sub: &Socket<Sub>, topic: &str) {
    sub.subscribe(topic).unwrap();
    assert_eq!(xpub.recv_timeout(SOON).unwrap(), format!("\x01{topic}"));
    sub.unsubscribe(topic).unwrap();
    assert_eq!(xpub.recv_timeout(SOON).unwrap(), format!("\0{topic}"));
}

#[test]
fn xpub_subscribe_long_topic() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (xpub, sub) = Transport::Tcp.pair(&context, zmq::XPUB, zmq::SUB);
    let alphabet = "ABCDEFGHIJKLMNOP".repeat(16);
    // Ten bytes of the command come on top: 255 and 256.
    subscribe_and_cancel(&xpub, &sub, &alphabet[..245]);
    if zmq::version() < zmq::Version::new(4, 3, 5) {
        return skip("before 4.3.5 a subscription to a longer topic arrives without the topic");
    }
    subscribe_and_cancel(&xpub, &sub, &alphabet[..246]);
}
