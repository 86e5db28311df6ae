//! What the fuzzers found, and what the reading for them did.

mod support;

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::Arc;

use support::{Transport, deadline, eventually};
use zmq::{Context, ErrorKind, Message};

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

/// xpub.cpp, `xpipe_terminated`: who subscribed last is forgotten only while XPUB_MANUAL is on; used afterwards it is freed memory.
#[test]
fn manual_subscriptions_that_are_turned_on_again() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (xpub, sub) = Transport::Tcp.pair(&context, zmq::XPUB, zmq::SUB);
    xpub.set_xpub_manual(false).unwrap();
    xpub.set_xpub_manual(true).unwrap();
    xpub.set_xpub_manual(true).unwrap();
    sub.subscribe("a").unwrap();
    assert_eq!(xpub.recv_timeout(10_000).unwrap(), [1, b'a']);
    xpub.set_xpub_manual(false).unwrap();
    xpub.set_xpub_manual(false).unwrap();
    drop(sub);
    let error = xpub.set_xpub_manual(true).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(
        error
            .to_string()
            .ends_with("it was on before, and libzmq may then use a subscriber that is gone: make another socket"),
        "{error}"
    );
}

struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// ws_encoder.cpp, `size_ready`: a client masks what it sends where that lies, unless libzmq knows that it is shared.
#[test]
fn bytes_that_are_somebody_elses_over_a_web_socket() {
    let _deadline = deadline(30);
    if !zmq::has("ws") {
        return;
    }
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.bind("ws://127.0.0.1:*/").unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.connect(&pull.last_endpoint().unwrap()).unwrap();
    let bytes = Arc::new(vec![b'x'; 100_000]);
    // A second time: a mask that is applied twice would be none.
    for _ in 0..2 {
        push.send(Message::from_owner(Shared(Arc::clone(&bytes)))).unwrap();
        assert!(pull.recv_timeout(5000).unwrap().iter().all(|byte| *byte == b'x'));
        assert!(bytes.iter().all(|byte| *byte == b'x'), "the sender's bytes have changed");
    }
    drop((push, pull));
    context.term_timeout(5000).unwrap();
    assert_eq!(Arc::strong_count(&bytes), 1, "the owner was not dropped once");
}

/// xpub.cpp, `xread_activated`: an XPUB copies what an XSUB sends, and takes the copy for shared if the message was.
#[test]
fn a_shared_message_to_an_xpub() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (xpub, xsub) = Transport::Inproc.pair(&context, zmq::XPUB, zmq::XSUB);
    let sent: Message = vec![b'x'; 1000].into();
    xsub.send(sent.clone()).unwrap();
    xsub.send_multipart([sent.clone(), sent.clone()]).unwrap();
    xsub.send_timeout(sent.clone(), 5000).unwrap();
    for _ in 0..4 {
        let received = xpub.recv_timeout(5000).unwrap();
        // Its bytes would be freed with the copy, and be those of what comes next.
        drop(received.clone());
        let others: Vec<Message> = (0..10).map(|_| (&[b'y'; 1000][..]).into()).collect();
        assert_eq!(received, sent);
        drop(others);
    }
    assert!(sent.iter().all(|byte| *byte == b'x'));
}
