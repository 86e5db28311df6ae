//! Connections that are lost and made again: RECONNECT_IVL.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use zmq::Context;

use crate::python::{Script, begin};
use crate::support::{Transport, deadline};

/// `PULL` is killed and started again at the same endpoint.
#[test]
fn a_peer_that_is_killed_is_found_again() {
    let Some(_deadline) = begin() else { return };
    let context = Context::new().unwrap();
    for transport in [Transport::Tcp, Transport::Ipc] {
        let start = |endpoint: &str| {
            let body = "print(socket.recv_string()); socket.recv()";
            Script { kind: "PULL", endpoint, binds: true, setup: "", body, args: &[] }.start()
        };
        let mut first = start(&transport.endpoint());
        let endpoint = first.endpoint();

        let push = context.socket(zmq::PUSH).unwrap();
        push.set_reconnect_ivl(100).unwrap();
        push.set_linger(0).unwrap();
        // Only to whom is there: not to the one that is gone.
        push.set_immediate(true).unwrap();
        push.connect(&endpoint).unwrap();
        push.send("to the first").unwrap();
        assert_eq!(first.line(), "to the first");
        drop(first);

        let mut second = start(&endpoint);
        assert_eq!(second.endpoint(), endpoint);
        // What was sent before the loss was noticed went to the first.
        while push.try_send("to the second").is_ok() {}
        push.send("to the second").unwrap();
        assert_eq!(second.line(), "to the second");
    }
}

/// What a peer sees that takes each connection and closes it at once.
#[test]
fn waits_as_long_as_reconnect_ivl_says() {
    const INTERVAL: Duration = Duration::from_millis(100);
    let _deadline = deadline(30);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let context = Context::new().unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_reconnect_ivl(INTERVAL).unwrap();
    dealer.set_reconnect_ivl_max(30_000).unwrap();
    dealer.set_linger(0).unwrap();
    dealer.connect(&format!("tcp://{}", listener.local_addr().unwrap())).unwrap();

    let mut last = None;
    for _ in 0..4 {
        drop(listener.accept().unwrap());
        let now = Instant::now();
        if let Some(last) = last.replace(now) {
            let waited: Duration = now - last;
            // libzmq adds a random part of up to the interval, so that many clients do not all come at once.
            assert!(waited >= INTERVAL - Duration::from_millis(5), "only {waited:?}");
        }
    }
}
