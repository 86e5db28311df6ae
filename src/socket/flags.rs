//! Flags of `send_flags` and `recv_flags`.

use std::ffi::c_int;
use std::ops::BitOr;

use zmq_sys as sys;

/// Flags for one call of [`send_flags`](crate::Socket::send_flags) or [`recv_flags`](crate::Socket::recv_flags):
/// [`DONTWAIT`], [`SNDMORE`], both with `|`, or [`Flags::NONE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(c_int);

/// Answers [`Again`](crate::ErrorKind::Again) instead of waiting. pyzmq: `zmq.DONTWAIT`, `zmq.NOBLOCK`.
pub const DONTWAIT: Flags = Flags(sys::ZMQ_DONTWAIT);

/// [`DONTWAIT`] under its older name.
pub const NOBLOCK: Flags = DONTWAIT;

/// More frames of the same message follow. To send them in one call, see [`send_multipart`](crate::Socket::send_multipart), which
/// cannot be forgotten half-way.
pub const SNDMORE: Flags = Flags(sys::ZMQ_SNDMORE);

impl Flags {
    /// No flag: what pyzmq's 0 is.
    pub const NONE: Self = Self(0);

    #[inline]
    pub(crate) fn as_raw(self) -> c_int {
        self.0
    }
}

impl BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
