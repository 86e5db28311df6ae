//! The types of option values that are neither numbers nor text.

use std::ffi::c_int;
use std::fmt;
use std::ops::{BitAnd, BitOr, BitOrAssign};

use zmq_sys as sys;

/// Which mechanism guards a socket's connections.
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
    pub(crate) fn from_raw(raw: c_int) -> Self {
        match raw {
            sys::ZMQ_NULL => Self::Null,
            sys::ZMQ_PLAIN => Self::Plain,
            sys::ZMQ_CURVE => Self::Curve,
            sys::ZMQ_GSSAPI => Self::Gssapi,
            other => Self::Other(other),
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
    pub(crate) fn from_raw(raw: c_int) -> Self {
        match raw {
            sys::ZMQ_GSSAPI_NT_HOSTBASED => Self::HostBased,
            sys::ZMQ_GSSAPI_NT_USER_NAME => Self::UserName,
            sys::ZMQ_GSSAPI_NT_KRB5_PRINCIPAL => Self::Krb5Principal,
            other => Self::Other(other),
        }
    }

    pub(crate) fn as_raw(self) -> c_int {
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
/// use zmq::{POLLIN, POLLOUT};
///
/// let both = POLLIN | POLLOUT;
/// assert!(both.contains(POLLIN) && both.is_readable() && both.is_writable());
/// assert!(!POLLIN.contains(both));
/// ```
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

impl PollEvents {
    /// No event.
    pub const NONE: Self = Self(0);

    pub(crate) fn from_raw(raw: i16) -> Self {
        Self(raw)
    }

    pub(crate) fn as_raw(self) -> i16 {
        self.0
    }

    /// Whether all of `events` are in the set.
    pub const fn contains(self, events: Self) -> bool {
        self.0 & events.0 == events.0
    }

    /// Whether no event is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether [`POLLIN`] is in the set.
    pub const fn is_readable(self) -> bool {
        self.contains(POLLIN)
    }

    /// Whether [`POLLOUT`] is in the set.
    pub const fn is_writable(self) -> bool {
        self.contains(POLLOUT)
    }
}

impl BitOr for PollEvents {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for PollEvents {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl BitAnd for PollEvents {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl fmt::Debug for PollEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut separator = "";
        for (event, name) in [(POLLIN, "POLLIN"), (POLLOUT, "POLLOUT"), (POLLERR, "POLLERR"), (POLLPRI, "POLLPRI")] {
            if self.contains(event) {
                write!(f, "{separator}{name}")?;
                separator = " | ";
                rest &= !event.0;
            }
        }
        match (rest, separator) {
            (0, "") => f.write_str("NONE"),
            (0, _) => Ok(()),
            (rest, separator) => write!(f, "{separator}{rest:#x}"),
        }
    }
}
