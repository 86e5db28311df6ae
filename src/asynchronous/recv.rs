//! Receiving, awaited.

use std::future::Future;

use super::call::Call;
use super::runtime::Runtime;
use super::socket::Socket;
use super::stream::{Frames, Messages};
use super::wakers::Side;
use crate::error::{Operation, Result};
use crate::message::Message;
use crate::socket::kind::Receiver;
use crate::socket::{self, DONTWAIT, Received};

impl<K: Receiver, R: Runtime> Socket<K, R> {
    /// Receives a frame: waits for a message.
    ///
    /// Cancel safe: dropped before it is ready it has received nothing.
    ///
    /// # Errors
    ///
    /// [`Again`](crate::ErrorKind::Again) if [`RCVTIMEO`](crate::RCVTIMEO) is over; else as for [`Socket::recv`](crate::Socket::recv).
    ///
    /// pyzmq: `await socket.recv()`.
    pub fn recv(&self) -> impl Future<Output = Result<Message>> + Send {
        Call::new(&self.ready, Side::Recv, Operation::Recv, |socket: &socket::Socket<K>| socket.recv_flags(DONTWAIT))
    }

    /// Receives a frame if one is there: `None` if not.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv), except `Again`.
    pub fn try_recv(&self) -> Result<Option<Message>> {
        self.ready.call(Operation::Recv, socket::Socket::try_recv)?
    }

    /// Receives a frame in place of what `message` held.
    ///
    /// Cancel safe: dropped before it is ready it has received nothing; `message` is then as it was, or empty.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv).
    pub fn recv_into(&self, message: &mut Message) -> impl Future<Output = Result<()>> + Send {
        let attempt = |socket: &socket::Socket<K>| socket.recv_into_flags(message, DONTWAIT);
        Call::new(&self.ready, Side::Recv, Operation::Recv, attempt)
    }

    /// Receives a frame into a buffer. What does not fit is lost: the answer says so.
    ///
    /// Cancel safe: dropped before it is ready it has received nothing; the buffer is then as it was.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv).
    ///
    /// pyzmq: `await socket.recv_into(buffer)`.
    pub fn recv_buf(&self, buffer: &mut [u8]) -> impl Future<Output = Result<Received>> + Send {
        let attempt = |socket: &socket::Socket<K>| socket.recv_buf_flags(buffer, DONTWAIT);
        Call::new(&self.ready, Side::Recv, Operation::Recv, attempt)
    }

    /// Receives text.
    ///
    /// Cancel safe, as [`recv`](Self::recv).
    ///
    /// # Errors
    ///
    /// [`InvalidUtf8`](crate::ErrorKind::InvalidUtf8), which has the message; else as for [`recv`](Self::recv).
    pub async fn recv_string(&self) -> Result<String> {
        self.recv().await.and_then(socket::text_of)
    }

    /// Receives all frames of a message.
    ///
    /// Cancel safe: dropped before it is ready it has received nothing, and never a part of a message.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv).
    ///
    /// pyzmq: `await socket.recv_multipart()`.
    pub fn recv_multipart(&self) -> impl Future<Output = Result<Vec<Message>>> + Send {
        let attempt = |socket: &socket::Socket<K>| socket.recv_multipart_flags(DONTWAIT);
        Call::new(&self.ready, Side::Recv, Operation::Recv, attempt)
    }

    /// Receives all frames of a message if one is there: `None` if not.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv), except `Again`.
    pub fn try_recv_multipart(&self) -> Result<Option<Vec<Message>>> {
        self.ready.call(Operation::Recv, socket::Socket::try_recv_multipart)?
    }

    /// Receives a message that has `N` frames.
    ///
    /// Cancel safe, as [`recv_multipart`](Self::recv_multipart).
    ///
    /// # Errors
    ///
    /// [`FrameCount`](crate::ErrorKind::FrameCount) if it has another number, which has them; else as for [`recv`](Self::recv).
    pub async fn recv_frames<const N: usize>(&self) -> Result<[Message; N]> {
        self.recv_multipart().await.and_then(socket::exactly)
    }

    /// Receives JSON of that shape.
    ///
    /// Cancel safe, as [`recv`](Self::recv).
    ///
    /// # Errors
    ///
    /// [`Json`](crate::ErrorKind::Json) if it is none, which has the message; else as for [`recv`](Self::recv).
    #[cfg(feature = "json")]
    pub async fn recv_json<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        self.recv().await.and_then(socket::read_json)
    }

    /// Receives a message and gives its frames to `deserialize`.
    ///
    /// Cancel safe, as [`recv_multipart`](Self::recv_multipart).
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv).
    pub async fn recv_serialized<T>(&self, deserialize: impl FnOnce(Vec<Message>) -> T + Send) -> Result<T> {
        self.recv_multipart().await.map(deserialize)
    }

    /// A [`futures` stream](futures_core::Stream) of frames, until the context is shut down.
    pub fn stream(&self) -> Frames<'_, K, R> {
        Frames::new(self)
    }

    /// A [`futures` stream](futures_core::Stream) of messages with all their frames, until the context is shut down.
    pub fn stream_multipart(&self) -> Messages<'_, K, R> {
        Messages::new(self)
    }
}
