//! The keepalive options of the bundled libzmq reach the operating system.
#![cfg(all(target_os = "linux", zmq_vendored))]

mod support;

use std::ffi::c_int;

use support::deadline::Deadline;
use support::{Context, Socket};
use zmq_sys::{
    ZMQ_PULL, ZMQ_PUSH, ZMQ_SRCFD, ZMQ_TCP_KEEPALIVE, ZMQ_TCP_KEEPALIVE_CNT, ZMQ_TCP_KEEPALIVE_IDLE,
    ZMQ_TCP_KEEPALIVE_INTVL,
};

fn option(fd: c_int, level: c_int, name: c_int) -> c_int {
    let mut value: c_int = -1;
    let mut size = libc::socklen_t::try_from(size_of::<c_int>()).expect("4");
    // SAFETY: the pointers are to an int and to its size; the kernel checks the descriptor.
    let result = unsafe { libc::getsockopt(fd, level, name, (&raw mut value).cast(), &raw mut size) };
    assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
    value
}

/// The descriptor of the connection that a message from `client` comes in by.
fn connection(server: &Socket<'_>, client: &Socket<'_>) -> c_int {
    let endpoint = server.bind("tcp://127.0.0.1:*").expect("bind");
    client.connect(&endpoint).expect("connect");
    client.send(b"hello").expect("send");
    let mut message = server.recv().expect("recv");
    assert_eq!(message.bytes(), b"hello");
    message.property(ZMQ_SRCFD).expect("SRCFD")
}

#[test]
fn keepalive_is_set_on_the_connection() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let (server, client) = (context.socket(ZMQ_PULL), context.socket(ZMQ_PUSH));
    server.set(ZMQ_TCP_KEEPALIVE, 1).expect("KEEPALIVE");
    server.set(ZMQ_TCP_KEEPALIVE_IDLE, 77).expect("IDLE");
    server.set(ZMQ_TCP_KEEPALIVE_INTVL, 11).expect("INTVL");
    server.set(ZMQ_TCP_KEEPALIVE_CNT, 3).expect("CNT");

    let fd = connection(&server, &client);
    assert_eq!(option(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE), 1);
    assert_eq!(option(fd, libc::IPPROTO_TCP, libc::TCP_KEEPIDLE), 77);
    assert_eq!(option(fd, libc::IPPROTO_TCP, libc::TCP_KEEPINTVL), 11);
    assert_eq!(option(fd, libc::IPPROTO_TCP, libc::TCP_KEEPCNT), 3);
}

#[test]
fn keepalive_is_off_unless_asked_for() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let (server, client) = (context.socket(ZMQ_PULL), context.socket(ZMQ_PUSH));
    let fd = connection(&server, &client);
    assert_eq!(option(fd, libc::SOL_SOCKET, libc::SO_KEEPALIVE), 0);
}
