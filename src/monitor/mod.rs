//! Watching the connections of a socket.

mod event;

use std::cell::Cell;
use std::ffi::CString;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use zmq_sys as sys;

pub use event::{
    EVENT_ACCEPT_FAILED, EVENT_ACCEPTED, EVENT_ALL, EVENT_BIND_FAILED, EVENT_CLOSE_FAILED, EVENT_CLOSED,
    EVENT_CONNECT_DELAYED, EVENT_CONNECT_RETRIED, EVENT_CONNECTED, EVENT_DISCONNECTED, EVENT_HANDSHAKE_FAILED_AUTH,
    EVENT_HANDSHAKE_FAILED_NO_DETAIL, EVENT_HANDSHAKE_FAILED_PROTOCOL, EVENT_HANDSHAKE_SUCCEEDED, EVENT_LISTENING,
    EVENT_MONITOR_STOPPED, Event, MonitorEvent, MonitorEvents, ProtocolError,
};

use crate::error::{Error, ErrorKind, Operation, Result};
use crate::poller::PollSource;
use crate::raw::MonitorLink;
use crate::socket::Socket;
use crate::socket::kind::{Kind, Pair};
use crate::timeout::Timeout;

/// What happens on the connections of a socket, event by event. [`Socket::monitor`] makes one.
///
/// It may be in another thread than its socket. Dropping it ends the monitoring; so does closing the socket, after which the events
/// that were left still come, and then `None`. Events that nobody receives are kept, and cost memory, but never hold up the socket: in
/// C they do.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// let context = zmq::Context::new()?;
/// let server = context.socket(zmq::REP)?;
/// let monitor = server.monitor(zmq::EVENT_ALL)?;
/// server.bind("tcp://127.0.0.1:*")?;
/// let client = context.socket(zmq::REQ)?;
/// client.connect(&server.last_endpoint()?)?;
///
/// for event in &monitor {
///     let event = event?;
///     println!("{event}");               // listening: tcp://127.0.0.1:41251, accepted: …
///     if event.event == zmq::Event::HandshakeSucceeded {
///         break;
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// C: `zmq_socket_monitor`. pyzmq: `socket.get_monitor_socket()` with `recv_monitor_message`.
#[doc(alias = "zmq_socket_monitor")]
#[doc(alias = "get_monitor_socket")]
#[doc(alias = "recv_monitor_message")]
pub struct Monitor {
    // Before `link`: see `drop`.
    pair: Option<Socket<Pair>>,
    link: Arc<MonitorLink>,
    wanted: MonitorEvents,
    ended: Cell<bool>,
}

impl<K: Kind> Socket<K> {
    /// Reports what happens on the socket's connections from now on.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) if the socket is monitored already (in C the older monitor would be stopped);
    /// [`Unsupported`](ErrorKind::Unsupported) for a socket that came from a raw handle without its context;
    /// [`TooManyOpen`](ErrorKind::TooManyOpen): it takes two sockets; [`ContextTerminated`](ErrorKind::ContextTerminated).
    ///
    /// C: `zmq_socket_monitor`.
    #[doc(alias = "zmq_socket_monitor")]
    pub fn monitor(&self, events: MonitorEvents) -> Result<Monitor> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let address = format!("inproc://rszmq.monitor.{:p}.{}", self.as_ptr(), COUNT.fetch_add(1, Ordering::Relaxed));
        self.monitor_at(&address, events)
    }

    /// As [`monitor`](Self::monitor), with an `inproc` address of your own, by which the events come: pyzmq's
    /// `socket.monitor(address, events)`.
    ///
    /// # Errors
    ///
    /// As for [`monitor`](Self::monitor); [`AddressInUse`](ErrorKind::AddressInUse) if the address is taken,
    /// [`ProtocolNotSupported`](ErrorKind::ProtocolNotSupported) if it is not `inproc`.
    pub fn monitor_at(&self, address: &str, events: MonitorEvents) -> Result<Monitor> {
        let operation = Operation::Monitor;
        let context = self.context().ok_or_else(|| {
            let help = "the socket came from a raw handle without its context: give it to from_raw";
            Error::unsupported(operation, help)
        })?;
        let core = self.core();
        if !core.raw().is_ours() {
            return Err(Error::forked(operation));
        }
        if core.is_monitored() {
            let help = "the socket is monitored already: drop that Monitor first, or disable_monitor()";
            return Err(Error::invalid(operation, help).with_target(self.socket_type().to_string()));
        }
        let endpoint = CString::new(address).map_err(|_| {
            Error::invalid(operation, "an address cannot have a NUL in it").with_target(address.to_owned())
        })?;
        // All that can fail beforehand does so before events have to be received.
        let pair = context.socket(crate::PAIR)?;
        pair.set_linger(0)?;
        // Without a limit: whoever reports an event would wait for room, and that may be the caller of bind, the I/O thread, or
        // the one that closes sockets.
        pair.set_rcvhwm(0)?;
        let explain = |errno| {
            let error = Error::new(operation, errno).with_target(address.to_owned());
            match error.kind() {
                ErrorKind::AddressInUse => error.with_help("another socket, or another monitor, is bound to it"),
                ErrorKind::ProtocolNotSupported => error.with_help("events come by inproc only: inproc://name"),
                _ => error,
            }
        };
        let mask = events.as_raw() | sys::ZMQ_EVENT_MONITOR_STOPPED;
        let link = Arc::new(core.raw().again(|raw| raw.monitor(&endpoint, mask)).map_err(explain)?);
        // Not by `Socket::connect`: that would remember a name that waits for its bind, and this one is libzmq's.
        if let Err(errno) = pair.core().raw().again(|raw| raw.connect(&endpoint)) {
            link.stop();
            return Err(explain(errno));
        }
        core.set_monitor(&link);
        Ok(Monitor { pair: Some(pair), link, wanted: events, ended: Cell::new(false) })
    }

    /// Ends the monitoring, if there is any: the [`Monitor`] gets what was left, and then `None`.
    ///
    /// C: `zmq_socket_monitor` with a null address. pyzmq: `socket.disable_monitor()`.
    #[doc(alias = "zmq_socket_monitor")]
    pub fn disable_monitor(&self) {
        self.core().disable_monitor();
    }
}

