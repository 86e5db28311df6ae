//! Receiving.

use std::ffi::c_int;
use std::time::{Duration, Instant};

use zmq_sys as sys;

use super::core::Side;
use super::flags::Flags;
use super::kind::{Kind, Receiver};
use super::{Core, Socket};
use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::message::Message;
use crate::timeout::Timeout;

/// What [`recv_buf`](Socket::recv_buf) received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// How many bytes of the buffer are the frame's.
    pub len: usize,
    /// How many bytes the frame had.
    pub size: usize,
}

impl Received {
    /// Whether the frame was larger than the buffer, so that its end is lost.
    pub fn is_truncated(&self) -> bool {
        self.len < self.size
    }
}

impl Core {
    #[inline(always)]
    pub(crate) fn recv_frame(&self, message: &mut Message, flags: c_int) -> Result<(), Errno> {
        if self.is_plain(Side::Recv) {
            if self.raw().recv_plainly(message.raw_mut(), self.plain_flags(Side::Recv, flags)).is_some() {
                return Ok(());
            }
            return self.not_received(message, flags, Errno::last());
        }
        self.recv_frame_with_care(message, flags)
    }

    /// As `recv_frame`, and answers how many bytes there are, which libzmq says without being asked.
    #[inline(always)]
    pub(crate) fn recv_sized_frame(&self, message: &mut Message, flags: c_int) -> Result<usize, Errno> {
        if self.is_plain(Side::Recv) {
            if let Some(size) = self.raw().recv_plainly(message.raw_mut(), self.plain_flags(Side::Recv, flags)) {
                return Ok(size.unwrap_or_else(|| message.len()));
            }
            self.not_received(message, flags, Errno::last())?;
        } else {
            self.recv_frame_with_care(message, flags)?;
        }
        Ok(message.len())
    }

    /// What to do about the error of a plain receive.
    #[cold]
    #[inline(never)]
    fn not_received(&self, message: &mut Message, flags: c_int, errno: Errno) -> Result<(), Errno> {
        self.not_plain(Side::Recv, flags, errno, |raw, flags| raw.recv_message(message.raw_mut(), flags))
    }

    #[inline(never)]
    fn recv_frame_with_care(&self, message: &mut Message, flags: c_int) -> Result<(), Errno> {
        if self.is_held() {
            *message = self.take_held().ok_or(Errno::AGAIN)?;
            return Ok(());
        }
        self.waiting(Side::Recv, flags, |raw, flags| raw.recv_message(message.raw_mut(), flags))
    }

    #[inline]
    fn recv_new(&self, flags: c_int) -> Result<Message> {
        // Received where it is answered, and not moved there.
        let mut answer = Ok(Message::vacant());
        if let Ok(message) = &mut answer {
            message.begin();
            if let Err(errno) = self.recv_frame(message, flags) {
                answer = Err(self.error(Operation::Recv, errno));
            }
        }
        answer
    }

    fn recv_for(&self, timeout: Timeout) -> Result<Message> {
        let mut message = Message::new();
        if self.is_held() {
            return self.recv_new(0);
        }
        let answer = self.waiting_for(Side::Recv, timeout, 0, |raw, flags| raw.recv_message(message.raw_mut(), flags));
        answer.map_err(|errno| self.error(Operation::Recv, errno))?;
        Ok(message)
    }

    /// The frames after the first: libzmq has a message as a whole or not at all, so they are there. (Only an XPUB loses those
    /// that look like a subscription, if an XSUB sends it messages: xpub.cpp, `xread_activated`.)
    fn recv_rest(&self, first: Message) -> Result<Vec<Message>> {
        let mut frames = Vec::with_capacity(4);
        frames.push(first);
        self.recv_after(&mut frames, 1)?;
        Ok(frames)
    }

    /// As `recv_rest`, for `count` frames that are there: puts the others after them, in place of messages that are there already.
    fn recv_after(&self, frames: &mut Vec<Message>, mut count: usize) -> Result<()> {
        while frames[count - 1].more_mut() {
            if count == frames.len() {
                push_empty(frames);
            }
            match self.recv_frame(&mut frames[count], sys::ZMQ_DONTWAIT) {
                Ok(()) => count += 1,
                Err(Errno::AGAIN) => break,
                // Only if the context was shut down in between.
                Err(errno) => {
                    frames.truncate(count);
                    return Err(self.error(Operation::Recv, errno).with_payload(std::mem::take(frames)));
                }
            }
        }
        frames.truncate(count);
        Ok(())
    }

