//! Binding and connecting.

use std::collections::{HashSet, VecDeque};
use std::ffi::CStr;
use std::ops::RangeBounds;

use zmq_sys as sys;

use super::kind::{Kind, SocketType};
use super::{Core, Socket};
use crate::context::{Context, ZAP_NAME};
use crate::endpoint::Endpoint;
use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::raw::{PerProcess, RawSocket};

/// The endpoints that libzmq does not know by the name they were given.
#[derive(Debug, Default)]
pub(crate) struct Endpoints {
    /// The `inproc` names the socket is bound to.
    names: Vec<String>,
    /// The `inproc` names that nobody was bound to when the socket was connected to them.
    waited_for: HashSet<String>,
    /// What was bound with a wildcard, or resolved, and what came out: `tcp://*:*`, `tcp://0.0.0.0:40011`.
    resolved: Vec<(String, String)>,
    /// The `ipc` endpoints the socket is bound to, and what libzmq made there.
    #[cfg(unix)]
    files: Vec<(String, FileId)>,
}

impl Endpoints {
    /// The listener there is closed, in the background; `None` for all.
    #[cfg(unix)]
    pub(super) fn give_back(&mut self, endpoint: Option<&str>) {
        /// Of more than these the first has been closed long ago.
        const MOST: usize = 64;
        if self.files.is_empty() {
            return;
        }
        GIVEN_BACK.with(|given_back| {
            let given_back = given_back.get_or_insert_default();
            self.files.retain(|(bound, id)| {
                let back = endpoint.is_none_or(|endpoint| endpoint == bound);
                if back {
                    given_back.push_back(*id);
                }
                !back
            });
            let excess = given_back.len().saturating_sub(MOST);
            given_back.drain(..excess);
        });
    }

    pub(super) fn forget_names(&mut self, context: &Context) {
        if self.names.is_empty() {
            return;
        }
        let mut names = context.inproc_names();
        for name in self.names.drain(..) {
            names.unbind(&name);
        }
    }
}

/// What tells one socket in the file system from another that has had its name.
#[cfg(unix)]
type FileId = (u64, u64, i64, i64);

/// The `ipc` sockets that this process has given back of late. libzmq closes a listener in the background: until then it looks like
/// one that somebody listens on.
#[cfg(unix)]
static GIVEN_BACK: PerProcess<VecDeque<FileId>> = PerProcess::new();

#[cfg(unix)]
fn file_id(path: &str) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::symlink_metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec()))
}

/// Whether a socket of that kind takes every connection and sends nothing of its own over it: when a name is bound that a ROUTER
/// or REP waits for, libzmq sends the routing id after that, and aborts if there is no room (pipe.cpp, `send_routing_id`).
fn goes_with_router(kind: SocketType) -> bool {
    matches!(kind, SocketType::Req | SocketType::Rep | SocketType::Dealer | SocketType::Router)
}

impl Core {
    /// `own_listener` if the socket was given a descriptor that listens there already.
    pub(super) fn bind(&self, text: &str, own_listener: bool) -> Result<()> {
        let endpoint = Endpoint::to_bind(text)?;
        let explain = |errno| self.explain_endpoint(&endpoint, Operation::Bind, errno);
        self.check_process(Operation::Bind)?;
        self.check_multicast(&endpoint, Operation::Bind)?;
        self.check_inproc(&endpoint, Operation::Bind)?;
        check_descriptors(&endpoint).map_err(explain)?;
        if endpoint.inproc() == Some(ZAP_NAME) && !matches!(self.kind(), SocketType::Rep | SocketType::Router) {
            let help = "only a REP or a ROUTER answers ZAP requests: libzmq does not survive another kind there";
            return Err(Error::invalid(Operation::Bind, help).with_target(text.to_owned()));
        }
        self.check_security(&endpoint, Operation::Bind)?;
        self.check_server_key(&endpoint, Operation::Bind)?;
        if let Some(path) = endpoint.ipc_path().filter(|_| !own_listener) {
            check_ipc_path(path).map_err(|(errno, help)| explain(errno).with_help(help))?;
        }
        match (endpoint.inproc(), self.context()) {
            (Some(name), Some(context)) => {
                let mut names = context.inproc_names();
                if names.is_to_send_id(name) && !goes_with_router(self.kind()) {
                    let help = format!(
                        "a ROUTER or REP waits for that name, which does not go with a {}, and libzmq does not survive it",
                        self.kind()
                    );
                    return Err(Error::invalid(Operation::Bind, help).with_target(text.to_owned()));
                }
                self.retry(|| self.raw().bind(&endpoint.c)).map_err(explain)?;
                names.bind(name);
                drop(names);
                self.endpoints.borrow_mut().names.push(name.to_owned());
            }
            _ => self.retry(|| self.raw().bind(&endpoint.c)).map_err(explain)?,
        }
        #[cfg(unix)]
        if let Some(id) = endpoint.ipc_path().filter(|_| !own_listener).and_then(file_id) {
            self.endpoints.borrow_mut().files.push((text.to_owned(), id));
        }
        self.connect_ids.borrow_mut().bound();
        if endpoint.inproc().is_none() {
            if let Some(resolved) = self.last_endpoint().ok().filter(|resolved| resolved != text) {
                self.endpoints.borrow_mut().resolved.push((text.to_owned(), resolved));
            }
        }
        Ok(())
    }

