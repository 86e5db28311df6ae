//! The futures of calls that may have to wait. By hand: what `async` makes of them moves each message twice more.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::ready::{Polled, Ready, Wait};
use super::runtime::Runtime;
use super::socket::Socket;
use super::wakers::Side;
use crate::error::{Operation, Result};
use crate::message::Message;
use crate::socket::SendError;
use crate::socket::kind::Sender;

/// Tries `attempt` until it is done.
#[must_use = "futures do nothing unless they are awaited"]
pub(super) struct Call<'a, S: Polled, R: Runtime, F> {
    ready: &'a Ready<S, R>,
    wait: Wait<'a>,
    operation: Operation,
    attempt: F,
}

impl<'a, S: Polled, R: Runtime, F> Call<'a, S, R, F> {
    #[inline]
    pub(super) fn new<T>(ready: &'a Ready<S, R>, side: Side, operation: Operation, attempt: F) -> Self
    where
        F: FnMut(&S) -> Result<T>,
    {
        Self { ready, wait: Wait::new(side), operation, attempt }
    }
}

impl<S: Polled, R: Runtime, T, F: FnMut(&S) -> Result<T> + Unpin> Future for Call<'_, S, R, F> {
    type Output = Result<T>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        let Self { ready, wait, operation, attempt } = self.get_mut();
        ready.poll(cx, wait, *operation, attempt)
    }
}

/// Sends a message.
#[must_use = "futures do nothing unless they are awaited"]
pub(super) struct Sending<'a, K: Sender, R: Runtime> {
    socket: &'a Socket<K, R>,
    wait: Wait<'a>,
    /// `None` once it is sent.
    message: Option<Message>,
}

impl<'a, K: Sender, R: Runtime> Sending<'a, K, R> {
    #[inline]
    pub(super) fn new(socket: &'a Socket<K, R>, message: Message) -> Self {
        Self { socket, wait: Wait::new(Side::Send), message: Some(message) }
    }
}

impl<K: Sender, R: Runtime> Future for Sending<'_, K, R> {
    type Output = Result<(), SendError>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        let Self { socket, wait, message } = self.get_mut();
        // As a future of `async` that is polled once more; there is nothing that could be sent again.
        let unsent = message.as_mut().expect("a future is not polled after it was ready");
        let sent = ready!(socket.poll_send(cx, wait, unsent));
        let message = message.take();
        Poll::Ready(match sent {
            Ok(()) => {
                // What is left is an empty frame, which holds nothing to free (msg.cpp).
                std::mem::forget(message);
                Ok(())
            }
            Err(error) => Err(SendError { error, message: message.unwrap_or_default() }),
        })
    }
}
