//! A message that every new connection gets first: the option ZMQ_HELLO_MSG, a draft, set by the raw handle.
#![cfg(feature = "draft")]

use zmq::{Context, IntoKind, Socket};

use crate::support::Transport::{Inproc, Tcp};
use crate::support::{Transport, deadline};
use crate::testutil::{PATIENCE, set_raw};

/// ZMQ_HELLO_MSG (zmq.h, among the drafts).
const HELLO_MSG: i32 = 110;

fn socket_with_hello<T: IntoKind>(context: &Context, kind: T, hello: &str) -> Socket<T::Kind> {
    let socket = context.socket(kind).unwrap();
    assert!(set_raw(&socket, HELLO_MSG, hello.as_bytes()));
    socket
}

fn router_greets(transport: Transport) {
    let context = Context::new().unwrap();
    let router = socket_with_hello(&context, zmq::ROUTER, "H");
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.connect(&transport.bind(&router)).unwrap();
    assert_eq!(dealer.recv_timeout(PATIENCE).unwrap(), "H");
}

#[test]
fn tcp() {
    let _deadline = deadline(30);
    router_greets(Tcp);
}

#[test]
fn inproc() {
    let _deadline = deadline(30);
    router_greets(Inproc);
}

/// Both greet, though the one that is bound comes later. libzmq's test has SERVER and CLIENT.
#[test]
fn inproc_late_bind() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let endpoint = Inproc.endpoint();
    let dealer = socket_with_hello(&context, zmq::DEALER, "H");
    dealer.connect(&endpoint).unwrap();
    let router = socket_with_hello(&context, zmq::ROUTER, "W");
    router.bind(&endpoint).unwrap();
    assert_eq!(dealer.recv_timeout(PATIENCE).unwrap(), "W");
    let [_, hello] = router.recv_frames_timeout(PATIENCE).unwrap();
    assert_eq!(hello, "H");
}
