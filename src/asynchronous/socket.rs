//! A socket whose calls are awaited.

use std::fmt;
use std::future::{Future, poll_fn};
use std::ops::RangeBounds;
use std::os::fd::{AsFd, BorrowedFd};

use super::context::Context;
use super::monitor::Monitor;
use super::ready::{Polled, Ready, Wait};
use super::runtime::{Manual, Runtime};
use super::wakers::Side;
use crate::error::{Errno, Error, Operation, Result};
use crate::monitor::MonitorEvents;
use crate::option::codec::Codec;
use crate::option::{Gettable, OptionOf, OptionValue, PollEvents, Settable, SocketOption};
use crate::raw::Owner;
use crate::socket::kind::{Kind, SocketType};
use crate::socket::{self, Core};
use crate::timeout::Timeout;

impl<K: Kind> Owner for socket::Socket<K> {
    fn descriptor(&self) -> BorrowedFd<'_> {
        self.as_fd()
    }
}

impl<K: Kind> Polled for socket::Socket<K> {
    #[inline]
    fn core(&self) -> &Core {
        self.core()
    }
}

/// A socket of the kind `K`, for tasks of the runtime `R`.
///
/// It has the methods of the blocking [`Socket`](crate::Socket), those that wait as futures, and is used by its name in a runtime's module:
/// [`zmq::tokio::Socket`](crate::tokio::Socket), [`zmq::async_io::Socket`](crate::async_io::Socket).
///
/// Not here are those with flags (so no `SNDMORE`: [`send_multipart`](Self::send_multipart)), those with a timeout of their own (see below),
/// `recv_spin` and `recv_multipart_into`; iterators are [`stream`](Self::stream)s. What does not wait can be called by [`with`](Self::with).
/// [`zmq::proxy`](crate::proxy()) and the like, which run until the end, are for blocking sockets in a thread, as
/// [`ThreadProxy`](crate::ThreadProxy) has.
///
/// # Sharing
///
/// It is `Send` and `Sync`, and so are its futures `Send`: by reference, or in an `Arc`, any number of tasks may use it at once, some
/// sending while others receive. Messages are whole: each is sent, and received, in one step. (To receive frame by frame, by
/// [`recv`](Self::recv), is for one task at a time; others may get the rest of the message otherwise.)
///
/// # When it begins
///
/// A future does nothing until it is awaited, spawned or otherwise polled, as everywhere in Rust: a `send` that nobody awaits is not sent, and the
/// compiler warns. (pyzmq's begin at once, whether they are awaited or not.) Where a Python program calls `socket.recv()` and awaits what that
/// answered later, here a task does it: `let answer = tokio::spawn(async move { socket.recv().await });`.
///
/// # Cancelling
///
/// Every future can be dropped at any time, as `select!` does. One that receives has then taken nothing: what comes is there for the next.
/// One that sends has then sent nothing, and drops its message; a message that is to be kept is cloned before, which copies nothing,
/// or sent by [`writable`](Self::writable) and [`try_send`](Self::try_send). What has been sent, or received, is reported at once: a
/// future that was polled and is not ready has done nothing.
///
/// # Timeouts
///
/// They are the runtime's: `tokio::time::timeout(duration, socket.recv())`. [`RCVTIMEO`](crate::RCVTIMEO) and
/// [`SNDTIMEO`](crate::SNDTIMEO) are heeded, too, as pyzmq does.
///
/// # Fairness
///
/// A task that could send or receive for ever gives way to others now and then, as tokio's own sockets do: a future can be pending though
/// there is something. To look, and not to wait, there are [`try_recv`](Self::try_recv) and `poll` with a timeout of 0.
///
/// # Room
///
/// What libzmq drops is dropped here, too: a ROUTER that answers from many tasks, and a PUB, drop what has no room. A ROUTER with
/// [`ROUTER_MANDATORY`](crate::ROUTER_MANDATORY) and an XPUB with [`XPUB_NODROP`](crate::XPUB_NODROP) wait for it.
///
/// # Closing
///
/// Dropping it never waits; what it still has to send is sent by the context; see [`Context`](super::Context) for what its end waits for.
///
/// pyzmq: `zmq.asyncio.Socket`.
pub struct Socket<K: Kind, R: Runtime> {
    // Before `context`: the socket is closed first, so that the context does not wait for it.
    pub(super) ready: Ready<socket::Socket<K>, R>,
    context: Option<Context<R>>,
}

impl<K: Kind, R: Runtime> Socket<K, R> {
    /// Calls the blocking socket for something that this one has no method for, and that does not wait. It is then this thread's: what
    /// `call` does with the async socket is an error.
    ///
    /// # Errors
    ///
    /// What `call` answers; and if it is made from within another call on the socket.
    pub fn with<T>(&self, call: impl FnOnce(&socket::Socket<K>) -> Result<T>) -> Result<T> {
        self.ready.call(Operation::Poll, call)?
    }

    /// The blocking socket, as it is. Tasks that would still use this one are not possible any more.
    pub fn into_blocking(self) -> socket::Socket<K> {
        self.ready.into_owner()
    }

