//! An authenticator in a thread of its own.

use std::ops::Deref;
use std::sync::Arc;

use super::authenticator::Authenticator;
use super::policy::Policy;
use crate::context::Context;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::option::POLLIN;
use crate::poller::Poller;
use crate::wake::Wake;
use crate::worker::Worker;

/// Decides in a thread of its own who may connect to the sockets of a context.
///
/// It is configured with the methods of [`Policy`], which it has, before it is started or while it runs.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// let context = zmq::Context::new()?;
/// let mut auth = zmq::auth::ThreadAuthenticator::new(&context);
/// auth.allow(["127.0.0.1"])?;
/// auth.configure_plain("*", [("admin", "secret")]);
/// auth.set_log(|decision| println!("{decision}"));
/// auth.start()?;
///
/// let server = context.socket(zmq::REP)?;
/// server.set_plain_server(true)?;
/// server.bind("tcp://127.0.0.1:*")?;
/// let client = context.socket(zmq::REQ)?;
/// client.set_plain_username("admin")?;
/// client.set_plain_password("secret")?;
/// client.connect(&server.last_endpoint()?)?;
///
/// client.send("hello")?;
/// assert_eq!(server.recv()?.user_id().as_deref(), Some("admin"));
/// auth.stop()?;
/// # Ok(())
/// # }
/// ```
///
/// Start it before the sockets are bound: libzmq lets in who connects to a CURVE server while there is no authenticator, unless the
/// socket [insists](crate::Socket::require_security). Dropping it stops it. It does not keep its context from being terminated, and ends when
/// that is.
///
/// pyzmq: `zmq.auth.thread.ThreadAuthenticator`.
#[derive(Debug)]
pub struct ThreadAuthenticator {
    context: Context,
    policy: Policy,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    wake: Arc<Wake>,
    worker: Worker<Result<()>>,
}

impl Running {
    fn end(self) -> Result<()> {
        // A forked child would wake the parent's.
        if self.worker.is_ours() {
            self.wake.wake();
        }
        match self.worker.join() {
            Some(Ok(answer)) => answer,
            // Callbacks are caught; only what is dropped with them can panic there.
            Some(Err(_)) => Err(Error::invalid(Operation::Authenticator, "its thread panicked")),
            None => Err(Error::forked(Operation::Authenticator)),
        }
    }
}

impl ThreadAuthenticator {
    /// An authenticator for the sockets of the context, with a policy of its own. It does not run yet.
    pub fn new(context: &Context) -> Self {
        Self::with_policy(context, &Policy::new())
    }

    /// One that decides by a policy that is there already, and may be changed elsewhere.
    pub fn with_policy(context: &Context, policy: &Policy) -> Self {
        Self { context: context.clone(), policy: policy.clone(), running: None }
    }

    /// What it decides by: a handle that can be given to other threads.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Starts the thread. From the moment that this returns, nobody is let in unasked.
    ///
    /// # Errors
    ///
    /// [`AddressInUse`](ErrorKind::AddressInUse) if the context has an authenticator that runs already, this one or another;
    /// if there is no thread to be had; and as for [`Context::socket`].
    pub fn start(&mut self) -> Result<()> {
        let explain = |error: std::io::Error| Error::from_io(Operation::Authenticator, &error);
        let authenticator = Authenticator::with_policy(&self.context, &self.policy)?;
        // One that has ended by itself.
        drop(self.running.take().map(Running::end));
        let wake = Arc::new(Wake::new().map_err(explain)?);
        let woken = Arc::clone(&wake);
        let worker = Worker::start("zmq-auth", move || run(&authenticator, &woken)).map_err(explain)?;
        self.running = Some(Running { wake, worker });
        Ok(())
    }

    /// Stops the thread and waits for that: for as long as the callbacks take for the peers that have asked by then, at most some
    /// hundred. It can be started again.
    ///
    /// From then on a CURVE server lets in every client that knows the server's key, unless the server's socket
    /// [insists](crate::Socket::require_security).
    ///
    /// # Errors
    ///
    /// What ended the thread before, if it was not the end of the context.
    pub fn stop(&mut self) -> Result<()> {
        self.running.take().map_or(Ok(()), Running::end)
    }

    /// Whether the thread runs.
    pub fn is_alive(&self) -> bool {
        self.running.as_ref().is_some_and(|running| running.worker.is_alive())
    }
}

fn run(authenticator: &Authenticator, wake: &Wake) -> Result<()> {
    let mut poller = Poller::new();
    poller.register(authenticator, POLLIN)?;
    poller.register(wake.descriptor(), POLLIN)?;
    loop {
        let handled = poller.poll(None).and_then(|ready| {
            let told = ready.contains(wake.descriptor());
            // One, before it is looked whether it is to stop.
            authenticator.handle_one().map(|_| told)
        });
        match handled {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) if error.kind() == ErrorKind::ContextTerminated => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// The methods of [`Policy`] are those of the authenticator.
impl Deref for ThreadAuthenticator {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        &self.policy
    }
}

impl Drop for ThreadAuthenticator {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}
