//! All hand-written `unsafe` of the crate: one C object a file, one method a C call, no policy.
//!
//! What comes back is the C answer or the [`Errno`] of the call; who calls decides whether to retry, wait or explain.
//!
//! # Invariants
//!
//! *Open*: the pointer in a `RawContext` or `RawSocket` came from libzmq (or from the caller of an `unsafe` constructor who
//! promised as much) and neither `zmq_ctx_term` nor `zmq_close` has been called on it; both take the wrapper by value or run
//! in its `drop`.
//!
//! *One thread*: a `RawSocket` is not `Sync`, so while a method runs no other thread is inside libzmq with this socket.
//!
//! *Initialised*: the `zmq_msg_t` in a `RawMessage` has been through one of the `zmq_msg_init` functions, successfully, and
//! not through `zmq_msg_close`, until `drop`.

mod borrowed;
mod context;
mod curve;
mod descriptor;
mod fork;
mod message;
mod monitor;
mod poll;
#[cfg(all(feature = "async", unix))]
mod registered;
mod sched;
mod socket;
#[cfg(all(feature = "async", unix))]
mod turn;

use std::ffi::{CStr, c_int};

use zmq_sys as sys;

use crate::error::Errno;

pub(crate) use borrowed::{borrowed_bytes, shown, this_or_borrowed};
pub(crate) use context::{RawContext, TakenContext};
pub(crate) use curve::{curve_keypair, curve_public};
#[cfg(test)]
pub(crate) use curve::{z85_decode, z85_encode};
#[cfg(unix)]
pub(crate) use descriptor::is_listening;
pub(crate) use descriptor::{has_interface, try_descriptors, try_pgm};
pub(crate) use fork::{PerProcess, Process};
pub(crate) use message::{RawMessage, drops_an_owner};
pub(crate) use monitor::MonitorLink;
pub(crate) use poll::{BorrowedDescriptor, RawPoll, is_open, number};
#[cfg(all(feature = "async", unix))]
pub(crate) use registered::{KeptDescriptor, Owner, Registered};
pub(crate) use sched::{try_affinity, try_scheduling, try_threads};
pub(crate) use socket::{RawSocket, State};
#[cfg(all(feature = "async", unix))]
pub(crate) use turn::{Turn, Turns};

/// `zmq_errno`; only `error.rs` calls it.
pub(crate) fn errno() -> c_int {
    // SAFETY: reads the calling thread's errno; it has no preconditions.
    unsafe { sys::zmq_errno() }
}

/// The answer of a function that says -1 for an error.
#[inline]
fn check(answer: c_int) -> Result<c_int, Errno> {
    if answer == -1 { Err(Errno::last()) } else { Ok(answer) }
}

/// The text for an error number: libzmq's for its own, else the system's.
pub(crate) fn strerror(errno: c_int) -> String {
    // SAFETY: takes any number; what it answers is a NUL-terminated string, never null.
    let text = unsafe { sys::zmq_strerror(errno) };
    // SAFETY: as above; the string is static or the C library's own buffer, and is copied before any other call is made.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_string_lossy().into_owned()
}

/// The version of the libzmq that is linked.
pub(crate) fn version() -> (c_int, c_int, c_int) {
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: three pointers to live integers, written before it returns.
    unsafe { sys::zmq_version(&mut major, &mut minor, &mut patch) };
    (major, minor, patch)
}

/// Whether libzmq was built with a capability.
pub(crate) fn has(capability: &CStr) -> bool {
    // SAFETY: a NUL-terminated string that outlives the call.
    unsafe { sys::zmq_has(capability.as_ptr()) == 1 }
}
