//! The examples of pollers and proxies run, each in one terminal, and print what they should. See `examples.rs`.

mod support;

use support::programs::{begin, run};

/// The same in alphabetical order, where threads print as they come.
fn run_sorted(name: &str) -> Vec<String> {
    let mut lines = run(name, &[]);
    lines.sort();
    lines
}

#[test]
fn poller() {
    let _deadline = begin();
    let expected = [
        "listening on inproc://tasks",
        "listening on inproc://weather",
        "received a task: task 0",
        "received a task: task 1",
        "received a task: task 2",
        "received the weather: weather 0",
        "received the weather: weather 1",
        "received the weather: weather 2",
    ];
    assert_eq!(run_sorted("poller"), expected);
}

#[test]
fn broker() {
    let _deadline = begin();
    let mut expected = vec!["listening on inproc://clients".to_owned(), "listening on inproc://workers".to_owned()];
    let requests = || ["A", "B"].into_iter().flat_map(|name| (0..3).map(move |request| format!("{name} {request}")));
    expected.extend(requests().map(|request| format!("reply: {request} is done")));
    expected.extend(requests().map(|request| format!("request: {request}")));
    assert_eq!(run_sorted("broker"), expected);
}

#[test]
fn forwarder() {
    let _deadline = begin();
    let expected = [
        "A: weather Boston 64",
        "A: weather NYC 72",
        "B: sports Mets 3",
        "B: sports Sox 5",
        "listening on inproc://publishers",
        "listening on inproc://subscribers",
    ];
    assert_eq!(run_sorted("forwarder"), expected);
}

#[test]
fn streamer() {
    let _deadline = begin();
    let mut expected = vec!["listening on inproc://sinks".to_owned(), "listening on inproc://sources".to_owned()];
    expected.extend((0..10).map(|task| format!("received: task {task}")));
    assert_eq!(run_sorted("streamer"), expected);
}

#[test]
fn capture() {
    let _deadline = begin();
    let expected = [
        "captured: Client1 |  | request 0",
        "captured: Client1 |  | request 0 is done",
        "captured: Client1 |  | request 1",
        "captured: Client1 |  | request 1 is done",
    ];
    assert_eq!(run("capture", &[]), expected);
}

/// First by a handle, then by a control socket: what went through is the same.
#[test]
fn steerable() {
    let _deadline = begin();
    let expected = [
        "received: one",
        "pause",
        "nothing comes",
        "statistics",
        "frontend: received 1 (3 bytes), sent 0 (0 bytes)",
        "backend: received 0 (0 bytes), sent 1 (3 bytes)",
        "resume",
        "received: two",
        "terminate",
        "the proxy has ended",
        "listening on inproc://frontend",
        "listening on inproc://backend",
        "listening on inproc://control",
        "received: one",
        "PAUSE",
        "nothing comes",
        "STATISTICS",
        "frontend: received 1 (3 bytes), sent 0 (0 bytes)",
        "backend: received 0 (0 bytes), sent 1 (3 bytes)",
        "RESUME",
        "received: two",
        "TERMINATE",
        "the proxy has ended",
    ];
    assert_eq!(run("steerable", &[]), expected);
}
