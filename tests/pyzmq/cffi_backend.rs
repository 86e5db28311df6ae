//! test_cffi_backend.py calls C's functions from Python. Here it is what the safe API makes of the same calls; `tests/raw_handles.rs`
//! and the crate `rszmq-sys` have the calls themselves.

use zmq::{Context, Message, PollEvents, Poller, SocketType};

use crate::support::{Transport, deadline};
use crate::{PATIENCE, context, recv};

#[test]
fn zmq_ctx_new_destroy() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    assert!(!context.as_ptr().is_null());
    context.term().unwrap();
    assert!(context.as_ptr().is_null());
}

#[test]
fn zmq_socket_open_close() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PUSH).unwrap();
    assert!(!socket.as_ptr().is_null());
    socket.close().unwrap();
    context.term().unwrap();
}

#[test]
fn zmq_setsockopt_and_getsockopt() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::DEALER).unwrap();
    socket.set(zmq::ROUTING_ID, b"zmq").unwrap();
    assert_eq!(socket.get(zmq::ROUTING_ID).unwrap(), b"zmq");
}

#[test]
fn zmq_bind() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(SocketType::from_raw(8)).unwrap();
    assert_eq!(socket.socket_type(), SocketType::Push);
    socket.bind("tcp://*:*").unwrap();
    socket.close().unwrap();
    context.term().unwrap();
}

#[test]
fn zmq_msg_init() {
    assert!(Message::new().is_empty());
    assert_eq!(Message::with_size(10).unwrap().len(), 10);
    let message = Message::from_static(b"Hello");
    assert_eq!((message.len(), &message[..]), (5, &b"Hello"[..]));
}

#[test]
fn zmq_send_and_recv() {
    let _deadline = deadline(60);
    let context = context();
    let (rep, req) = Transport::Tcp.pair(&context, zmq::REP, zmq::REQ);
    req.send(Message::from_static(b"Hello")).unwrap();
    let mut message = Message::new();
    rep.set_rcvtimeo(PATIENCE).unwrap();
    rep.recv_into(&mut message).unwrap();
    assert_eq!((message.len(), &message[..]), (5, &b"Hello"[..]));
}

#[test]
fn zmq_poll() {
    let _deadline = deadline(60);
    let context = context();
    let (rep, req) = Transport::Tcp.pair(&context, zmq::REP, zmq::REQ);
    let both = zmq::POLLIN | zmq::POLLOUT;
    assert!(Poller::new().poll(0).unwrap().is_empty(), "of nothing");
    let poll = |socket: &zmq::Socket<zmq::Dynamic>, timeout| socket.poll(timeout, both).unwrap();
    assert_eq!(poll(rep.as_dynamic(), 0), PollEvents::NONE);
    req.send("Hello").unwrap();
    assert_eq!(poll(rep.as_dynamic(), 10_000), zmq::POLLIN);
    assert_eq!(recv(&rep), "Hello");
    assert_eq!(poll(req.as_dynamic(), 0), PollEvents::NONE);
    rep.send("Hello Again").unwrap();
    assert_eq!(poll(req.as_dynamic(), 10_000), zmq::POLLIN);
    assert_eq!(recv(&req), "Hello Again");
}
