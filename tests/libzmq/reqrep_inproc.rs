//! REQ and REP by `inproc`.

use zmq::Context;

use crate::support::{Transport, deadline};
use crate::testutil::bounce;

#[test]
fn roundtrip() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (rep, req) = Transport::Inproc.pair(&context, zmq::REP, zmq::REQ);
    bounce(&rep, &req);
}
