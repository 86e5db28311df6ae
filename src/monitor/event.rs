//! What a monitor reports.

use std::ffi::c_int;
use std::fmt;
use std::time::Duration;

use zmq_sys as sys;

use crate::bits::bit_set;
use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::message::Message;
use crate::version::strerror;

/// Which events a monitor reports: a set of the constants `EVENT_…`.
///
/// ```
/// let life = zmq::EVENT_CONNECTED | zmq::EVENT_DISCONNECTED;
/// assert!(life.contains(zmq::EVENT_CONNECTED) && !life.contains(zmq::EVENT_LISTENING));
/// assert!(zmq::EVENT_ALL.contains(life) && !(zmq::EVENT_ALL - life).contains(life));
/// assert_eq!((life.as_raw(), zmq::MonitorEvents::from_raw(0x201)), (0x201, life));      // as C has it
/// ```
///
/// pyzmq: `zmq.Event`, whose `zmq.Event.CONNECTED` is [`Event::CONNECTED`] here, too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct MonitorEvents(c_int);

macro_rules! events {
    ($($(#[$docs:meta])+ $name:ident, $short:ident = $raw:ident;)*) => {
        $($(#[$docs])+ pub const $name: MonitorEvents = MonitorEvents(sys::$raw);)*

        bit_set! { MonitorEvents(c_int): EVENT_ALL $($name)* }

        /// The sets of one event by pyzmq's names in its `zmq.Event`.
        ///
        /// ```
        /// assert_eq!(zmq::Event::CONNECTED | zmq::Event::LISTENING, zmq::EVENT_CONNECTED | zmq::EVENT_LISTENING);
        /// ```
        impl Event {
            $(
                #[doc = concat!("[`", stringify!($name), "`](crate::", stringify!($name), ").")]
                pub const $short: MonitorEvents = $name;
            )*

            /// [`EVENT_ALL`](crate::EVENT_ALL).
            pub const ALL: MonitorEvents = EVENT_ALL;
        }
    };
}

events! {
    /// See [`Event::Connected`].
    EVENT_CONNECTED, CONNECTED = ZMQ_EVENT_CONNECTED;
    /// See [`Event::ConnectDelayed`].
    EVENT_CONNECT_DELAYED, CONNECT_DELAYED = ZMQ_EVENT_CONNECT_DELAYED;
    /// See [`Event::ConnectRetried`].
    EVENT_CONNECT_RETRIED, CONNECT_RETRIED = ZMQ_EVENT_CONNECT_RETRIED;
    /// See [`Event::Listening`].
    EVENT_LISTENING, LISTENING = ZMQ_EVENT_LISTENING;
    /// See [`Event::BindFailed`].
    EVENT_BIND_FAILED, BIND_FAILED = ZMQ_EVENT_BIND_FAILED;
    /// See [`Event::Accepted`].
    EVENT_ACCEPTED, ACCEPTED = ZMQ_EVENT_ACCEPTED;
    /// See [`Event::AcceptFailed`].
    EVENT_ACCEPT_FAILED, ACCEPT_FAILED = ZMQ_EVENT_ACCEPT_FAILED;
    /// See [`Event::Closed`].
    EVENT_CLOSED, CLOSED = ZMQ_EVENT_CLOSED;
    /// See [`Event::CloseFailed`].
    EVENT_CLOSE_FAILED, CLOSE_FAILED = ZMQ_EVENT_CLOSE_FAILED;
    /// See [`Event::Disconnected`].
    EVENT_DISCONNECTED, DISCONNECTED = ZMQ_EVENT_DISCONNECTED;
    /// See [`Event::MonitorStopped`].
    EVENT_MONITOR_STOPPED, MONITOR_STOPPED = ZMQ_EVENT_MONITOR_STOPPED;
    /// See [`Event::HandshakeFailedNoDetail`].
    EVENT_HANDSHAKE_FAILED_NO_DETAIL, HANDSHAKE_FAILED_NO_DETAIL = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL;
    /// See [`Event::HandshakeSucceeded`].
    EVENT_HANDSHAKE_SUCCEEDED, HANDSHAKE_SUCCEEDED = ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
    /// See [`Event::HandshakeFailedProtocol`].
    EVENT_HANDSHAKE_FAILED_PROTOCOL, HANDSHAKE_FAILED_PROTOCOL = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
    /// See [`Event::HandshakeFailedAuth`].
    EVENT_HANDSHAKE_FAILED_AUTH, HANDSHAKE_FAILED_AUTH = ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
}

/// Every event, those of newer libraries, too.
pub const EVENT_ALL: MonitorEvents = MonitorEvents(sys::ZMQ_EVENT_ALL);

/// What happened on a connection or a listener of a monitored socket.
///
/// Descriptors are numbers for a log: they are libzmq's, and may be closed by the time they are read here.
///
/// It compares with the constants, as in pyzmq: `event.event == zmq::EVENT_CONNECTED`, or `zmq::Event::CONNECTED`; `match` has what comes
/// with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A connection was made, on this descriptor. Its handshake follows.
    Connected {
        /// The connection's descriptor.
        fd: i32,
    },
    /// A connection was begun, and is waited for (`errno` is usually `EINPROGRESS`).
    ConnectDelayed {
        /// Why it is not there at once.
        errno: i32,
    },
    /// A connection failed or broke, and is tried again after this time.
    ConnectRetried {
        /// How long until then.
        interval: Duration,
    },
    /// A listener was bound, with this descriptor.
    Listening {
        /// The listener's descriptor.
        fd: i32,
    },
    /// A listener could not be bound.
    BindFailed {
        /// Why.
        errno: i32,
    },
    /// A peer's connection was accepted, with this descriptor. Its handshake follows.
    Accepted {
        /// The connection's descriptor.
        fd: i32,
    },
    /// A peer's connection could not be accepted.
    AcceptFailed {
        /// Why.
        errno: i32,
    },
    /// A listener, or a connection that was not made, was closed.
    Closed {
        /// The descriptor it had.
        fd: i32,
    },
    /// A descriptor could not be closed.
    CloseFailed {
        /// Why.
        errno: i32,
    },
    /// A connection was lost or ended.
    Disconnected {
        /// The descriptor it had.
        fd: i32,
    },
    /// Nothing more comes: the socket was closed, or its monitor disabled.
    MonitorStopped,
    /// A handshake failed for a reason of the system's, or the peer went away in the middle.
    HandshakeFailedNoDetail {
        /// The reason, if there is one.
        errno: i32,
    },
    /// The peers have agreed on how to talk, and are who they say they are as far as that was asked for: messages can flow.
    ///
    /// Over `ws` libzmq says it too early, when the WebSocket is there: a peer that is refused is refused after that.
    HandshakeSucceeded,
    /// The peer, or the authenticator, does not speak as it should.
    HandshakeFailedProtocol(ProtocolError),
    /// The authenticator refused the peer.
    HandshakeFailedAuth {
        /// 300 for the moment, 400 for good, 500 if the authenticator itself failed.
        status: u32,
    },
    /// One that this crate does not know.
    Other {
        /// Its number.
        event: u16,
        /// What comes with it.
        value: u32,
    },
}

impl Event {
    fn new(event: u16, value: u32) -> Self {
        // libzmq casts what is an int: descriptors and error numbers.
        let int = value as i32;
        match c_int::from(event) {
            sys::ZMQ_EVENT_CONNECTED => Self::Connected { fd: int },
            sys::ZMQ_EVENT_CONNECT_DELAYED => Self::ConnectDelayed { errno: int },
            sys::ZMQ_EVENT_CONNECT_RETRIED => {
                Self::ConnectRetried { interval: Duration::from_millis(u64::from(value)) }
            }
            sys::ZMQ_EVENT_LISTENING => Self::Listening { fd: int },
            sys::ZMQ_EVENT_BIND_FAILED => Self::BindFailed { errno: int },
            sys::ZMQ_EVENT_ACCEPTED => Self::Accepted { fd: int },
            sys::ZMQ_EVENT_ACCEPT_FAILED => Self::AcceptFailed { errno: int },
            sys::ZMQ_EVENT_CLOSED => Self::Closed { fd: int },
            sys::ZMQ_EVENT_CLOSE_FAILED => Self::CloseFailed { errno: int },
            sys::ZMQ_EVENT_DISCONNECTED => Self::Disconnected { fd: int },
            sys::ZMQ_EVENT_MONITOR_STOPPED => Self::MonitorStopped,
            sys::ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL => Self::HandshakeFailedNoDetail { errno: int },
            sys::ZMQ_EVENT_HANDSHAKE_SUCCEEDED => Self::HandshakeSucceeded,
            sys::ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL => Self::HandshakeFailedProtocol(ProtocolError(int)),
            sys::ZMQ_EVENT_HANDSHAKE_FAILED_AUTH => Self::HandshakeFailedAuth { status: value },
            _ => Self::Other { event, value },
        }
    }

    /// The number of the event, as in `zmq.h`.
    pub fn as_raw(&self) -> i32 {
        match self {
            Self::Connected { .. } => sys::ZMQ_EVENT_CONNECTED,
            Self::ConnectDelayed { .. } => sys::ZMQ_EVENT_CONNECT_DELAYED,
            Self::ConnectRetried { .. } => sys::ZMQ_EVENT_CONNECT_RETRIED,
            Self::Listening { .. } => sys::ZMQ_EVENT_LISTENING,
            Self::BindFailed { .. } => sys::ZMQ_EVENT_BIND_FAILED,
            Self::Accepted { .. } => sys::ZMQ_EVENT_ACCEPTED,
            Self::AcceptFailed { .. } => sys::ZMQ_EVENT_ACCEPT_FAILED,
            Self::Closed { .. } => sys::ZMQ_EVENT_CLOSED,
            Self::CloseFailed { .. } => sys::ZMQ_EVENT_CLOSE_FAILED,
            Self::Disconnected { .. } => sys::ZMQ_EVENT_DISCONNECTED,
            Self::MonitorStopped => sys::ZMQ_EVENT_MONITOR_STOPPED,
            Self::HandshakeFailedNoDetail { .. } => sys::ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL,
            Self::HandshakeSucceeded => sys::ZMQ_EVENT_HANDSHAKE_SUCCEEDED,
            Self::HandshakeFailedProtocol(_) => sys::ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL,
            Self::HandshakeFailedAuth { .. } => sys::ZMQ_EVENT_HANDSHAKE_FAILED_AUTH,
            Self::Other { event, .. } => i32::from(*event),
        }
    }
}

/// The set of that one event, to compare with the constants, or to look for in a set.
///
/// ```
/// let life = zmq::EVENT_CONNECTED | zmq::EVENT_DISCONNECTED;
/// assert!(life.contains(zmq::Event::Connected { fd: 7 }.into()));
/// ```
impl From<Event> for MonitorEvents {
    fn from(event: Event) -> Self {
        Self(event.as_raw())
    }
}

/// Whether it is that event, whatever comes with it: pyzmq's `event["event"] == zmq.EVENT_CONNECTED`.
///
/// ```
/// assert!(zmq::Event::Connected { fd: 7 } == zmq::EVENT_CONNECTED);
/// ```
impl PartialEq<MonitorEvents> for Event {
    fn eq(&self, event: &MonitorEvents) -> bool {
        MonitorEvents::from(*self) == *event
    }
}

/// In words: `handshake failed: the peer asks for another mechanism`.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected { .. } => f.write_str("connected"),
            Self::ConnectDelayed { .. } => f.write_str("connecting"),
            Self::ConnectRetried { interval } => write!(f, "connecting again in {interval:?}"),
            Self::Listening { .. } => f.write_str("listening"),
            Self::BindFailed { errno } => write!(f, "bind failed: {}", strerror(*errno)),
            Self::Accepted { .. } => f.write_str("accepted"),
            Self::AcceptFailed { errno } => write!(f, "accept failed: {}", strerror(*errno)),
            Self::Closed { .. } => f.write_str("closed"),
            Self::CloseFailed { errno } => write!(f, "close failed: {}", strerror(*errno)),
            Self::Disconnected { .. } => f.write_str("disconnected"),
            Self::MonitorStopped => f.write_str("monitor stopped"),
            Self::HandshakeFailedNoDetail { errno: 0 } => f.write_str("handshake failed"),
            Self::HandshakeFailedNoDetail { errno } => write!(f, "handshake failed: {}", strerror(*errno)),
            Self::HandshakeSucceeded => f.write_str("handshake succeeded"),
            Self::HandshakeFailedProtocol(error) => write!(f, "handshake failed: {error}"),
            Self::HandshakeFailedAuth { status } => write!(f, "handshake failed: refused with status {status}"),
            Self::Other { event, value } => write!(f, "event {event:#x} with value {value}"),
        }
    }
}

