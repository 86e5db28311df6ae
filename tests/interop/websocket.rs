//! `ws://`, where both have it. The wheels of pyzmq do not, so usually both sides are ours.

use std::process::Command;

use zmq::Context;

use crate::python::{Script, begin, python};
use crate::support::deadline;

fn python_has_ws() -> bool {
    let Some(python) = python() else { return false };
    let check = "import sys, zmq; sys.exit(not zmq.has('WS'))";
    Command::new(python).args(["-c", check]).status().is_ok_and(|status| status.success())
}

/// A Python REQ asks over WebSocket.
#[test]
fn websocket() {
    if !zmq::has("ws") {
        return;
    }
    let _deadline = begin().unwrap_or_else(|| deadline(60));
    let context = Context::new().unwrap();
    let rep = context.socket(zmq::REP).unwrap();
    rep.bind("ws://127.0.0.1:*/chat").unwrap();
    let endpoint = rep.last_endpoint().unwrap();
    let answer = || {
        assert_eq!(rep.recv_string().unwrap(), "Hello");
        rep.send("World".repeat(20_000)).unwrap();
    };

    let req = context.socket(zmq::REQ).unwrap();
    req.connect(&endpoint).unwrap();
    req.send("Hello").unwrap();
    answer();
    assert_eq!(req.recv_string().unwrap(), "World".repeat(20_000));

    if python_has_ws() {
        let body = "socket.send(b'Hello'); assert socket.recv() == b'World' * 20_000";
        let script = Script { kind: "REQ", endpoint: &endpoint, binds: false, setup: "", body, args: &[] };
        let program = script.start();
        answer();
        program.finish();
    }
}
