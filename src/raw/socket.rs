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
    /// Whether this thread is inside libzmq with it: freeing a message there drops its owner, which may have got hold of the
    /// same socket, by way of a thread-local, say. libzmq does not expect to be called in the middle.
    busy: Cell<bool>,
    /// Whether SNDTIMEO or RCVTIMEO is set, so that calls without a timeout need not look at the clock.
    send_timed: Cell<bool>,
    recv_timed: Cell<bool>,
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
            busy: Cell::new(false),
            send_timed: Cell::new(true),
            recv_timed: Cell::new(true),
        };
        raw.send_timed.set(raw.get_int(sys::ZMQ_SNDTIMEO).is_ok_and(|ms| ms > 0));
        raw.recv_timed.set(raw.get_int(sys::ZMQ_RCVTIMEO).is_ok_and(|ms| ms > 0));
        raw
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
    #[inline]
    pub(super) fn enter(&self, call: impl FnOnce(*mut c_void) -> c_int) -> Result<c_int, Errno> {
        if self.busy.replace(true) {
            return Err(Errno::BUSY);
        }
        let answer = check(call(self.as_ptr()));
        self.busy.set(false);
        answer
    }

    /// Whether a call is in the middle of libzmq with the socket.
    pub(super) fn is_busy(&self) -> bool {
        self.busy.get()
    }

    pub(super) fn set_busy(&self, busy: bool) {
        self.busy.set(busy);
    }

    pub(crate) fn is_owned(&self) -> bool {
        self.owned
    }

    /// The same socket, which from now on only what this answers closes; this value is not used any more.
    pub(crate) fn take(&mut self) -> Self {
        Self {
            _one_thread: OneThreadAtATime(std::marker::PhantomData),
            socket: self.socket,
            owned: std::mem::replace(&mut self.owned, false),
            process: self.process,
            busy: Cell::new(false),
            send_timed: self.send_timed.clone(),
            recv_timed: self.recv_timed.clone(),
        }
    }

    /// From now on somebody else closes it.
    pub(crate) fn disown(&mut self) {
        self.owned = false;
    }

    pub(crate) fn send_timed(&self) -> bool {
        self.send_timed.get()
    }

    pub(crate) fn recv_timed(&self) -> bool {
        self.recv_timed.get()
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
    #[inline]
    pub(crate) fn send_message(&self, message: &mut RawMessage, flags: c_int) -> Result<(), Errno> {
        // SAFETY: the socket is *open* and on *one thread*; the message is *initialised* and stays so: on success it is made
        // empty, on failure it is untouched (zmq_msg_send(3)).
        self.enter(|socket| unsafe { sys::zmq_msg_send(message.as_mut_ptr(), socket, flags) }).map(drop)
    }

    /// Receives a frame in place of what `message` held.
    #[inline]
    pub(crate) fn recv_message(&self, message: &mut RawMessage, flags: c_int) -> Result<(), Errno> {
        // SAFETY: the socket is *open* and on *one thread*; the message is *initialised* and stays so in each case.
        self.enter(|socket| unsafe { sys::zmq_msg_recv(message.as_recv_ptr(), socket, flags) }).map(drop)
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
        match option {
            sys::ZMQ_SNDTIMEO => self.send_timed.set(self.get_int(option).is_ok_and(|ms| ms > 0)),
            sys::ZMQ_RCVTIMEO => self.recv_timed.set(self.get_int(option).is_ok_and(|ms| ms > 0)),
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn set_int(&self, option: c_int, value: c_int) -> Result<(), Errno> {
        self.set(option, Some(&value.to_ne_bytes()))
    }

    /// Fills `buffer` and answers how many bytes of it are the value.
    pub(crate) fn get(&self, option: c_int, buffer: &mut [u8]) -> Result<usize, Errno> {
        let mut size = buffer.len();
        // SAFETY: the socket is *open* and on *one thread*; at most `size` bytes are written to the buffer, and `size`
        // becomes what was.
        self.enter(|socket| unsafe { sys::zmq_getsockopt(socket, option, buffer.as_mut_ptr().cast(), &mut size) })?;
        Ok(size.min(buffer.len()))
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
