//! The bundled libzmq names and places its threads as asked.
//!
//! One test a file: it looks at all threads of the process.
#![cfg(all(target_os = "linux", zmq_vendored))]

mod support;

use std::collections::BTreeMap;
use std::fs;

use support::Context;
use support::deadline::Deadline;
use zmq_sys::{ZMQ_PAIR, ZMQ_THREAD_AFFINITY_CPU_ADD, ZMQ_THREAD_NAME_PREFIX};

/// A line of `/proc/…/status`.
fn status(of: &str, field: &str) -> String {
    let text = fs::read_to_string(format!("/proc/self/{of}status")).expect("/proc");
    let line = text.lines().find_map(|line| line.strip_prefix(field)).expect("the field");
    line.trim_start_matches(':').trim().to_owned()
}

/// Names of all threads, each with the processors it may run on.
fn threads() -> BTreeMap<String, String> {
    let tasks = fs::read_dir("/proc/self/task").expect("/proc");
    let ids = tasks.map(|task| task.expect("a task").file_name().into_string().expect("a number"));
    ids.map(|id| format!("task/{id}/")).map(|id| (status(&id, "Name"), status(&id, "Cpus_allowed_list"))).collect()
}

#[test]
fn threads_have_the_name_and_the_processor_asked_for() {
    let _deadline = Deadline::seconds(20);
    let allowed = status("", "Cpus_allowed_list");
    let end = allowed.find(|c: char| !c.is_ascii_digit()).unwrap_or(allowed.len());
    let processor = &allowed[..end];

    let context = Context::new();
    context.set(ZMQ_THREAD_NAME_PREFIX, 42).expect("THREAD_NAME_PREFIX");
    context.set(ZMQ_THREAD_AFFINITY_CPU_ADD, processor.parse().expect("a number")).expect("THREAD_AFFINITY_CPU_ADD");
    let (a, b) = (context.socket(ZMQ_PAIR), context.socket(ZMQ_PAIR));
    // A message over TCP proves that the I/O thread runs, so it has applied both.
    b.connect(&a.bind("tcp://127.0.0.1:*").expect("bind")).expect("connect");
    b.send(b"hello").expect("send");
    assert_eq!(a.recv().expect("recv").bytes(), b"hello");

    let threads = threads();
    assert_eq!(threads.get("42/ZMQbg/IO/0").map(String::as_str), Some(processor), "{threads:?}");
}
