//! The types that vary by target, declared by hand so that the generated bindings do not.

use core::mem::MaybeUninit;

#[cfg(unix)]
pub use libc::iovec;
#[cfg(all(unix, feature = "draft"))]
pub use libc::sigset_t;

/// Windows has no `iovec`: `zmq_sendiov` and `zmq_recviov` are not usable there.
#[cfg(windows)]
#[repr(C)]
#[derive(Debug)]
pub struct iovec {
    _opaque: [u8; 0],
}

/// Windows has no signal masks: `zmq_ppoll` takes an untyped pointer there.
#[cfg(all(windows, feature = "draft"))]
pub type sigset_t = core::ffi::c_void;

/// A file descriptor.
#[cfg(not(windows))]
pub type zmq_fd_t = core::ffi::c_int;

/// A `SOCKET`.
#[cfg(windows)]
pub type zmq_fd_t = usize;

/// Room for one message: 64 bytes aligned as a pointer, which only `zmq_msg_*` functions read and write.
///
/// Starts uninitialised; `zmq_msg_init` and its variants make it a message. Not `Copy`: `zmq_msg_move` and
/// `zmq_msg_copy` are how a message moves from one to another.
#[repr(C)]
pub struct zmq_msg_t {
    alignment: [usize; 0],
    bytes: [MaybeUninit<u8>; 64],
}

impl zmq_msg_t {
    /// Returns room that holds no message yet.
    #[must_use]
    #[inline]
    pub const fn uninit() -> Self {
        // Not an array of as many `uninit()`: that writes 64 zeros.
        let message = MaybeUninit::uninit();
        // SAFETY: all that it has are bytes that need not be initialised.
        unsafe { message.assume_init() }
    }
}

impl core::fmt::Debug for zmq_msg_t {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("zmq_msg_t").finish_non_exhaustive()
    }
}