    /// Receives a message of `N` frames, whose first `first` receives.
    #[inline]
    fn recv_exactly<const N: usize>(&self, first: impl FnOnce(&mut Message) -> Result<()>) -> Result<[Message; N]> {
        let mut frames: [Message; N] = std::array::from_fn(|_| Message::vacant());
        frames.iter_mut().for_each(Message::begin);
        let Some(frame) = frames.first_mut() else {
            let mut frame = Message::new();
            first(&mut frame)?;
            return exactly(self.recv_rest(frame)?);
        };
        first(frame)?;
        for at in 1..N {
            if !frames[at - 1].more_mut() || self.recv_frame(&mut frames[at], sys::ZMQ_DONTWAIT).is_err() {
                // There are fewer, or the context was shut down in between, which is found out again.
                return self.recv_other(&mut frames[..at]);
            }
        }
        if frames[N - 1].more_mut() {
            return self.recv_other(&mut frames);
        }
        Ok(frames)
    }

    /// The rest of a message that has another number of frames than was asked for, and what to say about it.
    #[cold]
    #[inline(never)]
    fn recv_other<const N: usize>(&self, frames: &mut [Message]) -> Result<[Message; N]> {
        let count = frames.len();
        let mut frames: Vec<Message> = frames.iter_mut().map(std::mem::take).collect();
        self.recv_after(&mut frames, count)?;
        exactly(frames)
    }
}

/// Adds an empty message, made where it stays.
#[inline]
fn push_empty(frames: &mut Vec<Message>) {
    frames.push(Message::vacant());
    if let Some(frame) = frames.last_mut() {
        frame.begin();
    }
}

/// EAGAIN is an answer, not an error.
fn or_none<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_again() => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn exactly<const N: usize>(frames: Vec<Message>) -> Result<[Message; N]> {
    frames.try_into().map_err(|frames: Vec<Message>| {
        let help = format!("the message has {} frames, {N} were asked for", frames.len());
        Error::new(Operation::Recv, Errno::INVALID)
            .with_kind(ErrorKind::FrameCount)
            .with_help(help)
            .with_payload(frames)
    })
}

pub(crate) fn text_of(message: Message) -> Result<String> {
    match message.as_str() {
        Ok(text) => Ok(text.to_owned()),
        Err(source) => Err(Error::new(Operation::Recv, Errno::INVALID)
            .with_kind(ErrorKind::InvalidUtf8)
            .with_source(source)
            .with_payload(message)),
    }
}

impl<K: Kind> Socket<K> {
    /// Receives a frame: waits for a message, at most [`RCVTIMEO`](crate::RCVTIMEO).
    ///
    /// Of a message with several frames this is the first, or the next one; [`Message::more`] tells whether it was the last.
    /// [`recv_multipart`](Self::recv_multipart) receives them all.
    ///
    /// # Errors
    ///
    /// [`Again`](ErrorKind::Again) if RCVTIMEO is over, [`WrongState`](ErrorKind::WrongState) for a REQ that has not sent or a REP
    /// that has not replied, [`ContextTerminated`](ErrorKind::ContextTerminated).
    ///
    /// C: `zmq_msg_recv`.
    #[doc(alias = "zmq_msg_recv")]
    #[inline]
    pub fn recv(&self) -> Result<Message>
    where
        K: Receiver,
    {
        self.core.recv_new(0)
    }

    /// As [`recv`](Self::recv), with [`DONTWAIT`](crate::DONTWAIT): pyzmq's `socket.recv(flags)`.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv).
    #[inline]
    pub fn recv_flags(&self, flags: Flags) -> Result<Message>
    where
        K: Receiver,
    {
        self.core.recv_new(flags.as_raw())
    }

    /// Receives a frame if one is there: `None` if not.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// let pull = context.socket(zmq::PULL)?;
    /// assert!(pull.try_recv()?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv), except `Again`.
    #[inline]
    pub fn try_recv(&self) -> Result<Option<Message>>
    where
        K: Receiver,
    {
        or_none(self.core.recv_new(sys::ZMQ_DONTWAIT))
    }

