//! Who may connect, by address.

use zmq::{Context, ErrorKind, Pair, Socket};

use crate::exchange::bounce_fails;
use crate::support::{Transport, deadline};
use crate::testutil::bounce;

/// Not in this machine's loopback connections, which come from 127.0.0.1.
const NON_MATCHING: &str = "127.0.0.255/32";

#[track_caller]
fn bad_filter_string(filter: &str) {
    let socket = Context::new().unwrap().socket(zmq::PAIR).unwrap();
    assert_eq!(socket.set_tcp_accept_filter(filter).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn bad_filter_string_foo() {
    let _deadline = deadline(30);
    bad_filter_string("foo");
}

#[test]
fn bad_filter_string_zeros_foo() {
    let _deadline = deadline(30);
    bad_filter_string("0.0.0.0foo");
}

#[test]
fn bad_filter_string_zeros_foo_mask() {
    let _deadline = deadline(30);
    bad_filter_string("0.0.0.0/foo");
}

#[test]
fn bad_filter_string_zeros_empty_mask() {
    let _deadline = deadline(30);
    bad_filter_string("0.0.0.0/");
}

#[test]
fn bad_filter_string_zeros_negative_mask() {
    let _deadline = deadline(30);
    bad_filter_string("0.0.0.0/-1");
}

#[test]
fn bad_filter_string_zeros_too_large_mask() {
    let _deadline = deadline(30);
    bad_filter_string("0.0.0.0/33");
}

/// Two PAIRs, the first of which has those filters.
fn filtered(context: &Context, filters: &[Option<&str>]) -> (Socket<Pair>, Socket<Pair>) {
    let (bound, connected) = (context.socket(zmq::PAIR).unwrap(), context.socket(zmq::PAIR).unwrap());
    for filter in filters {
        bound.set_tcp_accept_filter(*filter).unwrap();
    }
    connected.set_linger(0).unwrap();
    connected.connect(&Transport::Tcp.bind(&bound)).unwrap();
    (bound, connected)
}

#[track_caller]
fn is_let_in(filters: &[Option<&str>]) {
    let context = Context::new().unwrap();
    let (bound, connected) = filtered(&context, filters);
    bounce(&bound, &connected);
}

#[test]
fn clear() {
    let _deadline = deadline(30);
    is_let_in(&[None]);
    is_let_in(&[Some("")]);
}

#[test]
fn set_non_matching_and_clear() {
    let _deadline = deadline(30);
    is_let_in(&[Some(NON_MATCHING), None]);
}

#[test]
fn set_matching_1() {
    let _deadline = deadline(30);
    is_let_in(&[Some("127.0.0.1/32")]);
}

#[test]
fn set_matching_2() {
    let _deadline = deadline(30);
    is_let_in(&[Some("0.0.0.0/0")]);
}

#[test]
fn set_non_matching() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (bound, connected) = filtered(&context, &[Some(NON_MATCHING)]);
    bounce_fails(&bound, &connected);
}
