//! CLIENT and SERVER, which several threads may use at once, are drafts. The stable kinds are used by one thread at a time.

use zmq::{Context, SocketType};

use crate::expect::hears;
use crate::support::{Transport, deadline};

#[test]
fn getsockopt_thread_safe() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for kind in SocketType::ALL {
        assert!(!context.socket(*kind).unwrap().thread_safe().unwrap(), "{kind}");
    }
}

/// What two threads do with one CLIENT in C, they do here with the socket that is handed from one to the other.
#[test]
fn socket_of_two_threads_in_turn() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (server, mut client) = Transport::Tcp.pair(&context, zmq::PULL, zmq::PUSH);
    for number in ["1", "2"] {
        let thread = std::thread::spawn(move || {
            for _ in 0..15_000 {
                client.send("0").unwrap();
            }
            client.send(number).unwrap();
            client
        });
        for _ in 0..15_000 {
            hears(&server, ["0"]);
        }
        hears(&server, [number]);
        client = thread.join().unwrap();
    }
}
