//! What the fuzzers found, and what the reading for them did.

mod support;

use std::io::Read as _;
use std::net::TcpListener;

use support::{deadline, eventually};
use zmq::{Context, ErrorKind};

/// ws_engine.cpp, `start_ws_handshake`: of a request longer than its buffer the rest is sent from the memory behind it.
#[test]
fn the_request_of_a_web_socket() {
    let _deadline = deadline(30);
    if !zmq::has("ws") {
        return;
    }
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::REQ).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let endpoint = |path: &str| format!("ws://{}/{path}", listener.local_addr().unwrap());
    for (path, part) in [
        (&*"x".repeat(9000), "at most 2000 bytes"),
        (&*format!("{}:1", "x".repeat(9000)), "at most 2000 bytes"),
        ("x HTTP/1.1\r\nHost: another", "spaces or control characters"),
    ] {
        let error = socket.connect(&endpoint(path)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains(part), "{error}");
    }
    let longest = "x".repeat(1900);
    socket.connect(&endpoint(&longest)).unwrap();
    let (mut stream, _) = eventually("a connection", || listener.accept().ok());
    stream.set_nonblocking(false).unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        request.extend(byte);
    }
    let request = String::from_utf8(request).unwrap();
    assert!(request.starts_with(&format!("GET /{longest} HTTP/1.1\r\n")), "{request}");
}
