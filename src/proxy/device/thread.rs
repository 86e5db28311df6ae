//! A proxy in a thread.

use std::fmt;

use crate::context::Context;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::message::Message;
use crate::option::codec::OptionValue;
use crate::option::{OptionOf, Settable};
use crate::proxy::{Proxy, ProxyHandle};
use crate::socket::Socket;
use crate::socket::kind::{Dynamic, IntoKind, Kind, Receiver, Sender};
use crate::worker::Worker;

/// A [`Proxy`] in a thread of its own: made, set up, bound and connected here, then [started](Self::start).
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// let context = zmq::Context::new()?;
/// let queue = zmq::ThreadProxy::new(&context, zmq::ROUTER, zmq::DEALER)?;
/// queue.setsockopt_in(zmq::RCVHWM, 10_000)?;
/// let clients = queue.in_socket().bind_to_random_port("tcp://127.0.0.1")?;
/// queue.bind_out("inproc://workers")?;
/// let queue = queue.start()?;
///
/// let (client, worker) = (context.socket(zmq::REQ)?, context.socket(zmq::REP)?);
/// client.connect(&format!("tcp://127.0.0.1:{clients}"))?;
/// worker.connect("inproc://workers")?;
/// client.send("Hello")?;
/// assert_eq!(worker.recv_string()?, "Hello");
/// queue.stop()
/// # }
/// ```
///
/// pyzmq: `ThreadDevice`, `ThreadProxy`, `ThreadProxySteerable` ([`ctrl`](Self::ctrl)), `ThreadMonitoredQueue` ([`mon`](Self::mon)
/// and [`prefixes`](Self::prefixes)). What fails here fails where it is called, not later in the thread.
pub struct ThreadProxy<F: Kind, B: Kind> {
    context: Context,
    in_socket: Socket<F>,
    out_socket: Socket<B>,
    mon_socket: Option<Socket<Dynamic>>,
    ctrl_socket: Option<Socket<Dynamic>>,
    prefixes: Option<[Message; 2]>,
}

/// The methods for one of the two sides, under pyzmq's names.
macro_rules! side {
    ($socket:ident, $kind:ident, $side:literal: $bind:ident $connect:ident $setsockopt:ident) => {
        #[doc = concat!("The ", $side, ", with everything that a socket can.")]
        pub fn $socket(&self) -> &Socket<$kind> {
            &self.$socket
        }

        #[doc = concat!("Binds the ", $side, ".")]
        ///
        /// # Errors
        ///
        /// As for [`Socket::bind`].
        pub fn $bind(&self, endpoint: &str) -> Result<()> {
            self.$socket.bind(endpoint)
        }

        #[doc = concat!("Connects the ", $side, ".")]
        ///
        /// # Errors
        ///
        /// As for [`Socket::connect`].
        pub fn $connect(&self, endpoint: &str) -> Result<()> {
            self.$socket.connect(endpoint)
        }

        #[doc = concat!("Sets an option of the ", $side, ".")]
        ///
        /// # Errors
        ///
        /// As for [`Socket::set`].
        pub fn $setsockopt<O, V>(&self, option: O, value: V) -> Result<()>
        where
            O: Settable + OptionOf<$kind>,
            V: OptionValue<O::Codec>,
        {
            self.$socket.set(option, value)
        }
    };
}

impl<F: Kind, B: Kind> ThreadProxy<F, B> {
    /// Makes the two sockets.
    ///
    /// # Errors
    ///
    /// As for [`Context::socket`], and [`InvalidArgument`](ErrorKind::InvalidArgument) if nothing can pass between sockets of these
    /// kinds.
    pub fn new<I, O>(context: &Context, in_kind: I, out_kind: O) -> Result<Self>
    where
        I: IntoKind<Kind = F>,
        O: IntoKind<Kind = B>,
    {
        let (in_socket, out_socket) = (context.socket(in_kind)?, context.socket(out_kind)?);
        Proxy::new(&in_socket, &out_socket)?;
        let context = context.clone();
        Ok(Self { context, in_socket, out_socket, mon_socket: None, ctrl_socket: None, prefixes: None })
    }

    side!(in_socket, F, "frontend": bind_in connect_in setsockopt_in);
    side!(out_socket, B, "backend": bind_out connect_out setsockopt_out);

