//! How a context lives and ends.

use std::ffi::{CString, c_int};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use zmq_sys as sys;

use super::inproc::InprocNames;
use super::spare::{self, Spare};
use super::{Context, DROP_TIMEOUT, Inner, lock};
use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::raw::{Process, RawContext, RawSocket, TakenContext, drops_an_owner, try_descriptors, try_threads};
use crate::timeout::Timeout;

pub(super) struct Life {
    raw: RawContext,
    /// Whether dropping terminates it: not if it was lent or given away.
    owned: AtomicBool,
    /// The process that made it; a forked child must leave it alone.
    process: Process,
    /// Whether a socket was made, which is what starts libzmq's threads.
    started: AtomicBool,
    /// Whether `shutdown` or `term` was called.
    ended: AtomicBool,
    /// How many sockets are open.
    sockets: AtomicUsize,
    spare: Spare,
    /// Whether `zmq_ctx_term` has come to its end, in whichever thread.
    finished: Arc<Finished>,
    drop_timeout: Mutex<Timeout>,
    /// What `destroy` said: the LINGER that sockets are closed with from then on.
    closing_linger: Mutex<Option<Timeout>>,
}

#[derive(Debug, Default)]
struct Finished {
    /// How it ended; `Ok(false)` if it could not even begin.
    ended: Mutex<Option<Result<bool, Errno>>>,
    rings: Condvar,
}

impl Finished {
    fn set(&self, answer: Result<bool, Errno>) {
        *lock(&self.ended) = Some(answer);
        self.rings.notify_all();
    }

