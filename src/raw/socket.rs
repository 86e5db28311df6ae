//! `void *` of `zmq_socket`.

use std::cell::Cell;
use std::ffi::{CStr, c_int, c_long, c_void};
use std::ptr::NonNull;

use zmq_sys as sys;

use super::{Process, RawMessage, check};
use crate::error::Errno;

/// What keeps a socket from being shared: libzmq allows it one thread at a time.
#[derive(Debug)]
struct OneThreadAtATime(#[allow(dead_code, reason = "it is there for its type")] std::marker::PhantomData<Cell<()>>);

/// A libzmq socket; closed by dropping if it is ours.
#[derive(Debug)]
pub(crate) struct RawSocket {
    _one_thread: OneThreadAtATime,
    socket: NonNull<c_void>,
    /// Whether dropping closes it: not if it was lent, given away, or made by the parent of this process.
    owned: bool,
    /// The process that made it.
    process: Process,
    /// What has to be thought of before a call: nothing for most sockets, which one look tells.
    state: Cell<State>,
}

/// What has to be thought of before a call, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State(u8);

impl State {
    /// This thread is inside libzmq with the socket: freeing a message there drops its owner, which may have got hold of the
    /// same socket, by way of a thread-local, say. libzmq does not expect to be called in the middle.
    const BUSY: Self = Self(1);
    /// SNDTIMEO is set: a call that is interrupted must know when it began.
    const SEND_TIMED: Self = Self(2);
    /// RCVTIMEO is set.
    const RECV_TIMED: Self = Self(4);
    /// Frames are held that were taken from libzmq before they were asked for.
    pub(crate) const HELD: Self = Self(8);
    /// What is sent has to be looked at first.
    pub(crate) const LOOKED_AT: Self = Self(16);

    /// What keeps `send` from just calling libzmq.
    pub(crate) const NO_PLAIN_SEND: Self = Self(Self::BUSY.0 | Self::LOOKED_AT.0);
    /// What keeps `recv` from just calling libzmq.
    pub(crate) const NO_PLAIN_RECV: Self = Self(Self::BUSY.0 | Self::HELD.0);
}

// SAFETY: a socket may be used by one thread after another with a full fence between (zmq_socket(3)); to move a value to another
// thread is such a fence. It is not `Sync`: see `OneThreadAtATime`.
unsafe impl Send for RawSocket {}

impl RawSocket {
    /// # Safety
    ///
    /// `socket` is an open libzmq socket that only the thread that has this value uses, for as long as the value lives; if
    /// `owned`, nobody else closes it.
    pub(crate) unsafe fn from_ptr(socket: NonNull<c_void>, owned: bool) -> Self {
        let raw = Self {
            _one_thread: OneThreadAtATime(std::marker::PhantomData),
            socket,
            owned,
            process: Process::current(),
            state: Cell::new(State(0)),
        };
        raw.look_at_timeout(sys::ZMQ_SNDTIMEO);
        raw.look_at_timeout(sys::ZMQ_RCVTIMEO);
        raw
    }

    /// Remembers whether there is a timeout.
    fn look_at_timeout(&self, option: c_int) {
        let state = if option == sys::ZMQ_SNDTIMEO { State::SEND_TIMED } else { State::RECV_TIMED };
        self.mark(state, self.get_int(option).is_ok_and(|ms| ms > 0));
    }

    /// Whether it is in any of these states.
    #[inline]
    pub(crate) fn is(&self, states: State) -> bool {
        self.state.get().0 & states.0 != 0
    }

    #[inline]
    pub(crate) fn mark(&self, state: State, on: bool) {
        let others = self.state.get().0 & !state.0;
        self.state.set(State(if on { others | state.0 } else { others }));
    }

    #[inline]
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.socket.as_ptr()
    }

    /// Whether this is the process that made the socket.
    pub(crate) fn is_ours(&self) -> bool {
        self.process.is_this()
    }

    /// As `is_ours`, without a system call; see [`Process::is_likely_this`].
    #[inline]
    pub(crate) fn is_likely_ours(&self) -> bool {
        self.process.is_likely_this()
    }

    /// Calls into libzmq with the socket, unless it is in the middle of a call already.
    #[inline(always)]
    pub(super) fn enter(&self, call: impl FnOnce(*mut c_void) -> c_int) -> Result<c_int, Errno> {
        if self.is(State::BUSY) {
            return Err(Errno::BUSY);
        }
        self.mark(State::BUSY, true);
        let answer = check(call(self.as_ptr()));
        self.mark(State::BUSY, false);
        answer
    }

    /// Calls again after a signal, which libzmq answers before it has done anything (mailbox.cpp, `recv`). In a forked child it
    /// does so for ever.
    pub(crate) fn again<T>(&self, call: impl Fn(&Self) -> Result<T, Errno>) -> Result<T, Errno> {
        loop {
            match call(self) {
                Err(Errno::INTERRUPTED) if self.is_ours() => {}
                answer => return answer,
            }
        }
    }

    /// Whether a call is in the middle of libzmq with the socket.
    pub(super) fn is_busy(&self) -> bool {
        self.is(State::BUSY)
    }

    pub(super) fn set_busy(&self, busy: bool) {
        self.mark(State::BUSY, busy);
    }

    pub(crate) fn is_owned(&self) -> bool {
        self.owned
    }

    /// The same socket, which from now on only what this answers closes; this value is not used any more.
    pub(crate) fn take(&mut self) -> Self {
        let taken = Self {
            _one_thread: OneThreadAtATime(std::marker::PhantomData),
            socket: self.socket,
            owned: std::mem::replace(&mut self.owned, false),
            process: self.process,
            state: self.state.clone(),
        };
        taken.mark(State::BUSY, false);
        taken
    }

    /// From now on somebody else closes it.
    pub(crate) fn disown(&mut self) {
        self.owned = false;
    }

    pub(crate) fn send_timed(&self) -> bool {
        self.is(State::SEND_TIMED)
    }

    pub(crate) fn recv_timed(&self) -> bool {
        self.is(State::RECV_TIMED)
    }

    pub(crate) fn bind(&self, endpoint: &CStr) -> Result<(), Errno> {
        // SAFETY: the socket is *open* and on *one thread*; the string is NUL-terminated, not null, and outlives the call.
        self.enter(|socket| unsafe { sys::zmq_bind(socket, endpoint.as_ptr()) }).map(drop)
    }

    pub(crate) fn connect(&self, endpoint: &CStr) -> Result<(), Errno> {
        // SAFETY: as in `bind`.
        self.enter(|socket| unsafe { sys::zmq_connect(socket, endpoint.as_ptr()) }).map(drop)
    }

    pub(crate) fn unbind(&self, endpoint: &CStr) -> Result<(), Errno> {
        // SAFETY: as in `bind`.
        self.enter(|socket| unsafe { sys::zmq_unbind(socket, endpoint.as_ptr()) }).map(drop)
    }

    pub(crate) fn disconnect(&self, endpoint: &CStr) -> Result<(), Errno> {
        // SAFETY: as in `bind`.
        self.enter(|socket| unsafe { sys::zmq_disconnect(socket, endpoint.as_ptr()) }).map(drop)
    }

    /// Sends the frame and leaves an empty one; on an error the message is as it was.
    #[inline(always)]
    pub(crate) fn send_message(&self, message: &mut RawMessage, flags: c_int) -> Result<(), Errno> {
        // SAFETY: the socket is *open* and on *one thread*; the message is *initialised* and stays so: on success it is made
        // empty, on failure it is untouched (zmq_msg_send(3)).
        self.enter(|socket| unsafe { sys::zmq_msg_send(message.as_mut_ptr(), socket, flags) })?;
        message.sent();
        Ok(())
    }

    /// Receives a frame in place of what `message` held.
    #[inline(always)]
    pub(crate) fn recv_message(&self, message: &mut RawMessage, flags: c_int) -> Result<(), Errno> {
        // SAFETY: the socket is *open* and on *one thread*; the message is *initialised* and stays so in each case.
        self.enter(|socket| unsafe { sys::zmq_msg_recv(message.as_recv_ptr(), socket, flags) }).map(drop)
    }

    /// As `send_message`, for a socket that is in no state of `NO_PLAIN_SEND`. Whether it was sent: if not, [`Errno::last`] says why.
    ///
    /// (Made to be as short as the call in C: to look at the error costs what it needs only where there is one.)
    #[inline(always)]
    pub(crate) fn send_plainly(&self, message: &mut RawMessage, flags: c_int) -> bool {
        self.mark(State::BUSY, true);
        // SAFETY: as in `send_message`.
        let answer = unsafe { sys::zmq_msg_send(message.as_mut_ptr(), self.as_ptr(), flags) };
        self.mark(State::BUSY, false);
        if answer == -1 {
            return false;
        }
        message.sent();
        true
    }

    /// As `recv_message`, for a socket that is in no state of `NO_PLAIN_RECV`. The size of what was received, if an `int` has room for it;
    /// `None` if nothing was, and [`Errno::last`] says why.
    #[inline(always)]
    pub(crate) fn recv_plainly(&self, message: &mut RawMessage, flags: c_int) -> Option<Option<usize>> {
        self.mark(State::BUSY, true);
        // SAFETY: as in `recv_message`.
        let answer = unsafe { sys::zmq_msg_recv(message.as_recv_ptr(), self.as_ptr(), flags) };
        self.mark(State::BUSY, false);
        // A larger one is said to have INT_MAX bytes (zmq.cpp, `s_recvmsg`).
        (answer != -1).then_some((answer != c_int::MAX).then_some(answer as usize))
    }

    /// Receives a frame into `buffer` and answers the frame's whole size, which may be more than fitted.
    #[inline]
    pub(crate) fn recv(&self, buffer: &mut [u8], flags: c_int) -> Result<usize, Errno> {
        let (data, capacity) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: the socket is *open* and on *one thread*; no more than `buffer.len()` bytes are written (zmq_recv(3)).
        let size = self.enter(|socket| unsafe { sys::zmq_recv(socket, data, capacity, flags) })?;
        Ok(size as usize)
    }

    /// `None` is the null pointer, with which some options are cleared.
    pub(crate) fn set(&self, option: c_int, value: Option<&[u8]>) -> Result<(), Errno> {
        let (data, size) = value.map_or((std::ptr::null(), 0), |value| (value.as_ptr(), value.len()));
        // SAFETY: the socket is *open* and on *one thread*; `size` bytes at `data` are read; null comes with 0 only, which
        // every option either takes or refuses (options.cpp).
        self.enter(|socket| unsafe { sys::zmq_setsockopt(socket, option, data.cast(), size) })?;
        if matches!(option, sys::ZMQ_SNDTIMEO | sys::ZMQ_RCVTIMEO) {
            self.look_at_timeout(option);
        }
        Ok(())
    }

    pub(crate) fn set_int(&self, option: c_int, value: c_int) -> Result<(), Errno> {
        self.set(option, Some(&value.to_ne_bytes()))
    }

    /// Fills `buffer` and answers how many bytes of it are the value.
    pub(crate) fn get(&self, option: c_int, buffer: &mut [u8]) -> Result<usize, Errno> {
        // libzmq writes a number as such, so to where one may be (options.cpp, `*value = …`).
        let mut number = 0u64;
        let mut size = buffer.len();
        let is_number = size <= size_of_val(&number);
        let place: *mut c_void = if is_number { (&raw mut number).cast() } else { buffer.as_mut_ptr().cast() };
        // SAFETY: the socket is *open* and on *one thread*; at most `size` bytes are written to `place`, which has as many, and
        // `size` becomes what was.
        self.enter(|socket| unsafe { sys::zmq_getsockopt(socket, option, place, &mut size) })?;
        let size = size.min(buffer.len());
        if is_number {
            buffer[..size].copy_from_slice(&number.to_ne_bytes()[..size]);
        }
        Ok(size)
    }

    pub(crate) fn get_int(&self, option: c_int) -> Result<c_int, Errno> {
        let mut value = [0; size_of::<c_int>()];
        self.get(option, &mut value)?;
        Ok(c_int::from_ne_bytes(value))
    }

    /// Waits for `events` of `zmq_poll`; `timeout` is in ms, -1 for ever. 0 is "none of them happened in time".
    pub(crate) fn poll(&self, events: i16, timeout: c_long) -> Result<i16, Errno> {
        let mut item = sys::zmq_pollitem_t { socket: self.as_ptr(), fd: 0, events, revents: 0 };
        // SAFETY: one item, alive during the call; its socket is *open* and on *one thread*, and makes `fd` be ignored.
        self.enter(|_| unsafe { sys::zmq_poll(&mut item, 1, timeout) })?;
        Ok(item.revents)
    }

    /// What dropping does, with an answer; for a value that will not be used again.
    pub(crate) fn close(&mut self) -> Result<(), Errno> {
        if !std::mem::replace(&mut self.owned, false) || !self.is_ours() {
            return Ok(());
        }
        // SAFETY: the socket is *open*, ours to close, and `owned` is false from now on, so it happens once; the
        // callers use the value for nothing else after it.
        check(unsafe { sys::zmq_close(self.as_ptr()) }).map(drop)
    }
}

impl Drop for RawSocket {
    fn drop(&mut self) {
        // An error could only be ENOTSOCK, and there is nobody to tell.
        let _ = self.close();
    }
}
