//! What the table says about an option, and what can be wrong with a value.

use std::borrow::Cow;
use std::ffi::c_int;
use std::fmt;

use zeroize::Zeroize as _;
use zmq_sys as sys;

use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::socket::kind::{KindSet, SocketType};
use crate::version::{Version, version};

/// What can be done with an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access {
    /// Set and read.
    ReadWrite,
    /// Only read.
    ReadOnly,
    /// Only set.
    WriteOnly,
}

/// A row of the option table.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Row {
    /// The name, as pyzmq has it: `LINGER`.
    pub name: &'static str,
    /// The number in `zmq.h`.
    pub number: c_int,
    /// What can be done with it.
    pub access: Access,
    /// The first libzmq that has it.
    pub since: Version,
    /// What libzmq must have been built with to have it, as [`has`](crate::has) calls it.
    pub needs: &'static [&'static str],
    /// Whether libzmq calls it a draft, so that another version may change it. Some are in every build all the same.
    pub draft: bool,
    pub(crate) kinds: KindSet,
}

impl Row {
    /// Whether sockets of that kind have the option.
    pub fn applies_to(&self, kind: SocketType) -> bool {
        self.kinds & kind.bit() != 0
    }

    /// Whether a context can give it to sockets of the kind when they are made: an XPUB's subscriptions answer somebody.
    pub(crate) fn is_default_of(&self, kind: SocketType) -> bool {
        let answers = matches!(self.number, sys::ZMQ_SUBSCRIBE | sys::ZMQ_UNSUBSCRIBE) && kind == SocketType::Xpub;
        self.applies_to(kind) && !answers
    }

    /// What libzmq answered, with the option and why.
    pub(crate) fn explain(&self, operation: Operation, errno: Errno) -> Error {
        self.explain_for(operation, errno, version(), crate::version::has)
    }

    fn explain_for(&self, operation: Operation, errno: Errno, linked: Version, has: impl Fn(&str) -> bool) -> Error {
        let error = Error::new(operation, errno).with_target(self.name);
        if errno != Errno::INVALID {
            return error;
        }
        if linked < self.since {
            let help = format!("{} came with libzmq {}, and this one is {linked}", self.name, self.since);
            return error.with_kind(ErrorKind::Unsupported).with_help(help);
        }
        if let Some(capability) = self.needs.iter().find(|capability| !has(capability)) {
            let help = match *capability {
                "draft" => "this libzmq was built without its draft API (see zmq::has); the bundled one has it with the feature \
                            `draft`"
                    .to_owned(),
                capability => format!("this libzmq was built without {capability} (see zmq::has)"),
            };
            return error.with_kind(ErrorKind::Unsupported).with_help(help);
        }
        match self.hint() {
            Some(hint) => error.with_help(hint),
            None => error,
        }
    }

    /// Refuses an option that the kind does not have, which only a socket whose kind is known at run time can be asked for. libzmq
    /// takes many and does nothing with them.
    pub(crate) fn check_kind(&self, operation: Operation, kind: SocketType) -> Result<()> {
        // Of a kind that is not known here libzmq may know better.
        if self.applies_to(kind) || matches!(kind, SocketType::Other(_)) {
            return Ok(());
        }
        let help = format!("{kind} sockets do not have the option {}", self.name);
        Err(Error::invalid(operation, help).with_target(self.name))
    }

    /// What libzmq wants of a value that is in range.
    fn hint(&self) -> Option<&'static str> {
        Some(match self.number {
            sys::ZMQ_SUBSCRIBE | sys::ZMQ_UNSUBSCRIBE => "an XPUB takes it only while XPUB_MANUAL is set",
            sys::ZMQ_TCP_ACCEPT_FILTER => {
                "it takes an IP address, or a network as 10.0.0.0/8; IPv6 addresses if IPV6 was set before"
            }
            sys::ZMQ_IPC_FILTER_PID | sys::ZMQ_IPC_FILTER_UID | sys::ZMQ_IPC_FILTER_GID => {
                "this system does not tell whose process connects"
            }
            _ => return None,
        })
    }
}

/// A value as libzmq takes it. It may be a secret, so its memory is overwritten when it is dropped, and it is not printed.
pub struct Encoded(Option<Vec<u8>>);

impl Encoded {
    /// The null pointer, which clears the option.
    pub(crate) const CLEAR: Self = Self(None);

    pub(crate) fn int(value: c_int) -> Self {
        Self::bytes(value.to_ne_bytes())
    }

    pub(crate) fn bytes(value: impl Into<Vec<u8>>) -> Self {
        Self(Some(value.into()))
    }

    pub(crate) fn as_bytes(&self) -> Option<&[u8]> {
        self.0.as_deref()
    }
}

impl Drop for Encoded {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoded").finish_non_exhaustive()
    }
}

/// What is wrong with a value, before it is known for which option.
#[derive(Debug)]
pub struct Fault(pub(crate) Cow<'static, str>);

impl Fault {
    pub(crate) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }

    pub(crate) fn explain(self, operation: Operation, option: &'static str) -> Error {
        Error::invalid(operation, self.0).with_target(option)
    }
}

#[cfg(test)]
mod tests {
    use super::{Access, Row};
    use crate::error::{Errno, ErrorKind, Operation};
    use crate::option::SocketOption as _;
    use crate::version::Version;

    #[test]
    fn an_older_libzmq_is_named() {
        let row = Row {
            name: "BINDTODEVICE",
            number: 92,
            access: Access::ReadWrite,
            since: Version::new(4, 3, 0),
            needs: &[],
            draft: false,
            kinds: 1,
        };
        let explain = |linked| row.explain_for(Operation::Set, Errno::INVALID, linked, |_| true);
        let old = explain(Version::new(4, 2, 5));
        assert_eq!(old.kind(), ErrorKind::Unsupported);
        assert_eq!(
            old.to_string(),
            "set BINDTODEVICE: not in this libzmq; BINDTODEVICE came with libzmq 4.3.0, and this one is 4.2.5"
        );
        assert_eq!(explain(Version::new(4, 3, 5)).kind(), ErrorKind::InvalidArgument);
    }

    #[test]
    fn what_a_libzmq_was_built_without_is_named() {
        let row = crate::NORM_MODE::ROW;
        let explain = |had: &[&str]| {
            let error = row.explain_for(Operation::Set, Errno::INVALID, row.since, |name| had.contains(&name));
            (error.kind(), error.to_string())
        };
        let (kind, text) = explain(&["norm"]);
        assert_eq!(kind, ErrorKind::Unsupported);
        assert_eq!(
            text,
            "set NORM_MODE: not in this libzmq; this libzmq was built without its draft API (see zmq::has); the bundled one has \
             it with the feature `draft`"
        );
        let (kind, text) = explain(&["draft"]);
        assert_eq!(kind, ErrorKind::Unsupported);
        assert_eq!(text, "set NORM_MODE: not in this libzmq; this libzmq was built without norm (see zmq::has)");
        assert_eq!(explain(&["draft", "norm"]).0, ErrorKind::InvalidArgument);
    }
}
