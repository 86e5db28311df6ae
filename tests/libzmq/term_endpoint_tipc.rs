//! As `term_endpoint`, over TIPC.

use zmq::Context;

use crate::exchange::tipc;
use crate::expect::hears;
use crate::support::deadline;
use crate::term_endpoint::has_no_peer;

#[test]
fn term_endpoint_unbind_tipc() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let Some((bound, name)) = tipc() else { return };
    let (push, pull) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    push.bind(&bound).unwrap();
    pull.connect(&name).unwrap();
    push.send("ABC").unwrap();
    hears(&pull, ["ABC"]);
    push.unbind(&bound).unwrap();
    has_no_peer(&push);
}

#[test]
fn term_endpoint_disconnect_tipc() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let Some((bound, name)) = tipc() else { return };
    let (push, pull) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    push.connect(&name).unwrap();
    pull.bind(&bound).unwrap();
    push.send("ABC").unwrap();
    hears(&pull, ["ABC"]);
    push.disconnect(&name).unwrap();
    has_no_peer(&push);
}
