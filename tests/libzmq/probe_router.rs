//! PROBE_ROUTER: the empty message by which a ROUTER learns of a peer.

use zmq::Context;

use crate::support::{Transport, deadline};

#[test]
fn probe_router_router() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let server = context.socket(zmq::ROUTER).unwrap();
    let endpoint = Transport::Tcp.bind(&server);
    let client = context.socket(zmq::ROUTER).unwrap();
    client.set_routing_id("X").unwrap();
    client.set_probe_router(true).unwrap();
    client.connect(&endpoint).unwrap();

    assert_eq!(server.recv_multipart().unwrap(), ["X", ""]);
    server.send_multipart(["X", "Hello"]).unwrap();
    // The server chose no routing id; the client has made one up for it.
    let [id, body] = client.recv_frames().unwrap();
    assert_eq!((id.len(), id[0]), (5, 0));
    assert_eq!(body, "Hello");
}

#[test]
fn probe_router_dealer() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let server = context.socket(zmq::ROUTER).unwrap();
    let endpoint = Transport::Tcp.bind(&server);
    let client = context.socket(zmq::DEALER).unwrap();
    client.set_routing_id("X").unwrap();
    client.set_probe_router(true).unwrap();
    client.connect(&endpoint).unwrap();

    assert_eq!(server.recv_multipart().unwrap(), ["X", ""]);
    server.send_multipart(["X", "Hello"]).unwrap();
    assert_eq!(client.recv_multipart().unwrap(), ["Hello"]);
}
