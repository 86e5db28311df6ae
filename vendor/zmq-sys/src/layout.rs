//! Holds the layout of every declared type against what C gives it, at compile time and for every target.

use core::ffi::{c_short, c_void};
use core::mem::{align_of, offset_of, size_of};

use crate::{zmq_fd_t, zmq_msg_t, zmq_pollitem_t};

const POINTER: usize = size_of::<*mut c_void>();
const SHORT: usize = size_of::<c_short>();

const fn padded(size: usize) -> usize {
    size.next_multiple_of(POINTER)
}

const _: () = {
    assert!(size_of::<zmq_msg_t>() == 64);
    assert!(align_of::<zmq_msg_t>() == POINTER);

    assert!(offset_of!(zmq_pollitem_t, socket) == 0);
    assert!(offset_of!(zmq_pollitem_t, fd) == POINTER);
    assert!(offset_of!(zmq_pollitem_t, events) == POINTER + size_of::<zmq_fd_t>());
    assert!(offset_of!(zmq_pollitem_t, revents) == POINTER + size_of::<zmq_fd_t>() + SHORT);
    assert!(size_of::<zmq_pollitem_t>() == padded(POINTER + size_of::<zmq_fd_t>() + 2 * SHORT));
    assert!(align_of::<zmq_pollitem_t>() == POINTER);
};

#[cfg(feature = "draft")]
const _: () = {
    use crate::zmq_poller_event_t;

    assert!(offset_of!(zmq_poller_event_t, socket) == 0);
    assert!(offset_of!(zmq_poller_event_t, fd) == POINTER);
    assert!(offset_of!(zmq_poller_event_t, user_data) == padded(POINTER + size_of::<zmq_fd_t>()));
    assert!(offset_of!(zmq_poller_event_t, events) == padded(POINTER + size_of::<zmq_fd_t>()) + POINTER);
    assert!(size_of::<zmq_poller_event_t>() == padded(POINTER + size_of::<zmq_fd_t>()) + 2 * POINTER);
};
