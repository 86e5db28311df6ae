//! An authenticator that is a task.

use std::fmt;
use std::future::poll_fn;
use std::ops::Deref;
use std::os::fd::BorrowedFd;

use super::ready::{Polled, Ready, Wait};
use super::runtime::Runtime;
use super::wakers::Side;
use crate::auth::{self, Policy};
use crate::context::Context;
use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::raw::Owner;
use crate::socket::Core;

impl Owner for auth::Authenticator {
    fn descriptor(&self) -> BorrowedFd<'_> {
        std::os::fd::AsFd::as_fd(self.socket())
    }
}

impl Polled for auth::Authenticator {
    fn core(&self) -> &Core {
        self.socket().core()
    }
}

/// Decides, in a task, who may connect to the sockets of a context. It is configured with the methods of
/// [`Policy`](crate::auth::Policy), which it has; the blocking ones are in [`zmq::auth`](crate::auth).
///
/// ```
/// # #[cfg(feature = "tokio")]
/// # async fn serve() -> zmq::Result<()> {
/// let context = zmq::tokio::Context::new()?;
/// let auth = zmq::tokio::Authenticator::new(&context)?;
/// auth.configure_plain("*", [("admin", "secret")]);
/// let policy = auth.policy().clone();                      // to change it later
/// let task = tokio::spawn(async move { auth.run().await });
/// # Ok(())
/// # }
/// ```
///
/// Dropping it, as aborting its task does, is the end of it; see [`zmq::auth::Authenticator`](crate::auth::Authenticator).
///
/// pyzmq: `zmq.auth.asyncio.AsyncioAuthenticator`.
pub struct Authenticator<R: Runtime> {
    policy: Policy,
    ready: Ready<auth::Authenticator, R>,
}

impl<R: Runtime> Authenticator<R> {
    /// An authenticator for the sockets of the context, with a policy of its own.
    ///
    /// # Errors
    ///
    /// As for [`zmq::auth::Authenticator::new`](crate::auth::Authenticator::new).
    pub fn new(context: &Context) -> Result<Self> {
        auth::Authenticator::new(context).map(Self::from)
    }

    /// One that decides by a policy that is there already, and may be changed elsewhere.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_policy(context: &Context, policy: &Policy) -> Result<Self> {
        auth::Authenticator::with_policy(context, policy).map(Self::from)
    }

    /// What it decides by: a handle that can be given to others.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Answers whatever is asked, until the context is terminated.
    ///
    /// Cancel safe: whoever has asked is answered, now or when it is run again.
    ///
    /// # Errors
    ///
    /// What the runtime answers, if there is none; the end of the context is `Ok`.
    pub async fn run(&self) -> Result<()> {
        loop {
            match self.handle().await {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::ContextTerminated => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits until a peer asks, and answers that one.
    ///
    /// Cancel safe, as [`run`](Self::run).
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](ErrorKind::ContextTerminated).
    pub async fn handle(&self) -> Result<()> {
        let mut wait = Wait::forever(Side::Recv);
        poll_fn(|cx| {
            self.ready.poll(cx, &mut wait, Operation::Authenticator, |authenticator| {
                match authenticator.handle_one()? {
                    false => Err(Error::new(Operation::Authenticator, Errno::AGAIN)),
                    true => Ok(()),
                }
            })
        })
        .await
    }

    pub(super) fn ready(&self) -> &Ready<auth::Authenticator, R> {
        &self.ready
    }
}

/// The methods of [`Policy`] are those of the authenticator.
impl<R: Runtime> Deref for Authenticator<R> {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        &self.policy
    }
}

impl<R: Runtime> From<auth::Authenticator> for Authenticator<R> {
    fn from(authenticator: auth::Authenticator) -> Self {
        Self { policy: authenticator.policy().clone(), ready: Ready::new(authenticator) }
    }
}

impl<R: Runtime> fmt::Debug for Authenticator<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator").field("policy", &self.policy).finish_non_exhaustive()
    }
}
