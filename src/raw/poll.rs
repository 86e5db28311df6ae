//! `zmq_poll` over several sockets and descriptors.

use std::ffi::{c_int, c_long};

use zmq_sys as sys;

use super::{RawSocket, State, check};
use crate::error::Errno;

/// A borrowed descriptor: whatever the system has for what can be polled.
#[cfg(unix)]
pub(crate) type BorrowedDescriptor<'a> = std::os::fd::BorrowedFd<'a>;
/// A borrowed `SOCKET`.
#[cfg(windows)]
pub(crate) type BorrowedDescriptor<'a> = std::os::windows::io::BorrowedSocket<'a>;

/// The number of a descriptor.
pub(crate) fn number(descriptor: BorrowedDescriptor<'_>) -> sys::zmq_fd_t {
    #[cfg(unix)]
    return std::os::fd::AsRawFd::as_raw_fd(&descriptor);
    #[cfg(windows)]
    return std::os::windows::io::AsRawSocket::as_raw_socket(&descriptor) as sys::zmq_fd_t;
}

/// Whether the descriptor is open, as far as can be told.
pub(crate) fn is_open(descriptor: BorrowedDescriptor<'_>) -> bool {
    #[cfg(unix)]
    {
        // SAFETY: asks for the flags of a number, which may be any.
        let answer = unsafe { libc::fcntl(number(descriptor), libc::F_GETFD) };
        answer != -1
    }
    #[cfg(windows)]
    {
        let _ = descriptor;
        true
    }
}

/// What is polled together. The sockets are borrowed, so they are *open*; and a `&RawSocket` does not leave its thread.
#[derive(Default)]
pub(crate) struct RawPoll<'a> {
    items: Vec<sys::zmq_pollitem_t>,
    /// One for each item; `None` for a descriptor.
    sockets: Vec<Option<&'a RawSocket>>,
}

impl<'a> RawPoll<'a> {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn push_socket(&mut self, socket: &'a RawSocket, events: i16) {
        self.items.push(sys::zmq_pollitem_t { socket: socket.as_ptr(), fd: 0, events, revents: 0 });
        self.sockets.push(Some(socket));
    }

    /// Answers where it is among the items.
    pub(crate) fn push_descriptor(&mut self, descriptor: BorrowedDescriptor<'a>, events: i16) -> usize {
        let fd = number(descriptor);
        self.items.push(sys::zmq_pollitem_t { socket: std::ptr::null_mut(), fd, events, revents: 0 });
        self.sockets.push(None);
        self.items.len() - 1
    }

    pub(crate) fn set_events(&mut self, at: usize, events: i16) {
        self.items[at].events = events;
    }

    pub(crate) fn events(&self, at: usize) -> i16 {
        self.items[at].events
    }

    /// Where the socket is among the first `few` items.
    pub(crate) fn find_socket(&self, socket: *mut std::ffi::c_void, few: usize) -> Option<usize> {
        self.items.iter().take(few).position(|item| item.socket == socket)
    }

    /// Whether one of the sockets holds frames that libzmq does not know of.
    pub(crate) fn any_held(&self) -> bool {
        self.sockets().any(|socket| socket.is(State::HELD))
    }

    /// What the item was ready for when it was last polled.
    pub(crate) fn ready(&self, at: usize) -> i16 {
        self.items[at].revents
    }

    pub(crate) fn add_ready(&mut self, at: usize, events: i16) {
        self.items[at].revents |= events;
    }

    pub(crate) fn remove(&mut self, at: usize) {
        self.items.remove(at);
        self.sockets.remove(at);
    }

    fn sockets(&self) -> impl Iterator<Item = &'a RawSocket> {
        self.sockets.iter().copied().flatten()
    }

    /// Whether all sockets were made by this process, as far as can be told without a system call.
    pub(crate) fn is_likely_ours(&self) -> bool {
        self.sockets().all(RawSocket::is_likely_ours)
    }

    /// Whether all sockets were made by this process.
    pub(crate) fn is_ours(&self) -> bool {
        self.sockets().next().is_none_or(RawSocket::is_ours) && self.sockets().all(RawSocket::is_likely_ours)
    }

    /// Waits for at most `timeout` ms, -1 for ever; answers how many items are ready.
    pub(crate) fn poll(&mut self, timeout: c_long) -> Result<c_int, Errno> {
        // What `RawSocket::enter` does for one: libzmq reads the sockets' commands, which may free a message, whose owner may
        // have got hold of one of them.
        if self.sockets().any(RawSocket::is_busy) {
            return Err(Errno::BUSY);
        }
        self.sockets().for_each(|socket| socket.set_busy(true));
        let count = c_int::try_from(self.items.len()).unwrap_or(c_int::MAX);
        // SAFETY: `count` items, borrowed for the call; each socket is *open* and on *one thread*, and descriptors may be any
        // number: one that is closed is answered with ZMQ_POLLERR (zmq.cpp).
        let answer = check(unsafe { sys::zmq_poll(self.items.as_mut_ptr(), count, timeout) });
        self.sockets().for_each(|socket| socket.set_busy(false));
        answer
    }
}
