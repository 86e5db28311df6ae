//! Passing messages on between sockets.

mod device;
mod engine;
mod handle;

use std::fmt;
use std::sync::Arc;

#[cfg(unix)]
pub use device::{ProcessProxy, RunningProcess, run_process_proxies};
pub use device::{RunningProxy, ThreadProxy};
pub use handle::{ProxyHandle, ProxyStatistics, Traffic};

use crate::error::{Error, Operation, Result};
use crate::message::Message;
use crate::socket::kind::{Dynamic, Kind, Receiver, Sender, SocketType};
use crate::socket::{Core, Socket};
use engine::Engine;
use handle::Shared;

/// Passes messages on between a frontend and a backend, both ways, until the context ends.
///
/// Which kinds make sense: ROUTER and DEALER (a broker for REQ and REP), XSUB and XPUB (a forwarder), PULL and PUSH (a streamer), and
/// a socket with itself, which sends back what comes.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// let context = zmq::Context::new()?;
/// let frontend = context.socket(zmq::ROUTER)?;
/// frontend.bind("tcp://127.0.0.1:*")?;
/// let backend = context.socket(zmq::DEALER)?;
/// backend.bind("tcp://127.0.0.1:*")?;
/// # let (clients, workers) = (frontend.last_endpoint()?, backend.last_endpoint()?);
///
/// let broker = std::thread::spawn(move || zmq::proxy(&frontend, &backend));
/// # let (client, worker) = (context.socket(zmq::REQ)?, context.socket(zmq::REP)?);
/// # client.connect(&clients)?;
/// # worker.connect(&workers)?;
/// # client.send("Hello")?;
/// # assert_eq!(worker.recv_string()?, "Hello");
/// # worker.send("World")?;
/// # assert_eq!(client.recv_string()?, "World");
/// // …
/// context.shutdown()?;
/// let end = broker.join().unwrap().unwrap_err();
/// assert_eq!(end.kind(), zmq::ErrorKind::ContextTerminated);
/// # Ok(())
/// # }
/// ```
///
/// [`Proxy`] has what this has not: a capture socket (pyzmq's `zmq.proxy(frontend, backend, capture)`), and ways to pause, measure and end
/// it. [`ThreadProxy`] takes care of the thread.
///
/// # Errors
///
/// [`ContextTerminated`](crate::ErrorKind::ContextTerminated) when the context ends; it never returns otherwise, unless something is
/// wrong: [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if nothing can pass between sockets of these kinds,
/// [`WrongState`](crate::ErrorKind::WrongState) if what came cannot be passed on now (to a REQ that waits, say), and the message is
/// then the next that is received again.
///
/// C: `zmq_proxy`, of which this does the work itself: it is to be ended from another thread, no signal makes it lose a frame, and a
/// peer that is gone ([`ROUTER_MANDATORY`](crate::ROUTER_MANDATORY)) does not end it.
#[doc(alias = "zmq_proxy")]
pub fn proxy<F: Kind, B: Kind>(frontend: &Socket<F>, backend: &Socket<B>) -> Result<()> {
    Proxy::new(frontend, backend)?.run()
}

/// As [`proxy`], with a socket that steers it: pyzmq's `zmq.proxy_steerable(frontend, backend, control=control)`.
///
/// It obeys `PAUSE`, `RESUME`, `TERMINATE` and `STATISTICS`, see [`Proxy::control`]; after `TERMINATE` it returns `Ok`.
///
/// # Errors
///
/// As for [`proxy`].
///
/// C: `zmq_proxy_steerable`.
#[doc(alias = "zmq_proxy_steerable")]
pub fn proxy_steerable<F: Kind, B: Kind, C: Receiver>(
    frontend: &Socket<F>,
    backend: &Socket<B>,
    control: &Socket<C>,
) -> Result<()> {
    Proxy::new(frontend, backend)?.control(control).run()
}

/// A [`proxy`] that gives each message to a third socket, too, behind a frame that says which way it went: pyzmq's
/// `zmq.devices.monitored_queue`.
///
/// Between two ROUTERs the first two frames change places, so that the receiver's routing id is the second frame of what is sent, and the
/// sender's the second of what comes out.
///
/// # Errors
///
/// As for [`proxy`].
pub fn monitored_queue<F: Kind, B: Kind, C: Sender>(
    in_socket: &Socket<F>,
    out_socket: &Socket<B>,
    mon_socket: &Socket<C>,
    in_prefix: impl Into<Message>,
    out_prefix: impl Into<Message>,
) -> Result<()> {
    Proxy::new(in_socket, out_socket)?.capture(mon_socket).prefixes(in_prefix, out_prefix).run()
}

