//! A proxy of a socket with itself: what comes is sent back.

use std::thread;

use zmq::Context;

use crate::support::{Transport, deadline};

#[test]
fn proxy_single_socket() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (rep, req) = Transport::Tcp.pair(&context, zmq::REP, zmq::REQ);
    let proxy = thread::spawn(move || zmq::proxy(&rep, &rep));
    for text in ["msg1", "msg22"] {
        req.send(text).unwrap();
        assert_eq!(req.recv_string().unwrap(), text);
    }
    context.shutdown().unwrap();
    assert!(proxy.join().unwrap().unwrap_err().is_terminated());
}
