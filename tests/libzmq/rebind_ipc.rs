//! An `ipc` path that another socket is bound to after the first was closed.

use zmq::Context;

use crate::support::{Transport, deadline};

#[test]
fn rebind_ipc() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let endpoint = Transport::Ipc.endpoint();
    let first = context.socket(zmq::PUSH).unwrap();
    let second = context.socket(zmq::PUSH).unwrap();
    first.bind(&endpoint).unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.connect(&endpoint).unwrap();
    first.send("42").unwrap();
    assert_eq!(pull.recv_string().unwrap(), "42");
    first.close().unwrap();

    // The first is closed in the background: until it is, the path looks like one that is in use.
    second.bind(&endpoint).unwrap();
    second.send("42").unwrap();
    assert_eq!(pull.recv_string().unwrap(), "42");
}
