//! Two PAIRs by TIPC.

use zmq::Context;

use crate::exchange::{bounce, tipc};
use crate::support::deadline;

#[test]
fn roundtrip() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let Some((service, name)) = tipc(&context) else { return };
    let bound = context.socket(zmq::PAIR).unwrap();
    bound.bind(&service).unwrap();
    let connected = context.socket(zmq::PAIR).unwrap();
    connected.connect(&name).unwrap();
    bounce(&bound, &connected);
}
