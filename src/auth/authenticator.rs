//! An authenticator that its owner drives.

use std::fmt;
use std::ops::Deref;

use super::policy::Policy;
use super::zap::{ZapRequest, reply};
use crate::context::{Context, ZAP_NAME};
use crate::error::{ErrorKind, Result};
use crate::poller::PollSource;
use crate::socket::Socket;
use crate::socket::kind::{REP, Rep};

/// Where libzmq asks.
fn endpoint() -> String {
    format!("inproc://{ZAP_NAME}")
}

/// As many as are answered in the end at most: peers that keep coming do not keep it.
const REST: usize = 100;

/// Decides who may connect to the sockets of a context, when it is told to: for a program that has a [`Poller`](crate::Poller) already.
/// Others take a [`ThreadAuthenticator`](super::ThreadAuthenticator).
///
/// It answers from the moment that it is made, in as far as peers then wait for [`handle`](Self::handle) to be called. It is
/// configured with the methods of [`Policy`], which it has.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// let context = zmq::Context::new()?;
/// let authenticator = zmq::auth::Authenticator::new(&context)?;
/// authenticator.configure_plain("*", [("admin", "secret")]);
///
/// let server = context.socket(zmq::PULL)?;
/// server.set_plain_server(true)?;
/// server.bind("tcp://127.0.0.1:*")?;
/// let client = context.socket(zmq::PUSH)?;
/// client.set_plain_username("admin")?;
/// client.set_plain_password("secret")?;
/// client.connect(&server.last_endpoint()?)?;
/// client.send("hello")?;
///
/// let mut poller = zmq::Poller::new();
/// poller.register(&authenticator, zmq::POLLIN)?;
/// poller.register(&server, zmq::POLLIN)?;
/// loop {
///     let ready = poller.poll(5000)?;
///     assert!(!ready.is_empty());
///     if ready.contains(&authenticator) {
///         authenticator.handle()?;
///     }
///     if ready.contains(&server) {
///         let message = server.recv()?;
///         assert_eq!(message.user_id().as_deref(), Some("admin"));
///         break;
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// A context has one authenticator at a time. Dropping it answers what has been asked until then; from then on a CURVE server lets in
/// every client that knows the server's key, unless it [insists](Socket::require_security).
///
/// pyzmq: `zmq.auth.Authenticator`.
pub struct Authenticator {
    policy: Policy,
    socket: Socket<Rep>,
}

impl Authenticator {
    /// An authenticator for the sockets of the context, with a policy of its own.
    ///
    /// # Errors
    ///
    /// [`AddressInUse`](ErrorKind::AddressInUse) if the context has one already, and as for [`Context::socket`].
    ///
    /// pyzmq: `Authenticator(context)` and its `start()`.
    pub fn new(context: &Context) -> Result<Self> {
        Self::with_policy(context, &Policy::new())
    }

    /// One that decides by a policy that is there already, and may be changed elsewhere.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_policy(context: &Context, policy: &Policy) -> Result<Self> {
        let socket = context.socket(REP)?;
        // Options that the context gives its sockets may be meant for others.
        socket.set_linger(0)?;
        socket.set_rcvtimeo(-1)?;
        socket.set_sndtimeo(-1)?;
        socket.bind(&endpoint()).map_err(|error| match error.kind() {
            ErrorKind::AddressInUse => error.with_help("the context has an authenticator already"),
            _ => error,
        })?;
        Ok(Self { policy: policy.clone(), socket })
    }

    /// What it decides by.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    #[cfg(all(feature = "async", unix))]
    pub(crate) fn socket(&self) -> &Socket<Rep> {
        &self.socket
    }

    /// Answers whatever has been asked, without waiting, and says how many peers that were.
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](ErrorKind::ContextTerminated) after a shutdown. Nothing that is asked is an error.
    ///
    /// pyzmq: `Authenticator.handle_zap_message`, without the receiving.
    pub fn handle(&self) -> Result<usize> {
        let mut count = 0;
        while self.handle_one()? {
            count += 1;
        }
        Ok(count)
    }

    /// Answers one, if one is there.
    pub(crate) fn handle_one(&self) -> Result<bool> {
        let Some(frames) = self.socket.try_recv_multipart()? else { return Ok(false) };
        let request = ZapRequest::parse(&frames);
        let sent = self.policy.decide_and(&request, |access| self.socket.send_multipart(reply(&frames, access)));
        sent?;
        Ok(true)
    }
}

/// The methods of [`Policy`] are those of the authenticator.
impl Deref for Authenticator {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        &self.policy
    }
}

impl<'a> From<&'a Authenticator> for PollSource<'a> {
    fn from(authenticator: &'a Authenticator) -> Self {
        (&authenticator.socket).into()
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Drop for Authenticator {
    fn drop(&mut self) {
        // Who has asked and is not answered waits until its handshake times out. None of these can be helped: after a shutdown nobody
        // waits, and a forked child has no authenticator.
        let rest = || (0..REST).take_while(|_| matches!(self.handle_one(), Ok(true))).count();
        rest();
        // Closing the socket frees the name only some time later.
        let _ = self.socket.unbind(&endpoint());
        rest();
    }
}
