//! The example programs, each with its Python counterpart on the other side, both ways round, over tcp and ipc. What the two
//! print must be the same, whichever language it is in.

use crate::python::Language::{Python, Rust};
use crate::python::{Language, begin};
use crate::support::Transport;

/// Runs `test` with Rust bound and Python connected, and the other way round, over tcp and over ipc.
fn both_ways(test: impl Fn(Language, Language, &str)) {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in [(Rust, Python), (Python, Rust)] {
        for transport in [Transport::Tcp, Transport::Ipc] {
            test(bound, connected, &transport.endpoint());
        }
    }
}

/// `REP` answers "World" to what `REQ` asks, ten times.
#[test]
fn hello_world() {
    both_ways(|bound, connected, endpoint| {
        let mut server = bound.start("hello_world_server", &[endpoint]);
        let client = connected.start("hello_world_client", &[&server.endpoint()]);
        let requests =
            (0..10).flat_map(|n| [format!("Sending request {n} …"), format!("Received reply {n} [ World ]")]);
        let expected: Vec<_> =
            std::iter::once("Connecting to hello world server…".to_owned()).chain(requests).collect();
        assert_eq!(client.finish(), expected);
        for _ in 0..10 {
            assert_eq!(server.line(), "Received request: Hello");
        }
    });
}

/// `PUB` sends the frames topic and message on two topics, `SUB` receives those of the one it subscribed to.
#[test]
fn pubsub() {
    both_ways(|bound, connected, endpoint| {
        let mut publisher = bound.start("pubsub", &["publisher", endpoint]);
        let subscriber = connected.start("pubsub", &["subscriber", &publisher.endpoint()]);
        assert_eq!(subscriber.finish(), ["topic1: Hello Subscribers!"]);
        assert!(publisher.finish().is_empty());
    });
}

/// `PUB` sends news that begin with their topic; two `SUB`s, each with another topic, receive only their own.
#[test]
fn weather() {
    both_ways(|bound, connected, endpoint| {
        let mut publisher = bound.start("weather", &["publisher", endpoint]);
        let endpoint = publisher.endpoint();
        let a = connected.start("weather", &["subscriber", &endpoint, "A", "weather"]);
        let b = connected.start("weather", &["subscriber", &endpoint, "B", "sports"]);
        assert_eq!(a.finish(), ["A: weather NYC 72", "A: weather Boston 64"]);
        assert_eq!(b.finish(), ["B: sports Mets 3", "B: sports Sox 5"]);
        assert!(publisher.finish().is_empty());
    });
}

/// `PUSH` gives 100 tasks as JSON to workers of both languages, whose results a `PULL` collects.
#[cfg(feature = "json")]
#[test]
fn pipeline() {
    both_ways(|one, other, endpoint| {
        // The ventilator is in one language, the sink in the other; over ipc each needs a path of its own.
        let results = if endpoint.starts_with("ipc") { Transport::Ipc } else { Transport::Tcp }.endpoint();
        let mut sink = other.start("pipeline", &["sink", &results]);
        let mut ventilator = one.start("pipeline", &["ventilator", endpoint]);
        let (tasks, results) = (ventilator.endpoint(), sink.endpoint());
        let _workers = [Rust, Python, Rust].map(|language| language.start("pipeline", &["worker", &tasks, &results]));

        let mut lines = sink.finish();
        let mut expected: Vec<_> = (1..=100).map(|task| format!("task {task}: {}", task * 20)).collect();
        lines.sort();
        expected.sort();
        assert_eq!(lines, expected, "each task once");
        assert!(ventilator.finish().is_empty());
    });
}

/// `DEALER` with the identity "Client1" sends three requests, and `ROUTER` answers them by that identity.
#[test]
fn dealer_router() {
    both_ways(|bound, connected, endpoint| {
        let mut router = bound.start("dealer_router", &["router", endpoint]);
        let dealer = connected.start("dealer_router", &["dealer", &router.endpoint(), "Client1"]);
        assert_eq!(dealer.finish(), ["reply: got 9 bytes"; 3]);
        assert_eq!(router.finish(), ["Client1: request 0", "Client1: request 1", "Client1: request 2"]);
    });
}

/// `ROUTER` receives identity, empty frame and message of two `REQ`s, and sends back the same with another message.
#[test]
fn req_router() {
    both_ways(|bound, connected, endpoint| {
        let mut router = bound.start("req_router", &["router", endpoint]);
        let endpoint = router.endpoint();
        for name in ["A", "B"] {
            let req = connected.start("req_router", &["req", &endpoint, name]);
            assert_eq!(req.finish(), [format!("{name}: hello, {name}")]);
        }
        assert_eq!(router.finish(), ["received: A", "received: B"]);
    });
}

/// Two `PAIR`s; the bound one speaks first.
#[test]
fn pair() {
    both_ways(|bound, connected, endpoint| {
        let mut first = bound.start("pair", &["first", endpoint]);
        let second = connected.start("pair", &["second", &first.endpoint()]);
        assert_eq!(second.finish(), ["second received: ready?", "second received: go!"]);
        assert_eq!(first.finish(), ["first received: ready"]);
    });
}

/// `XPUB` receives the subscription of a `SUB`, sends to it, and receives its end.
#[test]
fn xpub() {
    both_ways(|bound, connected, endpoint| {
        let mut publisher = bound.start("xpub", &["publisher", endpoint]);
        let subscriber = connected.start("xpub", &["subscriber", &publisher.endpoint()]);
        assert_eq!(subscriber.finish(), ["received: weather NYC 72"]);
        assert_eq!(publisher.finish(), ["subscribed to: weather", "unsubscribed from: weather"]);
    });
}

/// `STREAM` serves a client that is the language's own TCP socket. There is no ipc for it.
#[test]
fn stream() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in [(Rust, Python), (Python, Rust)] {
        let mut server = bound.start("stream", &["server", "tcp://127.0.0.1:*"]);
        let client = connected.start("stream", &["client", &server.endpoint()]);
        assert_eq!(client.finish(), ["reply: HELLO"]);
        assert_eq!(server.finish(), ["received: hello", "disconnected"]);
    }
}

/// The helper class of each language, as a publisher and as a subscriber.
#[test]
fn pubsub_helper() {
    both_ways(|bound, connected, endpoint| {
        let mut publisher = bound.start("pubsub_helper", &["publisher", endpoint]);
        let subscriber = connected.start("pubsub_helper", &["subscriber", &publisher.endpoint(), "robot"]);
        assert_eq!(subscriber.finish(), [r#"received: {"position": [1, 2]}"#]);
        assert!(publisher.finish().is_empty());
    });
}

/// The configuration block: what Python reads back as milliseconds, Rust reads back as the same.
#[test]
fn configuration() {
    let Some(_deadline) = begin() else { return };
    let ours = Rust.start("configuration", &[]).finish();
    assert_eq!(ours, Python.start("configuration", &[]).finish());
}
