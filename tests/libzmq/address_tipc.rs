//! Addresses of TIPC.
#![cfg(target_os = "linux")]

use zmq::{Context, ErrorKind};

use crate::support::deadline;
use crate::testutil::{bounce, has_tipc, tipc_type};

#[test]
fn tipc_port_name_and_domain() {
    let _deadline = deadline(30);
    if !has_tipc() {
        return;
    }
    let context = Context::new().unwrap();
    let (server, client) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    let service = tipc_type();
    server.bind(&format!("tipc://{{{service},0,0}}")).unwrap();
    client.connect(&format!("tipc://{{{service},0}}@0.0.0")).unwrap();
    bounce(&server, &client);
}

/// The endpoint says which identity the kernel has chosen: `tipc://<zone.cluster.node:reference>`.
#[test]
fn tipc_port_identity() {
    let _deadline = deadline(30);
    if !has_tipc() {
        return;
    }
    let context = Context::new().unwrap();
    let (server, client) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    server.bind("tipc://<*>").unwrap();
    let endpoint = server.last_endpoint().unwrap();
    let identity = endpoint.strip_prefix("tipc://<").and_then(|rest| rest.strip_suffix('>'));
    let (node, reference) = identity.and_then(|identity| identity.split_once(':')).expect("node and reference");
    let node: Vec<u32> = node.split('.').map(|part| part.parse().expect("a number")).collect();
    assert_eq!(node.len(), 3, "{endpoint}");
    assert_ne!(reference.parse::<u32>().expect("a number"), 0, "{endpoint}");
    client.connect(&endpoint).unwrap();
    bounce(&server, &client);
}

/// The kernel need not have TIPC for that: they are refused when they are read.
#[test]
fn tipc_bad_addresses() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::REP).unwrap();
    let expected = if zmq::has("tipc") { ErrorKind::InvalidArgument } else { ErrorKind::ProtocolNotSupported };
    // One cannot choose one's identity, and connect to any.
    assert_eq!(socket.bind("tipc://<1.2.3:123123>").unwrap_err().kind(), expected);
    assert_eq!(socket.connect("tipc://<*>").unwrap_err().kind(), expected);
}
