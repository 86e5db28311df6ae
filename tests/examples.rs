//! Each example program runs, in one terminal, and prints what it should. With Python on the other side: `tests/interop`.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use support::Transport;
use support::programs::{Program, begin, example, run};

/// The lines in alphabetical order, where threads print them as they come.
fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

#[test]
fn hello_world() {
    let _deadline = begin();
    let inproc = Transport::Inproc.endpoint();
    let ipc = Transport::Ipc.endpoint();
    let endpoints = if cfg!(unix) { vec![inproc, ipc] } else { vec![inproc] };
    for args in [vec![]].into_iter().chain(endpoints.iter().map(|endpoint| vec![endpoint.as_str()])) {
        let lines = run("hello_world", &args);
        assert_eq!(lines.len(), 31, "{lines:?}");
        assert_eq!(lines[0], "Connecting to hello world server…");
        let of_client: Vec<_> = lines[1..].iter().filter(|line| *line != "Received request: Hello").collect();
        for (request, pair) in of_client.chunks(2).enumerate() {
            assert_eq!(*pair[0], format!("Sending request {request} …"));
            assert_eq!(*pair[1], format!("Received reply {request} [ World ]"));
        }
    }
}

#[test]
fn hello_world_in_two_programs() {
    let _deadline = begin();
    let mut server = example("hello_world_server");
    server.arg("tcp://127.0.0.1:*");
    let mut server = Program::start(server);
    let lines = run("hello_world_client", &[&server.endpoint()]);
    assert_eq!(lines.last().map(String::as_str), Some("Received reply 9 [ World ]"));
}

#[test]
fn pubsub() {
    let _deadline = begin();
    assert_eq!(sorted(run("pubsub", &[])), ["listening on inproc://pubsub", "topic1: Hello Subscribers!"]);
}

#[test]
fn weather() {
    let _deadline = begin();
    let expected = [
        "A: weather Boston 64",
        "A: weather NYC 72",
        "B: sports Mets 3",
        "B: sports Sox 5",
        "listening on inproc://weather",
    ];
    assert_eq!(sorted(run("weather", &[])), expected);
}

#[cfg(feature = "json")]
#[test]
fn pipeline() {
    let _deadline = begin();
    let mut expected: Vec<_> = (1..=100).map(|task| format!("task {task}: {}", task * 20)).collect();
    expected.extend(["listening on inproc://results".to_owned(), "listening on inproc://tasks".to_owned()]);
    assert_eq!(sorted(run("pipeline", &[])), sorted(expected));
}

#[test]
fn dealer_router() {
    let _deadline = begin();
    let expected = [
        "Client1: request 0",
        "Client1: request 1",
        "Client1: request 2",
        "listening on inproc://dealer_router",
        "reply: got 9 bytes",
        "reply: got 9 bytes",
        "reply: got 9 bytes",
    ];
    assert_eq!(sorted(run("dealer_router", &[])), expected);
}

#[test]
fn req_router() {
    let _deadline = begin();
    let expected = ["A: hello, A", "B: hello, B", "listening on inproc://req_router", "received: A", "received: B"];
    assert_eq!(sorted(run("req_router", &[])), expected);
}

#[test]
fn pair() {
    let _deadline = begin();
    let expected =
        ["first received: ready", "listening on inproc://pair", "second received: go!", "second received: ready?"];
    assert_eq!(sorted(run("pair", &[])), expected);
}

#[test]
fn xpub() {
    let _deadline = begin();
    let expected = [
        "listening on inproc://xpub",
        "received: weather NYC 72",
        "subscribed to: weather",
        "unsubscribed from: weather",
    ];
    assert_eq!(sorted(run("xpub", &[])), expected);
}

#[test]
fn stream() {
    let _deadline = begin();
    assert_eq!(sorted(run("stream", &[])), ["disconnected", "received: hello", "reply: HELLO"]);
}

#[test]
fn pubsub_helper() {
    let _deadline = begin();
    let expected = ["listening on inproc://pubsub_helper", r#"received: {"position": [1, 2]}"#];
    assert_eq!(sorted(run("pubsub_helper", &[])), expected);
}

#[test]
fn configuration() {
    let _deadline = begin();
    let expected = [
        "SNDHWM = 1000",
        "RCVHWM = 1000",
        "LINGER = 0",
        "RECONNECT_IVL = 100",
        "RECONNECT_IVL_MAX = 30000",
        "HEARTBEAT_IVL = 1000",
        "HEARTBEAT_TIMEOUT = 5000",
        "SNDTIMEO = 5000",
        "RCVTIMEO = 5000",
        "TCP_KEEPALIVE = 1",
        "TCP_KEEPALIVE_IDLE = 300",
    ];
    assert_eq!(run("configuration", &[]), expected);
}

/// Without arguments it says what it wants, or that this libzmq has no pgm; what it does is in `tests/interop`.
#[test]
fn epgm() {
    let _deadline = begin();
    assert_eq!(run("epgm", &[]).len(), 1);
}

/// An example without a Python counterpart, or without a test here, was forgotten.
#[test]
fn each_has_a_counterpart_and_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let names = |folder: &Path, extension: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let programs = entries
            .filter(|path| path.extension().is_some_and(|found| found == extension) || path.join("main.rs").exists());
        programs.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let rust = names(&folder, "rs");
    // `zmq.asyncio` is the counterpart of both runtimes, and has nothing like the broadcast channel.
    let without = ["smol_hello_world", "tokio_broadcast"];
    let paired = rust.iter().filter(|name| !without.contains(&name.as_str()));
    let paired: BTreeSet<_> = paired.map(|name| name.replace("tokio_", "asyncio_")).collect();
    let mut python = names(&folder.join("python"), "py");
    assert!(python.remove("subscriptions"), "what the Python programs share");
    assert_eq!(paired, python);
    let tests = std::fs::read_dir(folder.with_file_name("tests")).unwrap().map(|entry| entry.unwrap().path());
    let tests: String = tests.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    for name in rust {
        assert!(tests.contains(&format!("\"{name}\"")), "{name} is not run");
    }
}
