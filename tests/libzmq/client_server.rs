//! CLIENT and SERVER, kinds of the draft API, which this crate does not have.

use zmq::{Context, ErrorKind, SocketType};

use crate::support::deadline;

/// ZMQ_SERVER and ZMQ_CLIENT in zmq.h.
const KINDS: [i32; 2] = [12, 13];

#[test]
fn client_and_server_are_refused() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for number in KINDS {
        let kind = SocketType::from_raw(number);
        assert_eq!(kind, SocketType::Other(number));
        assert_eq!(context.socket(kind).unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
