//! What is sent before anybody is bound arrives once somebody is.

use zmq::Context;

use crate::support::{Transport, deadline, eventually};
use crate::testutil::PATIENCE;

#[test]
fn bind_after_connect_tcp() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (server, client) = (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::DEALER).unwrap());
    // A port that nobody has, now.
    let endpoint = Transport::Tcp.bind(&server);
    server.unbind(&endpoint).unwrap();

    client.connect(&endpoint).unwrap();
    for text in ["foobar", "baz", "buzz"] {
        client.send(text).unwrap();
    }
    eventually("the port is free again", || server.bind(&endpoint).ok());
    for text in ["foobar", "baz", "buzz"] {
        assert_eq!(server.recv_timeout(PATIENCE).unwrap(), text);
    }
}
