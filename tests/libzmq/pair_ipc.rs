//! Two PAIRs by `ipc`.

use zmq::{Context, ErrorKind};

use crate::support::{Transport, deadline};
use crate::testutil::bounce;

#[test]
fn roundtrip() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (bound, connected) = Transport::Ipc.pair(&context, zmq::PAIR, zmq::PAIR);
    bounce(&bound, &connected);
}

#[test]
fn endpoint_too_long() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let pair = context.socket(zmq::PAIR).unwrap();
    let error = pair.bind(&format!("ipc://{}", "a".repeat(108))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NameTooLong);
}
