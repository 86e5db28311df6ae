//! Sending.

use std::ffi::c_int;
use std::fmt;
use std::mem::ManuallyDrop;

use zmq_sys as sys;

use super::core::MAX_TOPIC;
use super::core::Side;
use super::flags::Flags;
use super::kind::{Kind, Sender, SocketType};
use super::{Core, Socket};
use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::message::Message;
use crate::multipart::IntoMultipart;
use crate::timeout::Timeout;

/// A message that was not sent, and why.
///
/// `?` turns it into an [`Error`], and drops the message.
pub struct SendError {
    /// Why it was not sent.
    pub error: Error,
    /// What was not sent.
    pub message: Message,
}

/// A message of several frames that was not sent, and why.
pub struct SendMultipartError {
    /// Why it was not sent.
    pub error: Error,
    /// What was not sent. All the frames, unless the context was shut down while they were being sent, or a STREAM had room for
    /// the first only: then the rest.
    pub parts: Vec<Message>,
}

macro_rules! send_error {
    ($name:ident) => {
        impl $name {
            /// What kind of error it is.
            pub fn kind(&self) -> ErrorKind {
                self.error.kind()
            }

            /// Whether the call would have had to wait (`EAGAIN`).
            pub fn is_again(&self) -> bool {
                self.error.is_again()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.error.fmt(f)
            }
        }

        /// The same text as `Display`, as for [`Error`].
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.error, f)
            }
        }

        impl std::error::Error for $name {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                std::error::Error::source(&self.error)
            }
        }

        impl From<$name> for Error {
            fn from(error: $name) -> Self {
                error.error
            }
        }

        impl From<$name> for std::io::Error {
            fn from(error: $name) -> Self {
                error.error.into()
            }
        }
    };
}

send_error!(SendError);
send_error!(SendMultipartError);

impl Core {
    /// What an XSUB sends may be a subscription; see `MAX_TOPIC`. What is none an XPUB of this process copies, but takes the copy for
    /// shared if it was (xpub.cpp, `xread_activated`: `_pending_flags`), which is then never freed, or too early: so it is not shared.
    fn check_xsub(&self, message: &mut Message) -> Result<(), Errno> {
        if self.kind() != SocketType::Xsub {
            return Ok(());
        }
        if message.len() > MAX_TOPIC + 1 && message[0] <= 1 {
            return Err(Errno::INVALID);
        }
        message.unshare();
        Ok(())
    }

    /// Sends one frame; a message that was sent is empty afterwards.
    #[inline(always)]
    pub(crate) fn send_frame(&self, message: &mut Message, flags: c_int) -> Result<(), Errno> {
        if self.is_plain(Side::Send) {
            if self.raw().send_plainly(message.raw_mut(), self.plain_flags(Side::Send, flags)) {
                return Ok(());
            }
            return self.not_sent(message, flags, Errno::last());
        }
        self.send_frame_with_care(message, flags)
    }

    /// What to do about the error of a plain send.
    #[cold]
    #[inline(never)]
    fn not_sent(&self, message: &mut Message, flags: c_int, errno: Errno) -> Result<(), Errno> {
        self.not_plain(Side::Send, flags, errno, |raw, flags| raw.send_message(message.raw_mut(), flags))
    }

    #[inline(never)]
    fn send_frame_with_care(&self, message: &mut Message, flags: c_int) -> Result<(), Errno> {
        self.check_xsub(message)?;
        self.waiting(Side::Send, flags, |raw, flags| raw.send_message(message.raw_mut(), flags))
    }

    pub(crate) fn send_frame_for(&self, message: &mut Message, timeout: Timeout, flags: c_int) -> Result<(), Errno> {
        self.check_xsub(message)?;
        self.waiting_for(Side::Send, timeout, flags, |raw, flags| raw.send_message(message.raw_mut(), flags))
    }

    /// (Inlined, so that a message is made where it is sent from.)
    #[inline(always)]
    fn send(&self, message: impl Into<Message>, flags: c_int) -> Result<(), SendError> {
        let mut message = ManuallyDrop::new(message);
        if let Some(message) = Message::given(&mut *message) {
            return match self.send_frame(message, flags) {
                // As below.
                Ok(()) => Ok(()),
                Err(errno) => Err(self.send_error(std::mem::take(message), errno)),
            };
        }
        let message = ManuallyDrop::into_inner(message);
        let mut place = Message::place();
        Message::make(&mut place, message);
        match self.send_frame(&mut place, flags) {
            // What is left is an empty frame, which holds nothing to free (msg.cpp).
            Ok(()) => Ok(()),
            Err(errno) => Err(self.send_error(ManuallyDrop::into_inner(place), errno)),
        }
    }

