//! RADIO and DISH, kinds of the draft API, which this crate does not have.

use zmq::{Context, ErrorKind, SocketType};

use crate::support::deadline;

/// ZMQ_RADIO and ZMQ_DISH in `zmq.h`.
const KINDS: [i32; 2] = [14, 15];

/// libzmq without the draft API makes them, and then aborts on a connection (mechanism.cpp).
#[test]
fn radio_and_dish_are_refused() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for number in KINDS {
        let kind = SocketType::from_raw(number);
        assert_eq!(kind, SocketType::Other(number));
        assert_eq!(context.socket(kind).unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
