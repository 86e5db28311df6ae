//! What was bound with a wildcard is unbound by the endpoint that it got.

use zmq::Context;

use crate::exchange::ipv6;
use crate::support::deadline;
use crate::testutil::bounce;

#[track_caller]
fn there_and_back(endpoint: &str, with_ipv6: bool) {
    let context = Context::new().unwrap();
    let (bound, connected) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    bound.set_ipv6(with_ipv6).unwrap();
    connected.set_ipv6(with_ipv6).unwrap();
    bound.bind(endpoint).unwrap();
    let endpoint = bound.last_endpoint().unwrap();
    connected.connect(&endpoint).unwrap();
    bounce(&bound, &connected);
    connected.disconnect(&endpoint).unwrap();
    bound.unbind(&endpoint).unwrap();
}

#[test]
fn address_wildcard_ipv4() {
    let _deadline = deadline(60);
    there_and_back("tcp://*:*", false);
}

#[test]
fn address_wildcard_ipv6() {
    let _deadline = deadline(60);
    there_and_back("tcp://*:*", ipv6());
}

#[test]
fn port_wildcard_ipv4_address() {
    let _deadline = deadline(60);
    there_and_back("tcp://127.0.0.1:*", false);
}

#[test]
fn port_wildcard_ipv4_address_ipv6() {
    let _deadline = deadline(60);
    there_and_back("tcp://127.0.0.1:*", ipv6());
}

#[test]
fn port_wildcard_ipv6_address() {
    let _deadline = deadline(60);
    if ipv6() {
        there_and_back("tcp://[::1]:*", true);
    }
}