    /// The context the socket was made from; `None` if it came from a raw handle alone.
    ///
    /// pyzmq: `socket.context`.
    pub fn context(&self) -> Option<&Context<R>> {
        self.context.as_ref()
    }

    /// Which kind it is.
    pub fn socket_type(&self) -> SocketType {
        self.ready.kind()
    }

    /// Accepts connections at an endpoint. It does not wait for any; see [`Socket::bind`](crate::Socket::bind).
    ///
    /// # Errors
    ///
    /// As for [`Socket::bind`](crate::Socket::bind).
    pub fn bind(&self, endpoint: &str) -> Result<()> {
        self.with(|socket| socket.bind(endpoint))
    }

    /// Binds to a port that is free, and answers it; see [`Socket::bind_to_random_port`](crate::Socket::bind_to_random_port).
    ///
    /// # Errors
    ///
    /// As for [`Socket::bind_to_random_port`](crate::Socket::bind_to_random_port).
    pub fn bind_to_random_port(&self, address: &str) -> Result<u16> {
        self.with(|socket| socket.bind_to_random_port(address))
    }

    /// Binds to one of these ports; see [`Socket::bind_to_random_port_in`](crate::Socket::bind_to_random_port_in).
    ///
    /// # Errors
    ///
    /// As for [`Socket::bind_to_random_port_in`](crate::Socket::bind_to_random_port_in).
    pub fn bind_to_random_port_in(&self, address: &str, ports: impl RangeBounds<u16>, max_tries: usize) -> Result<u16> {
        self.with(|socket| socket.bind_to_random_port_in(address, ports, max_tries))
    }

    /// Stops accepting connections at an endpoint; see [`Socket::unbind`](crate::Socket::unbind).
    ///
    /// # Errors
    ///
    /// As for [`Socket::unbind`](crate::Socket::unbind).
    pub fn unbind(&self, endpoint: &str) -> Result<()> {
        self.with(|socket| socket.unbind(endpoint))
    }

    /// Connects to an endpoint, in the background; see [`Socket::connect`](crate::Socket::connect).
    ///
    /// # Errors
    ///
    /// As for [`Socket::connect`](crate::Socket::connect).
    pub fn connect(&self, endpoint: &str) -> Result<()> {
        self.with(|socket| socket.connect(endpoint))
    }

    /// Ends the connection to an endpoint; see [`Socket::disconnect`](crate::Socket::disconnect).
    ///
    /// # Errors
    ///
    /// As for [`Socket::disconnect`](crate::Socket::disconnect).
    pub fn disconnect(&self, endpoint: &str) -> Result<()> {
        self.with(|socket| socket.disconnect(endpoint))
    }

    /// Refuses to bind or connect without this mechanism; see [`Socket::require_security`](crate::Socket::require_security).
    ///
    /// # Errors
    ///
    /// As for [`Socket::require_security`](crate::Socket::require_security).
    pub fn require_security(&self, mechanism: crate::Mechanism) -> Result<()> {
        self.with(|socket| socket.require_security(mechanism))
    }

    /// Sets an option: `socket.set(zmq::SNDHWM, 1000)`. Each option also has a method: `socket.set_sndhwm(1000)`.
    ///
    /// # Errors
    ///
    /// As for [`Socket::set`](crate::Socket::set).
    pub fn set<O, V>(&self, option: O, value: V) -> Result<()>
    where
        O: Settable + OptionOf<K>,
        V: OptionValue<O::Codec>,
    {
        self.with(|socket| socket.set(option, value))
    }

    /// Reads an option: `socket.get(zmq::LINGER)`. Each option also has a method: `socket.linger()`.
    ///
    /// # Errors
    ///
    /// As for [`Socket::get`](crate::Socket::get).
    pub fn get<O>(&self, option: O) -> Result<<O::Codec as Codec>::Value>
    where
        O: Gettable + OptionOf<K>,
    {
        self.with(|socket| socket.get(option))
    }

    /// Sets both high water marks; see [`Socket::set_hwm`](crate::Socket::set_hwm).
    ///
    /// # Errors
    ///
    /// As for [`set`](Self::set).
    pub fn set_hwm(&self, messages: i32) -> Result<()> {
        self.with(|socket| socket.set_hwm(messages))
    }

    /// The send high water mark; see [`Socket::hwm`](crate::Socket::hwm).
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    pub fn hwm(&self) -> Result<i32> {
        self.with(socket::Socket::hwm)
    }

    /// The routing id, under its old name: see [`routing_id`](Self::routing_id).
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    pub fn identity(&self) -> Result<Vec<u8>>
    where
        crate::ROUTING_ID: OptionOf<K>,
    {
        self.routing_id()
    }

    /// Sets the routing id, under its old name: see [`set_routing_id`](Self::set_routing_id).
    ///
    /// # Errors
    ///
    /// As for [`set`](Self::set).
    pub fn set_identity<V>(&self, identity: V) -> Result<()>
    where
        crate::ROUTING_ID: OptionOf<K>,
        V: OptionValue<<crate::ROUTING_ID as SocketOption>::Codec>,
    {
        self.set_routing_id(identity)
    }

