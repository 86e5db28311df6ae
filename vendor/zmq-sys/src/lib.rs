//! Declares libzmq's C API, and finds or builds the library behind it.
//!
//! Everything has its C name, so that `zmq.h` and the manual pages at <https://libzmq.readthedocs.io> are the
//! documentation. The safe layer over it is the crate `rszmq`.
//!
//! With feature `vendored` (on by default) libzmq 4.3.5 is compiled from source and linked statically; without it, or
//! with `ZMQ_SYS_USE_PKG_CONFIG=1` in the environment of the build, pkg-config finds the one that is installed.
#![allow(non_camel_case_types, reason = "the names are C's")]

use core::ffi::c_int;

// Carries the link lines of the libsodium that the bundled libzmq calls.
#[cfg(all(zmq_vendored, feature = "curve"))]
extern crate libsodium_sys as _;

#[rustfmt::skip]
#[cfg(not(feature = "bindgen"))]
#[allow(missing_docs, reason = "zmq.h documents it")]
mod bindings;
#[cfg(feature = "bindgen")]
#[allow(missing_docs, reason = "zmq.h documents it")]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}
#[rustfmt::skip]
#[cfg(all(feature = "draft", not(feature = "bindgen")))]
#[allow(missing_docs, reason = "zmq.h documents it")]
mod draft;
#[cfg(all(feature = "draft", feature = "bindgen"))]
#[allow(missing_docs, reason = "zmq.h documents it")]
mod draft {
    include!(concat!(env!("OUT_DIR"), "/draft.rs"));
}
mod errno;
mod layout;
mod target;

pub use bindings::*;
#[cfg(feature = "draft")]
pub use draft::*;
pub use errno::*;
#[cfg(feature = "draft")]
pub use target::sigset_t;
pub use target::{iovec, zmq_fd_t, zmq_msg_t};

/// Packs a version into one number that compares as the version does.
#[must_use]
#[allow(non_snake_case, reason = "the name is C's")]
pub const fn ZMQ_MAKE_VERSION(major: c_int, minor: c_int, patch: c_int) -> c_int {
    major * 10000 + minor * 100 + patch
}

/// The version of the header that the bindings come from: 40305 is 4.3.5. [`zmq_version`] tells that of the library.
pub const ZMQ_VERSION: c_int = ZMQ_MAKE_VERSION(ZMQ_VERSION_MAJOR, ZMQ_VERSION_MINOR, ZMQ_VERSION_PATCH);
