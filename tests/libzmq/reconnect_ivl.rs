//! RECONNECT_IVL of -1: a connection that is lost is not made again, unless the program connects again.

use zmq::Context;

use crate::exchange::{bounce_fails, ipv6};
use crate::support::{Transport, deadline, eventually};
use crate::testutil::bounce;

#[track_caller]
fn reconnect_ivl(endpoint: &str, v6: bool) {
    let context = Context::new().unwrap();
    context.setsockopt(zmq::IPV6, v6).unwrap();
    let bound = context.socket(zmq::PAIR).unwrap();
    bound.bind(endpoint).unwrap();
    let endpoint = bound.last_endpoint().unwrap();
    let connected = context.socket(zmq::PAIR).unwrap();
    connected.set_linger(0).unwrap();
    connected.set_reconnect_ivl(-1).unwrap();
    connected.connect(&endpoint).unwrap();
    bounce(&bound, &connected);

    bound.unbind(&endpoint).unwrap();
    bounce_fails(&bound, &connected);
    eventually("the address is free again", || bound.bind(&endpoint).ok());
    bounce_fails(&bound, &connected);
    connected.connect(&endpoint).unwrap();
    bounce(&bound, &connected);
}

#[test]
fn reconnect_ivl_ipc() {
    let _deadline = deadline(60);
    reconnect_ivl(&Transport::Ipc.endpoint(), false);
}

#[test]
fn reconnect_ivl_tcp_ipv4() {
    let _deadline = deadline(60);
    reconnect_ivl("tcp://127.0.0.1:*", false);
}

#[test]
fn reconnect_ivl_tcp_ipv6() {
    let _deadline = deadline(60);
    if ipv6() {
        reconnect_ivl("tcp://[::1]:*", true);
    }
}
