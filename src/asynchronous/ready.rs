//! Readiness: how a task waits for a socket without missing that it may go on.
//!
//! libzmq has one descriptor for a socket, which becomes readable when something has happened, whatever it was, and not again until the
//! socket was asked; and *any* call on the socket may be the one that asks. From that follows what is done here:
//!
//! 1. What a task wants to do is tried first. Only if that would have to wait anything else happens.
//! 2. Before it waits libzmq must have looked at all that has happened so far: then the descriptor tells of whatever happens next. To
//!    receive in vain is to look (socket_base.cpp, `recv`); to send in vain is not, so then the socket is asked (ZMQ_EVENTS), and
//!    tried again.
//! 3. Then, still in its turn, the task goes on its list, and the runtime gets the waker. So whatever happens later wakes the task: the
//!    runtime if nobody calls the socket, else whoever does.
//! 4. For that, whoever calls the socket while others wait, and may thereby have swallowed what they wait for, asks the socket and
//!    wakes them.
//! 5. The runtime has one waker, which wakes the lists of both sides.

use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, RawFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use zmq_sys as sys;

use super::runtime::{Driver, Runtime, Sleep};
use super::wakers::{Place, Side, Wakers};
use crate::error::{Errno, Error, Operation, Result};
use crate::raw::{Owner, Registered};
use crate::socket::Core;
use crate::socket::kind::SocketType;

/// How long a sender waits at most before it tries again, where libzmq always says that there is room (ROUTER, STREAM, PUB, XPUB):
/// there the last question of those below may have swallowed that there is some.
const RETRY: Duration = Duration::from_millis(10);

/// What tasks can take turns with: a socket, or what has one.
pub(super) trait Polled: Owner + Send {
    fn core(&self) -> &Core;
}

/// A socket that tasks take turns with.
pub(super) struct Ready<S: Polled, R: Runtime> {
    locked: Mutex<Registered<S, <R as Driver>::Source>>,
    /// The thread that has it locked, so that one that comes again is told instead of stopped for ever: what owns a message may do
    /// anything when the message is dropped.
    holder: AtomicUsize,
    wakers: Arc<Wakers>,
    /// What the runtime wakes: `wakers`.
    notice: Waker,
    kind: SocketType,
    /// ZMQ_FD, which is open as long as this is there.
    descriptor: RawFd,
}

/// The socket, for a moment.
struct Turn<'a, S: Polled, R: Runtime> {
    ready: &'a Ready<S, R>,
    registered: MutexGuard<'a, Registered<S, <R as Driver>::Source>>,
}

impl<S: Polled, R: Runtime> Drop for Turn<'_, S, R> {
    fn drop(&mut self) {
        self.ready.holder.store(0, Ordering::Relaxed);
    }
}

/// A number that no other thread has at the same time, and that is not 0.
fn this_thread() -> usize {
    thread_local!(static PLACE: u8 = const { 0 });
    PLACE.with(|place| std::ptr::from_ref(place).addr())
}

/// One wait of a future's, from when it first has to.
pub(super) struct Wait<'a> {
    side: Side,
    place: Option<Place<'a>>,
    limit: Limit,
    /// See [`RETRY`].
    retry: Option<Sleep>,
}

enum Limit {
    /// What SNDTIMEO or RCVTIMEO says; not looked at yet.
    Option,
    Forever,
    Until(Sleep),
}

impl Wait<'_> {
    /// For as long as SNDTIMEO or RCVTIMEO says.
    pub(super) fn new(side: Side) -> Self {
        Self { side, place: None, limit: Limit::Option, retry: None }
    }

    /// Whatever SNDTIMEO and RCVTIMEO say.
    pub(super) fn forever(side: Side) -> Self {
        Self { limit: Limit::Forever, ..Self::new(side) }
    }

    /// It is over. What the options say counts anew for the next one.
    #[inline]
    fn end(&mut self) {
        if let Some(place) = &mut self.place {
            place.leave();
            self.retry = None;
            if !matches!(self.limit, Limit::Forever) {
                self.limit = Limit::Option;
            }
        }
    }
}

/// What is to be done after the socket was asked.
enum Next {
    TryAgain,
    /// Others may go on, which have to be told.
    Wait {
        others: bool,
    },
}

