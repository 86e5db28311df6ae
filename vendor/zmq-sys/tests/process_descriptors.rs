//! Which descriptors the bundled libzmq opens, and that none of them reaches a child process.
//!
//! One test a file: it looks at all descriptors of the process.
#![cfg(all(target_os = "linux", zmq_vendored))]

mod support;

use std::collections::BTreeMap;
use std::ffi::c_int;
use std::fs;

use support::Context;
use support::deadline::Deadline;
use zmq_sys::{ZMQ_PAIR, ZMQ_PULL, ZMQ_PUSH};

/// Open descriptors and what they are: `socket:[123]`, `anon_inode:[eventfd]`, …
fn descriptors() -> BTreeMap<c_int, String> {
    let entries = fs::read_dir("/proc/self/fd").expect("/proc");
    entries
        .filter_map(|entry| {
            let path = entry.expect("an entry").path();
            // The directory's own descriptor is closed by the time it is asked.
            let target = fs::read_link(&path).ok()?;
            let number = path.file_name()?.to_str()?.parse().ok()?;
            Some((number, target.to_str()?.to_owned()))
        })
        .filter(|(_, target)| !target.starts_with("/proc/"))
        .collect()
}

fn opened_since(before: &BTreeMap<c_int, String>) -> BTreeMap<c_int, String> {
    descriptors().into_iter().filter(|(fd, target)| before.get(fd) != Some(target)).collect()
}

fn count(opened: &BTreeMap<c_int, String>, kind: &str) -> usize {
    opened.values().filter(|target| target.starts_with(kind)).count()
}

#[test]
fn signals_are_eventfds_and_everything_closes_on_exec() {
    let _deadline = Deadline::seconds(20);
    let before = descriptors();
    let context = Context::new();
    let (a, b) = (context.socket(ZMQ_PAIR), context.socket(ZMQ_PAIR));
    a.bind("inproc://pair").expect("bind");
    b.connect("inproc://pair").expect("connect");
    a.send(b"hello").expect("send");
    assert_eq!(b.recv().expect("recv").bytes(), b"hello");

    // Without eventfd, each of these would be a pair of connected sockets.
    let opened = opened_since(&before);
    assert_eq!(count(&opened, "socket:"), 0, "{opened:?}");
    assert!(count(&opened, "anon_inode:[eventfd]") >= 2, "{opened:?}");
    assert_eq!(count(&opened, "anon_inode:[eventpoll]"), 2, "the I/O thread's and the reaper's: {opened:?}");

    let mut pairs = Vec::new();
    for endpoint in ["tcp://127.0.0.1:*", "ipc://*", "ws://127.0.0.1:*"] {
        let (server, client) = (context.socket(ZMQ_PULL), context.socket(ZMQ_PUSH));
        client.connect(&server.bind(endpoint).expect("bind")).expect("connect");
        client.send(b"hello").expect("send");
        assert_eq!(server.recv().expect("recv").bytes(), b"hello");
        pairs.push((server, client));
    }

    let opened = opened_since(&before);
    assert!(count(&opened, "socket:") >= 9, "a listener and two ends for each transport: {opened:?}");
    for (fd, target) in &opened {
        // SAFETY: asks for a flag of a descriptor, and changes nothing.
        let flags = unsafe { libc::fcntl(*fd, libc::F_GETFD) };
        assert_ne!(flags, -1, "{fd} {target}");
        assert_ne!(flags & libc::FD_CLOEXEC, 0, "{fd} {target} would reach a child process");
    }
}