    /// As [`recv`](Self::recv), waiting for at most `timeout`, whatever [`RCVTIMEO`](crate::RCVTIMEO) says.
    ///
    /// # Errors
    ///
    /// [`Again`](ErrorKind::Again) if the time is over; else as for [`recv`](Self::recv).
    pub fn recv_timeout(&self, timeout: impl Into<Timeout>) -> Result<Message>
    where
        K: Receiver,
    {
        self.core.recv_for(timeout.into())
    }

    /// As [`recv_into`](Self::recv_into), but looks again and again for a message, for as long as `spin`, before it sleeps.
    ///
    /// To wake a thread that sleeps takes the system longer than all that libzmq does for a message: where an answer comes soon, and a core
    /// can be spared for that, looking is faster, over `inproc` many times (BENCHMARKS.md has figures). Where there are more busy threads than
    /// cores, or nothing comes for long, it is slower, and it always costs. Between two looks other threads may have the core.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let (req, rep) = (context.socket(zmq::REQ)?, context.socket(zmq::REP)?);
    /// # rep.bind("inproc://spin")?;
    /// # req.connect("inproc://spin")?;
    /// # let other = std::thread::spawn(move || -> zmq::Result<()> { let text = rep.recv()?; rep.send(text)?; Ok(()) });
    /// let mut answer = zmq::Message::new();
    /// req.send("question")?;
    /// req.recv_spin(&mut answer, std::time::Duration::from_micros(100))?;
    /// # other.join().unwrap()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`recv_into`](Self::recv_into). [`RCVTIMEO`](crate::RCVTIMEO) counts from when it has looked long enough.
    pub fn recv_spin(&self, message: &mut Message, spin: Duration) -> Result<()>
    where
        K: Receiver,
    {
        let started = Instant::now();
        loop {
            match self.core.recv_frame(message, sys::ZMQ_DONTWAIT) {
                Err(Errno::AGAIN) if started.elapsed() < spin => std::thread::yield_now(),
                Err(Errno::AGAIN) => return self.recv_into(message),
                answer => return answer.map_err(|errno| self.core.error(Operation::Recv, errno)),
            }
        }
    }

    /// Receives a frame in place of what `message` held, so that a loop needs no new message for each.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv); `message` is then as it was, or empty.
    #[inline]
    pub fn recv_into(&self, message: &mut Message) -> Result<()>
    where
        K: Receiver,
    {
        self.core.recv_frame(message, 0).map_err(|errno| self.core.error(Operation::Recv, errno))
    }

    /// As [`recv_into`](Self::recv_into), with [`DONTWAIT`](crate::DONTWAIT).
    ///
    /// # Errors
    ///
    /// As for [`recv_into`](Self::recv_into).
    #[inline]
    pub fn recv_into_flags(&self, message: &mut Message, flags: Flags) -> Result<()>
    where
        K: Receiver,
    {
        self.core.recv_frame(message, flags.as_raw()).map_err(|errno| self.core.error(Operation::Recv, errno))
    }

    /// Receives a frame into a buffer. What does not fit is lost: the answer says so.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let (socket, peer) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
    /// # socket.bind("inproc://buffer")?;
    /// # peer.connect("inproc://buffer")?;
    /// # peer.send("0123456789")?;
    /// let mut buffer = [0; 8];
    /// let received = socket.recv_buf(&mut buffer)?;
    /// assert_eq!(&buffer[..received.len], b"01234567");
    /// assert!(received.is_truncated() && received.size == 10);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv).
    ///
    /// C: `zmq_recv`. pyzmq: `socket.recv_into(buffer)`.
    #[doc(alias = "zmq_recv")]
    #[doc(alias = "recv_into")]
    #[inline]
    pub fn recv_buf(&self, buffer: &mut [u8]) -> Result<Received>
    where
        K: Receiver,
    {
        self.recv_buf_flags(buffer, Flags::NONE)
    }

