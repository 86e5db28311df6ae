//! What a runtime does for a socket.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// A wait of a runtime's.
pub(super) type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What runs the tasks: [`Tokio`](crate::tokio::Tokio), [`AsyncIo`](crate::async_io::AsyncIo), or [`Manual`]. There are no others to
/// be made: whatever has a loop of its own takes [`Manual`].
#[allow(private_bounds, reason = "what a runtime has to do is not for others to rely on")]
pub trait Runtime: Driver {}

/// The part of a [`Runtime`] that is not for others.
pub(super) trait Driver: Sized + fmt::Debug + Send + Sync + 'static {
    /// What stands for a descriptor in the runtime.
    type Source: Send + Sync;

    /// Has the runtime watch a descriptor. Called within it.
    fn register(descriptor: crate::raw::KeptDescriptor) -> io::Result<Self::Source>;

    /// Whether it is this runtime, and not another one of its sort, that has the source.
    fn is_current(source: &Self::Source) -> bool;

    /// Whether the descriptor has become readable since this was last asked; if not, the runtime wakes the waker once it does.
    ///
    /// # Errors
    ///
    /// If the runtime is gone.
    fn poll_edge(source: &Self::Source, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Does `work`, unless the task has done so much without waiting that others should have their turn first. `work` that is
    /// `Ready` counts.
    fn poll_fairly<T>(cx: &mut Context<'_>, work: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T>;

    /// Waits.
    ///
    /// # Errors
    ///
    /// If there is nothing here that could.
    fn sleep(duration: Duration) -> io::Result<Sleep>;
}

/// No runtime at all: for an event loop of one's own.
///
/// The futures of a [`Socket<K, Manual>`](super::Socket) run in any executor, and are woken when
/// [`wake`](super::Socket::wake) is called, which is due whenever the socket's descriptor, [`as_fd`](super::Socket), becomes readable.
/// Timeouts are an error.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Manual {}

impl Runtime for Manual {}

impl Driver for Manual {
    type Source = ();

    fn register(_descriptor: crate::raw::KeptDescriptor) -> io::Result<()> {
        Ok(())
    }

    fn is_current(_source: &()) -> bool {
        true
    }

    fn poll_edge(_source: &(), _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }

    fn poll_fairly<T>(cx: &mut Context<'_>, work: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
        super::budget::poll_fairly(cx, work)
    }

    fn sleep(_duration: Duration) -> io::Result<Sleep> {
        Err(io::Error::other("without a runtime there is nothing to wait with"))
    }
}
