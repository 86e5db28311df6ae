//! The option ZMQ_BUSY_POLL, a draft. It has no safe name, so it is set by the raw handle.
#![cfg(feature = "draft")]

use zmq::Context;

use crate::support::{Transport, deadline};
use crate::testutil::{bounce, set_raw};

/// ZMQ_BUSY_POLL (zmq.h, among the drafts).
const BUSY_POLL: i32 = 113;

/// libzmq's test goes no further than `bind`; the system may refuse it to a connection, and it works all the same.
#[test]
fn busy_poll() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (server, client) = (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::DEALER).unwrap());
    for socket in [&server, &client] {
        assert!(set_raw(socket, BUSY_POLL, &1_i32.to_ne_bytes()));
    }
    client.connect(&Transport::Tcp.bind(&server)).unwrap();
    bounce(&server, &client);
}
