//! Flags of `send_flags` and `recv_flags`.

use std::ffi::c_int;

use zmq_sys as sys;

use crate::bits::bit_set;

/// Flags for one call of [`send_flags`](crate::Socket::send_flags) or [`recv_flags`](crate::Socket::recv_flags):
/// [`DONTWAIT`], [`SNDMORE`], both with `|`, or [`Flags::NONE`].
///
/// ```
/// let flags = zmq::DONTWAIT | zmq::SNDMORE;
/// assert!(flags.contains(zmq::Flags::SNDMORE));
/// assert_eq!(format!("{flags:?} is {}", flags.as_raw()), "DONTWAIT | SNDMORE is 3");
/// ```
///
/// pyzmq: `zmq.Flag`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(c_int);

/// Answers [`Again`](crate::ErrorKind::Again) instead of waiting. pyzmq: `zmq.DONTWAIT`, `zmq.NOBLOCK`.
pub const DONTWAIT: Flags = Flags(sys::ZMQ_DONTWAIT);

/// [`DONTWAIT`] under its older name.
pub const NOBLOCK: Flags = DONTWAIT;

/// More frames of the same message follow. To send them in one call, see [`send_multipart`](crate::Socket::send_multipart), which
/// cannot be forgotten half-way.
pub const SNDMORE: Flags = Flags(sys::ZMQ_SNDMORE);

bit_set! { Flags(c_int): DONTWAIT SNDMORE }

impl Flags {
    /// [`DONTWAIT`](crate::DONTWAIT). pyzmq: `zmq.Flag.DONTWAIT`.
    pub const DONTWAIT: Self = DONTWAIT;

    /// [`SNDMORE`](crate::SNDMORE). pyzmq: `zmq.Flag.SNDMORE`.
    pub const SNDMORE: Self = SNDMORE;
}
