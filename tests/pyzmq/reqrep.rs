//! test_reqrep.py.

use zmq::ErrorKind;

use crate::support::deadline;
use crate::{bound_pair, context, ping_pong};

#[test]
fn basic() {
    let _deadline = deadline(60);
    let context = context();
    let (req, rep) = bound_pair(&context, zmq::REQ, zmq::REP);
    assert_eq!(ping_pong(&req, &rep, "message 1"), "message 1");
}

#[test]
fn multiple() {
    let _deadline = deadline(60);
    let context = context();
    let (req, rep) = bound_pair(&context, zmq::REQ, zmq::REP);
    for size in 0..10 {
        assert_eq!(ping_pong(&req, &rep, " ".repeat(size)), " ".repeat(size));
    }
}

#[test]
fn bad_send_recv() {
    let _deadline = deadline(60);
    let context = context();
    let (req, rep) = bound_pair(&context, zmq::REQ, zmq::REP);
    for _ in 0..2 {
        assert_eq!(req.recv().unwrap_err().kind(), ErrorKind::WrongState);
        let refused = rep.send("asdf").unwrap_err();
        assert_eq!((refused.kind(), refused.message), (ErrorKind::WrongState, "asdf".into()));
    }
    assert_eq!(ping_pong(&req, &rep, "asdf"), "asdf", "no harm is done");
}

#[test]
#[cfg(feature = "json")]
fn json() {
    let _deadline = deadline(60);
    let context = context();
    let (req, rep) = bound_pair(&context, zmq::REQ, zmq::REP);
    crate::ping_pong_json(&req, &rep);
}

#[test]
fn large_msg() {
    let _deadline = deadline(60);
    let context = context();
    let (req, rep) = bound_pair(&context, zmq::REQ, zmq::REP);
    let large = vec![b'X'; 10_000];
    for _ in 0..10 {
        assert_eq!(ping_pong(&req, &rep, &large), large);
    }
}
