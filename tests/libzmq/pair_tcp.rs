//! Two PAIRs by `tcp`.

use zmq::Context;

use crate::support::{Transport, deadline};
use crate::testutil::bounce;

#[test]
fn pair_tcp_regular() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (bound, connected) = Transport::Tcp.pair(&context, zmq::PAIR, zmq::PAIR);
    bounce(&bound, &connected);
}

/// Connected to a name, which has to be resolved.
#[test]
fn pair_tcp_connect_by_name() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let bound = context.socket(zmq::PAIR).unwrap();
    let port = bound.bind_to_random_port("tcp://127.0.0.1").unwrap();
    let connected = context.socket(zmq::PAIR).unwrap();
    connected.connect(&format!("tcp://localhost:{port}")).unwrap();
    bounce(&bound, &connected);
}
