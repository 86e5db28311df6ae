//! PEER, a kind of the draft API, which this crate does not have.

use zmq::{Context, ErrorKind, SocketType};

use crate::support::deadline;

/// ZMQ_PEER in `zmq.h`.
const PEER: i32 = 19;

/// Without the draft API libzmq itself does not know the kind; with it, it would be made.
#[test]
fn peer_is_refused() {
    let _deadline = deadline(60);
    let kind = SocketType::from_raw(PEER);
    assert_eq!(kind, SocketType::Other(PEER));
    let error = Context::new().unwrap().socket(kind).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
