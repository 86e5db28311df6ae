//! Holds the layout of every declared type against what C gives it, at compile time and for every target.

use core::ffi::{c_short, c_void};
use core::mem::{align_of, offset_of, size_of};

use crate::{zmq_fd_t, zmq_msg_t, zmq_pollitem_t};

const _: () = {
    const POINTER: usize = size_of::<*mut c_void>();
    const FD: usize = size_of::<zmq_fd_t>();
    const SHORT: usize = size_of::<c_short>();

    assert!(size_of::<zmq_msg_t>() == 64);
    assert!(align_of::<zmq_msg_t>() == POINTER);

    assert!(offset_of!(zmq_pollitem_t, socket) == 0);
    assert!(offset_of!(zmq_pollitem_t, fd) == POINTER);
    assert!(offset_of!(zmq_pollitem_t, events) == POINTER + FD);
    assert!(offset_of!(zmq_pollitem_t, revents) == POINTER + FD + SHORT);
    assert!(size_of::<zmq_pollitem_t>() == (POINTER + FD + 2 * SHORT).next_multiple_of(POINTER));
    assert!(align_of::<zmq_pollitem_t>() == POINTER);

    #[cfg(feature = "draft")]
    {
        use crate::zmq_poller_event_t;

        const USER_DATA: usize = (POINTER + FD).next_multiple_of(POINTER);

        assert!(offset_of!(zmq_poller_event_t, socket) == 0);
        assert!(offset_of!(zmq_poller_event_t, fd) == POINTER);
        assert!(offset_of!(zmq_poller_event_t, user_data) == USER_DATA);
        assert!(offset_of!(zmq_poller_event_t, events) == USER_DATA + POINTER);
        assert!(size_of::<zmq_poller_event_t>() == USER_DATA + 2 * POINTER);
    }
};
