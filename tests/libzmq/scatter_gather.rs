//! SCATTER and GATHER, kinds of the draft API, which this crate does not have.

use zmq::{Context, ErrorKind, SocketType};

use crate::support::deadline;

#[test]
fn scatter_and_gather_are_refused() {
    let _deadline = deadline(30);
    // ZMQ_GATHER and ZMQ_SCATTER in zmq.h.
    for number in [16, 17] {
        let kind = SocketType::from_raw(number);
        assert_eq!(kind, SocketType::Other(number));
        assert_eq!(Context::new().unwrap().socket(kind).unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
