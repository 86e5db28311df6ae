//! WebSocket over TLS, which takes a libzmq with GnuTLS and options that are drafts.

use zmq::{Context, ErrorKind};

use crate::support::deadline;
use crate::testutil::skip;

#[test]
fn refused_where_it_is_not_built() {
    let _deadline = deadline(30);
    if zmq::has("wss") {
        return skip("this libzmq has it, and its options are drafts");
    }
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::REP).unwrap();
    assert_eq!(socket.bind("wss://*:*/roundtrip").unwrap_err().kind(), ErrorKind::ProtocolNotSupported);
    assert_eq!(socket.connect("wss://127.0.0.1:1/").unwrap_err().kind(), ErrorKind::ProtocolNotSupported);
}
