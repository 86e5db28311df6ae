//! Waiting for several sockets at once.

use std::fmt;
use std::future::{Future, poll_fn};
use std::task::{Context, Poll};

use super::authenticator::Authenticator;
use super::monitor::Monitor;
use super::ready::{Polled, Ready, Wait};
use super::runtime::Runtime;
use super::socket::Socket;
use super::wakers::Side;
use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::option::{POLLIN, POLLOUT, PollEvents};
use crate::socket::kind::Kind;
use crate::timeout::Timeout;

/// What can be polled, whatever its kind.
trait Source: Sync {
    /// For which of `events` it is ready.
    fn poll<'a>(
        &'a self,
        cx: &mut Context<'_>,
        waits: &mut [Wait<'a>; 2],
        events: PollEvents,
    ) -> Poll<Result<PollEvents>>;

    /// For which of `events` it is ready now.
    fn look(&self, events: PollEvents) -> Result<PollEvents>;

    /// What tells one from another.
    fn key(&self) -> *const ();
}

impl<S: Polled, R: Runtime> Source for Ready<S, R> {
    fn poll<'a>(
        &'a self,
        cx: &mut Context<'_>,
        waits: &mut [Wait<'a>; 2],
        events: PollEvents,
    ) -> Poll<Result<PollEvents>> {
        for (wait, wanted) in waits.iter_mut().zip([POLLIN, POLLOUT]) {
            // Who asks for neither waits for the end of the context.
            if !events.contains(wanted) && (wanted == POLLOUT || events.contains(POLLOUT)) {
                continue;
            }
            let answer = Ready::poll(self, cx, wait, Operation::Poll, |socket| {
                let core = socket.core();
                let ready = core.events().map_err(|errno| core.error(Operation::Poll, errno))? & events;
                if ready.is_empty() { Err(Error::new(Operation::Poll, Errno::AGAIN)) } else { Ok(ready) }
            });
            if answer.is_ready() {
                return answer;
            }
        }
        Poll::Pending
    }

    fn look(&self, events: PollEvents) -> Result<PollEvents> {
        let ready = self.call(Operation::Poll, |socket| {
            let core = socket.core();
            core.events().map_err(|errno| core.error(Operation::Poll, errno))
        });
        Ok(ready?? & events)
    }

    fn key(&self) -> *const () {
        std::ptr::from_ref(self).cast()
    }
}

/// Something that a [`Poller`] can wait for: a reference to a [`Socket`], a [`Monitor`] or an [`Authenticator`].
pub struct PollSource<'a, R: Runtime> {
    source: &'a dyn Source,
    runtime: std::marker::PhantomData<fn(R)>,
}

impl<R: Runtime> Copy for PollSource<'_, R> {}

impl<R: Runtime> Clone for PollSource<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<'a, R: Runtime> PollSource<'a, R> {
    fn new(source: &'a dyn Source) -> Self {
        Self { source, runtime: std::marker::PhantomData }
    }
}

impl<R: Runtime> fmt::Debug for PollSource<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollSource").finish_non_exhaustive()
    }
}

impl<'a, K: Kind, R: Runtime> From<&'a Socket<K, R>> for PollSource<'a, R> {
    fn from(socket: &'a Socket<K, R>) -> Self {
        Self::new(socket.ready())
    }
}

impl<'a, R: Runtime> From<&'a Monitor<R>> for PollSource<'a, R> {
    fn from(monitor: &'a Monitor<R>) -> Self {
        Self::new(monitor.ready())
    }
}

impl<'a, R: Runtime> From<&'a Authenticator<R>> for PollSource<'a, R> {
    fn from(authenticator: &'a Authenticator<R>) -> Self {
        Self::new(authenticator.ready())
    }
}

/// Waits until one of several sockets is ready: pyzmq's `zmq.asyncio.Poller`. Where it is known which sockets there are, the runtime's
/// `select!` is shorter.
///
/// ```
/// # #[cfg(feature = "tokio")]
/// # async fn forward(receiver: zmq::tokio::Socket<zmq::Pull>, subscriber: zmq::tokio::Socket<zmq::Sub>) -> zmq::Result<()> {
/// let mut poller = zmq::tokio::Poller::new();
/// poller.register(&receiver, zmq::POLLIN)?;
/// poller.register(&subscriber, zmq::POLLIN)?;
/// let ready = poller.poll(1000).await?;                // ms, a Duration, or None: for ever
/// if ready.contains(&receiver) {
///     println!("{:?}", receiver.recv().await?);
/// }
/// # Ok(())
/// # }
/// ```
pub struct Poller<'a, R: Runtime> {
    items: Vec<(PollSource<'a, R>, PollEvents)>,
}

impl<'a, R: Runtime> Poller<'a, R> {
    /// One that waits for nothing yet.
    pub fn new() -> Self {
        Self { items: Vec::new() }
    }

    fn position(&self, source: PollSource<'_, R>) -> Option<usize> {
        self.items.iter().position(|(known, _)| known.source.key() == source.source.key())
    }

