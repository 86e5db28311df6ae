//! Sending, awaited.

use std::future::{Future, poll_fn};
use std::time::Instant;

use super::call::Sending;
use super::ready::Wait;
use super::runtime::Runtime;
use super::socket::Socket;
use super::stream::{MultipartSink, Sink};
use super::wakers::Side;
use crate::error::{Error, Operation, Result};
use crate::message::Message;
use crate::multipart::IntoMultipart;
use crate::socket::kind::{Publisher, Sender};
use crate::socket::wait::{FIRST_PAUSE, LONGEST_PAUSE};
use crate::socket::{DONTWAIT, SendError, SendMultipartError};
use crate::timeout::Timeout;

impl<K: Sender, R: Runtime> Socket<K, R> {
    /// Sends a message: waits until there is room for it.
    ///
    /// Cancel safe: dropped before it is ready it has sent nothing; the message is dropped with it.
    ///
    /// # Errors
    ///
    /// [`Again`](crate::ErrorKind::Again) if [`SNDTIMEO`](crate::SNDTIMEO) is over; else as for [`Socket::send`](crate::Socket::send). The error
    /// has the message.
    ///
    /// pyzmq: `await socket.send(message)`.
    pub fn send(&self, message: impl Into<Message>) -> impl Future<Output = Result<(), SendError>> + Send {
        Sending::new(self, message.into())
    }

    #[inline]
    pub(super) fn poll_send<'a>(
        &'a self,
        cx: &mut std::task::Context<'_>,
        wait: &mut Wait<'a>,
        message: &mut Message,
    ) -> std::task::Poll<Result<()>> {
        self.ready.poll(cx, wait, Operation::Send, |socket| {
            let core = socket.core();
            core.send_frame(message, DONTWAIT.as_raw()).map_err(|errno| core.error(Operation::Send, errno))
        })
    }

    /// Sends a message if there is room for it; the error gives it back if not.
    ///
    /// # Errors
    ///
    /// As for [`Socket::try_send`](crate::Socket::try_send).
    pub fn try_send(&self, message: impl Into<Message>) -> Result<(), SendError> {
        let mut message = Some(message.into());
        let sent = self.ready.call(Operation::Send, |socket| socket.try_send(message.take().unwrap_or_default()));
        sent.unwrap_or_else(|error| Err(SendError { error, message: message.unwrap_or_default() }))
    }

    /// Sends text.
    ///
    /// Cancel safe, as [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn send_string<'a, T: AsRef<str> + 'a>(
        &'a self,
        text: T,
    ) -> impl Future<Output = Result<(), SendError>> + Send + use<'a, K, R, T> {
        self.send(Message::from(text.as_ref()))
    }

    /// Sends a message of several frames, all or none: waits until there is room.
    ///
    /// Cancel safe: dropped before it is ready it has sent nothing.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send); [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for no frames at all.
    ///
    /// pyzmq: `await socket.send_multipart(parts)`.
    pub fn send_multipart(
        &self,
        parts: impl IntoMultipart,
    ) -> impl Future<Output = Result<(), SendMultipartError>> + Send {
        let mut parts: Vec<Message> = parts.into_frames().collect();
        async move {
            let mut wait = Wait::new(Side::Send);
            let sent = poll_fn(|cx| self.poll_send_multipart(cx, &mut wait, &mut parts)).await;
            sent.map_err(|error| SendMultipartError { error, parts })
        }
    }

    pub(super) fn poll_send_multipart<'a>(
        &'a self,
        cx: &mut std::task::Context<'_>,
        wait: &mut Wait<'a>,
        parts: &mut Vec<Message>,
    ) -> std::task::Poll<Result<()>> {
        self.ready.poll(cx, wait, Operation::Send, |socket| {
            socket.try_send_multipart(std::mem::take(parts)).map_err(|refused| {
                *parts = refused.parts;
                refused.error
            })
        })
    }

    /// Sends a message of several frames if there is room for it; the error gives it back if not.
    ///
    /// # Errors
    ///
    /// As for [`Socket::try_send_multipart`](crate::Socket::try_send_multipart).
    pub fn try_send_multipart(&self, parts: impl IntoMultipart) -> Result<(), SendMultipartError> {
        let mut parts: Vec<Message> = parts.into_frames().collect();
        let sent = self.ready.call(Operation::Send, |socket| socket.try_send_multipart(std::mem::take(&mut parts)));
        sent.unwrap_or_else(|error| Err(SendMultipartError { error, parts }))
    }

    /// Sends a value as JSON.
    ///
    /// Cancel safe, as [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// [`Json`](crate::ErrorKind::Json) if the value cannot be written so; else as for [`send`](Self::send).
    #[cfg(feature = "json")]
    pub fn send_json<T: serde::Serialize + ?Sized>(&self, value: &T) -> impl Future<Output = Result<()>> + Send {
        let message = crate::socket::write_json(value);
        async move { Ok(self.send(message?).await?) }
    }

    /// Makes frames of a value by `serialize`, and sends them.
    ///
    /// Cancel safe, as [`send_multipart`](Self::send_multipart).
    ///
    /// # Errors
    ///
    /// As for [`send_multipart`](Self::send_multipart).
    pub fn send_serialized<T, P: IntoMultipart>(
        &self,
        value: T,
        serialize: impl FnOnce(T) -> P,
    ) -> impl Future<Output = Result<(), SendMultipartError>> + Send {
        self.send_multipart(serialize(value))
    }

    /// A [`futures` sink](futures_sink::Sink) of messages of one frame.
    pub fn sink<T: Into<Message>>(&self) -> Sink<'_, K, R, T> {
        Sink::new(self)
    }

    /// A [`futures` sink](futures_sink::Sink) of messages of several frames.
    pub fn sink_multipart<T: IntoMultipart>(&self) -> MultipartSink<'_, K, R, T> {
        MultipartSink::new(self)
    }
}

impl<K: Publisher, R: Runtime> Socket<K, R> {
    /// Waits until subscriptions to at least `topics` different topics have arrived, and says how many there are; see
    /// [`Socket::wait_for_subscriptions`](crate::Socket::wait_for_subscriptions).
    ///
    /// Cancel safe: it takes nothing.
    ///
    /// # Errors
    ///
    /// As for [`Socket::wait_for_subscriptions`](crate::Socket::wait_for_subscriptions); an error if it has to wait with [`Manual`](super::Manual).
    pub fn wait_for_subscriptions(
        &self,
        topics: usize,
        timeout: impl Into<Timeout>,
    ) -> impl Future<Output = Result<usize>> + Send {
        let timeout = timeout.into();
        async move {
            let deadline = timeout.deadline();
            let mut pause = FIRST_PAUSE;
            loop {
                let error = match self.with(|socket| socket.wait_for_subscriptions(topics, 0)) {
                    Err(error) if error.is_again() => error,
                    answer => return answer,
                };
                // None: for ever.
                let rest = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
                if rest.is_some_and(|rest| rest.is_zero()) {
                    return Err(error);
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
                let sleep = R::sleep(rest.map_or(pause, |rest| rest.min(pause)));
                sleep.map_err(|error| Error::from_io(Operation::Wait, &error))?.await;
            }
        }
    }
}
