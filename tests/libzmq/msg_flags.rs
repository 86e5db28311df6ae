//! What a message knows of itself: whether more follows, and whether its bytes are somebody else's, too.

use zmq::{Context, Message};

use crate::support::deadline;

#[test]
fn more() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    router.bind("inproc://a").unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.connect("inproc://a").unwrap();
    dealer.send_flags("A", zmq::SNDMORE).unwrap();
    dealer.send("B").unwrap();

    let id = router.recv().unwrap();
    assert!(id.more() && router.rcvmore().unwrap());
    let first = router.recv().unwrap();
    assert!(first == "A" && first.more() && router.rcvmore().unwrap());
    let second = router.recv().unwrap();
    assert!(second == "B" && !second.more() && !router.rcvmore().unwrap());
}

/// A copy of 1024 bytes shares them, which is what ZMQ_SHARED tells in C; whoever writes gets bytes of its own.
#[test]
fn shared_refcounted() {
    let _deadline = deadline(60);
    let mut first = Message::with_size(1024).unwrap();
    let place = first.as_ptr();
    first.make_mut()[0] = 1;
    assert_eq!(first.as_ptr(), place, "it was not shared");
    let second = first.clone();
    assert_eq!(second.as_ptr(), place, "it is");
    first.make_mut()[0] = 2;
    assert_ne!(first.as_ptr(), place);
    assert_eq!((first[0], second[0]), (2, 1));
}

/// Constant bytes are always shared.
#[test]
fn shared_const() {
    static TEST: &[u8] = b"TEST\0";
    let _deadline = deadline(60);
    let mut message = Message::from_static(TEST);
    assert_eq!(message.as_ptr(), TEST.as_ptr());
    message.make_mut()[0] = b't';
    assert_ne!(message.as_ptr(), TEST.as_ptr());
    assert_eq!((TEST, &message[..]), (&b"TEST\0"[..], &b"tEST\0"[..]));
}
