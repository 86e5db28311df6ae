//! A thread that its owner waits for.

use std::io;
use std::thread::{Builder, JoinHandle, Result};

use crate::raw::Process;

/// A thread of this crate's. In a forked child there is none, and to wait for it would be for ever.
#[derive(Debug)]
pub(crate) struct Worker<T> {
    process: Process,
    thread: JoinHandle<T>,
}

impl<T: Send + 'static> Worker<T> {
    pub(crate) fn start(name: &str, body: impl FnOnce() -> T + Send + 'static) -> io::Result<Self> {
        let process = Process::current();
        let thread = Builder::new().name(name.to_owned()).spawn(body)?;
        Ok(Self { process, thread })
    }

    /// Whether it was started by this process.
    pub(crate) fn is_ours(&self) -> bool {
        self.process.is_this()
    }

    /// Whether it has not ended.
    pub(crate) fn is_alive(&self) -> bool {
        self.is_ours() && !self.thread.is_finished()
    }

    /// Waits for its end, and answers what it answers; nothing in a forked child.
    pub(crate) fn join(self) -> Option<Result<T>> {
        if self.is_ours() {
            return Some(self.thread.join());
        }
        // To let go of a thread is a call about it, too.
        std::mem::forget(self.thread);
        None
    }
}