    fn unbind(&self, text: &str) -> Result<()> {
        let endpoint = Endpoint::any(Operation::Unbind, text)?;
        self.check_process(Operation::Unbind)?;
        self.check_proxied(&endpoint, Operation::Unbind)?;
        match self.leave(&endpoint, Operation::Unbind, RawSocket::unbind)? {
            Ok(()) => {
                #[cfg(unix)]
                self.endpoints.borrow_mut().give_back(Some(text));
                self.endpoints.borrow_mut().resolved.retain(|(_, resolved)| resolved != text);
            }
            // libzmq knows wildcards only by what became of them.
            Err(errno) => match self.unbind_resolved(text) {
                Some(answer) => answer?,
                None => return Err(self.explain_endpoint(&endpoint, Operation::Unbind, errno)),
            },
        }
        Ok(())
    }

    /// What `unbind` and `disconnect` have in common: libzmq does not care which of them it was.
    fn leave(
        &self,
        endpoint: &Endpoint<'_>,
        operation: Operation,
        leave: impl Fn(&RawSocket, &CStr) -> Result<(), Errno>,
    ) -> Result<Result<(), Errno>> {
        let explain = |errno| self.explain_endpoint(endpoint, operation, errno);
        check_descriptors(endpoint).map_err(explain)?;
        self.hold_begun_message().map_err(explain)?;
        let leave = || self.retry(|| leave(self.raw(), &endpoint.c));
        let (Some(name), Some(context)) = (endpoint.inproc(), self.context()) else { return Ok(leave()) };
        let mut names = context.inproc_names();
        let mut endpoints = self.endpoints.borrow_mut();
        let bound = endpoints.names.iter().position(|bound| bound == name);
        if bound.is_none()
            && matches!(self.kind(), SocketType::Router | SocketType::Rep)
            && names.is_waited_for(name)
            && endpoints.waited_for.contains(name)
        {
            // When it was bound libzmq would send the routing id there, and abort (pipe.cpp, `send_routing_id`).
            let error = Error::new(operation, Errno(sys::ENOTSUP)).with_target(endpoint.text().to_owned());
            return Err(error.with_help(format!(
                "nobody is bound to that name yet, and libzmq does not survive a {} that gives up waiting: close it instead",
                self.kind()
            )));
        }
        let answer = leave();
        if answer.is_ok() {
            match bound {
                Some(at) => {
                    endpoints.names.swap_remove(at);
                    names.unbind(name);
                }
                None => drop(endpoints.waited_for.remove(name)),
            }
        }
        Ok(answer)
    }

    fn unbind_resolved(&self, text: &str) -> Option<Result<()>> {
        let mut endpoints = self.endpoints.borrow_mut();
        let at = endpoints.resolved.iter().position(|(given, _)| given == text)?;
        let (_, resolved) = endpoints.resolved.remove(at);
        drop(endpoints);
        Some(Endpoint::any(Operation::Unbind, &resolved).and_then(|endpoint| {
            let answer = self.retry(|| self.raw().unbind(&endpoint.c));
            answer.map_err(|errno| self.explain_endpoint(&endpoint, Operation::Unbind, errno))
        }))
    }

