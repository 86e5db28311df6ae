//! The types of option values that are neither numbers nor text.

use std::ffi::c_int;
use std::fmt;

use zmq_sys as sys;

use crate::bits::bit_set;

/// Which mechanism guards a socket's connections.
///
/// pyzmq: `zmq.SecurityMechanism`, whose `zmq.SecurityMechanism.CURVE`, and `zmq.CURVE`, is `Mechanism::Curve`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mechanism {
    /// None: `ZMQ_NULL`.
    Null,
    /// User name and password in clear text: `ZMQ_PLAIN`.
    Plain,
    /// Encryption with keys: `ZMQ_CURVE`.
    Curve,
    /// Kerberos: `ZMQ_GSSAPI`.
    Gssapi,
    /// One that this crate does not know, by its number.
    Other(i32),
}

impl Mechanism {
    /// The mechanism that has the number in `zmq.h`.
    pub const fn from_raw(raw: c_int) -> Self {
        match raw {
            sys::ZMQ_NULL => Self::Null,
            sys::ZMQ_PLAIN => Self::Plain,
            sys::ZMQ_CURVE => Self::Curve,
            sys::ZMQ_GSSAPI => Self::Gssapi,
            other => Self::Other(other),
        }
    }

    /// The number in `zmq.h`.
    pub const fn as_raw(self) -> c_int {
        match self {
            Self::Null => sys::ZMQ_NULL,
            Self::Plain => sys::ZMQ_PLAIN,
            Self::Curve => sys::ZMQ_CURVE,
            Self::Gssapi => sys::ZMQ_GSSAPI,
            Self::Other(raw) => raw,
        }
    }
}

/// As libzmq calls it: `NULL`, `PLAIN`, `CURVE`, `GSSAPI`.
impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Plain => f.write_str("PLAIN"),
            Self::Curve => f.write_str("CURVE"),
            Self::Gssapi => f.write_str("GSSAPI"),
            Self::Other(number) => write!(f, "mechanism {number}"),
        }
    }
}

/// How GSSAPI is to read the name of a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameType {
    /// A service on a host: `ZMQ_GSSAPI_NT_HOSTBASED`.
    HostBased,
    /// A local user: `ZMQ_GSSAPI_NT_USER_NAME`.
    UserName,
    /// A Kerberos principal: `ZMQ_GSSAPI_NT_KRB5_PRINCIPAL`.
    Krb5Principal,
    /// One that this crate does not know, by its number.
    Other(i32),
}

impl NameType {
    /// The one that has the number in `zmq.h`.
    pub const fn from_raw(raw: c_int) -> Self {
        match raw {
            sys::ZMQ_GSSAPI_NT_HOSTBASED => Self::HostBased,
            sys::ZMQ_GSSAPI_NT_USER_NAME => Self::UserName,
            sys::ZMQ_GSSAPI_NT_KRB5_PRINCIPAL => Self::Krb5Principal,
            other => Self::Other(other),
        }
    }

    /// The number in `zmq.h`.
    pub const fn as_raw(self) -> c_int {
        match self {
            Self::HostBased => sys::ZMQ_GSSAPI_NT_HOSTBASED,
            Self::UserName => sys::ZMQ_GSSAPI_NT_USER_NAME,
            Self::Krb5Principal => sys::ZMQ_GSSAPI_NT_KRB5_PRINCIPAL,
            Self::Other(raw) => raw,
        }
    }
}

/// What a socket is ready for: a set of [`POLLIN`], [`POLLOUT`], [`POLLERR`] and [`POLLPRI`].
///
/// ```
/// use zmq::{POLLIN, POLLOUT, PollEvents};
///
/// let both = POLLIN | POLLOUT;
/// assert!(both.contains(POLLIN) && both.is_readable() && both.is_writable());
/// assert!(!POLLIN.contains(both));
/// assert_eq!(both - POLLOUT, PollEvents::POLLIN);
/// assert_eq!((both.as_raw(), PollEvents::from_raw(3)), (3, both));      // as C has it
/// ```
///
/// pyzmq: `zmq.PollEvent`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PollEvents(i16);

/// At least one message can be received without waiting.
pub const POLLIN: PollEvents = PollEvents(sys::ZMQ_POLLIN as i16);
/// At least one message can be sent without waiting.
pub const POLLOUT: PollEvents = PollEvents(sys::ZMQ_POLLOUT as i16);
/// An error on a file descriptor; sockets never have it.
pub const POLLERR: PollEvents = PollEvents(sys::ZMQ_POLLERR as i16);
/// Urgent data on a file descriptor; sockets never have it.
pub const POLLPRI: PollEvents = PollEvents(sys::ZMQ_POLLPRI as i16);

bit_set! { PollEvents(i16): POLLIN POLLOUT POLLERR POLLPRI }

impl PollEvents {
    /// [`POLLIN`](crate::POLLIN). pyzmq: `zmq.PollEvent.POLLIN`.
    pub const POLLIN: Self = POLLIN;

    /// [`POLLOUT`](crate::POLLOUT). pyzmq: `zmq.PollEvent.POLLOUT`.
    pub const POLLOUT: Self = POLLOUT;

    /// [`POLLERR`](crate::POLLERR). pyzmq: `zmq.PollEvent.POLLERR`.
    pub const POLLERR: Self = POLLERR;

    /// [`POLLPRI`](crate::POLLPRI). pyzmq: `zmq.PollEvent.POLLPRI`.
    pub const POLLPRI: Self = POLLPRI;

    /// Whether [`POLLIN`] is in the set.
    pub const fn is_readable(self) -> bool {
        self.contains(POLLIN)
    }

    /// Whether [`POLLOUT`] is in the set.
    pub const fn is_writable(self) -> bool {
        self.contains(POLLOUT)
    }
}
