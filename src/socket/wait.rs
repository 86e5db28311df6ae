//! Waiting for a socket to be ready, and for peers.

use std::time::Duration;

use zmq_sys as sys;

use super::kind::{Kind, Publisher, SocketType};
use super::{Core, Socket};
use crate::error::{Errno, Error, Operation, Result};
use crate::option::PollEvents;
use crate::option::codec::{Codec as _, EventsCode};
use crate::timeout::Timeout;
use crate::version::{Version, version};

/// ZMQ_TOPICS_COUNT: its constant is among the drafts, the option is in every build of 4.3.5 (socket_base.cpp, xpub.cpp).
const TOPICS_COUNT: i32 = 116;

/// Subscriptions wake nobody who polls for messages, so they are looked for, at first often.
pub(crate) const FIRST_PAUSE: Duration = Duration::from_micros(50);
/// See [`FIRST_PAUSE`].
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_millis(20);

impl Core {
    fn poll(&self, events: PollEvents, timeout: Timeout) -> Result<PollEvents, Errno> {
        let deadline = timeout.deadline();
        let mut rest = timeout;
        // A socket that is asked for nothing is not looked at, and a shutdown would not end the wait (zmq.cpp, `zmq_poll`).
        let events = if events.is_empty() { crate::POLLERR } else { events };
        if !self.raw().is_likely_ours() {
            return Err(Errno::INTERRUPTED);
        }
        let held = self.is_held() && events.is_readable();
        if held {
            rest = Timeout::from(0);
        }
        loop {
            match self.raw().poll(events.as_raw(), rest.as_millis().into()) {
                Err(Errno::INTERRUPTED) if held => {}
                Err(Errno::INTERRUPTED) if self.raw().is_ours() => rest = remaining(timeout, deadline),
                Ok(ready) if held => return Ok(PollEvents::from_raw(ready) | crate::POLLIN),
                Ok(0) if timeout == Timeout::FOREVER => {}
                answer => return answer.map(PollEvents::from_raw),
            }
        }
    }

    /// What ZMQ_EVENTS says; asking makes the socket look at what its peers did.
    pub(crate) fn events(&self) -> Result<PollEvents, Errno> {
        let mut events = [0; EventsCode::CAPACITY];
        let length = self.get_into(sys::ZMQ_EVENTS, &mut events)?;
        EventsCode::decode(&events[..length]).map_err(|_| Errno::INVALID)
    }

    fn topics(&self) -> Result<usize, Errno> {
        self.events()?;
        self.retry(|| self.raw().get_int(TOPICS_COUNT)).map(|count| usize::try_from(count).unwrap_or(0))
    }
}

fn remaining(timeout: Timeout, deadline: Option<std::time::Instant>) -> Timeout {
    match deadline {
        Some(_) => Timeout::until(deadline),
        None => timeout,
    }
}

impl<K: Kind> Socket<K> {
    /// Waits until the socket is ready for one of `events`, at most `timeout`, and says for which; an empty set if the time is over.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// let socket = context.socket(zmq::PULL)?;
    /// if socket.poll(10, zmq::POLLIN)?.is_readable() {
    ///     println!("{:?}", socket.recv()?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](crate::ErrorKind::ContextTerminated).
    ///
    /// C: `zmq_poll`. pyzmq: `socket.poll(timeout, flags)`.
    #[doc(alias = "zmq_poll")]
    pub fn poll(&self, timeout: impl Into<Timeout>, events: PollEvents) -> Result<PollEvents> {
        self.core.poll(events, timeout.into()).map_err(|errno| self.core.error(Operation::Poll, errno))
    }

    /// Waits until subscriptions to at least `topics` different topics have arrived, and says how many there are: in place of the
    /// `sleep` that programs put between `bind` and the first `send` so that no subscriber misses it.
    ///
    /// It counts topics and not subscribers: two subscribers to the same topic count once. Who has to know each subscriber uses an XPUB with
    /// [`XPUB_VERBOSER`](crate::XPUB_VERBOSER), which receives every subscription as a message, also after this.
    ///
    /// A publisher may also connect, and the SUB be bound. Then the SUB has to be at work, in a `recv` or a `poll`: until it is, libzmq does not
    /// give it the connection, and asks the publisher for nothing. (A SUB that connects asks by itself, also while its thread does something
    /// else.) A SUB has no such call: it is not told who publishes to it, except by a [monitor](Self::monitor).
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # if zmq::version() < zmq::Version::new(4, 3, 5) { return Ok(()); }
    /// let context = zmq::Context::new()?;
    /// let publisher = context.socket(zmq::PUB)?;
    /// publisher.bind("tcp://127.0.0.1:*")?;
    /// let subscriber = context.socket(zmq::SUB)?;
    /// subscriber.connect(&publisher.last_endpoint()?)?;
    /// subscriber.subscribe("weather")?;
    ///
    /// publisher.wait_for_subscriptions(1, 5000)?;
    /// publisher.send("weather NYC 72")?;
    /// assert_eq!(subscriber.recv_string()?, "weather NYC 72");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Again`](crate::ErrorKind::Again) if the time is over, [`Unsupported`](crate::ErrorKind::Unsupported) if libzmq is older than
    /// 4.3.5: there, use an XPUB and `recv` the subscriptions. [`NotSupported`](crate::ErrorKind::NotSupported) for a
    /// [`Dynamic`](crate::Dynamic) socket of another kind. [`ContextTerminated`](crate::ErrorKind::ContextTerminated).
    ///
    /// C: `ZMQ_TOPICS_COUNT`.
    pub fn wait_for_subscriptions(&self, topics: usize, timeout: impl Into<Timeout>) -> Result<usize>
    where
        K: Publisher,
    {
        let timeout = timeout.into();
        let deadline = timeout.deadline();
        // A SUB would count its own.
        if !matches!(self.socket_type(), SocketType::Pub | SocketType::Xpub) {
            let error = self.core.error(Operation::Wait, Errno(sys::ENOTSUP));
            return Err(error.with_help("only PUB and XPUB sockets have subscribers"));
        }
        let mut pause = FIRST_PAUSE;
        loop {
            let count = self.core.topics().map_err(|errno| self.explain_wait(errno))?;
            if count >= topics {
                return Ok(count);
            }
            let rest = remaining(timeout, deadline);
            if rest.is_zero() {
                let help = format!("{count} of {topics} topics are subscribed to");
                return Err(Error::new(Operation::Wait, Errno::AGAIN).with_help(help));
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            std::thread::sleep(rest.as_duration().map_or(pause, |rest| rest.min(pause)));
        }
    }

    fn explain_wait(&self, errno: Errno) -> Error {
        if errno == Errno::INVALID && version() < Version::new(4, 3, 5) {
            let help =
                format!("TOPICS_COUNT came with libzmq 4.3.5, and this one is {}: recv them from an XPUB", version());
            return Error::unsupported(Operation::Wait, help);
        }
        self.core.error(Operation::Wait, errno)
    }
}
