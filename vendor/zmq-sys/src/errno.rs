//! The error numbers that `zmq.h` names.
//!
//! The header gives a number of its own to each that the C library lacks. None does on the targets that Rust knows, so
//! all of them are the C library's; libzmq's own (`ETERM`, `EFSM`, …) are in the generated bindings.

pub use libc::{
    EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, ECONNABORTED, ECONNREFUSED, ECONNRESET, EHOSTUNREACH, EINPROGRESS,
    EMSGSIZE, ENETDOWN, ENETRESET, ENETUNREACH, ENOBUFS, ENOTCONN, ENOTSOCK, ENOTSUP, EPROTONOSUPPORT, ETIMEDOUT,
};