    /// As [`recv_buf`](Self::recv_buf), with [`DONTWAIT`](crate::DONTWAIT).
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv).
    #[inline]
    pub fn recv_buf_flags(&self, buffer: &mut [u8], flags: Flags) -> Result<Received>
    where
        K: Receiver,
    {
        if self.core.is_held() {
            let message = self.core.recv_new(flags.as_raw())?;
            let len = message.len().min(buffer.len());
            buffer[..len].copy_from_slice(&message[..len]);
            return Ok(Received { len, size: message.len() });
        }
        let mut size = 0;
        let answer = self.core.waiting(Side::Recv, flags.as_raw(), |raw, flags| {
            size = raw.recv(buffer, flags)?;
            Ok(())
        });
        match answer {
            Ok(()) => Ok(Received { len: size.min(buffer.len()), size }),
            Err(errno) => Err(self.core.error(Operation::Recv, errno)),
        }
    }

    /// Receives text.
    ///
    /// # Errors
    ///
    /// [`InvalidUtf8`](ErrorKind::InvalidUtf8) if it is none: [`Error::into_message`] gives back what was received. Else as for
    /// [`recv`](Self::recv).
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let (socket, peer) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
    /// # socket.bind("inproc://text")?;
    /// # peer.connect("inproc://text")?;
    /// # peer.send(b"caf\xe9")?;
    /// let error = socket.recv_string().unwrap_err();
    /// assert_eq!(error.kind(), zmq::ErrorKind::InvalidUtf8);
    /// assert_eq!(error.into_message()?, b"caf\xe9");
    /// # Ok(())
    /// # }
    /// ```
    pub fn recv_string(&self) -> Result<String>
    where
        K: Receiver,
    {
        text_of(self.recv()?)
    }

    /// As [`recv_string`](Self::recv_string), with [`DONTWAIT`](crate::DONTWAIT).
    ///
    /// # Errors
    ///
    /// As for [`recv_string`](Self::recv_string).
    pub fn recv_string_flags(&self, flags: Flags) -> Result<String>
    where
        K: Receiver,
    {
        text_of(self.recv_flags(flags)?)
    }

    /// Receives all frames of a message.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv).
    ///
    /// C: `zmq_msg_recv` and `zmq_msg_more`.
    #[doc(alias = "zmq_msg_recv")]
    #[doc(alias = "zmq_msg_more")]
    pub fn recv_multipart(&self) -> Result<Vec<Message>>
    where
        K: Receiver,
    {
        let mut frames = Vec::with_capacity(4);
        self.recv_multipart_into(&mut frames)?;
        Ok(frames)
    }

    /// As [`recv_multipart`](Self::recv_multipart), with [`DONTWAIT`](crate::DONTWAIT).
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv).
    pub fn recv_multipart_flags(&self, flags: Flags) -> Result<Vec<Message>>
    where
        K: Receiver,
    {
        self.core.recv_rest(self.recv_flags(flags)?)
    }

    /// Receives all frames of a message in place of those that are in `frames`, so that a loop allocates nothing.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let (socket, peer) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
    /// # socket.bind("inproc://multipart_into")?;
    /// # peer.connect("inproc://multipart_into")?;
    /// # peer.send_multipart(["a", "b", "c"])?;
    /// # peer.send("END")?;
    /// let mut frames = Vec::new();
    /// loop {
    ///     socket.recv_multipart_into(&mut frames)?;
    ///     if frames[0] == "END" {
    ///         break;
    ///     }
    ///     assert_eq!(frames, ["a", "b", "c"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv); `frames` is then empty.
    pub fn recv_multipart_into(&self, frames: &mut Vec<Message>) -> Result<()>
    where
        K: Receiver,
    {
        if frames.is_empty() {
            push_empty(frames);
        }
        if let Err(errno) = self.core.recv_frame(&mut frames[0], 0) {
            frames.clear();
            return Err(self.core.error(Operation::Recv, errno));
        }
        self.core.recv_after(frames, 1)
    }

    /// Receives all frames of a message if one is there: `None` if not.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv), except `Again`.
    pub fn try_recv_multipart(&self) -> Result<Option<Vec<Message>>>
    where
        K: Receiver,
    {
        self.try_recv()?.map(|first| self.core.recv_rest(first)).transpose()
    }

    /// As [`recv_multipart`](Self::recv_multipart), waiting for at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`Again`](ErrorKind::Again) if the time is over; else as for [`recv`](Self::recv).
    pub fn recv_multipart_timeout(&self, timeout: impl Into<Timeout>) -> Result<Vec<Message>>
    where
        K: Receiver,
    {
        self.core.recv_rest(self.recv_timeout(timeout)?)
    }

    /// Receives a message that has `N` frames.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let (socket, peer) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
    /// # socket.bind("inproc://frames")?;
    /// # peer.connect("inproc://frames")?;
    /// # peer.send_multipart(["weather", "NYC 72"])?;
    /// let [topic, body] = socket.recv_frames()?;
    /// assert_eq!((topic.as_str(), body.as_str()), (Ok("weather"), Ok("NYC 72")));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`FrameCount`](ErrorKind::FrameCount) if it has another number: the message says how many, and [`Error::into_frames`] gives
    /// them back. Else as for [`recv`](Self::recv).
    pub fn recv_frames<const N: usize>(&self) -> Result<[Message; N]>
    where
        K: Receiver,
    {
        self.core.recv_exactly(|frame| self.recv_into(frame))
    }

    /// As [`recv_frames`](Self::recv_frames), waiting for at most `timeout`.
    ///
    /// # Errors
    ///
    /// [`Again`](ErrorKind::Again) if the time is over; else as for [`recv_frames`](Self::recv_frames).
    pub fn recv_frames_timeout<const N: usize>(&self, timeout: impl Into<Timeout>) -> Result<[Message; N]>
    where
        K: Receiver,
    {
        self.core.recv_exactly(|frame| {
            *frame = self.recv_timeout(timeout)?;
            Ok(())
        })
    }

    /// Receives a message and gives its frames to `deserialize`, as pyzmq's `recv_serialized`.
    ///
    /// # Errors
    ///
    /// As for [`recv`](Self::recv). For a `deserialize` that can fail, the answer is a `Result` in a `Result`.
    pub fn recv_serialized<T>(&self, deserialize: impl FnOnce(Vec<Message>) -> T) -> Result<T>
    where
        K: Receiver,
    {
        self.recv_multipart().map(deserialize)
    }

    /// Receives frame after frame, until the context is shut down.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let (push, pull) = (context.socket(zmq::PUSH)?, context.socket(zmq::PULL)?);
    /// # pull.bind("inproc://iter")?;
    /// # push.connect("inproc://iter")?;
    /// # for text in ["one", "two", "END"] { push.send(text)?; }
    /// for message in pull.iter() {
    ///     let message = message?;
    ///     if message == "END" {
    ///         break;
    ///     }
    ///     println!("{message:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn iter(&self) -> Iter<'_, K>
    where
        K: Receiver,
    {
        Iter(self)
    }

    /// Receives message after message, with all their frames, until the context is shut down.
    pub fn iter_multipart(&self) -> MultipartIter<'_, K>
    where
        K: Receiver,
    {
        MultipartIter(self)
    }
}

/// `None` once the context is shut down.
fn until_terminated<T>(answer: Result<T>) -> Option<Result<T>> {
    match answer {
        Err(error) if error.is_terminated() => None,
        answer => Some(answer),
    }
}

/// See [`Socket::iter`].
#[derive(Debug)]
pub struct Iter<'a, K: Kind>(&'a Socket<K>);

impl<K: Receiver> Iterator for Iter<'_, K> {
    type Item = Result<Message>;

    fn next(&mut self) -> Option<Self::Item> {
        until_terminated(self.0.recv())
    }
}

/// See [`Socket::iter_multipart`].
#[derive(Debug)]
pub struct MultipartIter<'a, K: Kind>(&'a Socket<K>);

impl<K: Receiver> Iterator for MultipartIter<'_, K> {
    type Item = Result<Vec<Message>>;

    fn next(&mut self) -> Option<Self::Item> {
        until_terminated(self.0.recv_multipart())
    }
}

impl<'a, K: Receiver> IntoIterator for &'a Socket<K> {
    type Item = Result<Message>;
    type IntoIter = Iter<'a, K>;

    fn into_iter(self) -> Iter<'a, K> {
        self.iter()
    }
}
