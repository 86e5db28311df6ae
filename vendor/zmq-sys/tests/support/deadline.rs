//! Ends a test that hangs.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// Aborts the process unless it is dropped in time: a bug in what is tested here is a hang.
#[derive(Debug)]
pub(crate) struct Deadline {
    _alive: Sender<()>,
}

impl Deadline {
    pub(crate) fn seconds(seconds: u64) -> Self {
        let (alive, ended) = channel::<()>();
        let test = thread::current().name().unwrap_or("a test").to_owned();
        thread::spawn(move || {
            if ended.recv_timeout(Duration::from_secs(seconds)) == Err(RecvTimeoutError::Timeout) {
                eprintln!("{test} took more than {seconds} s");
                std::process::abort();
            }
        });
        Self { _alive: alive }
    }
}