impl Monitor {
    pub(crate) fn pair(&self) -> &Socket<Pair> {
        self.pair.as_ref().expect("it is there until it is dropped")
    }

    /// Waits for the next event; `None` when the monitoring has ended.
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](ErrorKind::ContextTerminated).
    pub fn recv(&self) -> Result<Option<MonitorEvent>> {
        self.recv_timeout(Timeout::FOREVER)
    }

    /// As [`recv`](Self::recv), if there is an event already.
    ///
    /// # Errors
    ///
    /// [`Again`](ErrorKind::Again) if there is none; else as for [`recv`](Self::recv).
    pub fn try_recv(&self) -> Result<Option<MonitorEvent>> {
        self.recv_timeout(0)
    }

    /// As [`recv`](Self::recv), for at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`Again`](ErrorKind::Again) if the time is over; else as for [`recv`](Self::recv).
    pub fn recv_timeout(&self, timeout: impl Into<Timeout>) -> Result<Option<MonitorEvent>> {
        if self.ended.get() {
            return Ok(None);
        }
        let frames = self.pair().recv_multipart_timeout(timeout);
        let event = MonitorEvent::from_frames(frames.map_err(|error| error.with_operation(Operation::Monitor))?)?;
        if event.event == Event::MonitorStopped {
            self.ended.set(true);
            if !self.wanted.contains(EVENT_MONITOR_STOPPED) {
                return Ok(None);
            }
        }
        Ok(Some(event))
    }

    /// An iterator over the events, which waits for each, and ends when the monitoring does or after an error.
    pub fn iter(&self) -> MonitorIter<'_> {
        MonitorIter { monitor: self, failed: false }
    }
}

/// To wait for events and for other things at once, with a [`Poller`](crate::Poller).
impl<'a> From<&'a Monitor> for PollSource<'a> {
    fn from(monitor: &'a Monitor) -> Self {
        monitor.pair().into()
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.ended.get() { "ended" } else { "active" };
        f.debug_struct("Monitor").field("events", &self.wanted).field("state", &format_args!("{state}")).finish()
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let Some(pair) = self.pair.take() else { return };
        if self.link.stop() {
            return;
        }
        // The socket was closed, or something else has stopped it. If it is still closing (it has unsent messages, say), libzmq goes
        // on reporting, and without a peer that would stop its thread that closes sockets.
        while !self.ended.get() {
            match pair.recv_multipart_flags(crate::DONTWAIT) {
                Ok(frames) => {
                    let event = MonitorEvent::from_frames(frames);
                    self.ended.set(event.is_ok_and(|event| event.event == Event::MonitorStopped));
                }
                Err(error) if error.is_again() => {
                    pair.park();
                    return;
                }
                Err(_) => return,
            }
        }
    }
}

impl<'a> IntoIterator for &'a Monitor {
    type Item = Result<MonitorEvent>;
    type IntoIter = MonitorIter<'a>;

    fn into_iter(self) -> MonitorIter<'a> {
        self.iter()
    }
}

/// The iterator over the events of a [`Monitor`].
#[derive(Debug)]
pub struct MonitorIter<'a> {
    monitor: &'a Monitor,
    failed: bool,
}

impl Iterator for MonitorIter<'_> {
    type Item = Result<MonitorEvent>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let event = self.monitor.recv().transpose();
        self.failed = matches!(event, Some(Err(_)));
        event
    }
}
