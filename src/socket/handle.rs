//! Raw handles, in and out.

use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr::NonNull;

use zmq_sys as sys;

use super::kind::{Kind, SocketType};
use super::routing::ConnectIds;
use super::{Core, Socket};
use crate::context::Context;
use crate::error::{Errno, Error, Operation, Result};
use crate::option::codec::Descriptor;
use crate::raw::{PerProcess, RawSocket};

/// What is known of a socket that was given away.
struct Given {
    /// Ending a context waits for its sockets, so it must not end by itself.
    context: Option<Context>,
    /// As they were: after a shutdown libzmq tells nothing of a socket.
    kind: SocketType,
    descriptor: Descriptor,
}

/// The sockets that were given away, by their addresses. Whoever gives one back takes it from here.
static GIVEN_AWAY: PerProcess<HashMap<usize, Given>> = PerProcess::new();

/// What is known of the socket, which is taken back. It is to be dropped outside the lock: that may take a while.
fn take_given(socket: NonNull<c_void>) -> Option<Given> {
    GIVEN_AWAY.with(|given| given.get_or_insert_default().remove(&socket.as_ptr().addr()))
}

impl<K: Kind> Socket<K> {
    /// Leaves the socket to its context, which keeps it open for as long as a monitor's end must be.
    pub(crate) fn park(mut self) {
        if let Some(context) = self.context().cloned() {
            context.park(self.core.raw_mut().take());
        }
    }

    /// Takes over a socket that C made, or that [`into_raw`](Self::into_raw) gave away. Dropping closes it.
    ///
    /// `context` is its context if that is a [`Context`] here: the socket then keeps it alive, as its own sockets do. A socket that
    /// [`into_raw`](Self::into_raw) gave away has its own again also without.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a null pointer or a socket of another kind, which is left open;
    /// [`ContextTerminated`](crate::ErrorKind::ContextTerminated) if libzmq tells no more of what it is: after a shutdown only those are
    /// taken back that [`into_raw`](Self::into_raw) gave away.
    ///
    /// # Safety
    ///
    /// `socket` came from `zmq_socket`, is open, and nobody else closes it; nobody else uses it while another thread uses this value.
    /// Its context, if not given, is terminated by somebody who knows that this waits for the socket.
    #[expect(unsafe_code, reason = "the constructor of a raw handle is where its contract is stated")]
    pub unsafe fn from_raw(socket: *mut c_void, context: Option<&Context>) -> Result<Self> {
        // SAFETY: the caller's promise.
        unsafe { Self::adopt(socket, context, true) }
    }

    /// Uses a socket that belongs to somebody else: pyzmq's `Socket.shadow`. Dropping does not close it.
    ///
    /// # Errors
    ///
    /// As for [`from_raw`](Self::from_raw).
    ///
    /// # Safety
    ///
    /// `socket` came from `zmq_socket` and stays open while this value lives; nobody else uses it while another thread uses this
    /// value.
    #[expect(unsafe_code, reason = "the constructor of a raw handle is where its contract is stated")]
    pub unsafe fn shadow(socket: *mut c_void) -> Result<Self> {
        // SAFETY: the caller's promise.
        unsafe { Self::adopt(socket, None, false) }
    }

    /// # Safety
    ///
    /// As `from_raw` if `owned`, as `shadow` if not.
    #[expect(unsafe_code, reason = "see from_raw and shadow")]
    unsafe fn adopt(socket: *mut c_void, context: Option<&Context>, owned: bool) -> Result<Self> {
        let socket = NonNull::new(socket)
            .ok_or_else(|| Error::invalid(Operation::Socket, "the pointer to the socket is null"))?;
        // SAFETY: the caller says that it is an open socket, used by one thread at a time. Not owned yet: it is not to be
        // closed if it turns out to be of another kind.
        let raw = unsafe { RawSocket::from_ptr(socket, false) };
        let kind = match raw.get_int(sys::ZMQ_TYPE) {
            Ok(kind) => SocketType::from_raw(kind),
            Err(errno) => known_kind(socket, errno).map_err(|errno| Error::new(Operation::Socket, errno))?,
        };
        if let Some(expected) = K::TYPE.filter(|expected| *expected != kind) {
            let help = format!("the socket is a {kind}, not a {expected}");
            return Err(Error::invalid(Operation::Socket, help));
        }
        drop(raw);
        // SAFETY: as above; that nobody else closes it, if it is owned, is the caller's promise.
        let raw = unsafe { RawSocket::from_ptr(socket, owned) };
        let before = if owned { take_given(socket) } else { None };
        let descriptor = before.as_ref().map(|before| before.descriptor);
        let context = context.cloned().or_else(|| before.and_then(|before| before.context));
        let core = Core::with_descriptor(raw, context, kind, descriptor)?;
        *core.connect_ids.borrow_mut() = ConnectIds::of_unknown_past();
        Ok(Self::from_core(core))
    }

    /// The pointer that C knows the socket by: good while this value lives, and for the thread that has it.
    pub fn as_ptr(&self) -> *mut c_void {
        self.core.raw().as_ptr()
    }

    /// Gives the socket away: from now on it is the caller who has to call `zmq_close`. Its context is kept from ending, since
    /// that would wait for the socket: it lasts until the process ends, unless [`from_raw`](Self::from_raw) takes the
    /// socket back or [`Context::into_raw`] gave the context away, too.
    pub fn into_raw(mut self) -> *mut c_void {
        self.disable_monitor();
        self.core.raw_mut().disown();
        let given =
            Given { context: self.context().cloned(), kind: self.socket_type(), descriptor: self.core.descriptor() };
        let before = GIVEN_AWAY.with(|others| others.get_or_insert_default().insert(self.as_ptr().addr(), given));
        // Outside the lock: the end of a context may take a while.
        drop(before);
        self.as_ptr()
    }
}

