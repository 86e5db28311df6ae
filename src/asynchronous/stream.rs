//! Streams and sinks, as `futures` has them.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::ready::Wait;
use super::runtime::Runtime;
use super::socket::Socket;
use super::wakers::Side;
use crate::error::{Operation, Result};
use crate::message::Message;
use crate::multipart::IntoMultipart;
use crate::socket::kind::{Kind, Receiver, Sender};
use crate::socket::{DONTWAIT, SendError, SendMultipartError};

macro_rules! stream {
    ($(#[$docs:meta])+ $name:ident of $item:ty, $method:ident) => {
        $(#[$docs])+
        pub struct $name<'a, K: Kind, R: Runtime> {
            socket: &'a Socket<K, R>,
            wait: Wait<'a>,
        }

        impl<'a, K: Kind, R: Runtime> $name<'a, K, R> {
            pub(super) fn new(socket: &'a Socket<K, R>) -> Self {
                Self { socket, wait: Wait::new(Side::Recv) }
            }
        }

        /// Cancel safe: a call of `next` that is dropped has taken nothing.
        impl<K: Receiver, R: Runtime> futures_core::Stream for $name<'_, K, R> {
            type Item = Result<$item>;

            fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<$item>>> {
                let Self { socket, wait } = self.get_mut();
                let received = socket.ready().poll(cx, wait, Operation::Recv, |socket| socket.$method(DONTWAIT));
                Poll::Ready(match ready!(received) {
                    Err(error) if error.is_terminated() => None,
                    received => Some(received),
                })
            }
        }

        impl<K: Kind, R: Runtime> fmt::Debug for $name<'_, K, R> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(self.socket).finish()
            }
        }
    };
}

stream! {
    /// The frames that a socket receives; see [`Socket::stream`]. It ends when the context is shut down.
    Frames of Message, recv_flags
}
stream! {
    /// The messages that a socket receives, each with all its frames; see [`Socket::stream_multipart`]. It ends when the context is shut
    /// down.
    Messages of Vec<Message>, recv_multipart_flags
}

macro_rules! sink {
    (
        $(#[$docs:meta])+
        $name:ident of $item:ident, $pending:ty, $error:ident, $field:ident, $poll:ident, |$value:ident| $convert:expr
    ) => {
        $(#[$docs])+
        pub struct $name<'a, K: Kind, R: Runtime, T> {
            socket: &'a Socket<K, R>,
            wait: Wait<'a>,
            pending: Option<$pending>,
            item: PhantomData<fn(T)>,
        }

        impl<'a, K: Sender, R: Runtime, T> $name<'a, K, R, T> {
            pub(super) fn new(socket: &'a Socket<K, R>) -> Self {
                Self { socket, wait: Wait::new(Side::Send), pending: None, item: PhantomData }
            }

            fn poll_empty(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), $error>> {
                let Self { socket, wait, pending, .. } = self;
                let Some($field) = pending else { return Poll::Ready(Ok(())) };
                let sent = ready!(socket.$poll(cx, wait, $field));
                let $field = pending.take().unwrap_or_default();
                Poll::Ready(sent.map_err(|error| $error { error, $field }))
            }
        }

        impl<K: Sender, R: Runtime, T: $item> futures_sink::Sink<T> for $name<'_, K, R, T> {
            type Error = $error;

            fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), $error>> {
                self.get_mut().poll_empty(cx)
            }

            fn start_send(self: Pin<&mut Self>, $value: T) -> Result<(), $error> {
                let sink = self.get_mut();
                let value: $pending = $convert;
                assert!(sink.pending.is_none(), "start_send comes after poll_ready");
                sink.pending = Some(value);
                Ok(())
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), $error>> {
                self.get_mut().poll_empty(cx)
            }

            fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), $error>> {
                self.get_mut().poll_empty(cx)
            }
        }

        impl<K: Kind, R: Runtime, T> fmt::Debug for $name<'_, K, R, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(self.socket).finish()
            }
        }
    };
}

sink! {
    /// Sends messages of one frame; see [`Socket::sink`]. The one that was given to it last has been sent when it was flushed, or is ready
    /// for the next; dropped before, it drops that one.
    Sink of IntoMessage, Message, SendError, message, poll_send, |item| item.into()
}
sink! {
    /// Sends messages of several frames; see [`Socket::sink_multipart`]. The one that was given to it last has been sent when it was
    /// flushed, or is ready for the next; dropped before, it drops that one.
    MultipartSink of IntoMultipart, Vec<Message>, SendMultipartError, parts, poll_send_multipart, |item| {
        item.into_frames().collect()
    }
}

/// `Into<Message>`, by a name.
pub trait IntoMessage: Into<Message> {}

impl<T: Into<Message>> IntoMessage for T {}