/// What was wrong with what the peer, or the authenticator, sent in a handshake: one of the `ZMQ_PROTOCOL_ERROR_…` of `zmq.h`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProtocolError(i32);

macro_rules! protocol_errors {
    ($($name:ident = $raw:ident: $text:literal;)*) => {
        impl ProtocolError {
            $(#[doc = concat!("`", stringify!($raw), "`: ", $text, ".")]
            pub const $name: Self = Self(sys::$raw);)*

            /// The name, without `ZMQ_PROTOCOL_ERROR_`; `None` for one that this crate does not know.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some(stringify!($name)),)*
                    _ => None,
                }
            }
        }

        impl fmt::Display for ProtocolError {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match *self {
                    $(Self::$name => f.write_str($text),)*
                    Self(other) => write!(f, "protocol error {other:#x}"),
                }
            }
        }
    };
}

protocol_errors! {
    ZMTP_UNSPECIFIED = ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED: "the peer does not follow ZMTP";
    ZMTP_UNEXPECTED_COMMAND = ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND: "the peer sent a command that is not expected now";
    ZMTP_INVALID_SEQUENCE = ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE: "the peer's nonces are out of sequence";
    ZMTP_KEY_EXCHANGE = ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE: "the peer sent an invalid message in the exchange of keys";
    ZMTP_MALFORMED_COMMAND_UNSPECIFIED = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED: "the peer sent a malformed command";
    ZMTP_MALFORMED_COMMAND_MESSAGE = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE: "the peer sent a malformed MESSAGE";
    ZMTP_MALFORMED_COMMAND_HELLO = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO: "the peer sent a malformed HELLO";
    ZMTP_MALFORMED_COMMAND_INITIATE = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE: "the peer sent a malformed INITIATE";
    ZMTP_MALFORMED_COMMAND_ERROR = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR: "the peer sent a malformed ERROR";
    ZMTP_MALFORMED_COMMAND_READY = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY: "the peer sent a malformed READY";
    ZMTP_MALFORMED_COMMAND_WELCOME = ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME: "the peer sent a malformed WELCOME";
    ZMTP_INVALID_METADATA = ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA: "the peer sent malformed metadata";
    ZMTP_CRYPTOGRAPHIC = ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC: "the peer's message cannot be decrypted: the keys do not fit";
    ZMTP_MECHANISM_MISMATCH = ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH: "the peer asks for another mechanism";
    ZAP_UNSPECIFIED = ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED: "the authenticator does not follow ZAP";
    ZAP_MALFORMED_REPLY = ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY: "the authenticator's reply is malformed";
    ZAP_BAD_REQUEST_ID = ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID: "the authenticator's reply is for another request";
    ZAP_BAD_VERSION = ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION: "the authenticator's reply has another version of ZAP";
    ZAP_INVALID_STATUS_CODE = ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE: "the authenticator's reply has no valid status";
    ZAP_INVALID_METADATA = ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA: "the authenticator's reply has malformed metadata";
    WS_UNSPECIFIED = ZMQ_PROTOCOL_ERROR_WS_UNSPECIFIED: "the peer does not speak WebSocket as it should";
}