    #[cold]
    #[inline(never)]
    fn send_error(&self, message: Message, errno: Errno) -> SendError {
        SendError { error: self.error(Operation::Send, errno), message }
    }

    /// Sends all frames, or none: once libzmq has taken the first it takes the rest without waiting. (Only for a STREAM each
    /// two frames are a message of their own.)
    fn send_parts(
        &self,
        parts: &mut [Message],
        first: impl FnOnce(&mut Message, c_int) -> Result<(), Errno>,
        flags: c_int,
    ) -> Result<(), SendMultipartError> {
        let Some(last) = parts.len().checked_sub(1) else {
            let error = Error::invalid(Operation::Send, "a message has at least one frame");
            return Err(SendMultipartError { error, parts: Vec::new() });
        };
        let more = |at| if at < last { sys::ZMQ_SNDMORE } else { 0 };
        if let Err(errno) = first(&mut parts[0], flags | more(0)) {
            return Err(self.send_multipart_error(parts, errno));
        }
        for at in 1..=last {
            // If the peer dies in the middle, what was on its way to it is lost, as it is after the last frame. libzmq takes the
            // rest and drops it, and says so with EAGAIN if it may not wait (socket_base.cpp, lb.cpp); the rest must be given up
            // to it, too, or the next message would be taken for it. A PAIR would wait for the next peer and send it what is
            // left, so it may not wait, and is given nothing more (pair.cpp).
            let pair = self.kind() == SocketType::Pair;
            let dontwait = if pair { sys::ZMQ_DONTWAIT } else { flags & sys::ZMQ_DONTWAIT };
            match self.send_frame(&mut parts[at], more(at) | dontwait | (flags & sys::ZMQ_SNDMORE)) {
                Ok(()) => {}
                Err(Errno::AGAIN) if pair => return Ok(()),
                Err(Errno::AGAIN) if self.kind() != SocketType::Stream => {}
                Err(errno) => return Err(self.send_multipart_error(&mut parts[at..], errno)),
            }
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn send_multipart_error(&self, parts: &mut [Message], errno: Errno) -> SendMultipartError {
        let parts = parts.iter_mut().map(std::mem::take).collect();
        SendMultipartError { error: self.error(Operation::Send, errno), parts }
    }
}

impl<K: Kind> Socket<K> {
    /// Sends a message of one frame: text, bytes or a [`Message`].
    ///
    /// Of messages, `message` is given away, `&message` shares its bytes and can be sent again, and `&mut message` is sent from where it is
    /// and **empty afterwards**: to send it again would send nothing.
    ///
    /// A DEALER, PUSH, REQ or PAIR waits until a peer has room, at most [`SNDTIMEO`](crate::SNDTIMEO). A PUB or XPUB drops the
    /// message for the subscribers that have no room, a ROUTER for a peer it does not know or that has no room.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let (socket, peer) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
    /// # socket.bind("inproc://send")?;
    /// # peer.connect("inproc://send")?;
    /// socket.send("text")?;
    /// socket.send(format!("number {}", 7))?;
    /// socket.send(b"bytes")?;
    /// socket.send(vec![0u8; 1_000_000])?;   // not copied
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The message comes back in the error. [`Again`](ErrorKind::Again) if SNDTIMEO is over,
    /// [`WrongState`](ErrorKind::WrongState) for a REQ that waits for a reply or a REP that has no request,
    /// [`HostUnreachable`](ErrorKind::HostUnreachable) for a ROUTER with [`ROUTER_MANDATORY`](crate::ROUTER_MANDATORY),
    /// [`ContextTerminated`](ErrorKind::ContextTerminated).
    ///
    /// C: `zmq_msg_send`.
    #[doc(alias = "zmq_msg_send")]
    #[inline]
    pub fn send(&self, message: impl Into<Message>) -> Result<(), SendError>
    where
        K: Sender,
    {
        self.core.send(message, 0)
    }

    /// As [`send`](Self::send), with [`DONTWAIT`](crate::DONTWAIT), [`SNDMORE`](crate::SNDMORE) or both: pyzmq's
    /// `socket.send(data, flags)`.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    #[inline]
    pub fn send_flags(&self, message: impl Into<Message>, flags: Flags) -> Result<(), SendError>
    where
        K: Sender,
    {
        self.core.send(message, flags.as_raw())
    }

    /// Sends a message if that needs no waiting.
    ///
    /// A peer, or room, that has come within the last millisecond or so may not be seen yet: in a call that does not wait libzmq looks for such
    /// news no more often (socket_base.cpp, `process_commands`). [`poll`](Self::poll) and [`events`](Self::events) look at once.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// let push = context.socket(zmq::PUSH)?;
    /// let unsent = push.try_send(vec![1u8; 5000]).unwrap_err();
    /// assert!(unsent.is_again());
    /// assert_eq!(unsent.message.len(), 5000);   // to try again with
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Again`](ErrorKind::Again) with the message if there is no room or no peer; else as for [`send`](Self::send).
    #[inline]
    pub fn try_send(&self, message: impl Into<Message>) -> Result<(), SendError>
    where
        K: Sender,
    {
        self.core.send(message, sys::ZMQ_DONTWAIT)
    }

    /// As [`send`](Self::send), waiting for at most `timeout`, whatever [`SNDTIMEO`](crate::SNDTIMEO) says.
    ///
    /// # Errors
    ///
    /// [`Again`](ErrorKind::Again) with the message if the time is over; else as for [`send`](Self::send).
    pub fn send_timeout(&self, message: impl Into<Message>, timeout: impl Into<Timeout>) -> Result<(), SendError>
    where
        K: Sender,
    {
        let mut message = message.into();
        let answer = self.core.send_frame_for(&mut message, timeout.into(), 0);
        answer.map_err(|errno| SendError { error: self.core.error(Operation::Send, errno), message })
    }

    /// Sends text: the same as [`send`](Self::send), under pyzmq's name.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn send_string(&self, text: impl AsRef<str>) -> Result<(), SendError>
    where
        K: Sender,
    {
        self.send(text.as_ref())
    }

    /// Sends a message of several frames, all or none of them: an array, a `Vec`, a slice, or a tuple of parts of different types.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// let publisher = context.socket(zmq::PUB)?;
    /// publisher.send_multipart(["topic1", "Hello Subscribers!"])?;
    /// publisher.send_multipart(("topic2", vec![0u8; 1_000_000]))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// All frames come back in the error. As for [`send`](Self::send), and [`InvalidArgument`](ErrorKind::InvalidArgument) for no
    /// frames at all.
    ///
    /// C: `zmq_msg_send` with `ZMQ_SNDMORE`.
    #[doc(alias = "zmq_msg_send")]
    pub fn send_multipart(&self, parts: impl IntoMultipart) -> Result<(), SendMultipartError>
    where
        K: Sender,
    {
        self.send_multipart_flags(parts, Flags::NONE)
    }

    /// As [`send_multipart`](Self::send_multipart), with flags; [`SNDMORE`](crate::SNDMORE) says that the message goes on after
    /// these frames.
    ///
    /// # Errors
    ///
    /// As for [`send_multipart`](Self::send_multipart).
    pub fn send_multipart_flags(&self, parts: impl IntoMultipart, flags: Flags) -> Result<(), SendMultipartError>
    where
        K: Sender,
    {
        let first = |message: &mut Message, flags| self.core.send_frame(message, flags);
        parts.with_frames(|parts| self.core.send_parts(parts, first, flags.as_raw()))
    }

    /// Sends a message of several frames if that needs no waiting.
    ///
    /// # Errors
    ///
    /// [`Again`](ErrorKind::Again) with all frames if there is no room or no peer; else as for
    /// [`send_multipart`](Self::send_multipart).
    pub fn try_send_multipart(&self, parts: impl IntoMultipart) -> Result<(), SendMultipartError>
    where
        K: Sender,
    {
        self.send_multipart_flags(parts, super::DONTWAIT)
    }

    /// As [`send_multipart`](Self::send_multipart), waiting for at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`Again`](ErrorKind::Again) with all frames if the time is over; else as for [`send_multipart`](Self::send_multipart).
    pub fn send_multipart_timeout(
        &self,
        parts: impl IntoMultipart,
        timeout: impl Into<Timeout>,
    ) -> Result<(), SendMultipartError>
    where
        K: Sender,
    {
        let timeout = timeout.into();
        let first =
            |message: &mut Message, flags| self.core.send_frame_for(message, timeout, flags & !sys::ZMQ_DONTWAIT);
        parts.with_frames(|parts| self.core.send_parts(parts, first, sys::ZMQ_DONTWAIT))
    }

    /// Sends what `serialize` makes of a value, as pyzmq's `send_serialized`.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let (socket, peer) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
    /// # socket.bind("inproc://serialized")?;
    /// # peer.connect("inproc://serialized")?;
    /// socket.send_serialized(("answer", 42u16), |(name, value)| (name, value.to_be_bytes()))?;
    ///
    /// let (name, value) = peer.recv_serialized(|frames| (frames[0].to_vec(), frames[1].to_vec()))?;
    /// assert_eq!((name, value), (b"answer".to_vec(), vec![0, 42]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`send_multipart`](Self::send_multipart).
    pub fn send_serialized<T, P: IntoMultipart>(
        &self,
        value: T,
        serialize: impl FnOnce(T) -> P,
    ) -> Result<(), SendMultipartError>
    where
        K: Sender,
    {
        self.send_multipart(serialize(value))
    }
}