    fn connect(&self, text: &str) -> Result<()> {
        let endpoint = Endpoint::to_connect(text, || self.raw().get_int(sys::ZMQ_IPV6) == Ok(1))?;
        let explain = |errno| self.explain_endpoint(&endpoint, Operation::Connect, errno);
        self.check_process(Operation::Connect)?;
        self.check_multicast(&endpoint, Operation::Connect)?;
        self.check_inproc(&endpoint, Operation::Connect)?;
        self.check_security(&endpoint, Operation::Connect)?;
        self.check_server_key(&endpoint, Operation::Connect)?;
        self.connect_ids.borrow_mut().check(self.kind(), text)?;
        let id = self.connect_ids.borrow().next().map(<[u8]>::to_vec);
        if let Some(id) = id {
            self.retry(|| self.raw().set(sys::ZMQ_CONNECT_ROUTING_ID, Some(&id)))
                .map_err(|errno| self.error(Operation::Set, errno).with_target("CONNECT_ROUTING_ID"))?;
            self.connect_ids.borrow_mut().given();
        }
        match (endpoint.inproc(), self.context()) {
            (Some(name), Some(context)) => {
                let mut names = context.inproc_names();
                self.retry(|| self.raw().connect(&endpoint.c)).map_err(explain)?;
                names.connect(name, matches!(self.kind(), SocketType::Router | SocketType::Rep));
                if names.is_waited_for(name) {
                    self.endpoints.borrow_mut().waited_for.insert(name.to_owned());
                }
            }
            _ => {
                // Before it is tried: the connection may be made although the call then fails.
                if !cfg!(all(zmq_vendored, unix))
                    && text.starts_with("tcp://")
                    && self.get_bytes(sys::ZMQ_SOCKS_PROXY, 256).is_ok_and(|proxy| proxy.len() > 1)
                {
                    self.proxied.set(true);
                }
                self.retry(|| self.raw().connect(&endpoint.c)).map_err(explain)?;
            }
        }
        self.connect_ids.borrow_mut().connected();
        Ok(())
    }

    fn disconnect(&self, text: &str) -> Result<()> {
        let endpoint = Endpoint::any(Operation::Disconnect, text)?;
        self.check_process(Operation::Disconnect)?;
        self.check_proxied(&endpoint, Operation::Disconnect)?;
        let answer = self.leave(&endpoint, Operation::Disconnect, RawSocket::disconnect)?;
        answer.map_err(|errno| self.explain_endpoint(&endpoint, Operation::Disconnect, errno))
    }

    /// See `Core::leave_open`: ending one connection is as closing the socket.
    fn check_proxied(&self, endpoint: &Endpoint<'_>, operation: Operation) -> Result<()> {
        if !self.proxied.get() || endpoint.inproc().is_some() {
            return Ok(());
        }
        let help = "a connection through a SOCKS proxy lasts until the process ends: this libzmq does not survive its end; the bundled one does";
        Err(Error::unsupported(operation, help)
            .with_kind(ErrorKind::NotSupported)
            .with_target(endpoint.text().to_owned()))
    }

    /// Where libzmq itself would refuse the transport or the kind, that is left to it.
    fn check_multicast(&self, endpoint: &Endpoint<'_>, operation: Operation) -> Result<()> {
        let carries = matches!(self.kind(), SocketType::Pub | SocketType::Sub | SocketType::Xpub | SocketType::Xsub);
        if carries { endpoint.check_multicast(operation) } else { Ok(()) }
    }

    fn check_process(&self, operation: Operation) -> Result<()> {
        if self.raw().is_ours() { Ok(()) } else { Err(Error::forked(operation)) }
    }

    fn check_inproc(&self, endpoint: &Endpoint<'_>, operation: Operation) -> Result<()> {
        if endpoint.inproc().is_none() || self.kind() != SocketType::Stream {
            return Ok(());
        }
        // A message with several frames would be the end of the process (stream.cpp, `xrecv`).
        let error = Error::new(operation, Errno(sys::ENOCOMPATPROTO)).with_target(endpoint.text().to_owned());
        Err(error.with_help("a STREAM talks to programs that do not know ZeroMQ, by tcp or ipc"))
    }

    /// Calls again after a signal; in a forked child that is for ever, so there it is an error.
    pub(super) fn retry<T>(&self, mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
        if !self.raw().is_likely_ours() {
            return Err(Errno::INTERRUPTED);
        }
        loop {
            match call() {
                Err(Errno::INTERRUPTED) if self.raw().is_ours() => {}
                answer => return answer,
            }
        }
    }

