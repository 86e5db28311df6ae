//! CHANNEL, a kind of the draft API, which this crate does not have.

use zmq::{Context, ErrorKind, SocketType};

use crate::support::deadline;

/// ZMQ_CHANNEL in zmq.h.
const CHANNEL: i32 = 20;

#[test]
fn channel_is_refused() {
    let _deadline = deadline(30);
    let kind = SocketType::from_raw(CHANNEL);
    assert_eq!(kind, SocketType::Other(CHANNEL));
    assert_eq!(Context::new().unwrap().socket(kind).unwrap_err().kind(), ErrorKind::Unsupported);
}