    /// Gives each message to a third socket, too, which `set_up` gets to bind or connect; see [`Proxy::capture`].
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// let streamer = zmq::ThreadProxy::new(&context, zmq::PULL, zmq::PUSH)?
    ///     .mon(zmq::PUB, |mon| mon.bind("inproc://log"))?
    ///     .prefixes("in", "out");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`Context::socket`], and what `set_up` answers.
    pub fn mon<M>(mut self, kind: M, set_up: impl FnOnce(&Socket<M::Kind>) -> Result<()>) -> Result<Self>
    where
        M: IntoKind,
        M::Kind: Sender,
    {
        let socket = self.context.socket(kind)?;
        set_up(&socket)?;
        self.mon_socket = Some(socket.into_dynamic());
        Ok(self)
    }

    /// Obeys what comes by another socket, which `set_up` gets to bind or connect; see [`Proxy::control`].
    ///
    /// # Errors
    ///
    /// As for [`Context::socket`], and what `set_up` answers.
    pub fn ctrl<C>(mut self, kind: C, set_up: impl FnOnce(&Socket<C::Kind>) -> Result<()>) -> Result<Self>
    where
        C: IntoKind,
        C::Kind: Receiver,
    {
        let socket = self.context.socket(kind)?;
        set_up(&socket)?;
        self.ctrl_socket = Some(socket.into_dynamic());
        Ok(self)
    }

    /// Puts a frame before what the monitoring socket gets, as [`monitored_queue`](crate::monitored_queue) does.
    #[must_use]
    pub fn prefixes(mut self, in_prefix: impl Into<Message>, out_prefix: impl Into<Message>) -> Self {
        self.prefixes = Some([in_prefix.into(), out_prefix.into()]);
        self
    }

    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If there is no thread to be had, and as for [`Proxy::run`].
    pub fn start(self) -> Result<RunningProxy>
    where
        F: 'static,
        B: 'static,
    {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let thread = Worker::start("zmq-proxy", move || {
            let mut proxy = Proxy::new(&self.in_socket, &self.out_socket)?;
            if let Some(mon) = &self.mon_socket {
                proxy = proxy.capture(mon);
            }
            if let Some(ctrl) = &self.ctrl_socket {
                proxy = proxy.control(ctrl);
            }
            if let Some([forth, back]) = self.prefixes {
                proxy = proxy.prefixes(forth, back);
            }
            let _ = sender.send(proxy.handle());
            proxy.run()
        });
        let thread = thread.map_err(|error| Error::from_io(Operation::Proxy, &error))?;
        match receiver.recv() {
            Ok(handle) => Ok(RunningProxy { handle, thread: Some(thread) }),
            // It has ended before, which only an error makes it do.
            Err(_) => Err(end_of(thread).err().unwrap_or_else(|| Error::invalid(Operation::Proxy, "it has ended"))),
        }
    }
}

impl<F: Kind, B: Kind> fmt::Debug for ThreadProxy<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadProxy")
            .field("in_socket", &self.in_socket)
            .field("out_socket", &self.out_socket)
            .field("mon_socket", &self.mon_socket)
            .field("ctrl_socket", &self.ctrl_socket)
            .finish()
    }
}

fn end_of(thread: Worker<Result<()>>) -> Result<()> {
    match thread.join() {
        // That is how a proxy without a handle ends.
        Some(Ok(Err(error))) if error.kind() == ErrorKind::ContextTerminated => Ok(()),
        Some(Ok(answer)) => answer,
        // Only what a message's owner does when it is dropped can panic there.
        Some(Err(panic)) => std::panic::resume_unwind(panic),
        None => Err(Error::forked(Operation::Proxy)),
    }
}

/// A [`ThreadProxy`] that runs. Dropping it ends the proxy and waits for that.
#[derive(Debug)]
pub struct RunningProxy {
    handle: ProxyHandle,
    thread: Option<Worker<Result<()>>>,
}

impl RunningProxy {
    /// Pauses, resumes and measures it.
    pub fn handle(&self) -> &ProxyHandle {
        &self.handle
    }

    /// Whether it has not ended: pyzmq's `is_alive`.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(Worker::is_alive)
    }

    /// Waits until it ends: because the context does, or because it is told to, both of which are `Ok`.
    ///
    /// # Errors
    ///
    /// As for [`Proxy::run`].
    pub fn join(mut self) -> Result<()> {
        self.thread.take().map_or(Ok(()), end_of)
    }

    /// Ends it, and waits for that. Its sockets are closed then.
    ///
    /// # Errors
    ///
    /// As for [`Proxy::run`], if it had ended before.
    pub fn stop(self) -> Result<()> {
        self.handle.terminate();
        self.join()
    }
}

impl Drop for RunningProxy {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.handle.terminate();
            let _ = thread.join();
        }
    }
}
