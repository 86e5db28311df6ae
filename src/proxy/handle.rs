//! Holding on to a proxy that runs in another thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use crate::error::{Error, Operation, Result};
use crate::raw::Process;
use crate::wake::Wake;

/// What went through a proxy since it started, in frames and bytes.
///
/// The frontend and the backend differ by what is on its way, and by what was dropped because its peer was gone.
///
/// C: the eight numbers that `STATISTICS` gets from `zmq_proxy_steerable`.
#[doc(alias = "zmq_proxy_steerable")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ProxyStatistics {
    /// Of the frontend.
    pub frontend: Traffic,
    /// Of the backend.
    pub backend: Traffic,
}

/// What went through one socket of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Traffic {
    /// Frames received from it.
    pub received: u64,
    /// Bytes received from it.
    pub received_bytes: u64,
    /// Frames sent to it.
    pub sent: u64,
    /// Bytes sent to it.
    pub sent_bytes: u64,
}

impl ProxyStatistics {
    /// In the order in which libzmq sends them.
    pub(super) fn as_numbers(&self) -> [u64; 8] {
        let Self { frontend: f, backend: b } = self;
        [f.received, f.received_bytes, f.sent, f.sent_bytes, b.received, b.received_bytes, b.sent, b.sent_bytes]
    }

    fn from_numbers(numbers: [u64; 8]) -> Self {
        let [fr, frb, fs, fsb, br, brb, bs, bsb] = numbers;
        Self {
            frontend: Traffic { received: fr, received_bytes: frb, sent: fs, sent_bytes: fsb },
            backend: Traffic { received: br, received_bytes: brb, sent: bs, sent_bytes: bsb },
        }
    }

    /// The answer to `STATISTICS` that a steerable proxy, of this crate or of libzmq, sends to its control socket: eight frames.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if they are not eight frames of eight bytes.
    pub fn from_frames(frames: &[impl AsRef<[u8]>]) -> Result<Self> {
        let numbers: Option<Vec<u64>> =
            frames.iter().map(|frame| frame.as_ref().try_into().ok().map(u64::from_ne_bytes)).collect();
        let numbers = numbers.and_then(|numbers| <[u64; 8]>::try_from(numbers).ok());
        let wrong = || Error::invalid(Operation::Proxy, "statistics are eight frames of eight bytes each");
        numbers.map(Self::from_numbers).ok_or_else(wrong)
    }
}

/// What a proxy should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    #[default]
    Active,
    Paused,
    Terminated,
}

#[derive(Debug, Default)]
struct Wish {
    state: State,
    /// What it does, as far as the proxy has said.
    seen: State,
    /// The thread that it runs in.
    runner: Option<ThreadId>,
}

/// What the proxy and its handles share.
pub(super) struct Shared {
    /// A forked child has a copy of this, and no proxy; it may even be locked there for ever.
    process: Process,
    wish: Mutex<Wish>,
    /// Rings when `seen` or `runner` changes.
    changed: Condvar,
    pub(super) wake: Wake,
    statistics: [AtomicU64; 8],
}

impl Shared {
    pub(super) fn new() -> Result<Arc<Self>> {
        let wake = Wake::new().map_err(|error| Error::from_io(Operation::Proxy, &error))?;
        let statistics = std::array::from_fn(|_| AtomicU64::new(0));
        let process = Process::current();
        Ok(Arc::new(Self { process, wish: Mutex::default(), changed: Condvar::new(), wake, statistics }))
    }

    fn wish(&self) -> MutexGuard<'_, Wish> {
        // Each change is one assignment, so a panic cannot have left it half done.
        self.wish.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that the proxy runs in this thread, until what this answers is dropped.
    pub(super) fn running(&self) -> Running<'_> {
        self.wish().runner = Some(std::thread::current().id());
        Running(self)
    }

    /// What the proxy should do now; it says with it that it does.
    pub(super) fn obey(&self) -> State {
        let mut wish = self.wish();
        if wish.seen != wish.state {
            wish.seen = wish.state;
            self.changed.notify_all();
        }
        wish.state
    }

    /// What somebody told the proxy by its control socket.
    pub(super) fn told(&self, state: State) {
        let mut wish = self.wish();
        if wish.state != State::Terminated {
            wish.state = state;
            wish.seen = state;
            // Who waits for another wish, which is now overruled.
            self.changed.notify_all();
        }
    }

    pub(super) fn publish(&self, statistics: &ProxyStatistics) {
        for (place, number) in self.statistics.iter().zip(statistics.as_numbers()) {
            place.store(number, Ordering::Relaxed);
        }
    }

    fn ask(&self, state: State) {
        if !self.process.is_this() {
            return;
        }
        let mut wish = self.wish();
        if wish.state == State::Terminated {
            return;
        }
        wish.state = state;
        if wish.seen == state {
            // Who waits for another wish, which is now overruled.
            self.changed.notify_all();
        }
        self.wake.wake();
        // The proxy's own thread comes here if the owner of a message that it drops does: it would wait for itself.
        let elsewhere = |runner: Option<ThreadId>| runner.is_some_and(|runner| runner != std::thread::current().id());
        while elsewhere(wish.runner) && wish.seen != wish.state {
            wish = self.changed.wait(wish).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

pub(super) struct Running<'a>(&'a Shared);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.wish().runner = None;
        self.0.changed.notify_all();
    }
}

/// Steers a [`Proxy`](super::Proxy) from any thread: pauses, resumes, measures and ends it. See
/// [`Proxy::handle`](super::Proxy::handle).
///
/// It may outlive the proxy, and does not keep the context from ending.
#[derive(Clone)]
pub struct ProxyHandle(Arc<Shared>);

impl ProxyHandle {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self(Arc::clone(shared))
    }

    /// Lets nothing through until [`resume`](Self::resume): what comes waits in the queues of the sockets. When this returns,
    /// nothing more goes through.
    pub fn pause(&self) {
        self.0.ask(State::Paused);
    }

    /// Lets everything through again.
    pub fn resume(&self) {
        self.0.ask(State::Active);
    }

    /// Ends the proxy: its `run` returns `Ok`, now or, if it does not run yet, as soon as it is called. What is in the queues of the
    /// sockets stays there.
    pub fn terminate(&self) {
        self.0.ask(State::Terminated);
    }

    /// What went through since it started. Costs the proxy nothing: the numbers are read one by one, while it may be adding to them.
    pub fn statistics(&self) -> ProxyStatistics {
        ProxyStatistics::from_numbers(std::array::from_fn(|at| self.0.statistics[at].load(Ordering::Relaxed)))
    }

    /// Whether the proxy is running, in whatever thread.
    pub fn is_running(&self) -> bool {
        self.0.process.is_this() && self.0.wish().runner.is_some()
    }
}

impl std::fmt::Debug for ProxyHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.0.process.is_this().then(|| self.0.wish().state);
        f.debug_struct("ProxyHandle")
            .field("state", &state)
            .field("running", &self.is_running())
            .finish_non_exhaustive()
    }
}
