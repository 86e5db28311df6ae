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
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use zmq_sys as sys;

use super::retry::wake_soon;
use super::runtime::{Driver, Runtime, Sleep};
use super::wakers::{Place, Side, Wakers};
use crate::error::{Errno, Error, Operation, Result};
use crate::raw::{Owner, Registered, Turn, Turns};
use crate::socket::Core;
use crate::socket::kind::SocketType;

/// What tasks can take turns with: a socket, or what has one.
pub(super) trait Polled: Owner + Send {
    fn core(&self) -> &Core;
}

/// Each how manyth call is one of those by which the runtime counts whether it is the turn of other tasks: to count takes as long as
/// half of such a call.
const SHARE: u32 = 16;

/// A socket that tasks take turns with.
pub(super) struct Ready<S: Polled, R: Runtime> {
    turns: Turns<Registered<S, <R as Driver>::Source>>,
    /// How many calls there were, more or less; see [`SHARE`].
    calls: AtomicU32,
    wakers: Arc<Wakers>,
    /// What the runtime wakes: `wakers`.
    notice: Waker,
    kind: SocketType,
    /// ZMQ_FD, which is open as long as this is there.
    descriptor: RawFd,
}

/// The socket, for a moment.
type SocketTurn<'a, S, R> = Turn<'a, Registered<S, <R as Driver>::Source>>;

/// One call of a future's, which may have to wait.
pub(super) struct Wait<'a> {
    side: Side,
    /// Whatever SNDTIMEO and RCVTIMEO say.
    forever: bool,
    /// In a box, so that who does not wait has next to nothing to do for it.
    waiting: Option<Box<Waiting<'a>>>,
}

/// What there is only while something is waited for.
struct Waiting<'a> {
    place: Place<'a>,
    /// When SNDTIMEO or RCVTIMEO is over.
    limit: Option<Sleep>,
}

impl Wait<'_> {
    /// For as long as SNDTIMEO or RCVTIMEO says.
    #[inline]
    pub(super) fn new(side: Side) -> Self {
        Self { side, forever: false, waiting: None }
    }

    /// Whatever SNDTIMEO and RCVTIMEO say.
    #[inline]
    pub(super) fn forever(side: Side) -> Self {
        Self { side, forever: true, waiting: None }
    }
}

/// What has been done before a panic is not known, but others may have to know of it: they look for themselves.
struct Unwinding<'a>(&'a Wakers);

