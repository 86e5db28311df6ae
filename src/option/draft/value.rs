//! The types of option values that only drafts have.

use std::ffi::c_int;

use crate::bits::bit_set;

/// What a ROUTER is told of its peers, by [`ROUTER_NOTIFY`](crate::ROUTER_NOTIFY): a set of [`NOTIFY_CONNECT`] and
/// [`NOTIFY_DISCONNECT`].
///
/// pyzmq: `zmq.RouterNotify`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RouterNotify(c_int);

/// That one has connected. pyzmq: `zmq.NOTIFY_CONNECT`.
pub const NOTIFY_CONNECT: RouterNotify = RouterNotify(1);
/// That one is gone. pyzmq: `zmq.NOTIFY_DISCONNECT`.
pub const NOTIFY_DISCONNECT: RouterNotify = RouterNotify(2);

bit_set! { RouterNotify(c_int): NOTIFY_CONNECT NOTIFY_DISCONNECT }

/// When a socket gives a connection up instead of trying again, by [`RECONNECT_STOP`](crate::RECONNECT_STOP): a set of
/// [`RECONNECT_STOP_CONN_REFUSED`], [`RECONNECT_STOP_HANDSHAKE_FAILED`] and [`RECONNECT_STOP_AFTER_DISCONNECT`].
///
/// pyzmq: `zmq.ReconnectStop`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ReconnectStop(c_int);

/// When nobody listens there.
pub const RECONNECT_STOP_CONN_REFUSED: ReconnectStop = ReconnectStop(1);
/// When the handshake fails: with who talks something else, or closes the connection in the middle of it; since libzmq 4.3.4.
pub const RECONNECT_STOP_HANDSHAKE_FAILED: ReconnectStop = ReconnectStop(2);
/// When nobody listens there and the socket's `disconnect` has been called, for whichever endpoint; since libzmq 4.3.5.
pub const RECONNECT_STOP_AFTER_DISCONNECT: ReconnectStop = ReconnectStop(4);

bit_set! {
    ReconnectStop(c_int): RECONNECT_STOP_CONN_REFUSED RECONNECT_STOP_HANDSHAKE_FAILED RECONNECT_STOP_AFTER_DISCONNECT
}

/// How `norm` adapts to the network, by [`NORM_MODE`](crate::NORM_MODE).
///
/// pyzmq: `zmq.NormMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NormMode {
    /// Not at all: it sends as fast as [`RATE`](crate::RATE) says. `ZMQ_NORM_FIXED`.
    Fixed,
    /// By loss, as TCP does: `ZMQ_NORM_CC`.
    Cc,
    /// By loss, with a tolerance for loss that is none of congestion: `ZMQ_NORM_CCL`.
    Ccl,
    /// By loss, and by the notes that routers leave on packets (ECN): `ZMQ_NORM_CCE`.
    Cce,
    /// By the notes of routers alone: `ZMQ_NORM_CCE_ECNONLY`.
    CceEcnOnly,
    /// One that this crate does not know, by its number.
    Other(i32),
}

impl NormMode {
    /// The one that has the number in `zmq.h`.
    pub const fn from_raw(raw: c_int) -> Self {
        match raw {
            0 => Self::Fixed,
            1 => Self::Cc,
            2 => Self::Ccl,
            3 => Self::Cce,
            4 => Self::CceEcnOnly,
            other => Self::Other(other),
        }
    }

    /// The number in `zmq.h`.
    pub const fn as_raw(self) -> c_int {
        match self {
            Self::Fixed => 0,
            Self::Cc => 1,
            Self::Ccl => 2,
            Self::Cce => 3,
            Self::CceEcnOnly => 4,
            Self::Other(raw) => raw,
        }
    }
}
