//! Sockets.

mod core;
mod endpoints;
mod flags;
mod handle;
mod held;
mod json;
pub(crate) mod kind;
mod options;
mod recv;
mod routing;
mod security;
mod send;
mod shared;
pub(crate) mod wait;

use std::fmt;
use std::marker::PhantomData;

#[cfg(all(feature = "async", feature = "json", unix))]
pub(crate) use json::{read_json, write_json};
#[cfg(all(feature = "async", unix))]
pub(crate) use recv::{exactly, text_of};

pub use flags::{DONTWAIT, Flags, NOBLOCK, SNDMORE};
pub use options::socket_options;
pub use recv::{Iter, MultipartIter, Received};
pub use send::{SendError, SendMultipartError};

use crate::context::Context;
use crate::error::{Error, Operation, Result};
use crate::timeout::Timeout;
pub(crate) use core::Core;
use kind::{Dynamic, IntoKind, Kind, SocketType};

/// A socket of the kind `K`.
///
/// The kind decides what a socket can do: `Socket<Push>` has no `recv`, `Socket<Sub>` has `subscribe`. A kind that is known only at
/// run time is [`Socket<Dynamic>`](Dynamic).
///
/// A socket can move to another thread, but not be used by two at once: it is `Send` and not `Sync`. Its methods take `&self`.
///
/// # Closing
///
/// Dropping closes the socket, at once and without waiting. What it still has to send is sent by the context in the background,
/// for as long as [`LINGER`](crate::LINGER) says, for ever by default; see [`Context`] for what the end of the context waits for.
///
/// # Which calls wait
///
/// `send` waits for a peer with room (a DEALER, PUSH, REQ or PAIR; the others never wait), `recv` and `poll` for a message. How long
/// is what [`SNDTIMEO`](crate::SNDTIMEO) and [`RCVTIMEO`](crate::RCVTIMEO) say, for ever by default; `send_timeout` and
/// `recv_timeout` say it for one call, `try_send` and `try_recv` never wait. [`Context::shutdown`] ends every wait. A signal does not:
/// the call goes on waiting for what is left of its time.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// let context = zmq::Context::new()?;
/// let rep = context.socket(zmq::REP)?;
/// rep.bind("tcp://127.0.0.1:*")?;
/// let req = context.socket(zmq::REQ)?;
/// req.connect(&rep.last_endpoint()?)?;
///
/// req.send("Hello")?;
/// assert_eq!(rep.recv_string()?, "Hello");
/// rep.send("World")?;
/// assert_eq!(req.recv_string()?, "World");
/// # Ok(())
/// # }
/// ```
///
/// C: `void *` of `zmq_socket`. pyzmq: `zmq.Socket`.
#[repr(transparent)]
pub struct Socket<K: Kind> {
    core: Core,
    kind: PhantomData<fn() -> K>,
}

impl Context {
    /// Makes a socket: `context.socket(zmq::REP)`; with a [`SocketType`] one whose kind is known only at run time.
    ///
    /// # Errors
    ///
    /// [`TooManyOpen`](crate::ErrorKind::TooManyOpen) if the context has [`MAX_SOCKETS`](crate::MAX_SOCKETS), or the process no file
    /// descriptors left; [`ContextTerminated`](crate::ErrorKind::ContextTerminated) after [`shutdown`](Self::shutdown);
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for a kind this crate does not know.
    ///
    /// C: `zmq_socket`.
    #[doc(alias = "zmq_socket")]
    pub fn socket<T: IntoKind>(&self, kind: T) -> Result<Socket<T::Kind>> {
        let kind = kind.socket_type();
        if let SocketType::Other(number) = kind {
            // libzmq makes draft kinds even where it then aborts on their first connection (mechanism.cpp).
            return Err(Error::unsupported(
                Operation::Socket,
                format!("there is no kind of socket with number {number}"),
            ));
        }
        let core = Core::new(self.open(kind.as_raw())?, Some(self.clone()), kind)?;
        self.each_default(kind, |row, value| core.set(row, value))?;
        Ok(Socket::from_core(core))
    }
}

impl<K: Kind> Socket<K> {
    fn from_core(core: Core) -> Self {
        Self { core, kind: PhantomData }
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// The context the socket was made from; `None` if it came from a raw handle alone.
    ///
    /// pyzmq: `socket.context`.
    pub fn context(&self) -> Option<&Context> {
        self.core.context()
    }

    /// The kind of the socket.
    ///
    /// C: `ZMQ_TYPE`. pyzmq: `socket.type`.
    pub fn socket_type(&self) -> SocketType {
        self.core.kind()
    }

    /// Closes the socket, as dropping does, and says if that failed.
    ///
    /// # Errors
    ///
    /// None that a safe program can meet.
    ///
    /// C: `zmq_close`.
    #[doc(alias = "zmq_close")]
    pub fn close(self) -> Result<()> {
        self.core.close()
    }

    /// Closes the socket with that linger: how long, from now on, libzmq tries to send what is unsent (ms, a `Duration`, -1 or
    /// `None` for ever, 0 to drop it). pyzmq: `socket.close(linger)`.
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](crate::ErrorKind::ContextTerminated) if the socket has seen a shutdown, after which its linger stays as it
    /// is; the socket is closed even so.
    pub fn close_linger(self, linger: impl Into<Timeout>) -> Result<()> {
        let set = self.core.set_linger(linger.into());
        self.core.close()?;
        set
    }

    /// The same socket with its kind forgotten, to have sockets of different kinds in one list.
    #[expect(unsafe_code, reason = "a reference to the one is a reference to the other")]
    pub fn as_dynamic(&self) -> &Socket<Dynamic> {
        // SAFETY: `Socket` is transparent over `Core` whatever the kind is, and a `Dynamic` one does nothing that the other
        // could not bear: what its kind does not have is asked of the kind at run time.
        unsafe { &*std::ptr::from_ref(self).cast() }
    }

    /// Forgets the kind at compile time, so that sockets of different kinds can be kept together.
    pub fn into_dynamic(self) -> Socket<Dynamic> {
        Socket::from_core(self.core)
    }
}

impl Socket<Dynamic> {
    /// Finds the kind again.
    ///
    /// # Errors
    ///
    /// The socket, if it is not of the kind `K`.
    #[expect(clippy::result_large_err, reason = "the socket is not lost if it is of another kind")]
    pub fn downcast<K: Kind>(self) -> Result<Socket<K>, Self> {
        match K::TYPE {
            Some(kind) if kind != self.socket_type() => Err(self),
            _ => Ok(Socket::from_core(self.core)),
        }
    }
}

/// Says the kind and the last endpoint.
impl<K: Kind> fmt::Debug for Socket<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Socket");
        debug.field("kind", &format_args!("{}", self.socket_type()));
        match self.core.last_endpoint() {
            Ok(endpoint) if endpoint.is_empty() => debug.field("endpoint", &format_args!("none")),
            Ok(endpoint) => debug.field("endpoint", &endpoint),
            Err(_) => debug.field("endpoint", &format_args!("unknown")),
        };
        debug.finish()
    }
}
