//! RCVMORE, whatever was in the memory that it is read into.

use zmq::Context;

use crate::support::{Transport, deadline};

/// libzmq writes an `int`, older ones wrote an `int64_t`; the caller sees a `bool` and no memory.
#[test]
fn getsockopt_memset() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (_publisher, subscriber) = Transport::Inproc.pair(&context, zmq::PUB, zmq::SUB);
    assert!(!subscriber.rcvmore().unwrap());
    assert!(!subscriber.get(zmq::RCVMORE).unwrap());
}
