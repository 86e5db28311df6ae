//! Two PAIRs by `inproc`.

use zmq::{Context, Message};

use crate::support::{Transport, deadline};
use crate::testutil::bounce;

#[test]
fn roundtrip() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (bound, connected) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    bounce(&bound, &connected);
}

/// What `zmq_send_const` sends: constant bytes, which are not copied, not even by the time they are received.
#[test]
fn zmq_send_const() {
    static FOO: &[u8] = b"foo";
    static FOOBAR: &[u8] = b"foobar";
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (bound, connected) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    bound.send_flags(Message::from_static(FOO), zmq::SNDMORE).unwrap();
    bound.send(Message::from_static(FOOBAR)).unwrap();
    let [first, second] = connected.recv_frames().unwrap();
    assert_eq!((&first[..], &second[..]), (FOO, FOOBAR));
    assert_eq!((first.as_ptr(), second.as_ptr()), (FOO.as_ptr(), FOOBAR.as_ptr()));
}