impl Drop for Unwinding<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.notify_all();
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
        Self { turns: Turns::new(Registered::new(owner)), calls: AtomicU32::new(0), wakers, notice, kind, descriptor }
    }

    pub(super) fn into_owner(self) -> S {
        self.turns.into_inner().into_owner()
    }

    /// Wakes everyone, to look for themselves.
    pub(super) fn wake(&self) {
        self.notice.wake_by_ref();
    }

    #[expect(unsafe_code, reason = "libzmq gives the descriptor as a number")]
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        // SAFETY: it is that of the owner in `turns`, which keeps it open, and which is there as long as this: the only one that takes
        // it out takes this by value.
        unsafe { BorrowedFd::borrow_raw(self.descriptor) }
    }

    pub(super) fn kind(&self) -> SocketType {
        self.kind
    }

    /// Who comes again from within its own turn does not get another: what owns a message may do anything when it is dropped.
    #[inline]
    fn turn(&self, operation: Operation) -> Result<SocketTurn<'_, S, R>> {
        self.turns.take().ok_or_else(|| {
            let help = "the socket is in the middle of a call, from which this one was made: in `with`, or by the owner of a message that \
                        the call has dropped";
            Error::new(operation, Errno::BUSY).with_help(help)
        })
    }

    /// Calls the socket for something that does not wait, and sees to it that nobody waits for what that may have swallowed.
    pub(super) fn call<T, E>(
        &self,
        operation: Operation,
        call: impl FnOnce(&S) -> Result<T, E>,
    ) -> Result<Result<T, E>> {
        // Made before the turn, so that it is dropped after it.
        let unwinding = Unwinding(&self.wakers);
        let turn = self.turn(operation)?;
        let answer = call(turn.owner());
        self.pass_on(turn, answer.is_err());
        drop(unwinding);
        Ok(answer)
    }

    /// Ends the turn, after which those who wait may be able to go on.
    #[inline(always)]
    fn pass_on(&self, turn: SocketTurn<'_, S, R>, failed: bool) {
        if self.wakers.any() {
            self.tell(turn, failed);
        }
    }

    #[cold]
    fn tell(&self, turn: SocketTurn<'_, S, R>, failed: bool) {
        let events = if failed { None } else { turn.owner().core().events().ok() };
        drop(turn);
        // Everyone, if it cannot be told: they find out themselves.
        for side in [Side::Recv, Side::Send] {
            if events.is_none_or(|events| side.is_ready(events)) {
                self.wakers.notify(side);
            }
        }
    }

    /// Whether libzmq says that there is room also when there is none (router.cpp, stream.cpp, dist.cpp: `has_out`).
    fn always_has_room(&self, side: Side) -> bool {
        side == Side::Send
            && matches!(self.kind, SocketType::Router | SocketType::Stream | SocketType::Pub | SocketType::Xpub)
    }

    /// Tries until it is done or fails otherwise than by having to wait; until then the task is woken whenever it may be worth trying
    /// again.
    #[inline(always)]
    pub(super) fn poll<'a, T>(
        &'a self,
        cx: &mut Context<'_>,
        wait: &mut Wait<'a>,
        operation: Operation,
        mut attempt: impl FnMut(&S) -> Result<T>,
    ) -> Poll<Result<T>> {
        let calls = self.calls.load(Ordering::Relaxed);
        self.calls.store(calls.wrapping_add(1), Ordering::Relaxed);
        if calls % SHARE == 0 {
            return R::poll_fairly(cx, |cx| self.poll_waiting(cx, wait, operation, &mut attempt));
        }
        if wait.waiting.is_some() {
            return self.poll_waiting(cx, wait, operation, &mut attempt);
        }
        // As below, but so short that it can be part of whoever calls.
        let turn = match self.turn(operation) {
            Ok(turn) => turn,
            Err(error) => return Poll::Ready(Err(error)),
        };
        let answer = attempt(turn.owner());
        if answer.as_ref().is_err_and(Error::is_again) {
            return self.poll_turn(cx, wait, operation, &mut attempt, turn, 1);
        }
        self.pass_on(turn, answer.is_err());
        Poll::Ready(answer)
    }

    fn poll_waiting<'a, T>(
        &'a self,
        cx: &mut Context<'_>,
        wait: &mut Wait<'a>,
        operation: Operation,
        attempt: &mut impl FnMut(&S) -> Result<T>,
    ) -> Poll<Result<T>> {
        let _unwinding = Unwinding(&self.wakers);
        let mut turn = match self.turn(operation) {
            Ok(turn) => turn,
            Err(error) => return Poll::Ready(Err(error)),
        };
        if wait.waiting.is_some() {
            // It comes from a wait. The runtime's next notice is asked for now, so that, if this is in vain, nothing is left to do.
            if let Err(error) = self.arm(&mut turn) {
                wait.waiting = None;
                self.pass_on(turn, true);
                return Poll::Ready(Err(error.with_operation(operation)));
            }
        }
        self.poll_turn(cx, wait, operation, attempt, turn, 0)
    }

    /// What is done in a turn, of which `tries` were in vain.
    fn poll_turn<'a, T>(
        &'a self,
        cx: &mut Context<'_>,
        wait: &mut Wait<'a>,
        operation: Operation,
        attempt: &mut impl FnMut(&S) -> Result<T>,
        mut turn: SocketTurn<'a, S, R>,
        mut tries: u32,
    ) -> Poll<Result<T>> {
        let _unwinding = Unwinding(&self.wakers);
        loop {
            if tries > 0 {
                let waiting = match &mut wait.waiting {
                    Some(waiting) => waiting,
                    None => wait.waiting.insert(Box::new(Waiting {
                        place: Place::new(&self.wakers, wait.side),
                        limit: match self.limit(&turn, wait) {
                            Ok(limit) => limit,
                            Err(error) => {
                                self.pass_on(turn, true);
                                return Poll::Ready(Err(error.with_operation(operation)));
                            }
                        },
                    })),
                };
                waiting.place.enter(cx.waker());
                match self.ask(&mut turn, wait.side, tries) {
                    Ok(Next::TryAgain) => {}
                    Ok(Next::Wait { others }) => {
                        drop(turn);
                        if others {
                            self.wakers.notify(wait.side.other());
                        }
                        let over = self.poll_timers(cx, wait.side, waiting, operation);
                        if over.is_ready() {
                            wait.waiting = None;
                        }
                        return over.map(Err);
                    }
                    Err(error) => {
                        wait.waiting = None;
                        self.pass_on(turn, true);
                        return Poll::Ready(Err(error.with_operation(operation)));
                    }
                }
            }
            let answer = attempt(turn.owner());
            if !answer.as_ref().is_err_and(Error::is_again) {
                // It does not wait any more, and need not be woken for what it leaves to others.
                wait.waiting = None;
                self.pass_on(turn, answer.is_err());
                return Poll::Ready(answer);
            }
            tries += 1;
        }
    }

    /// After trying in vain: looks at what has happened meanwhile, and makes sure that there is word of what happens later.
    fn ask(&self, turn: &mut SocketTurn<'_, S, R>, side: Side, tries: u32) -> Result<Next> {
        let mut others = false;
        if side == Side::Send || self.wakers.waits(side.other()) {
            let core = turn.owner().core();
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
    fn arm(&self, turn: &mut SocketTurn<'_, S, R>) -> Result<bool> {
        let mut happened = false;
        if turn.has_source().is_some_and(|source| !R::is_current(source)) {
            // This task is of another runtime, and the one before may be at rest, or gone.
            turn.forget_source();
            self.wakers.set_armed(false);
        }
        if turn.has_source().is_none() {
            // Now: it may panic.
            turn.source(R::register).map_err(|error| Error::from_io(Operation::Poll, &error))?;
        }
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

    fn poll_edge(&self, turn: &mut SocketTurn<'_, S, R>) -> Poll<io::Result<()>> {
        let mut cx = Context::from_waker(&self.notice);
        match R::poll_edge(turn.source(R::register)?, &mut cx) {
            Poll::Ready(Err(_)) => {
                // That runtime is gone; this task is of another one.
                turn.forget_source();
                R::poll_edge(turn.source(R::register)?, &mut cx)
            }
            answer => answer,
        }
    }

    /// How long the options say that is waited; an error if that is not at all.
    fn limit(&self, turn: &SocketTurn<'_, S, R>, wait: &Wait<'_>) -> Result<Option<Sleep>> {
        if wait.forever {
            return Ok(None);
        }
        let option = match wait.side {
            Side::Recv => sys::ZMQ_RCVTIMEO,
            Side::Send => sys::ZMQ_SNDTIMEO,
        };
        let core = turn.owner().core();
        match core.raw().get_int(option).map_err(|errno| core.error(Operation::Poll, errno))? {
            0 => Err(Error::new(Operation::Poll, Errno::AGAIN)),
            ms => match u64::try_from(ms).map(Duration::from_millis).map(R::sleep) {
                Ok(sleep) => sleep.map(Some).map_err(|error| Error::from_io(Operation::Poll, &error)),
                Err(_) => Ok(None),
            },
        }
    }

    /// The error, if the time is over.
    fn poll_timers(
        &self,
        cx: &mut Context<'_>,
        side: Side,
        waiting: &mut Waiting<'_>,
        operation: Operation,
    ) -> Poll<Error> {
        if waiting.limit.as_mut().is_some_and(|limit| limit.as_mut().poll(cx).is_ready()) {
            return Poll::Ready(Error::new(operation, Errno::AGAIN));
        }
        if self.always_has_room(side) {
            // The last question may have swallowed that there is room: it says so in any case.
            wake_soon(cx.waker().clone());
        }
        Poll::Pending
    }
}
