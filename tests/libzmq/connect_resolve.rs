//! What `connect` takes for an address, before anybody is there.

use zmq::{Context, ErrorKind, Pub, Socket};

use crate::support::deadline;

fn socket() -> Socket<Pub> {
    Context::new().unwrap().socket(zmq::PUB).unwrap()
}

#[track_caller]
fn refused(endpoint: &str, kind: ErrorKind) {
    let error = socket().connect(endpoint).unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(error.target(), Some(endpoint));
}

#[test]
fn hostname_ipv4() {
    let _deadline = deadline(30);
    socket().connect("tcp://localhost:1234").unwrap();
}

/// Without the option IPV6 libzmq takes it and never gets there; here it is an error that says so.
#[test]
fn loopback_ipv6() {
    let _deadline = deadline(30);
    refused("tcp://[::1]:1234", ErrorKind::InvalidArgument);
    let socket = socket();
    socket.set_ipv6(true).unwrap();
    socket.connect("tcp://[::1]:1234").unwrap();
}

#[test]
fn hostname_with_spaces_fails() {
    let _deadline = deadline(30);
    refused("tcp://in val id:1234", ErrorKind::InvalidArgument);
}

#[test]
fn no_hostname_fails() {
    let _deadline = deadline(30);
    refused("tcp://", ErrorKind::InvalidArgument);
}

#[test]
fn invalid_service_fails() {
    let _deadline = deadline(30);
    refused("tcp://localhost:invalid", ErrorKind::InvalidArgument);
}

/// It is there in libzmq's test, and not run.
#[test]
fn wildcard_port_fails() {
    let _deadline = deadline(30);
    refused("tcp://192.168.0.200:*", ErrorKind::InvalidArgument);
}

#[test]
fn invalid_proto_fails() {
    let _deadline = deadline(30);
    refused("invalid://localhost:1234", ErrorKind::ProtocolNotSupported);
}
