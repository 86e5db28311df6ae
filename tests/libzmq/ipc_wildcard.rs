//! `ipc://*`: a path of libzmq's choice.

use zmq::Context;

use crate::support::deadline;
use crate::testutil::bounce;

#[test]
fn ipc_wildcard() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let bound = context.socket(zmq::PAIR).unwrap();
    bound.bind("ipc://*").unwrap();
    let endpoint = bound.last_endpoint().unwrap();
    assert!(endpoint.starts_with("ipc://") && !endpoint.contains('*'), "{endpoint}");
    let connected = context.socket(zmq::PAIR).unwrap();
    connected.connect(&endpoint).unwrap();
    bounce(&bound, &connected);
}
