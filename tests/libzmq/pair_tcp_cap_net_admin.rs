//! Two PAIRs that are bound to a network interface, which takes a right to do so.

use zmq::{Context, Pair, Socket};

use crate::support::deadline;
use crate::testutil::{bounce, skip};

fn pair(context: &Context) -> Socket<Pair> {
    let pair = context.socket(zmq::PAIR).unwrap();
    pair.set_bindtodevice("lo").unwrap();
    pair
}

#[test]
fn pair_tcp_bind_to_device() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let bound = pair(&context);
    if let Err(error) = bound.bind("tcp://127.0.0.1:*") {
        skip(&format!("this process may not choose an interface: {error}"));
        return;
    }
    let connected = pair(&context);
    connected.connect(&bound.last_endpoint().unwrap()).unwrap();
    bounce(&bound, &connected);
}
