//! What a descriptor is.

use std::ffi::c_int;
use std::os::fd::{AsFd, AsRawFd as _};

/// Whether the descriptor is a stream socket that listens.
pub(crate) fn is_listening(descriptor: &impl AsFd) -> bool {
    socket_option(descriptor, libc::SO_ACCEPTCONN) == Some(1)
        && socket_option(descriptor, libc::SO_TYPE) == Some(libc::SOCK_STREAM)
}

fn socket_option(descriptor: &impl AsFd, option: c_int) -> Option<c_int> {
    let mut value: c_int = 0;
    let mut size = size_of::<c_int>() as libc::socklen_t;
    let descriptor = descriptor.as_fd().as_raw_fd();
    // SAFETY: the descriptor is open while it is borrowed; at most `size` bytes are written to `value`, which has that many.
    let answer = unsafe { libc::getsockopt(descriptor, libc::SOL_SOCKET, option, (&raw mut value).cast(), &mut size) };
    (answer == 0).then_some(value)
}
