//! What a process that was forked must know: which process it is, and what it may not touch of its parent's.

use std::cell::UnsafeCell;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The id of this process; it differs in a forked child.
#[inline]
fn process_id() -> u32 {
    std::process::id()
}

/// How often the process that this one is was forked off: one more in a child than in its parent.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// Held while libzmq or libsodium hold a lock that they could not hand over to a child.
static NO_FORK: AtomicBool = AtomicBool::new(false);

/// Which process something was made by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Process {
    id: u32,
    forks: u32,
}

impl Process {
    pub(crate) fn current() -> Self {
        watch_forks();
        Self { id: process_id(), forks: FORKS.load(Ordering::Relaxed) }
    }

    /// Whether this is that process, as far as can be told without a system call: only a fork that went past the C library is
    /// missed.
    #[inline]
    pub(crate) fn is_likely_this(self) -> bool {
        FORKS.load(Ordering::Relaxed) == self.forks
    }

    /// Whether this is that process.
    pub(crate) fn is_this(self) -> bool {
        self.is_likely_this() && self.id == process_id()
    }
}

/// Runs `f`, which no other thread forks in the middle of: a lock that is held then stays locked in the child for ever.
pub(super) fn without_fork<R>(f: impl FnOnce() -> R) -> R {
    watch_forks();
    hold();
    let answer = f();
    NO_FORK.store(false, Ordering::Release);
    answer
}

fn hold() {
    // Nobody holds it for longer than it takes to make a context. A signal handler that forks in the middle of that, on the
    // same thread, is not kept waiting for ever.
    let mut patience = 1_000_000;
    while NO_FORK.compare_exchange_weak(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() && patience > 0 {
        patience -= 1;
        std::thread::yield_now();
    }
}

#[cfg(unix)]
fn watch_forks() {
    static WATCHED: AtomicBool = AtomicBool::new(false);

    extern "C" fn before() {
        hold();
    }
    extern "C" fn in_parent() {
        NO_FORK.store(false, Ordering::Release);
    }
    extern "C" fn in_child() {
        FORKS.fetch_add(1, Ordering::Relaxed);
        NO_FORK.store(false, Ordering::Release);
    }
    if !WATCHED.swap(true, Ordering::Relaxed) {
        // SAFETY: the three functions are there for as long as the program, and use nothing but atomics and `sched_yield`. If
        // there is no memory to note them, a fork is found out by the process's id, later.
        unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
    }
}

#[cfg(not(unix))]
fn watch_forks() {}

/// A value that each process has its own of: a forked child starts with a new one and leaves its parent's alone.
///
/// A `Mutex` would not do: if another thread held it while the process forked, the child could never lock it.
pub(crate) struct PerProcess<T> {
    /// The process whose thread is inside, or 0. A child that finds its parent's id here knows that nobody is inside.
    holder: AtomicU32,
    value: UnsafeCell<Option<(u32, T)>>,
}

// SAFETY: `value` is only touched between `lock` and the store of 0, by the one thread that made the exchange in `lock`; so it
// is a lock, and a lock around a `T: Send` is `Sync`.
unsafe impl<T: Send> Sync for PerProcess<T> {}

impl<T> fmt::Debug for PerProcess<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerProcess").finish_non_exhaustive()
    }
}

impl<T> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self { holder: AtomicU32::new(0), value: UnsafeCell::new(None) }
    }

    /// Runs `f` with this process's value, `None` if it has none yet. `f` must not panic.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Option<T>) -> R) -> R {
        let process = process_id();
        let stale = self.lock(process);
        let slot = self.value.get();
        if stale {
            // The parent's thread may have been in the middle of changing it.
            // SAFETY: we hold the lock; `write` forgets what was there without reading it.
            unsafe { slot.write(None) };
        }
        // SAFETY: we hold the lock, and what is there is whole: either just written, or left by a thread that unlocked.
        let slot = unsafe { &mut *slot };
        let mut value = match slot.take() {
            Some((owner, value)) if owner == process => Some(value),
            Some((_, of_parent)) => {
                std::mem::forget(of_parent);
                None
            }
            None => None,
        };
        let answer = f(&mut value);
        *slot = value.map(|value| (process, value));
        self.holder.store(0, Ordering::Release);
        answer
    }

    /// Waits for the lock; says whether it was taken from a thread that does not exist in this process.
    fn lock(&self, process: u32) -> bool {
        loop {
            match self.holder.compare_exchange(0, process, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return false,
                Err(holder) if holder != process => {
                    if self.holder.compare_exchange(holder, process, Ordering::Acquire, Ordering::Relaxed).is_ok() {
                        return true;
                    }
                }
                Err(_) => std::thread::yield_now(),
            }
        }
    }
}
