//! Looking again after a moment, for who cannot be sure to be told.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::task::Waker;
use std::time::Duration;

use crate::raw::Process;

/// The longest that somebody waits for nothing.
const MOMENT: Duration = Duration::from_millis(10);

/// The thread that wakes, and whose it is: a forked child has none.
static THREAD: Mutex<Option<(Process, Sender<Waker>)>> = Mutex::new(None);

/// Wakes a task after a moment. Not by the runtime's timer, which it may not have, and nobody has asked for a timeout.
pub(super) fn wake_soon(waker: Waker) {
    let mut thread = THREAD.lock().unwrap_or_else(PoisonError::into_inner);
    if !thread.as_ref().is_some_and(|(process, _)| process.is_this()) {
        let (sender, receiver) = channel::<Waker>();
        let started = std::thread::Builder::new().name("zmq-retry".into()).spawn(move || {
            while let Ok(first) = receiver.recv() {
                std::thread::sleep(MOMENT);
                for waker in std::iter::once(first).chain(receiver.try_iter()) {
                    // It is of a runtime of others'.
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| waker.wake())) {
                        std::mem::forget(panic);
                    }
                }
            }
        });
        if started.is_err() {
            // Then the task looks again at once, and again.
            drop(thread);
            return waker.wake();
        }
        // That of the parent is left alone.
        std::mem::forget(thread.replace((Process::current(), sender)));
    }
    if let Some((_, sender)) = &*thread {
        let _ = sender.send(waker);
    }
}
