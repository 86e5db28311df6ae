//! REQ and REP by TIPC.

use zmq::Context;

use crate::exchange::tipc;
use crate::support::deadline;
use crate::testutil::bounce;

#[test]
fn roundtrip() {
    let _deadline = deadline(60);
    let Some((service, name)) = tipc() else { return };
    let context = Context::new().unwrap();
    let rep = context.socket(zmq::REP).unwrap();
    rep.bind(&service).unwrap();
    let req = context.socket(zmq::REQ).unwrap();
    req.connect(&name).unwrap();
    bounce(&rep, &req);
}
