//! `tcp://source;destination`: the address that a connection comes from.

use std::net::TcpListener;

use zmq::Context;

use crate::support::deadline;

#[test]
fn bind_src_address() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PUB).unwrap();
    socket.connect("tcp://127.0.0.1:0;localhost:1234").unwrap();
    socket.connect("tcp://localhost:5555;localhost:1235").unwrap();
    #[cfg(target_os = "linux")]
    socket.connect("tcp://lo:5555;localhost:1235").unwrap();
}

/// On Linux all of 127.0.0.0/8 is this machine.
#[cfg(target_os = "linux")]
#[test]
fn the_connection_comes_from_there() {
    let _deadline = deadline(30);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PUB).unwrap();
    socket.connect(&format!("tcp://127.0.0.2:0;{}", listener.local_addr().unwrap())).unwrap();
    let (_stream, from) = listener.accept().unwrap();
    assert_eq!(from.ip().to_string(), "127.0.0.2");
}
