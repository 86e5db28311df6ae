//! test_pair.py.

use crate::support::deadline;
use crate::{bound_pair, context, ping_pong, recv};

#[test]
fn basic() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    assert_eq!(ping_pong(&a, &b, "message1"), "message1");
}

#[test]
fn multiple() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    for socket in [&a, &b] {
        for size in 0..10 {
            socket.send(" ".repeat(size)).unwrap();
        }
    }
    for socket in [&a, &b] {
        for size in 0..10 {
            assert_eq!(recv(socket), " ".repeat(size));
        }
    }
}

#[test]
#[cfg(feature = "json")]
fn json() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    crate::ping_pong_json(&a, &b);
}