impl<S: Polled, R: Runtime> Ready<S, R> {
    pub(super) fn new(owner: S) -> Self {
        let wakers = Arc::new(Wakers::default());
        let notice = Waker::from(Arc::clone(&wakers));
        let (kind, descriptor) = (owner.core().kind(), owner.descriptor().as_raw_fd());
        Self {
            locked: Mutex::new(Registered::new(owner)),
            holder: AtomicUsize::new(0),
            wakers,
            notice,
            kind,
            descriptor,
        }
    }

    pub(super) fn into_owner(self) -> S {
        self.locked.into_inner().unwrap_or_else(PoisonError::into_inner).into_owner()
    }

    /// Wakes everyone, to look for themselves.
    pub(super) fn wake(&self) {
        self.notice.wake_by_ref();
    }

    #[expect(unsafe_code, reason = "libzmq gives the descriptor as a number")]
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        // SAFETY: it is that of the owner in `locked`, which keeps it open, and which is there as long as this: the only one that takes
        // it out takes this by value.
        unsafe { BorrowedFd::borrow_raw(self.descriptor) }
    }

    pub(super) fn kind(&self) -> SocketType {
        self.kind
    }

    /// Who comes again from within its own turn does not get another.
    #[inline]
    fn turn(&self, operation: Operation) -> Result<Turn<'_, S, R>> {
        let thread = this_thread();
        let registered = match self.locked.try_lock() {
            Ok(registered) => registered,
            // What may have panicked is not libzmq's, which knows no panics.
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) if self.holder.load(Ordering::Relaxed) == thread => {
                let help = "the owner of a message used the very socket whose call has just dropped it";
                return Err(Error::new(operation, Errno::BUSY).with_help(help));
            }
            Err(TryLockError::WouldBlock) => self.locked.lock().unwrap_or_else(PoisonError::into_inner),
        };
        self.holder.store(thread, Ordering::Relaxed);
        Ok(Turn { ready: self, registered })
    }

    /// Calls the socket for something that does not wait, and sees to it that nobody waits for what that may have swallowed.
    pub(super) fn call<T, E>(
        &self,
        operation: Operation,
        call: impl FnOnce(&S) -> Result<T, E>,
    ) -> Result<Result<T, E>> {
        let turn = self.turn(operation)?;
        let answer = call(turn.registered.owner());
        self.pass_on(turn, answer.is_err());
        Ok(answer)
    }

    /// Ends the turn, after which those who wait may be able to go on.
    #[inline]
    fn pass_on(&self, turn: Turn<'_, S, R>, failed: bool) {
        if !self.wakers.any() {
            return;
        }
        let events = if failed { None } else { turn.registered.owner().core().events().ok() };
        drop(turn);
        // Everyone, if it cannot be told: they find out themselves.
        for side in [Side::Recv, Side::Send] {
            if events.is_none_or(|events| side.is_ready(events)) {
                self.wakers.notify(side);
            }
        }
    }

    /// Whether libzmq says that there is room also when there is none.
    fn always_has_room(&self, side: Side) -> bool {
        side == Side::Send
            && matches!(self.kind, SocketType::Router | SocketType::Stream | SocketType::Pub | SocketType::Xpub)
    }

    /// Tries until it is done or fails otherwise than by having to wait; until then the task is woken whenever it may be worth trying
    /// again.
    #[inline]
    pub(super) fn poll<'a, T>(
        &'a self,
        cx: &mut Context<'_>,
        wait: &mut Wait<'a>,
        operation: Operation,
        mut attempt: impl FnMut(&S) -> Result<T>,
    ) -> Poll<Result<T>> {
        R::poll_fairly(cx, |cx| {
            let answer = self.poll_attempt(cx, wait, operation, &mut attempt);
            if answer.is_ready() {
                wait.end();
            }
            answer
        })
    }

    #[inline]
    fn poll_attempt<'a, T>(
        &'a self,
        cx: &mut Context<'_>,
        wait: &mut Wait<'a>,
        operation: Operation,
        attempt: &mut impl FnMut(&S) -> Result<T>,
    ) -> Poll<Result<T>> {
        let mut turn = match self.turn(operation) {
            Ok(turn) => turn,
            Err(error) => return Poll::Ready(Err(error)),
        };
        if wait.place.is_some() {
            // It comes from a wait. The runtime's next notice is asked for now, so that, if this is in vain, nothing is left to do.
            if let Err(error) = self.arm(&mut turn) {
                self.pass_on(turn, true);
                return Poll::Ready(Err(error.with_operation(operation)));
            }
        }
        let mut tries = 0;
        loop {
            let answer = attempt(turn.registered.owner());
            if !answer.as_ref().is_err_and(Error::is_again) {
                // It does not wait any more, and need not be woken for what it leaves to others.
                if let Some(place) = &mut wait.place {
                    place.leave();
                }
                self.pass_on(turn, answer.is_err());
                return Poll::Ready(answer);
            }
            tries += 1;
            wait.place.get_or_insert_with(|| Place::new(&self.wakers, wait.side)).enter(cx.waker());
            match self.ask(&mut turn, wait.side, tries) {
                Ok(Next::TryAgain) => {}
                Ok(Next::Wait { others }) => {
                    self.begin(&turn, wait);
                    drop(turn);
                    if others {
                        self.wakers.notify(wait.side.other());
                    }
                    return self.poll_timers(cx, wait, operation).map(Err);
                }
                Err(error) => {
                    self.pass_on(turn, true);
                    return Poll::Ready(Err(error.with_operation(operation)));
                }
            }
        }
    }

    /// After trying in vain: looks at what has happened meanwhile, and makes sure that there is word of what happens later.
    fn ask(&self, turn: &mut Turn<'_, S, R>, side: Side, tries: u32) -> Result<Next> {
        let mut others = false;
        if side == Side::Send || self.wakers.waits(side.other()) {
            let core = turn.registered.owner().core();
            let events = core.events().map_err(|errno| core.error(Operation::Poll, errno))?;
            if side.is_ready(events) && (tries < 2 || !self.always_has_room(side)) {
                // The others are told in the end, by `pass_on` or by another question.
                return Ok(Next::TryAgain);
            }
            // Trying and asking may have swallowed what others wait for.
            others = side.other().is_ready(events);
        }
        // A notice that nobody has heeded yet may be of what was seen just now, or of more.
        Ok(if self.arm(turn)? { Next::TryAgain } else { Next::Wait { others } })
    }

    /// Has the runtime wake `notice` at what happens from now on. `true` if something has happened before.
    fn arm(&self, turn: &mut Turn<'_, S, R>) -> Result<bool> {
        let mut happened = false;
        while !self.wakers.is_armed() {
            // Before the runtime has the waker: it may use it at once.
            self.wakers.set_armed(true);
            match self.poll_edge(turn) {
                Poll::Pending => break,
                Poll::Ready(answer) => {
                    self.wakers.set_armed(false);
                    answer.map_err(|error| Error::from_io(Operation::Poll, &error))?;
                    happened = true;
                }
            }
        }
        Ok(happened)
    }

    fn poll_edge(&self, turn: &mut Turn<'_, S, R>) -> Poll<io::Result<()>> {
        let mut cx = Context::from_waker(&self.notice);
        match R::poll_edge(turn.registered.source(R::register)?, &mut cx) {
            Poll::Ready(Err(_)) => {
                // That runtime is gone; this task is of another one.
                turn.registered.forget_source();
                R::poll_edge(turn.registered.source(R::register)?, &mut cx)
            }
            answer => answer,
        }
    }

    /// Begins to wait for as long as the options say.
    fn begin(&self, turn: &Turn<'_, S, R>, wait: &mut Wait<'_>) {
        if !matches!(wait.limit, Limit::Option) {
            return;
        }
        let core = turn.registered.owner().core();
        let (timed, option) = match wait.side {
            Side::Recv => (core.raw().recv_timed(), sys::ZMQ_RCVTIMEO),
            Side::Send => (core.raw().send_timed(), sys::ZMQ_SNDTIMEO),
        };
        let timeout = if timed { core.raw().get_int(option).ok() } else { None };
        let timeout = timeout.and_then(|timeout| u64::try_from(timeout).ok()).map(Duration::from_millis);
        wait.limit = timeout.and_then(R::sleep).map_or(Limit::Forever, Limit::Until);
    }

    /// The error, if the time is over.
    fn poll_timers(&self, cx: &mut Context<'_>, wait: &mut Wait<'_>, operation: Operation) -> Poll<Error> {
        if let Limit::Until(sleep) = &mut wait.limit {
            if sleep.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Error::new(operation, Errno::AGAIN));
            }
        }
        if self.always_has_room(wait.side) {
            if wait.retry.is_none() {
                wait.retry = R::sleep(RETRY);
            }
            if wait.retry.as_mut().is_some_and(|retry| retry.as_mut().poll(cx).is_ready()) {
                wait.retry = None;
                cx.waker().wake_by_ref();
            }
        }
        Poll::Pending
    }
}