    /// Waits for it; `Ok(false)` if the time is over before.
    fn wait(&self, timeout: Timeout) -> Result<bool, Errno> {
        let ended = lock(&self.ended);
        let ended = match timeout.as_duration() {
            None => self.rings.wait_while(ended, |ended| ended.is_none()).unwrap_or_else(PoisonError::into_inner),
            Some(limit) => {
                let waited = self.rings.wait_timeout_while(ended, limit, |ended| ended.is_none());
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        ended.unwrap_or(Ok(false))
    }
}

impl Life {
    /// `started` if it may have sockets already.
    pub(super) fn new(raw: RawContext, owned: bool, started: bool) -> Self {
        Self {
            raw,
            owned: AtomicBool::new(owned),
            process: Process::current(),
            started: AtomicBool::new(started),
            ended: AtomicBool::new(false),
            sockets: AtomicUsize::new(0),
            spare: Spare::default(),
            finished: Arc::default(),
            drop_timeout: Mutex::new(DROP_TIMEOUT.into()),
            closing_linger: Mutex::new(None),
        }
    }

    pub(super) fn is_ours(&self) -> bool {
        self.process.is_this()
    }

    pub(super) fn raw(&self) -> &RawContext {
        &self.raw
    }

    pub(super) fn disown(&self) {
        self.owned.store(false, Ordering::Release);
        // Whoever terminates it now would wait for that socket.
        drop(self.spare.take());
    }

    pub(super) fn open_sockets(&self) -> usize {
        self.sockets.load(Ordering::Acquire)
    }

    pub(super) fn set_drop_timeout(&self, timeout: Timeout) {
        *lock(&self.drop_timeout) = timeout;
    }

    pub(super) fn started(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    pub(super) fn set(&self, name: &'static str, number: c_int, value: c_int) -> Result<()> {
        let explain = |errno| Error::new(Operation::ContextSet, errno).with_target(name);
        if !self.is_ours() {
            return Err(Error::forked(Operation::ContextSet).with_target(name));
        }
        self.raw.set(number, value).map_err(explain)
    }

    pub(super) fn get(&self, name: &'static str, number: c_int) -> Result<c_int> {
        if !self.is_ours() {
            return Err(Error::forked(Operation::ContextGet).with_target(name));
        }
        match self.spare.limit() {
            Some(limit) if number == sys::ZMQ_MAX_SOCKETS => Ok(limit),
            _ => self.raw.get(number).map_err(|errno| Error::new(Operation::ContextGet, errno).with_target(name)),
        }
    }

    /// Makes the first socket, and the one in reserve.
    fn start(&self, kind: c_int) -> Result<RawSocket, Errno> {
        let socket = self.spare.reserve(&self.raw, || self.raw.socket(kind))?;
        self.started.store(true, Ordering::Release);
        if !self.owned.load(Ordering::Acquire) {
            // It was given away, before its first socket or just now: see `disown`.
            drop(self.spare.take());
        }
        Ok(socket)
    }

    /// Makes the connections that still wait for their bind meet one, so that `zmq_ctx_term` need not: it would abort if it
    /// could not make a socket for it. The names are locked, so that nobody connects to another one meanwhile.
    fn settle(&self, names: &mut InprocNames) -> Result<(), Errno> {
        let spare = self.spare.take();
        let waiting = names.take_waiting();
        if waiting.is_empty() {
            return Ok(());
        }
        let answer =
            spare.map_or_else(|| self.make_binder(), |spare| Ok(Some(spare))).and_then(|binder| match binder {
                Some(binder) => waiting.keys().try_for_each(|name| meet(&binder, name)),
                None => Ok(()),
            });
        if answer.is_err() {
            names.put_back(waiting);
        }
        answer
    }

    /// A socket as the one in reserve; none if the context has ended.
    fn make_binder(&self) -> Result<Option<RawSocket>, Errno> {
        // Sockets that were just closed are gone a moment later.
        let mut patience = 20;
        loop {
            match spare::make(&self.raw) {
                Err(Errno::TOO_MANY) if patience > 0 => patience -= 1,
                // After a shutdown nobody can connect any more, and what waited then was settled then.
                Err(Errno::TERMINATED) => return Ok(None),
                socket => return socket.map(Some),
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn shutdown(&self, names: &Mutex<InprocNames>) -> Result<(), Errno> {
        let mut names = lock(names);
        self.settle(&mut names)?;
        self.ended.store(true, Ordering::Release);
        match self.raw.shutdown() {
            Err(Errno::TERMINATED) => Ok(()),
            other => other,
        }
    }
}

/// Binds what is waited for; who has waited goes with the socket.
fn meet(binder: &RawSocket, name: &str) -> Result<(), Errno> {
    let Ok(endpoint) = CString::new(format!("inproc://{name}")) else { return Ok(()) };
    match binder.again(|binder| binder.bind(&endpoint)) {
        // Somebody else's code has bound it: nothing waits.
        Err(Errno::ADDRESS_IN_USE) => Ok(()),
        other => other,
    }
}

/// libzmq's own threads free messages, too; one that waited for the end here would wait for itself.
fn but_not_for_itself(timeout: Timeout) -> Timeout {
    if drops_an_owner() { Timeout::from(0) } else { timeout }
}

/// Terminates the context, waiting for at most `timeout`; what is left then goes on in the background. `Ok(false)` says so.
fn finish(context: TakenContext, finished: &Arc<Finished>, threads_run: bool, timeout: Timeout) -> Result<bool, Errno> {
    fn term(mut context: TakenContext, finished: &Finished) -> Result<(), Errno> {
        let answer = loop {
            context = match context.term() {
                Ok(()) => break Ok(()),
                Err((Errno::INTERRUPTED, context)) => context,
                Err((errno, _)) => break Err(errno),
            };
        };
        finished.set(answer.map(|()| true));
        answer
    }
    let limit = match but_not_for_itself(timeout).as_duration() {
        Some(limit) if threads_run => limit,
        _ => return term(context, finished).map(|()| true),
    };
    let (done, wait) = channel();
    let finishes = Arc::clone(finished);
    let thread = std::thread::Builder::new().name("zmq-term".into()).spawn(move || {
        let _ = done.send(term(context, &finishes));
    });
    // Without a thread to wait in, the context is left as it is: to wait here could be for ever, as it would be for others.
    if thread.is_err() {
        finished.set(Ok(false));
        return Ok(false);
    }
    match wait.recv_timeout(limit) {
        Ok(answer) => answer.map(|()| true),
        Err(_) => Ok(false),
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let life = &self.life;
        // In a forked child `zmq_ctx_term` answers EINTR for ever, and the context is the parent's anyway.
        if !life.is_ours() || !life.owned.load(Ordering::Acquire) || life.raw.is_taken() {
            return;
        }
        // A context that cannot be terminated without an abort is left to the end of the process.
        if life.settle(&mut lock(&self.names)).is_err() {
            return;
        }
        self.parked.clear();
        if let Some(context) = life.raw.take() {
            let timeout = *lock(&life.drop_timeout);
            let _ = finish(context, &life.finished, life.started(), timeout);
        }
    }
}

impl Context {
    /// Makes a socket of that number, after looking after what would make libzmq abort.
    pub(crate) fn open(&self, kind: c_int) -> Result<RawSocket> {
        let life = &self.0.life;
        let operation = Operation::Socket;
        if !life.is_ours() {
            return Err(Error::forked(operation));
        }
        if life.ended.load(Ordering::Acquire) {
            return Err(Error::new(operation, Errno::TERMINATED));
        }
        if !life.started() {
            self.check_threads()?;
            let io_threads = usize::try_from(life.raw.get(sys::ZMQ_IO_THREADS).unwrap_or(1)).unwrap_or(0);
            check_start(io_threads)?;
        }
        let socket = if life.started() { life.raw.socket(kind) } else { life.start(kind) };
        socket.map_err(|errno| {
            let error = Error::new(operation, errno);
            match (errno, life.get("MAX_SOCKETS", sys::ZMQ_MAX_SOCKETS)) {
                (Errno::TOO_MANY, Ok(limit)) if life.open_sockets() >= usize::try_from(limit).unwrap_or(0) => {
                    error.with_help(format!("the context has its {limit} sockets: see the context option MAX_SOCKETS"))
                }
                (Errno::TOO_MANY, _) => error.with_help(
                    "the process has no file descriptors left (see ulimit -n), or sockets that were closed \
                     still have unsent messages (see MAX_SOCKETS and LINGER)",
                ),
                _ => error,
            }
        })
    }

    pub(crate) fn socket_opened(&self) {
        self.0.life.sockets.fetch_add(1, Ordering::AcqRel);
    }

    pub(crate) fn socket_closed(&self) {
        self.0.life.sockets.fetch_sub(1, Ordering::AcqRel);
    }

    /// The LINGER that a socket is to be closed with, if `destroy` said one.
    pub(crate) fn closing_linger(&self) -> Option<Timeout> {
        *lock(&self.0.life.closing_linger)
    }

    /// Whether [`shutdown`](Self::shutdown) or [`term`](Self::term) was called: pyzmq's `context.closed`.
    pub fn is_terminated(&self) -> bool {
        self.0.life.ended.load(Ordering::Acquire)
    }

    /// Makes all calls on the context's sockets fail with [`ContextTerminated`](ErrorKind::ContextTerminated), those that are
    /// waiting now and all later ones, and no more sockets be made. It does not wait for anything, and can be called from every
    /// thread, more than once; sockets still have to be dropped. (A socket that is busy looks for news only every now and then:
    /// for about a millisecond, a `send` or `recv` that need not wait may still go through.)
    ///
    /// This is how a thread that waits in `recv`, `poll` or a proxy is told to stop:
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// let context = zmq::Context::new()?;
    /// let socket = context.socket(zmq::PULL)?;
    /// let worker = std::thread::spawn(move || socket.recv().unwrap_err());
    /// context.shutdown()?;
    /// assert!(worker.join().unwrap().is_terminated());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`TooManyOpen`](ErrorKind::TooManyOpen) if `inproc` connections wait for a bind, and there is no room for the socket that they
    /// are to meet. Contexts keep one for that; those that were made by C, or when the process had no descriptor left, do not.
    ///
    /// C: `zmq_ctx_shutdown`.
    #[doc(alias = "zmq_ctx_shutdown")]
    pub fn shutdown(&self) -> Result<()> {
        let life = &self.0.life;
        if !life.is_ours() {
            return Err(Error::forked(Operation::ContextTerm));
        }
        life.shutdown(&self.0.names).map_err(|errno| self.explain_term(errno))?;
        self.0.parked.clear();
        Ok(())
    }

    /// Ends the context: calls on its sockets fail with [`ContextTerminated`](ErrorKind::ContextTerminated), and when all of
    /// them are closed and their messages sent, or their LINGER is over, it is gone.
    ///
    /// It waits for that, **for ever** if this thread has a socket itself that is still open, or if unsent messages have a LINGER
    /// of -1 (the default) and no peer comes. [`term_timeout`](Self::term_timeout) says so instead. There is no need to call it:
    /// dropping the last handle does the same with a bound.
    ///
    /// # Errors
    ///
    /// [`NotSupported`](ErrorKind::NotSupported) for a [`shadow`](Self::shadow), which its owner terminates;
    /// [`TooManyOpen`](ErrorKind::TooManyOpen) as for [`shutdown`](Self::shutdown).
    ///
    /// C: `zmq_ctx_term`.
    #[doc(alias = "zmq_ctx_term")]
    pub fn term(&self) -> Result<()> {
        self.end(Timeout::FOREVER)
    }

    /// As [`term`](Self::term), waiting for at most `timeout`. What is left then goes on in the background; another call waits for
    /// that.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// let context = zmq::Context::new()?;
    /// let forgotten = context.socket(zmq::REP)?;
    /// let error = context.term_timeout(50).unwrap_err();
    /// assert_eq!(error.kind(), zmq::ErrorKind::Again);
    /// assert!(error.to_string().contains("1 socket is still open"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Again`](ErrorKind::Again) if the time is over; it says what is still there. Else as for [`term`](Self::term).
    pub fn term_timeout(&self, timeout: impl Into<Timeout>) -> Result<()> {
        self.end(timeout.into())
    }

    fn end(&self, timeout: Timeout) -> Result<()> {
        let life = &self.0.life;
        if !life.is_ours() {
            return Err(Error::forked(Operation::ContextTerm));
        }
        if !life.owned.load(Ordering::Acquire) {
            return Err(Error::unsupported(
                Operation::ContextTerm,
                "the context was lent or given away: its owner terminates it",
            )
            .with_kind(ErrorKind::NotSupported));
        }
        self.shutdown()?;
        let ended = match life.raw.take() {
            Some(context) => finish(context, &life.finished, life.started(), timeout),
            // Another call is at it, or was.
            None => life.finished.wait(but_not_for_itself(timeout)),
        };
        match ended {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.explain_term(Errno::AGAIN)),
            Err(errno) => Err(self.explain_term(errno)),
        }
    }

    /// Closes everything: calls on the context's sockets fail with [`ContextTerminated`](ErrorKind::ContextTerminated), sockets
    /// that are still open are closed with `linger` (ms, a `Duration`, -1 or `None` for ever) when they are dropped, and the
    /// context ends with the last of them. If none is open it waits for unsent messages, at most that long. (A socket that was in
    /// the middle of a call has heard of the end by then, and keeps its own LINGER: with the default one, and a peer that is not
    /// there, [`term`](Self::term) waits for it. Drop the context instead, or ask [`term_timeout`](Self::term_timeout).)
    ///
    /// pyzmq's `destroy()` without a linger leaves each socket its own: that is [`term`](Self::term) here, and `None` is for ever. And
    /// pyzmq's closes sockets that others still hold; here a socket is closed by whoever has it, which is
    /// why this cannot wait for them.
    ///
    /// # Errors
    ///
    /// As for [`term`](Self::term).
    pub fn destroy(&self, linger: impl Into<Timeout>) -> Result<()> {
        /// What the reaper may take to close sockets that have nothing to send.
        const GRACE: Duration = Duration::from_millis(200);
        let linger = linger.into();
        let life = &self.0.life;
        if !life.is_ours() {
            return Err(Error::forked(Operation::ContextTerm));
        }
        let bound = Timeout::from(linger.as_duration().map(|linger| linger + GRACE));
        *lock(&life.closing_linger) = Some(linger);
        life.set_drop_timeout(bound);
        if life.open_sockets() > 0 {
            return self.shutdown();
        }
        match self.end(bound) {
            Err(error) if error.is_again() => Ok(()),
            other => other,
        }
    }

    fn explain_term(&self, errno: Errno) -> Error {
        let error = Error::new(Operation::ContextTerm, errno);
        match (errno, self.0.life.open_sockets()) {
            (Errno::AGAIN, 0) => error.with_help("closed sockets still have unsent messages: see LINGER"),
            (Errno::AGAIN, 1) => error.with_help("1 socket is still open: close or drop it"),
            (Errno::AGAIN, open) => error.with_help(format!("{open} sockets are still open: close or drop them")),
            (Errno::TOO_MANY, _) => error.with_help(
                "inproc connections wait for their bind, and the context has no socket left to end them with: \
                 close a socket first, or raise MAX_SOCKETS",
            ),
            _ => error,
        }
    }
}

/// Answers an error if the process has not the descriptors or threads left that libzmq starts with: it aborts without (epoll.cpp,
/// signaler.cpp, thread.cpp).
fn check_start(io_threads: usize) -> Result<()> {
    // A mailbox and a poller for each I/O thread and the reaper, a mailbox for the socket; each may be two descriptors (a
    // socketpair), and a few for the resolver and other threads that open something just now.
    let needed = 4 * (io_threads + 1) + 4;
    if let Err((errno, left)) = try_descriptors(needed) {
        return Err(Error::new(Operation::Socket, errno).with_help(format!(
            "the first socket of a context needs {needed} file descriptors, and {left} are left: see ulimit -n"
        )));
    }
    try_threads(io_threads + 1).map_err(|errno| {
        let help = format!(
            "the first socket of a context starts {} threads, and the system does not let the process have as many",
            io_threads + 1
        );
        Error::new(Operation::Socket, errno).with_help(help)
    })
}