    /// Waits for `events` of a source, in place of those that were registered for it before; no events at all
    /// ([`PollEvents::NONE`]) take it out, as in pyzmq.
    ///
    /// # Errors
    ///
    /// None so far: it answers as the blocking [`Poller`](crate::Poller) does.
    pub fn register(&mut self, source: impl Into<PollSource<'a, R>>, events: PollEvents) -> Result<()> {
        let source = source.into();
        match self.position(source) {
            Some(at) if events.is_empty() => drop(self.items.remove(at)),
            Some(at) => self.items[at].1 = events,
            None if events.is_empty() => {}
            None => self.items.push((source, events)),
        }
        Ok(())
    }

    /// Waits for other events of a source that is registered.
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound) if it is not.
    pub fn modify(&mut self, source: impl Into<PollSource<'a, R>>, events: PollEvents) -> Result<()> {
        let source = source.into();
        self.place(source)?;
        self.register(source, events)
    }

    /// Waits for a source no more.
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound) if it is not registered.
    pub fn unregister<'b>(&mut self, source: impl Into<PollSource<'b, R>>) -> Result<()> {
        let place = self.place(source.into())?;
        self.items.remove(place);
        Ok(())
    }

    fn place(&self, source: PollSource<'_, R>) -> Result<usize> {
        self.position(source).ok_or_else(|| {
            Error::invalid(Operation::Poll, "it is not registered with this poller").with_kind(ErrorKind::NotFound)
        })
    }

    /// Waits until one is ready, at most `timeout`, and says which are; none if the time is over.
    ///
    /// Cancel safe: it takes nothing.
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](crate::ErrorKind::ContextTerminated); an error for a timeout with
    /// [`Manual`](super::Manual).
    pub fn poll(&self, timeout: impl Into<Timeout>) -> impl Future<Output = Result<ReadySet<'a, R>>> + Send {
        let timeout = timeout.into();
        let items = self.items.clone();
        async move {
            let sources: Vec<_> = items.iter().map(|(source, events)| (source.source, *events)).collect();
            let ready = poll_sources::<R>(&sources, timeout).await?;
            let items = items.into_iter().zip(ready).map(|((source, _), ready)| (source, ready));
            Ok(ReadySet { items: items.filter(|(_, ready)| !ready.is_empty()).collect() })
        }
    }
}

impl<R: Runtime> Default for Poller<'_, R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: Runtime> fmt::Debug for Poller<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.items.iter().map(|(_, events)| events)).finish()
    }
}

/// What [`Poller::poll`] found ready.
pub struct ReadySet<'a, R: Runtime> {
    items: Vec<(PollSource<'a, R>, PollEvents)>,
}

impl<'a, R: Runtime> ReadySet<'a, R> {
    /// For what a source is ready; empty if it is not.
    pub fn events<'b>(&self, source: impl Into<PollSource<'b, R>>) -> PollEvents {
        let key = source.into().source.key();
        let found = self.items.iter().find(|(known, _)| known.source.key() == key);
        found.map(|(_, events)| *events).unwrap_or_default()
    }

    /// Whether a source is ready.
    pub fn contains<'b>(&self, source: impl Into<PollSource<'b, R>>) -> bool {
        !self.events(source).is_empty()
    }

    /// How many are ready.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether none is: the time is over.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

impl<R: Runtime> fmt::Debug for ReadySet<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.items.iter().map(|(_, events)| events)).finish()
    }
}

/// Waits for one source.
pub(super) async fn poll_one<S: Polled, R: Runtime>(
    ready: &Ready<S, R>,
    events: PollEvents,
    timeout: Timeout,
) -> Result<PollEvents> {
    let found = poll_sources::<R>(&[(ready, events)], timeout).await?;
    Ok(found.first().copied().unwrap_or_default())
}

async fn poll_sources<R: Runtime>(sources: &[(&dyn Source, PollEvents)], timeout: Timeout) -> Result<Vec<PollEvents>> {
    let mut waits: Vec<_> = sources.iter().map(|_| [Wait::forever(Side::Recv), Wait::forever(Side::Send)]).collect();
    if timeout.as_duration().is_some_and(|duration| duration.is_zero()) {
        return sources.iter().map(|(source, events)| source.look(*events)).collect();
    }
    let sleep = timeout.as_duration().map(R::sleep).transpose();
    let mut sleep = sleep.map_err(|error| Error::from_io(Operation::Poll, &error))?;
    poll_fn(|cx| {
        let mut found = vec![PollEvents::default(); sources.len()];
        let mut any = false;
        for (((source, events), waits), found) in sources.iter().zip(&mut waits).zip(&mut found) {
            if let Poll::Ready(ready) = source.poll(cx, waits, *events) {
                *found = ready?;
                any = true;
            }
        }
        if any || sleep.as_mut().is_some_and(|sleep| sleep.as_mut().poll(cx).is_ready()) {
            return Poll::Ready(Ok(found));
        }
        Poll::Pending
    })
    .await
}