    fn explain_endpoint(&self, endpoint: &Endpoint<'_>, operation: Operation, errno: Errno) -> Error {
        match errno {
            Errno::INTERRUPTED | Errno::BUSY => self.error(operation, errno),
            // libzmq forgets to say why, and what is there is of an earlier call (tipc_address.cpp).
            Errno::AGAIN if endpoint.is_tipc() => endpoint.explain(operation, Errno::INVALID),
            errno => endpoint.explain(operation, errno),
        }
    }
}

/// To look for a network interface libzmq needs a descriptor, and aborts the process if there is none (ip_resolver.cpp,
/// `resolve_nic_name`).
fn check_descriptors(endpoint: &Endpoint<'_>) -> Result<(), Errno> {
    /// One for the addresses of the interfaces, and some for what other threads open just now.
    const NEEDED: usize = 4;
    if endpoint.inproc().is_some() {
        return Ok(());
    }
    crate::raw::try_descriptors(NEEDED).map_err(|(errno, _)| errno)
}

#[cfg(unix)]
fn is_given_back(path: &str) -> bool {
    let Some(id) = file_id(path) else { return false };
    GIVEN_BACK.with(|given_back| given_back.as_ref().is_some_and(|given_back| given_back.contains(&id)))
}

/// libzmq removes whatever is at the path before it binds (ipc_listener.cpp): another program's socket, or a file.
#[cfg(unix)]
fn check_ipc_path(path: &str) -> Result<(), (Errno, &'static str)> {
    use std::os::unix::fs::FileTypeExt as _;
    use std::os::unix::net::UnixDatagram;

    let Ok(metadata) = std::fs::symlink_metadata(path) else { return Ok(()) };
    if !metadata.file_type().is_socket() {
        return Err((
            Errno::ADDRESS_IN_USE,
            "there is a file of that name that is no socket: remove it, or take another path",
        ));
    }
    // To a stream socket that somebody listens on, a datagram socket is of the wrong type; one that is left over from a
    // program that is gone refuses it. The listener does not notice.
    let probe = UnixDatagram::unbound().and_then(|probe| probe.connect(path));
    match probe {
        Err(error) if error.raw_os_error() == Some(libc::EPROTOTYPE) && !is_given_back(path) => {
            Err((Errno::ADDRESS_IN_USE, "another socket, perhaps of another program, is bound to it"))
        }
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "it is the same on every system")]
fn check_ipc_path(_path: &str) -> Result<(), (Errno, &'static str)> {
    Ok(())
}

impl<K: Kind> Socket<K> {
    /// Accepts connections at an endpoint; a socket can have several.
    ///
    /// | endpoint | meaning |
    /// | --- | --- |
    /// | `tcp://*:5555` | port 5555 on every network interface |
    /// | `tcp://127.0.0.1:5555`, `tcp://lo:5555` | on one, by address or name |
    /// | `tcp://*:*` | a port that is free; [`last_endpoint`](Self::last_endpoint) tells which |
    /// | `ipc:///tmp/name`, `ipc://@name` | a Unix socket at a path, or in Linux's abstract namespace |
    /// | `ipc://*` | a Unix socket in a directory of its own, which only this user can enter; see below |
    /// | `inproc://name` | within the context |
    /// | `ws://*:8080/path` | WebSocket, where [`has("ws")`](crate::has) |
    /// | `epgm://eth0;239.192.1.1:5555` | multicast, where [`has("pgm")`](crate::has) |
    ///
    /// The directory of `ipc://*` is made in the first of `$TMPDIR`, `$TEMPDIR` and `$TMP` that is a directory; if none of them is set, in the
    /// program's current directory, and the endpoint is then a relative path, good only for who runs there. It goes when the socket is
    /// closed, and stays when the process is killed. [`last_endpoint`](Self::last_endpoint) tells the path.
    ///
    /// # Errors
    ///
    /// [`AddressInUse`](ErrorKind::AddressInUse), also for an `ipc` path where there is a file, or a socket that somebody listens on
    /// (libzmq alone would remove it); [`NoDevice`](ErrorKind::NoDevice) for an unknown interface;
    /// [`AddressNotAvailable`](ErrorKind::AddressNotAvailable), [`ProtocolNotSupported`](ErrorKind::ProtocolNotSupported),
    /// [`IncompatibleProtocol`](ErrorKind::IncompatibleProtocol), [`InvalidArgument`](ErrorKind::InvalidArgument) and whatever the
    /// system answers. The message says which part is wrong.
    ///
    /// C: `zmq_bind`.
    #[doc(alias = "zmq_bind")]
    pub fn bind(&self, endpoint: &str) -> Result<()> {
        self.core.bind(endpoint, false)
    }

