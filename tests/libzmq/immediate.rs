//! What a PUSH or DEALER does with connections that are not there yet, or not any more.

use zmq::{Context, Pull, Socket};

use crate::support::{Transport, deadline, eventually};
use crate::testutil::{PATIENCE, silent};

/// Where nobody listens.
const NOBODY: &str = "tcp://127.0.0.1:9";

/// So many messages come, and no more.
#[track_caller]
fn receives(pull: &Socket<Pull>, count: usize) {
    for _ in 0..count {
        assert_eq!(pull.recv_timeout(PATIENCE).unwrap(), "Hello");
    }
    silent(pull);
}

/// A connection that does not exist yet gets its half of the messages.
#[test]
fn immediate_1() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let to = context.socket(zmq::PULL).unwrap();
    let from = context.socket(zmq::PUSH).unwrap();
    from.set_linger(0).unwrap();
    from.connect(NOBODY).unwrap();
    from.connect(&Transport::Tcp.bind(&to)).unwrap();
    for _ in 0..10 {
        from.send("Hello").unwrap();
    }
    receives(&to, 5);
}

/// With IMMEDIATE all go to the one that exists.
#[test]
fn immediate_2() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let to = context.socket(zmq::PULL).unwrap();
    let from = context.socket(zmq::PUSH).unwrap();
    from.set_linger(0).unwrap();
    from.set_immediate(true).unwrap();
    from.connect(NOBODY).unwrap();
    from.connect(&Transport::Tcp.bind(&to)).unwrap();
    for _ in 0..10 {
        from.send("Hello").unwrap();
    }
    receives(&to, 10);
}

/// With IMMEDIATE nothing is taken while a connection is broken, and again once it is made anew.
#[test]
fn immediate_3() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    context.setsockopt(zmq::LINGER, 0).unwrap();
    let backend = context.socket(zmq::DEALER).unwrap();
    let frontend = context.socket(zmq::DEALER).unwrap();
    frontend.set_immediate(true).unwrap();
    let endpoint = Transport::Tcp.bind(&backend);
    frontend.connect(&endpoint).unwrap();
    backend.send("Hello").unwrap();
    assert_eq!(frontend.recv_string().unwrap(), "Hello");
    frontend.try_send("Hello").unwrap();

    backend.close().unwrap();
    let unsent = eventually("the connection is gone", || frontend.try_send("Hello").err());
    assert!(unsent.is_again(), "{unsent}");

    let backend = context.socket(zmq::DEALER).unwrap();
    eventually("the address is free again", || backend.bind(&endpoint).ok());
    backend.send("Hello").unwrap();
    assert_eq!(frontend.recv_string().unwrap(), "Hello");
    frontend.try_send("Hello").unwrap();
}
