//! Two PAIRs by TIPC.

use zmq::Context;

use crate::exchange::tipc;
use crate::support::deadline;
use crate::testutil::bounce;

#[test]
fn roundtrip() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let Some((service, name)) = tipc() else { return };
    let bound = context.socket(zmq::PAIR).unwrap();
    bound.bind(&service).unwrap();
    let connected = context.socket(zmq::PAIR).unwrap();
    connected.connect(&name).unwrap();
    bounce(&bound, &connected);
}
