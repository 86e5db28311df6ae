//! REQ and REP by `ipc`.

use zmq::{Context, Event};

use crate::support::{Transport, deadline};
use crate::testutil::{PATIENCE, SILENCE, bounce};

#[test]
fn simple() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (rep, req) = Transport::Ipc.pair(&context, zmq::REP, zmq::REQ);
    bounce(&rep, &req);
}

/// A reply to who is gone is no error, and nothing of it stays.
#[test]
fn leak() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let rep = context.socket(zmq::REP).unwrap();
    let monitor = rep.monitor(zmq::EVENT_DISCONNECTED).unwrap();
    let req = context.socket(zmq::REQ).unwrap();
    req.connect(&Transport::Ipc.bind(&rep)).unwrap();
    req.send("leakymsg").unwrap();
    assert_eq!(rep.recv_string().unwrap(), "leakymsg");
    req.close().unwrap();
    let event = monitor.recv_timeout(10_000).unwrap().unwrap();
    assert!(matches!(event.event, Event::Disconnected { .. }), "{event}");
    // The event comes a moment before libzmq gives the connection up. What is sent in that moment it never drops, so that the
    // context would not end (session_base.cpp, `process_term`).
    std::thread::sleep(SILENCE);
    rep.send("leakymsg").unwrap();
    rep.close().unwrap();
    drop(monitor);
    context.term_timeout(PATIENCE).unwrap();
}
