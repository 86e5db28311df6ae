//! The async examples with pyzmq's asyncio on the other side, both ways round.

use crate::python::Language::{Python, Rust};
use crate::python::{Language, begin};
use crate::support::Transport;
use crate::support::programs::Program;

/// Runs `test` with Rust bound and Python connected, and the other way round, over tcp and over ipc.
fn both_ways(test: impl Fn(Language, Language, Transport)) {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in [(Rust, Python), (Python, Rust)] {
        for transport in [Transport::Tcp, Transport::Ipc] {
            test(bound, connected, transport);
        }
    }
}

/// The example of tokio, or its counterpart.
#[track_caller]
fn start(language: Language, name: &str, args: &[&str]) -> Program {
    let runtime = if language == Rust { "tokio" } else { "asyncio" };
    language.start(&format!("{runtime}_{name}"), args)
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

#[test]
fn hello_world() {
    let Some(_deadline) = begin() else { return };
    let asyncio = (Python, "asyncio_hello_world");
    for rust in [(Rust, "tokio_hello_world"), (Rust, "smol_hello_world")] {
        for (bound, connected) in [(rust, asyncio), (asyncio, rust)] {
            for transport in [Transport::Tcp, Transport::Ipc] {
                let mut server = bound.0.start(bound.1, &["server", &transport.endpoint()]);
                let client = connected.0.start(connected.1, &["client", &server.endpoint()]);
                let expected: Vec<_> = (0..10).map(|n| format!("Received reply {n} [ World ]")).collect();
                assert_eq!(client.finish(), expected);
                assert_eq!(server.finish(), ["Received request: Hello"; 10]);
            }
        }
    }
}

/// Three ticks of the topic, one after the other.
#[track_caller]
fn check_ticks(lines: &[String], prefix: &str, parity: u32) {
    let numbers: Vec<u32> = lines.iter().map(|line| line.strip_prefix(prefix).unwrap().parse().unwrap()).collect();
    assert_eq!(numbers.len(), 3);
    assert!(numbers[0] % 2 == parity, "{numbers:?}");
    assert_eq!(numbers[1..], [numbers[0] + 2, numbers[0] + 4]);
}

/// The publisher ends when both have unsubscribed, so that it sees them come and go.
#[test]
fn pubsub() {
    both_ways(|bound, connected, transport| {
        let mut publisher = start(bound, "pubsub", &["publisher", &transport.endpoint(), "2"]);
        let endpoint = publisher.endpoint();
        let even = start(connected, "pubsub", &["subscriber", &endpoint, "even"]);
        let odd = start(connected, "pubsub", &["subscriber", &endpoint, "odd"]);
        check_ticks(&even.finish(), "even: ", 0);
        check_ticks(&odd.finish(), "odd: ", 1);
        let expected =
            ["subscribed to: even", "subscribed to: odd", "unsubscribed from: even", "unsubscribed from: odd"];
        assert_eq!(sorted(publisher.finish()), expected);
    });
}

/// The bridge to a broadcast channel, from a Python publisher.
#[test]
fn broadcast() {
    let Some(_deadline) = begin() else { return };
    let mut publisher = start(Python, "pubsub", &["publisher", &Transport::Tcp.endpoint(), "1"]);
    let lines = sorted(start(Rust, "broadcast", &["bridge", &publisher.endpoint(), "2"]).finish());
    assert_eq!(lines.len(), 6, "{lines:?}");
    // By their numbers: as text "10" comes before "8".
    for (listener, heard) in [1, 2].into_iter().zip(lines.chunks(3)) {
        let mut heard = heard.to_vec();
        heard.sort_by_key(|line| line.len());
        check_ticks(&heard, &format!("listener {listener}: even: "), 0);
    }
    assert_eq!(publisher.finish(), ["subscribed to: even", "unsubscribed from: even"]);
}

/// A thousand requests of the one in flight, which the other answers backwards.
#[test]
fn pipelining() {
    both_ways(|bound, connected, transport| {
        let mut server = start(bound, "pipelining", &["server", &transport.endpoint()]);
        let client = start(connected, "pipelining", &["client", &server.endpoint()]);
        assert_eq!(client.finish(), ["1000 of 1000 replies were right"]);
        assert_eq!(server.finish(), ["1000 requests in flight"]);
    });
}

/// What takes no time is answered before what was asked first and takes long.
#[test]
fn router_server() {
    both_ways(|bound, connected, transport| {
        let mut server = start(bound, "router_server", &["server", &transport.endpoint()]);
        let endpoint = server.endpoint();
        let mut slow = start(connected, "router_server", &["client", &endpoint, "30000", "0", "soon"]);
        assert_eq!(sorted(vec![slow.line(), slow.line()]), ["how many ms?", "worked for 0 ms"]);
        let requests = ["client", &endpoint].into_iter().chain(["1"; 100]);
        let quick = start(connected, "router_server", &requests.collect::<Vec<_>>());
        assert_eq!(quick.finish(), ["worked for 1 ms"; 100]);
    });
}

/// The tasks come from one language and the results go to the other; the workers are of both.
#[test]
fn worker_pool() {
    both_ways(|one, other, transport| {
        let mut sink = start(other, "worker_pool", &["sink", &transport.endpoint()]);
        let mut ventilator = start(one, "worker_pool", &["ventilator", &transport.endpoint()]);
        let (tasks, results) = (ventilator.endpoint(), sink.endpoint());
        let _workers =
            [Rust, Python].map(|language| start(language, "worker_pool", &["workers", &tasks, &results, "3"]));
        let done = sink.finish();
        let task = |line: &String| line.strip_prefix("task ")?.split_once(": worker ")?.0.parse().ok();
        let mut tasks: Vec<u32> = done.iter().filter_map(task).collect();
        tasks.sort_unstable();
        assert_eq!(tasks, (1..=100).collect::<Vec<_>>(), "each task once");
        assert!(ventilator.finish().is_empty());
    });
}

/// All that is in work when the signal comes is done, and the client is told.
#[test]
fn shutdown() {
    both_ways(|bound, connected, transport| {
        let each = |state: &str| (1..=5).map(|request| format!("{state}: {request}")).collect::<Vec<_>>();
        for signal in ["INT", "TERM"] {
            let mut server = start(bound, "shutdown", &["server", &transport.endpoint(), "500"]);
            let mut client = start(connected, "shutdown", &["client", &server.endpoint()]);
            let in_work: Vec<_> = (0..5).map(|_| client.line()).collect();
            assert_eq!(sorted(in_work), each("in work"));
            server.signal(signal);
            assert_eq!(server.finish(), ["stopping, 5 in work"]);
            assert_eq!(sorted(client.finish()), each("done"));
        }
    });
}
