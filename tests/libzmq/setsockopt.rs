//! Options that are there and back.

use std::net::TcpListener;

use zmq::Context;

use crate::expect::{draft, get_raw};
use crate::support::deadline;
use crate::testutil::set_raw;

#[test]
fn setsockopt_tcp_recv_buffer() {
    let _deadline = deadline(30);
    let socket = Context::new().unwrap().socket(zmq::PUSH).unwrap();
    assert_eq!(socket.rcvbuf().unwrap(), -1);
    socket.set_rcvbuf(16384).unwrap();
    assert_eq!(socket.rcvbuf().unwrap(), 16384);
}

#[test]
fn setsockopt_tcp_send_buffer() {
    let _deadline = deadline(30);
    let socket = Context::new().unwrap().socket(zmq::PUSH).unwrap();
    assert_eq!(socket.sndbuf().unwrap(), -1);
    socket.set_sndbuf(16384).unwrap();
    assert_eq!(socket.sndbuf().unwrap(), 16384);
}

/// A number that is no descriptor cannot be given to `bind_with_fd`, and one that was used is not used again.
#[test]
fn setsockopt_use_fd() {
    let _deadline = deadline(30);
    let socket = Context::new().unwrap().socket(zmq::PUSH).unwrap();
    assert_eq!(socket.use_fd().unwrap(), -1);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("tcp://{}", listener.local_addr().unwrap());
    socket.bind_with_fd(&endpoint, listener.into()).unwrap();
    assert_eq!(socket.last_endpoint().unwrap(), endpoint);
    assert_eq!(socket.use_fd().unwrap(), -1);
}

#[test]
fn setsockopt_bindtodevice() {
    let _deadline = deadline(30);
    let socket = Context::new().unwrap().socket(zmq::PUSH).unwrap();
    assert_eq!(socket.bindtodevice().unwrap(), "");
    socket.set_bindtodevice("testdev").unwrap();
    assert_eq!(socket.bindtodevice().unwrap(), "testdev");
}

#[test]
fn setsockopt_priority() {
    const PRIORITY: i32 = 112;
    let _deadline = deadline(30);
    if !draft() {
        return;
    }
    let socket = Context::new().unwrap().socket(zmq::PUSH).unwrap();
    assert_eq!(get_raw(&socket, PRIORITY, 4), 0_i32.to_ne_bytes());
    assert!(set_raw(&socket, PRIORITY, &3_i32.to_ne_bytes()));
    assert_eq!(get_raw(&socket, PRIORITY, 4), 3_i32.to_ne_bytes());
}
