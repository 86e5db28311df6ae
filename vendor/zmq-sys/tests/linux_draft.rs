//! What the draft half of the bundled libzmq's API does on Linux, given that it was compiled with it.
#![cfg(all(target_os = "linux", zmq_vendored, feature = "draft"))]

mod support;

use std::ffi::c_int;

use support::Context;
use support::deadline::Deadline;
use zmq_sys::{ZMQ_POLLIN, ZMQ_PRIORITY, ZMQ_PULL, ZMQ_PUSH, ZMQ_SRCFD, zmq_pollitem_t, zmq_ppoll};

#[test]
fn polling_with_a_signal_mask_works() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let (server, client) = (context.socket(ZMQ_PULL), context.socket(ZMQ_PUSH));
    server.bind("inproc://ppoll").expect("bind");
    client.connect("inproc://ppoll").expect("connect");
    client.send(b"hello").expect("send");
    let events = i16::try_from(ZMQ_POLLIN).expect("1");
    let mut items = [zmq_pollitem_t { socket: server.as_ptr(), fd: 0, events, revents: 0 }];
    // SAFETY: one item, of a live socket; no mask.
    let ready = unsafe { zmq_ppoll(items.as_mut_ptr(), 1, 5000, std::ptr::null()) };
    assert_eq!(ready, 1);
    assert_eq!(items[0].revents, events);
}

#[test]
fn priority_is_set_on_the_connection() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let (server, client) = (context.socket(ZMQ_PULL), context.socket(ZMQ_PUSH));
    server.set(ZMQ_PRIORITY, 5).expect("PRIORITY");
    client.connect(&server.bind("tcp://127.0.0.1:*").expect("bind")).expect("connect");
    client.send(b"hello").expect("send");
    let fd = server.recv().expect("recv").property(ZMQ_SRCFD).expect("SRCFD");
    let mut value: c_int = -1;
    let mut size = libc::socklen_t::try_from(size_of::<c_int>()).expect("4");
    // SAFETY: the pointers are to an int and to its size; the kernel checks the descriptor.
    let result =
        unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, libc::SO_PRIORITY, (&raw mut value).cast(), &raw mut size) };
    assert_eq!((result, value), (0, 5));
}