    /// Binds to a free port and answers it: `bind_to_random_port("tcp://127.0.0.1")`.
    ///
    /// # Errors
    ///
    /// As for [`bind`](Self::bind).
    pub fn bind_to_random_port(&self, address: &str) -> Result<u16> {
        self.bind(&format!("{address}:*"))?;
        let bound = self.last_endpoint()?;
        let port = bound.trim_end_matches('/').rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        port.ok_or_else(|| {
            Error::invalid(Operation::Bind, "only tcp has ports to choose from").with_target(address.to_owned())
        })
    }

    /// Binds to a port of a range, chosen at random, and answers it; as pyzmq's
    /// `bind_to_random_port(addr, min_port, max_port, max_tries)`.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let socket = context.socket(zmq::REP)?;
    /// let port = socket.bind_to_random_port_in("tcp://127.0.0.1", 49152..=65535, 100)?;
    /// assert!(port >= 49152);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`AddressInUse`](ErrorKind::AddressInUse) if all that were tried are taken, [`InvalidArgument`](ErrorKind::InvalidArgument) for
    /// an empty range; else as for [`bind`](Self::bind).
    pub fn bind_to_random_port_in(&self, address: &str, ports: impl RangeBounds<u16>, max_tries: usize) -> Result<u16> {
        let mut candidates: Vec<u16> = (1..=u16::MAX).filter(|port| ports.contains(port)).collect();
        if candidates.is_empty() || max_tries == 0 {
            return Err(Error::invalid(Operation::Bind, "there is no port to try").with_target(address.to_owned()));
        }
        let mut random = random_number();
        let mut taken = None;
        for _ in 0..max_tries.min(candidates.len()) {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let port = candidates.swap_remove((random >> 33) as usize % candidates.len());
            match self.bind(&format!("{address}:{port}")) {
                Ok(()) => return Ok(port),
                Err(error) if matches!(error.kind(), ErrorKind::AddressInUse | ErrorKind::PermissionDenied) => {
                    taken = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        let error = Error::new(Operation::Bind, Errno::ADDRESS_IN_USE).with_target(address.to_owned());
        Err(match taken {
            Some(_) => error.with_help(format!("no port that was tried is free, after {max_tries} tries")),
            None => error,
        })
    }

    /// Stops accepting connections at an endpoint that was given to [`bind`](Self::bind), or that
    /// [`last_endpoint`](Self::last_endpoint) answered. Connections that exist are closed.
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound) if the socket is not bound to it.
    ///
    /// C: `zmq_unbind`.
    #[doc(alias = "zmq_unbind")]
    pub fn unbind(&self, endpoint: &str) -> Result<()> {
        self.core.unbind(endpoint)
    }

    /// Connects to an endpoint; a socket can have several.
    ///
    /// It answers at once: the connection is made in the background, and made again when it is lost
    /// ([`RECONNECT_IVL`](crate::RECONNECT_IVL)). That nobody is there yet is no error.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for an endpoint that nothing could ever be connected to, as one without a port;
    /// the message says which part is wrong; and by CURVE without the server's key. [`ProtocolNotSupported`](ErrorKind::ProtocolNotSupported) and
    /// [`IncompatibleProtocol`](ErrorKind::IncompatibleProtocol).
    ///
    /// C: `zmq_connect`.
    #[doc(alias = "zmq_connect")]
    pub fn connect(&self, endpoint: &str) -> Result<()> {
        self.core.connect(endpoint)
    }

    /// Ends the connection to an endpoint. What is unsent is sent if [`LINGER`](crate::LINGER) leaves the time; over `inproc`, where it is the
    /// peer's as soon as it is sent, in any case. What the peer sent and nobody has received yet is dropped: receive it before.
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound) if the socket is not connected to it.
    ///
    /// C: `zmq_disconnect`.
    #[doc(alias = "zmq_disconnect")]
    pub fn disconnect(&self, endpoint: &str) -> Result<()> {
        self.core.disconnect(endpoint)
    }
}

/// A number that differs from call to call.
fn random_number() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    // The standard library seeds each of these from the system's random numbers.
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