/// A [`proxy`] with a capture socket, a control socket, or a handle that steers it from another thread.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// # let context = zmq::Context::new()?;
/// let (frontend, backend) = (context.socket(zmq::PULL)?, context.socket(zmq::PUSH)?);
/// frontend.bind("inproc://from")?;
/// backend.bind("inproc://to")?;
/// let (source, sink) = (context.socket(zmq::PUSH)?, context.socket(zmq::PULL)?);
/// source.connect("inproc://from")?;
/// sink.connect("inproc://to")?;
///
/// let (sender, receiver) = std::sync::mpsc::channel();
/// let streamer = std::thread::spawn(move || {
///     let proxy = zmq::Proxy::new(&frontend, &backend)?;
///     sender.send(proxy.handle()).unwrap();
///     proxy.run()
/// });
/// let handle = receiver.recv().unwrap();
/// source.send("through")?;
/// assert_eq!(sink.recv_string()?, "through");
///
/// handle.pause();
/// assert_eq!(handle.statistics().backend.sent, 1);
/// handle.terminate();
/// streamer.join().unwrap()?;
/// # Ok(())
/// # }
/// ```
pub struct Proxy<'a> {
    frontend: &'a Socket<Dynamic>,
    backend: &'a Socket<Dynamic>,
    capture: Option<&'a Socket<Dynamic>>,
    control: Option<&'a Socket<Dynamic>>,
    prefixes: Option<[Message; 2]>,
    shared: Arc<Shared>,
}

impl<'a> Proxy<'a> {
    /// A proxy between two sockets, which may be the same.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if nothing can pass between sockets of these kinds.
    pub fn new<F: Kind, B: Kind>(frontend: &'a Socket<F>, backend: &'a Socket<B>) -> Result<Self> {
        check_kinds(frontend.socket_type(), backend.socket_type())?;
        Ok(Self {
            frontend: frontend.as_dynamic(),
            backend: backend.as_dynamic(),
            capture: None,
            control: None,
            prefixes: None,
            shared: Shared::new()?,
        })
    }

    /// Gives each message to that socket, too, a PUB, PUSH, DEALER or PAIR. If it has no room, everything waits for it.
    #[must_use]
    pub fn capture<C: Sender>(mut self, capture: &'a Socket<C>) -> Self {
        self.capture = Some(capture.as_dynamic());
        self
    }

    /// Puts a frame before what the capture socket gets: `forth` if it came from the frontend, `back` if from the backend. See
    /// [`monitored_queue`].
    #[must_use]
    pub fn prefixes(mut self, forth: impl Into<Message>, back: impl Into<Message>) -> Self {
        self.prefixes = Some([forth.into(), back.into()]);
        self
    }

    /// Obeys what comes by that socket: `PAUSE`, `RESUME`, `TERMINATE`, `STATISTICS`, each the last frame of a message.
    ///
    /// The answer is an empty frame, and to `STATISTICS` eight, for [`ProxyStatistics::from_frames`]. A REP, PAIR, DEALER or ROUTER
    /// gives it (a ROUTER to who asked), a PULL or SUB does not. As with libzmq 4.3.5, whose `PAUSE` and `RESUME`, however, are
    /// mixed up; before that version it answers nothing but `STATISTICS`. Whoever steers and has made up for that must not do so here.
    #[must_use]
    pub fn control<C: Receiver>(mut self, control: &'a Socket<C>) -> Self {
        self.control = Some(control.as_dynamic());
        self
    }

    /// Steers the proxy from any thread.
    pub fn handle(&self) -> ProxyHandle {
        ProxyHandle::new(&self.shared)
    }

    /// Passes messages on until the context ends, or the proxy is told to: then it returns `Ok`.
    ///
    /// # Errors
    ///
    /// As for [`proxy`]. [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if the capture or control socket is of a kind that
    /// cannot do that, or is one of the others.
    pub fn run(self) -> Result<()> {
        self.check()?;
        let mut engine = Engine {
            frontend: self.frontend.core(),
            backend: self.backend.core(),
            capture: self.capture.map(Socket::core),
            control: self.control.map(Socket::core),
            shared: &self.shared,
            prefixes: self.prefixes.clone().filter(|_| self.capture.is_some()),
            statistics: ProxyStatistics::default(),
            ending: false,
        };
        engine.run()
    }

    fn check(&self) -> Result<()> {
        let wrong = |help| Err(Error::invalid(Operation::Proxy, help));
        let is = |socket: Option<&Socket<Dynamic>>, other: &Socket<Dynamic>| {
            socket.is_some_and(|socket| std::ptr::eq::<Core>(socket.core(), other.core()))
        };
        if let Some(capture) = self.capture.filter(|capture| !capture.socket_type().sends()) {
            return wrong(format!("a {} cannot be the capture socket: it does not send", capture.socket_type()));
        }
        if let Some(control) = self.control.filter(|control| !control.socket_type().receives()) {
            return wrong(format!("a {} cannot be the control socket: it does not receive", control.socket_type()));
        }
        if is(self.capture, self.frontend) || is(self.capture, self.backend) {
            return wrong("the capture socket is one of those that it captures from".to_owned());
        }
        let others = [Some(self.frontend), Some(self.backend), self.capture];
        if others.into_iter().flatten().any(|other| is(self.control, other)) {
            return wrong("the control socket is one of the others".to_owned());
        }
        Ok(())
    }
}

fn check_kinds(front: SocketType, back: SocketType) -> Result<()> {
    if front.receives() && back.sends() || back.receives() && front.sends() {
        return Ok(());
    }
    let help = format!("nothing can pass between a {front} and a {back}: one of them must receive and the other send");
    Err(Error::invalid(Operation::Proxy, help))
}

impl fmt::Debug for Proxy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("frontend", &self.frontend)
            .field("backend", &self.backend)
            .field("capture", &self.capture)
            .field("control", &self.control)
            .finish_non_exhaustive()
    }
}
