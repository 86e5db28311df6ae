//! A monitor whose events are awaited.

use std::fmt;
use std::future::poll_fn;
use std::os::fd::BorrowedFd;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::ready::{Polled, Ready, Wait};
use super::runtime::Runtime;
use super::wakers::Side;
use crate::error::{Operation, Result};
use crate::monitor::{self, MonitorEvent};
use crate::raw::Owner;
use crate::socket::Core;

impl Owner for monitor::Monitor {
    fn descriptor(&self) -> BorrowedFd<'_> {
        std::os::fd::AsFd::as_fd(self.pair())
    }
}

impl Polled for monitor::Monitor {
    fn core(&self) -> &Core {
        self.pair().core()
    }
}

/// The events of a socket's connections; made by [`Socket::monitor`](super::Socket::monitor). The blocking one is
/// [`zmq::Monitor`](crate::Monitor).
pub struct Monitor<R: Runtime> {
    ready: Ready<monitor::Monitor, R>,
}

impl<R: Runtime> Monitor<R> {
    /// Waits for the next event; `None` when the monitoring has ended.
    ///
    /// Cancel safe: dropped before it is ready it has taken nothing.
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](crate::ErrorKind::ContextTerminated).
    pub async fn recv(&self) -> Result<Option<MonitorEvent>> {
        let mut wait = Wait::forever(Side::Recv);
        let event = poll_fn(|cx| self.ready.poll(cx, &mut wait, Operation::Monitor, monitor::Monitor::try_recv)).await;
        if matches!(event, Ok(None)) {
            // The end is for everyone.
            self.ready.wake();
        }
        event
    }

    /// A [`futures` stream](futures_core::Stream) of the events, which ends when the monitoring does, or the context.
    pub fn stream(&self) -> MonitorStream<'_, R> {
        MonitorStream { monitor: self, wait: Wait::forever(Side::Recv) }
    }

    pub(super) fn ready(&self) -> &Ready<monitor::Monitor, R> {
        &self.ready
    }
}

impl<R: Runtime> From<monitor::Monitor> for Monitor<R> {
    fn from(monitor: monitor::Monitor) -> Self {
        Self { ready: Ready::new(monitor) }
    }
}

impl<R: Runtime> fmt::Debug for Monitor<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor").finish_non_exhaustive()
    }
}

/// See [`Monitor::stream`].
pub struct MonitorStream<'a, R: Runtime> {
    monitor: &'a Monitor<R>,
    wait: Wait<'a>,
}

impl<R: Runtime> futures_core::Stream for MonitorStream<'_, R> {
    type Item = Result<MonitorEvent>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { monitor, wait } = self.get_mut();
        let event = monitor.ready.poll(cx, wait, Operation::Monitor, monitor::Monitor::try_recv);
        Poll::Ready(match ready!(event) {
            Err(error) if error.is_terminated() => None,
            event => event.transpose(),
        })
    }
}

impl<R: Runtime> fmt::Debug for MonitorStream<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MonitorStream").finish_non_exhaustive()
    }
}
