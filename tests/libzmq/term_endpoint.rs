//! Endpoints that are taken back.

use zmq::{Context, ErrorKind, Push, Socket};

use crate::expect::hears;
use crate::support::{Transport, deadline, eventually};

/// There is nobody left to send to.
pub(super) fn has_no_peer(push: &Socket<Push>) {
    eventually("the connection ends", || (!push.poll(0, zmq::POLLOUT).unwrap().is_writable()).then_some(()));
    assert!(push.try_send("ABC").unwrap_err().is_again());
}

#[test]
fn send_after_unbind_fails() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (push, pull) = Transport::Tcp.pair(&context, zmq::PUSH, zmq::PULL);
    push.send("ABC").unwrap();
    hears(&pull, ["ABC"]);
    push.unbind(&push.last_endpoint().unwrap()).unwrap();
    has_no_peer(&push);
}

#[test]
fn send_after_disconnect_fails() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Tcp.pair(&context, zmq::PULL, zmq::PUSH);
    push.send("ABC").unwrap();
    hears(&pull, ["ABC"]);
    push.disconnect(&pull.last_endpoint().unwrap()).unwrap();
    has_no_peer(&push);
}

#[test]
fn unbind_via_last_endpoint() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for wildcard in ["tcp://127.0.0.1:*", "ipc://*"] {
        let socket = context.socket(zmq::PULL).unwrap();
        socket.bind(wildcard).unwrap();
        let endpoint = socket.last_endpoint().unwrap();
        assert_ne!(endpoint, wildcard);
        socket.unbind(&endpoint).unwrap();
        assert_eq!(socket.unbind(&endpoint).unwrap_err().kind(), ErrorKind::NotFound);
    }
}

/// In C an error: there a wildcard is known only by what became of it. Here it stands for that, once.
#[test]
fn wildcard_unbind() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for wildcard in ["tcp://127.0.0.1:*", "ipc://*"] {
        let socket = context.socket(zmq::PUSH).unwrap();
        socket.bind(wildcard).unwrap();
        let endpoint = socket.last_endpoint().unwrap();
        socket.unbind(wildcard).unwrap();
        assert_eq!(socket.unbind(wildcard).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(socket.unbind(&endpoint).unwrap_err().kind(), ErrorKind::NotFound);
    }
}