impl ProtocolError {
    /// The number in `zmq.h`.
    pub const fn as_raw(self) -> i32 {
        self.0
    }
}

impl fmt::Debug for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "ProtocolError({:#x})", self.0),
        }
    }
}

/// An event, and where it happened.
///
/// pyzmq: the dictionary of `zmq.utils.monitor.parse_monitor_message`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MonitorEvent {
    /// What happened.
    pub event: Event,
    /// What was bound, or the peer's endpoint; empty for [`Event::MonitorStopped`].
    pub endpoint: String,
}

impl MonitorEvent {
    /// Reads the two frames that libzmq sends for an event, for whoever has the PAIR of a monitor of somebody else's.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) if that is not what they are; the frames come back in the error.
    ///
    /// pyzmq: `parse_monitor_message`.
    pub fn from_frames(frames: Vec<Message>) -> Result<Self> {
        if let [number, endpoint] = &frames[..] {
            // u16 and u32, unaligned, in this machine's order of bytes (socket_base.cpp, `monitor_event`).
            if let &[e0, e1, v0, v1, v2, v3] = &number[..] {
                let event = Event::new(u16::from_ne_bytes([e0, e1]), u32::from_ne_bytes([v0, v1, v2, v3]));
                return Ok(Self { event, endpoint: String::from_utf8_lossy(endpoint).into_owned() });
            }
        }
        Err(Error::new(Operation::Monitor, Errno::INVALID)
            .with_kind(ErrorKind::InvalidArgument)
            .with_help("an event is a frame of six bytes and a frame with an endpoint")
            .with_payload(frames))
    }
}

/// `accepted: tcp://127.0.0.1:5555`.
impl fmt::Display for MonitorEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.fmt(f)?;
        if self.endpoint.is_empty() { Ok(()) } else { write!(f, ": {}", self.endpoint) }
    }
}
