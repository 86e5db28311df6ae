//! CONNECT_ROUTING_ID: peers that this side names.

use zmq::{Context, ErrorKind, Kind, Router, Socket};

use crate::support::{Transport, deadline};
use crate::testutil::{PATIENCE, silent};

fn router(context: &Context) -> Socket<Router> {
    let router = context.socket(zmq::ROUTER).unwrap();
    router.set_linger(0).unwrap();
    router
}

/// Where libzmq's test remarks that it would abort: a second connection of that name.
#[track_caller]
fn duplicate_is_refused<K: Kind>(socket: &Socket<K>, endpoint: &str) {
    let error = socket.connect(endpoint).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
    assert!(error.to_string().contains("CONNECT_ROUTING_ID was used before"), "{error}");
}

#[test]
fn stream_2_stream() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let bound = context.socket(zmq::STREAM).unwrap();
    bound.set_stream_notify(false).unwrap();
    bound.set_linger(0).unwrap();
    let endpoint = Transport::Tcp.bind(&bound);
    let connected = context.socket(zmq::STREAM).unwrap();
    connected.set_linger(0).unwrap();
    connected.set_connect_routing_id("conn1").unwrap();
    connected.connect(&endpoint).unwrap();
    connected.set_connect_routing_id("conn1").unwrap();
    duplicate_is_refused(&connected, &endpoint);

    connected.send_multipart(["conn1", "hi 1"]).unwrap();
    let [id, data] = bound.recv_frames_timeout(PATIENCE).unwrap();
    assert_eq!((id[0], data.as_str().unwrap()), (0, "hi 1"));
    bound.unbind(&endpoint).unwrap();
}

fn router_2_router(named: bool) {
    let context = Context::new().unwrap();
    let bound = router(&context);
    let endpoint = Transport::Tcp.bind(&bound);
    let connected = router(&context);
    if named {
        bound.set_routing_id("X").unwrap();
        connected.set_routing_id("Y").unwrap();
    }
    connected.set_connect_routing_id("conn1").unwrap();
    connected.connect(&endpoint).unwrap();
    connected.set_connect_routing_id("conn1").unwrap();
    duplicate_is_refused(&connected, &endpoint);

    connected.send_multipart(["conn1", "hi 1"]).unwrap();
    let [id, data] = bound.recv_frames_timeout(PATIENCE).unwrap();
    assert_eq!(data, "hi 1");
    if named {
        assert_eq!(id, "Y");
    } else {
        assert_eq!((id.len(), id[0]), (5, 0));
    }
    bound.send_multipart((id, "ok")).unwrap();
    // Whatever the other calls itself.
    assert_eq!(connected.recv_frames_timeout(PATIENCE).unwrap(), ["conn1", "ok"]);
    bound.unbind(&endpoint).unwrap();
}

#[test]
fn router_2_router_unnamed() {
    let _deadline = deadline(30);
    router_2_router(false);
}

#[test]
fn router_2_router_named() {
    let _deadline = deadline(30);
    router_2_router(true);
}

/// X has a message from Y, which it has not received, and connects to Z under a name: what it sends to Z must not go to Y.
///
/// A ROUTER that is bound is refused the name, since one of its peers may have it, which libzmq does not survive (router.cpp,
/// `identify_peer`). So X has a second socket to connect with.
#[test]
fn router_2_router_while_receiving() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (x, y, z) = (router(&context), router(&context), router(&context));
    let (to_x, to_z) = (Transport::Tcp.bind(&x), Transport::Tcp.bind(&z));
    for (socket, name) in [(&x, "X"), (&y, "Y"), (&z, "Z")] {
        socket.set_routing_id(name).unwrap();
    }
    let monitor = x.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED).unwrap();
    y.set_connect_routing_id("X").unwrap();
    y.connect(&to_x).unwrap();
    y.send_multipart(["X", "hi 1"]).unwrap();
    // From then on X finds Y in its mailbox; nothing that could look there is called.
    monitor.recv_timeout(PATIENCE).unwrap().expect("the monitoring goes on");

    x.set_connect_routing_id("Z").unwrap();
    let error = x.connect(&to_z).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
    let from_x = router(&context);
    from_x.set_routing_id("X").unwrap();
    from_x.set_connect_routing_id("Z").unwrap();
    from_x.connect(&to_z).unwrap();
    from_x.send_multipart(["Z", "hi 1"]).unwrap();
    assert_eq!(z.recv_frames_timeout(PATIENCE).unwrap(), ["X", "hi 1"]);
    silent(&y);
    assert_eq!(x.recv_frames_timeout(PATIENCE).unwrap(), ["Y", "hi 1"]);
    x.unbind(&to_x).unwrap();
    z.unbind(&to_z).unwrap();
}