    /// Reports what happens on the socket's connections from now on; see [`Socket::monitor`](crate::Socket::monitor).
    ///
    /// # Errors
    ///
    /// As for [`Socket::monitor`](crate::Socket::monitor).
    pub fn monitor(&self, events: MonitorEvents) -> Result<Monitor<R>> {
        self.with(|socket| socket.monitor(events)).map(Monitor::from)
    }

    /// Ends the monitoring; see [`Socket::disable_monitor`](crate::Socket::disable_monitor).
    ///
    /// # Errors
    ///
    /// If the socket is in the middle of a call, whose message's owner has made this one.
    pub fn disable_monitor(&self) -> Result<()> {
        self.with(|socket| {
            socket.disable_monitor();
            Ok(())
        })
    }

    /// Closes the socket, at once and without waiting; what it still has to send is sent by the context, for as long as
    /// [`LINGER`](crate::LINGER) says. [`Context::term`](super::Context::term) waits for that.
    ///
    /// # Errors
    ///
    /// As for [`Socket::close`](crate::Socket::close).
    pub async fn close(self) -> Result<()> {
        self.into_blocking().close()
    }

    /// As [`close`](Self::close), with another [`LINGER`](crate::LINGER).
    ///
    /// # Errors
    ///
    /// As for [`close`](Self::close).
    pub async fn close_linger(self, linger: impl Into<Timeout>) -> Result<()> {
        self.into_blocking().close_linger(linger)
    }

    /// Waits until the socket is ready for one of `events`, at most `timeout`, and says for which; an empty set if the time is over.
    ///
    /// Cancel safe: it takes nothing.
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](crate::ErrorKind::ContextTerminated); an error for a timeout with [`Manual`].
    ///
    /// pyzmq: `await socket.poll(timeout, flags)`.
    pub fn poll(
        &self,
        timeout: impl Into<Timeout>,
        events: PollEvents,
    ) -> impl Future<Output = Result<PollEvents>> + Send {
        let timeout = timeout.into();
        async move { super::poller::poll_one(&self.ready, events, timeout).await }
    }

    /// Waits until there is something to receive, perhaps for another task.
    ///
    /// Cancel safe: it takes nothing.
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](crate::ErrorKind::ContextTerminated).
    pub async fn readable(&self) -> Result<()> {
        self.is_ready(Side::Recv).await
    }

    /// Waits until there is room to send, which another task may take. (ROUTER, PUB, XPUB and STREAM always say that there is.)
    ///
    /// With [`try_send`](Self::try_send) it sends a message that is kept if this is cancelled:
    ///
    /// ```
    /// # #[cfg(feature = "tokio")]
    /// # async fn send(socket: &zmq::tokio::Socket<zmq::Push>, mut message: zmq::Message) -> zmq::Result<()> {
    /// loop {
    ///     socket.writable().await?;                    // may be dropped
    ///     match socket.try_send(message) {
    ///         Ok(()) => break,
    ///         Err(error) if error.is_again() => message = error.message,
    ///         Err(error) => return Err(error.into()),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](crate::ErrorKind::ContextTerminated).
    pub async fn writable(&self) -> Result<()> {
        self.is_ready(Side::Send).await
    }

    async fn is_ready(&self, side: Side) -> Result<()> {
        let mut wait = Wait::forever(side);
        poll_fn(move |cx| {
            self.ready.poll(cx, &mut wait, Operation::Poll, |socket| {
                let core = socket.core();
                let events = core.events().map_err(|errno| core.error(Operation::Poll, errno))?;
                if side.is_ready(events) { Ok(()) } else { Err(Error::new(Operation::Poll, Errno::AGAIN)) }
            })
        })
        .await
    }

    pub(super) fn ready(&self) -> &Ready<socket::Socket<K>, R> {
        &self.ready
    }
}

impl<K: Kind> Socket<K, Manual> {
    /// Wakes the tasks that wait for the socket. To be called when its descriptor, [`as_fd`](AsFd::as_fd), becomes readable, which it does
    /// once for whatever has happened since a task looked last.
    pub fn wake(&self) {
        self.ready.wake();
    }
}

impl<K: Kind, R: Runtime> From<socket::Socket<K>> for Socket<K, R> {
    fn from(socket: socket::Socket<K>) -> Self {
        let context = socket.context().cloned().map(Context::from);
        Self { ready: Ready::new(socket), context }
    }
}

/// The descriptor, for an event loop of one's own; see [`Manual`].
impl<K: Kind, R: Runtime> AsFd for Socket<K, R> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ready.descriptor()
    }
}

impl<K: Kind, R: Runtime> fmt::Debug for Socket<K, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ready.call(Operation::Poll, |socket| Ok::<_, Error>(format!("{socket:?}"))) {
            Ok(Ok(text)) => f.write_str(&text),
            _ => write!(f, "Socket({}, in use)", self.socket_type()),
        }
    }
}
