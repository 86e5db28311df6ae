//! DGRAM, a kind of the draft API, which this crate does not have.

use zmq::{Context, ErrorKind, SocketType};

use crate::support::deadline;

/// ZMQ_DGRAM in zmq.h.
const DGRAM: i32 = 18;

#[test]
fn dgram_is_refused() {
    let _deadline = deadline(30);
    let kind = SocketType::from_raw(DGRAM);
    assert_eq!(kind, SocketType::Other(DGRAM));
    assert_eq!(Context::new().unwrap().socket(kind).unwrap_err().kind(), ErrorKind::Unsupported);
}