/// The kind of a socket that libzmq does not tell, since its context was shut down, if it was given away here.
fn known_kind(socket: NonNull<c_void>, errno: Errno) -> Result<SocketType, Errno> {
    GIVEN_AWAY.with(|given| match given.get_or_insert_default().get(&socket.as_ptr().addr()) {
        Some(given) if errno == Errno::TERMINATED => Ok(given.kind),
        _ => Err(errno),
    })
}

/// The descriptor that becomes readable when something happened on the socket (`ZMQ_FD`), for an event loop.
///
/// It does not say what happened, and not again until the socket was asked: after each wake, and after each `send` and `recv`, look
/// at [`events`](Socket::events) until there are none. It must not be read, written or closed.
#[cfg(unix)]
impl<K: Kind> std::os::fd::AsFd for Socket<K> {
    #[expect(unsafe_code, reason = "libzmq gives the descriptor as a number")]
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        let descriptor = self.core.descriptor();
        // SAFETY: libzmq keeps the descriptor open until the socket is closed, which the borrow prevents.
        unsafe { std::os::fd::BorrowedFd::borrow_raw(descriptor) }
    }
}

#[cfg(unix)]
impl<K: Kind> std::os::fd::AsRawFd for Socket<K> {
    fn as_raw_fd(&self) -> std::os::fd::RawFd {
        self.core.descriptor()
    }
}

/// The socket that becomes readable when something happened (`ZMQ_FD`), for an event loop; see `AsFd` on Unix.
#[cfg(windows)]
impl<K: Kind> std::os::windows::io::AsSocket for Socket<K> {
    #[expect(unsafe_code, reason = "libzmq gives the socket as a number")]
    fn as_socket(&self) -> std::os::windows::io::BorrowedSocket<'_> {
        let descriptor = self.core.descriptor();
        // SAFETY: libzmq keeps it open until the socket is closed, which the borrow prevents.
        unsafe { std::os::windows::io::BorrowedSocket::borrow_raw(descriptor) }
    }
}

#[cfg(unix)]
impl<K: Kind> Socket<K> {
    /// Accepts connections on a socket that listens already, as one that a supervisor hands over. It must be bound and listening, of
    /// the transport that `endpoint` says; libzmq owns and closes it from then on.
    ///
    /// ```
    /// # #[cfg(unix)]
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    /// let address = listener.local_addr().unwrap();
    /// let rep = context.socket(zmq::REP)?;
    /// rep.bind_with_fd(&format!("tcp://{address}"), listener.into())?;
    /// let req = context.socket(zmq::REQ)?;
    /// req.connect(&format!("tcp://{address}"))?;
    /// req.send("hello")?;
    /// assert_eq!(rep.recv_string()?, "hello");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(unix))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`bind`](Self::bind); [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a transport that has no listening sockets. The
    /// descriptor is closed then.
    ///
    /// C: `ZMQ_USE_FD`, which here cannot be forgotten: with it set, libzmq would use the same descriptor for every later bind.
    pub fn bind_with_fd(&self, endpoint: &str, listener: std::os::fd::OwnedFd) -> Result<()> {
        self.core.bind_with_fd(endpoint, listener)
    }
}

#[cfg(unix)]
impl Core {
    fn bind_with_fd(&self, endpoint: &str, listener: std::os::fd::OwnedFd) -> Result<()> {
        use std::os::fd::{AsRawFd as _, IntoRawFd as _};

        let listener = prepare(endpoint, listener)
            .map_err(|help| Error::invalid(Operation::Bind, help).with_target(endpoint.to_owned()))?;
        let explain = |errno| self.error(Operation::Set, errno).with_target("USE_FD");
        self.raw().set_int(sys::ZMQ_USE_FD, listener.as_raw_fd()).map_err(explain)?;
        let bound = self.bind(endpoint, true);
        // Only a shutdown can make this fail, after which nothing is bound any more.
        let _ = self.raw().set_int(sys::ZMQ_USE_FD, -1);
        if bound.is_ok() {
            // It is libzmq's now.
            let _ = listener.into_raw_fd();
        }
        bound
    }
}

/// Checks what libzmq takes for granted, and would abort on: that the descriptor is a socket that listens (tcp_listener.cpp,
/// ipc_listener.cpp: `accept`). It must not block either.
#[cfg(unix)]
fn prepare(endpoint: &str, listener: std::os::fd::OwnedFd) -> Result<std::os::fd::OwnedFd, &'static str> {
    use std::net::TcpListener;
    use std::os::unix::net::UnixListener;

    if !crate::raw::is_listening(&listener) {
        return Err("the descriptor is not a socket that listens");
    }
    match endpoint.split_once("://") {
        Some(("tcp" | "ws", _)) => {
            let listener = TcpListener::from(listener);
            let usable = listener.local_addr().and_then(|_| listener.set_nonblocking(true));
            usable.map(|()| listener.into()).map_err(|_| "the descriptor is not a TCP socket")
        }
        Some(("ipc", _)) => {
            let listener = UnixListener::from(listener);
            let usable = listener.local_addr().and_then(|_| listener.set_nonblocking(true));
            usable.map(|()| listener.into()).map_err(|_| "the descriptor is not a Unix socket")
        }
        _ => Err("only tcp, ipc and ws have listening sockets"),
    }
}
