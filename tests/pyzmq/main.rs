//! What pyzmq's own test suite asks for, asked of this crate: a module for each of its files, and in `README.md` a row for each of its
//! tests.

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/table.rs"]
mod tables;

#[cfg(unix)]
mod asynchronous;
#[cfg(unix)]
mod asyncio;
mod auth;
mod cffi_backend;
mod constants;
mod context;
mod context_instance;
mod curve_keygen;
mod decorators;
mod device;
mod error;
mod etc;
mod ext;
#[cfg(unix)]
mod future;
mod imports;
mod message;
mod monitor;
mod monqueue;
mod multipart;
mod pair;
mod poll;
mod proxy_steerable;
mod pubsub;
mod reqrep;
#[cfg(unix)]
mod retry_eintr;
mod security;
mod socket;
mod socket_options;
mod table;
mod version;
mod z85;
#[cfg(unix)]
mod zmqstream;

use std::time::Duration;

use support::Transport;
use zmq::{Context, IntoKind, Message, Receiver, Sender, Socket};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// A context whose sockets drop what they have not sent, as those of pyzmq's tests are closed.
fn context() -> Context {
    let context = Context::new().unwrap();
    context.setsockopt(zmq::LINGER, 0).unwrap();
    context
}

/// pyzmq's `create_bound_pair`: two sockets that are connected by TCP, the first of them bound.
fn bound_pair<A: IntoKind, B: IntoKind>(context: &Context, one: A, two: B) -> (Socket<A::Kind>, Socket<B::Kind>) {
    Transport::Tcp.pair(context, one, two)
}

/// What pyzmq's tests receive by: a message that does not come is a failure, and not a hang.
#[track_caller]
fn recv<K: Receiver>(socket: &Socket<K>) -> Message {
    socket.recv_timeout(PATIENCE).unwrap()
}

#[track_caller]
fn recv_multipart<K: Receiver>(socket: &Socket<K>) -> Vec<Message> {
    socket.recv_multipart_timeout(PATIENCE).unwrap()
}

/// pyzmq's `ping_pong`: there and back, and what came back.
#[track_caller]
fn ping_pong<A, B>(one: &Socket<A>, two: &Socket<B>, message: impl Into<Message>) -> Message
where
    A: Sender + Receiver,
    B: Sender + Receiver,
{
    one.send(message).unwrap();
    two.send(recv(two)).unwrap();
    recv(one)
}

/// One line that says why a test is not made here.
fn skip(reason: &str) {
    use std::io::Write as _;
    // Not `eprintln!`, which the test harness holds back.
    let _ = writeln!(std::io::stderr(), "skipped: {}: {reason}", support::test_name());
}

/// pyzmq's `ping_pong_json`.
#[cfg(feature = "json")]
#[track_caller]
fn ping_pong_json<A, B>(one: &Socket<A>, two: &Socket<B>)
where
    A: Sender + Receiver,
    B: Sender + Receiver,
{
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Object {
        a: i32,
        b: Vec<i32>,
    }
    let object = Object { a: 10, b: (0..10).collect() };
    one.send_json(&object).unwrap();
    let there: serde_json::Value = two.recv_json().unwrap();
    assert_eq!(there, serde_json::json!({"a": 10, "b": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}));
    two.send_json(&there).unwrap();
    assert_eq!(one.recv_json::<Object>().unwrap(), object);
}
