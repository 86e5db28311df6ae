//! Turns for others, in runtimes that do not see to it themselves.

use std::cell::Cell;
use std::task::{Context, Poll};

/// As many calls as a thread makes, of those that count, before another task has its turn.
const TURN: u32 = 32;

thread_local! {
    static DONE: Cell<u32> = const { Cell::new(0) };
}

/// Does `work`, but every so often lets the other tasks of the thread go first.
pub(super) fn poll_fairly<T>(cx: &mut Context<'_>, work: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
    let done = DONE.get();
    if done >= TURN {
        DONE.set(0);
        cx.waker().wake_by_ref();
        return Poll::Pending;
    }
    let answer = work(cx);
    // A task that waits gives way by that.
    DONE.set(if answer.is_ready() { done + 1 } else { 0 });
    answer
}
