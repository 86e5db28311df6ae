//! One frame of a message.

use std::borrow::{Borrow, Cow};
use std::ffi::CString;
use std::fmt;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::Deref;
use std::str::Utf8Error;
use std::sync::Arc;

use crate::error::{Error, Operation, Result};
use crate::raw::{RawMessage, borrowed_bytes, shown, this_or_borrowed};

/// From this many bytes on, what owns its bytes (`Vec<u8>`, `String`, …) is sent without copying them.
///
/// Below it the copy is faster than what it takes to hand an owner to libzmq: a block of its own for each message, freed on
/// another thread. Measured, see BENCHMARKS.md. pyzmq's `copy_threshold`, which is larger because Python's hand-over costs more.
pub const ZERO_COPY_THRESHOLD: usize = 2048;

/// One frame of a message: bytes that libzmq holds, with what it knows about them.
///
/// It is made from everything that has bytes, borrowed or owned. Bytes of an owner, if they are many
/// ([`ZERO_COPY_THRESHOLD`]), are not copied: libzmq sends them from where they are and the owner is dropped when they are
/// sent, on whichever thread that happens.
///
/// ```
/// use zmq::Message;
///
/// let borrowed = Message::from("hello");
/// let owned = Message::from(vec![0u8; 1 << 20]);     // the megabyte is not copied
/// let constant = Message::from_static(b"for ever");  // nor is this
///
/// assert_eq!(&borrowed[..], b"hello");
/// assert_eq!(borrowed, "hello");
/// assert_eq!(owned.clone().len(), 1 << 20);          // a clone shares the bytes
/// ```
///
/// A message cannot be written to through `&mut`, since the same bytes may be on their way to several peers;
/// [`make_mut`](Self::make_mut) copies them first where they may be shared. It is `Send` and `Sync`.
///
/// C: `zmq_msg_t`. pyzmq: `Frame`.
#[doc(alias = "zmq_msg_t")]
#[doc(alias = "Frame")]
pub struct Message(RawMessage);

/// What is left when even an empty message cannot be made.
#[cold]
fn out_of_memory(size: usize) -> ! {
    std::alloc::handle_alloc_error(
        std::alloc::Layout::from_size_align(size, 1).unwrap_or(std::alloc::Layout::new::<u8>()),
    )
}

impl Message {
    /// An empty message, to receive into or to send.
    #[inline]
    pub fn new() -> Self {
        Self(RawMessage::new())
    }

    /// A message of `size` zeros, to be filled by [`make_mut`](Self::make_mut).
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory).
    ///
    /// C: `zmq_msg_init_size`.
    #[doc(alias = "zmq_msg_init_size")]
    pub fn with_size(size: usize) -> Result<Self> {
        let raw = RawMessage::with_size(size);
        raw.map(Self).map_err(|errno| Error::new(Operation::Message, errno))
    }

    /// Makes it a message of `size` bytes, which are still to be written: they come as what is answered. Where all are written anyway
    /// that spares the zeros of [`with_size`](Self::with_size), and in a loop the message stays where it is.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let (socket, peer) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
    /// # socket.bind("inproc://rebuild")?;
    /// # peer.connect("inproc://rebuild")?;
    /// let mut message = zmq::Message::new();
    /// for number in 0..3u8 {
    ///     // SAFETY: all five bytes are written.
    ///     for byte in unsafe { message.rebuild_uninit(5)? } {
    ///         byte.write(number);
    ///     }
    ///     socket.send(&mut message)?;
    ///     assert_eq!(peer.recv()?, [number; 5]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`](crate::ErrorKind::OutOfMemory); the message is then empty.
    ///
    /// # Safety
    ///
    /// All bytes are written before anything looks at them.
    ///
    /// C: `zmq_msg_init_size`. cppzmq: `rebuild`.
    #[doc(alias = "zmq_msg_init_size")]
    #[inline]
    #[expect(unsafe_code, reason = "what is asked for cannot be checked")]
    pub unsafe fn rebuild_uninit(&mut self, size: usize) -> Result<&mut [MaybeUninit<u8>]> {
        self.0.rebuild_uninit(size).map_err(|errno| Error::new(Operation::Message, errno))
    }

    /// A message of constant bytes, which are never copied.
    ///
    /// C: `zmq_msg_init_data` without a free function.
    #[doc(alias = "zmq_msg_init_data")]
    pub fn from_static(data: &'static [u8]) -> Self {
        RawMessage::from_static(data).map_or_else(|_| out_of_memory(data.len()), Self)
    }

    /// A message of the bytes that `owner` has, without a copy, however few they are: a `Bytes`, an `Arc<[u8]>`, a mapped file, a
    /// type of your own.
    ///
    /// The owner is dropped when the last copy of the message has been sent or dropped, here or on the peer's side of an
    /// `inproc` connection, and that may be on one of libzmq's own threads. Its `drop` should be quick; if it panics, the
    /// process aborts.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// let shared: Arc<[u8]> = Arc::from(vec![7u8; 5000]);
    /// let message = zmq::Message::from_owner(Arc::clone(&shared));
    /// assert_eq!(message.as_ptr(), shared.as_ptr());
    /// drop(message);
    /// assert_eq!(Arc::strong_count(&shared), 1);
    /// ```
    ///
    /// C: `zmq_msg_init_data`.
    #[doc(alias = "zmq_msg_init_data")]
    pub fn from_owner<T: AsRef<[u8]> + Send + 'static>(owner: T) -> Self {
        RawMessage::from_owner(owner).map_or_else(|_| out_of_memory(size_of::<T>()), Self)
    }

    #[inline(always)]
    fn copy_of(data: &[u8]) -> Self {
        let mut place = Self::place();
        place.copy_from(data);
        ManuallyDrop::into_inner(place)
    }

    /// Where a message can be made that is not to be dropped here: none yet, so it must not be looked at.
    #[inline(always)]
    pub(crate) fn place() -> ManuallyDrop<Self> {
        ManuallyDrop::new(Self::vacant())
    }

    /// No message yet, and nothing to free: to be made by `fill` or `begin` where it is, before it is looked at. (To make one and then move it
    /// costs more than to make it.)
    #[inline(always)]
    pub(crate) fn vacant() -> Self {
        Self(RawMessage::vacant())
    }

    /// Makes what is vacant an empty message.
    #[inline(always)]
    pub(crate) fn begin(&mut self) {
        self.0.begin();
    }

    /// Makes the message in its place. What `into` answers has to be moved there, which for bytes that are only copied, or shared, costs
    /// more than all else that is ours.
    #[inline(always)]
    pub(crate) fn make<T: Into<Self>>(place: &mut ManuallyDrop<Self>, from: T) {
        if !place.make_of(&from) {
            *place = ManuallyDrop::new(from.into());
        }
    }

    /// Makes the message in a `place`, or in place of a message that has nothing, if `from` shows bytes or a message.
    #[inline(always)]
    #[expect(unsafe_code, reason = "there is no lifetime in a message")]
    fn make_of<T>(&mut self, from: &T) -> bool {
        if let Some(data) = borrowed_bytes(from) {
            self.copy_from(data);
            return true;
        }
        // SAFETY: there is no lifetime in a `Message`.
        let message = unsafe { shown::<_, Self>(from) };
        if let Some(message) = message {
            message.0.share_into(&mut self.0);
        }
        message.is_some()
    }

    /// The message, if that is what `from` is, or what it borrows to be sent: it can then be sent from where it is.
    #[inline(always)]
    #[expect(unsafe_code, reason = "there is no lifetime in a message")]
    pub(crate) fn given<T: Into<Self>>(from: &mut T) -> Option<&mut Self> {
        // SAFETY: there is no lifetime in a `Message`.
        unsafe { this_or_borrowed(from) }
    }

    /// As `make`, in place of what is vacant, or of a message that has nothing.
    #[inline(always)]
    pub(crate) fn fill<T: Into<Self>>(&mut self, from: T) {
        if !self.make_of(&from) {
            *self = from.into();
        }
    }

    /// As `fill`, of what is only lent.
    #[inline(always)]
    pub(crate) fn fill_of<T: Clone + Into<Self>>(&mut self, from: &T) {
        // For a message, a `&T` shows it.
        if !self.make_of(&from) {
            self.fill(from.clone());
        }
    }

    /// Makes a copy of `data` in a `place`, or in place of a message that has nothing.
    #[inline(always)]
    fn copy_from(&mut self, data: &[u8]) {
        if !self.0.init_copy(data) {
            out_of_memory(data.len());
        }
    }

    /// Has the bytes for itself from now on, as a copy if they were somebody else's, too.
    pub(crate) fn unshare(&mut self) {
        if self.0.shared() {
            *self = Self::copy_of(self);
        }
    }

    /// How many bytes it has.
    ///
    /// C: `zmq_msg_size`.
    #[doc(alias = "zmq_msg_size")]
    #[inline]
    pub fn len(&self) -> usize {
        self.0.size()
    }

    /// Whether it has no bytes.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub(crate) fn raw_mut(&mut self) -> &mut RawMessage {
        &mut self.0
    }

    /// The text of the message.
    ///
    /// # Errors
    ///
    /// If it is no UTF-8.
    pub fn as_str(&self) -> Result<&str, Utf8Error> {
        std::str::from_utf8(self)
    }

    /// Whether more frames of the same message follow this one, as it was received.
    ///
    /// C: `zmq_msg_more`.
    #[doc(alias = "zmq_msg_more")]
    pub fn more(&self) -> bool {
        self.0.more()
    }

    #[inline]
    pub(crate) fn more_mut(&mut self) -> bool {
        self.0.more_mut()
    }

    /// The bytes, to write to: in place if the message was made by [`with_size`](Self::with_size) or as a copy and has no clones,
    /// of a fresh copy if not.
    ///
    /// ```
    /// let mut message = zmq::Message::with_size(3).unwrap();
    /// message.make_mut().copy_from_slice(b"abc");
    /// let before = message.clone();
    /// message.make_mut()[0] = b'A';
    /// assert_eq!((&before[..], &message[..]), (&b"abc"[..], &b"Abc"[..]));
    /// ```
    pub fn make_mut(&mut self) -> &mut [u8] {
        if self.0.bytes_mut().is_none() {
            *self = Self::copy_of(self);
        }
        self.0.bytes_mut().unwrap_or_default()
    }

    /// What libzmq knows about a received message by that name: `Peer-Address`, `Socket-Type`, `Identity`, `User-Id`, `X-` and what
    /// else the peer announced, and whatever an authenticator added. `None` if there is no such property; messages that came by
    /// `inproc`, and those that were not received, have none.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if `name` has a NUL in it.
    ///
    /// C: `zmq_msg_gets`. pyzmq: `frame.get(name)`.
    #[doc(alias = "zmq_msg_gets")]
    pub fn property(&self, name: &str) -> Result<Option<&[u8]>> {
        let name = CString::new(name).map_err(|error| {
            Error::invalid(Operation::Property, "a name cannot have a NUL in it")
                .with_target(String::from_utf8_lossy(&error.into_vec()).into_owned())
        })?;
        // `Routing-Id` is what the manual calls the property that is stored as `Identity`, and libzmq knows it by only that
        // (mechanism.cpp).
        let value = match self.0.property(&name) {
            None if name.as_bytes() == b"Routing-Id" => self.0.property(c"Identity"),
            value => value,
        };
        Ok(value.map(std::ffi::CStr::to_bytes))
    }

    fn text_property(&self, name: &'static std::ffi::CStr) -> Option<Cow<'_, str>> {
        self.0.property(name).map(std::ffi::CStr::to_string_lossy)
    }

    /// The address the message came from: `192.0.2.7` for `tcp` (without the port), `localhost:uid:gid:pid` for `ipc`.
    pub fn peer_address(&self) -> Option<Cow<'_, str>> {
        self.text_property(c"Peer-Address")
    }

    /// The kind of socket that sent it: `"DEALER"`, `"PUB"`, …
    pub fn socket_type(&self) -> Option<Cow<'_, str>> {
        self.text_property(c"Socket-Type")
    }

    /// Who the authenticator says the sender is; for CURVE usually the Z85 text of its public key.
    ///
    /// Where no authenticator was asked (there is none, or, without a mechanism, the socket has no
    /// [`ZAP_DOMAIN`](crate::ZAP_DOMAIN)) a peer can say this about itself, as it can any other property.
    /// [`Socket::require_security`](crate::Socket::require_security) makes sure that one is asked.
    pub fn user_id(&self) -> Option<Cow<'_, str>> {
        self.text_property(c"User-Id")
    }

    /// The routing id (identity) that the sender chose, empty if it chose none. Only REQ, DEALER and ROUTER announce it.
    pub fn identity(&self) -> Option<&[u8]> {
        self.0.property(c"Identity").map(std::ffi::CStr::to_bytes)
    }

    /// The number of the file descriptor the message came in on, if it came by `tcp` or `ipc`. It is libzmq's, may be closed and
    /// used for something else at any time, and is good for logs only.
    ///
    /// C: `zmq_msg_get` with `ZMQ_SRCFD`, which libzmq calls deprecated.
    #[doc(alias = "zmq_msg_get")]
    pub fn source_fd(&self) -> Option<i32> {
        let fd = self.0.source_fd();
        (fd >= 0).then_some(fd)
    }
}

impl Default for Message {
    fn default() -> Self {
        Self::new()
    }
}

/// Shares the bytes; of a short frame, up to 33 bytes that libzmq holds in the message itself, it is a copy.
impl Clone for Message {
    fn clone(&self) -> Self {
        Self(self.0.share())
    }
}

impl Deref for Message {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.0.bytes()
    }
}

impl AsRef<[u8]> for Message {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for Message {
    fn borrow(&self) -> &[u8] {
        self
    }
}

/// The text in quotes if it is text, bytes if not, cut after 64.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self[..self.len().min(64)];
        match std::str::from_utf8(shown) {
            Ok(text) => write!(f, "Message({text:?}")?,
            Err(_) => write!(f, "Message({shown:?}")?,
        }
        if shown.len() < self.len() { write!(f, ".. {} bytes)", self.len()) } else { f.write_str(")") }
    }
}

impl<T: AsRef<[u8]> + ?Sized> PartialEq<T> for Message {
    fn eq(&self, other: &T) -> bool {
        **self == *other.as_ref()
    }
}

impl Eq for Message {}

impl std::hash::Hash for Message {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl From<&[u8]> for Message {
    #[inline]
    fn from(data: &[u8]) -> Self {
        Self::copy_of(data)
    }
}

impl<const N: usize> From<&[u8; N]> for Message {
    #[inline]
    fn from(data: &[u8; N]) -> Self {
        Self::copy_of(data)
    }
}

impl<const N: usize> From<[u8; N]> for Message {
    #[inline]
    fn from(data: [u8; N]) -> Self {
        Self::copy_of(&data)
    }
}

impl From<&str> for Message {
    #[inline]
    fn from(text: &str) -> Self {
        Self::copy_of(text.as_bytes())
    }
}

impl From<&String> for Message {
    fn from(text: &String) -> Self {
        Self::copy_of(text.as_bytes())
    }
}

impl From<&Vec<u8>> for Message {
    fn from(data: &Vec<u8>) -> Self {
        Self::copy_of(data)
    }
}

/// Takes what is in it and leaves an empty message, so that a loop can receive and send with one and the same. If it is not sent, the error
/// has it.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// # let context = zmq::Context::new()?;
/// # let (rep, req) = (context.socket(zmq::REP)?, context.socket(zmq::REQ)?);
/// # rep.bind("inproc://take")?;
/// # req.connect("inproc://take")?;
/// # req.send("echo")?;
/// let mut message = zmq::Message::new();
/// rep.recv_into(&mut message)?;
/// rep.send(&mut message)?;
/// assert!(message.is_empty());
/// # assert_eq!(req.recv()?, "echo");
/// # Ok(())
/// # }
/// ```
impl From<&mut Message> for Message {
    fn from(message: &mut Message) -> Self {
        std::mem::take(message)
    }
}

/// Shares the bytes, as `clone` does.
impl From<&Message> for Message {
    fn from(message: &Message) -> Self {
        message.clone()
    }
}

impl From<Vec<u8>> for Message {
    #[inline]
    fn from(data: Vec<u8>) -> Self {
        if data.len() < ZERO_COPY_THRESHOLD {
            return Self::copy_of(&data);
        }
        let size = data.len();
        RawMessage::from_vec(data).map_or_else(|_| out_of_memory(size), Self)
    }
}

impl From<String> for Message {
    #[inline]
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<Box<[u8]>> for Message {
    fn from(data: Box<[u8]>) -> Self {
        data.into_vec().into()
    }
}

impl From<Box<str>> for Message {
    fn from(text: Box<str>) -> Self {
        text.into_string().into()
    }
}

impl From<Arc<[u8]>> for Message {
    fn from(data: Arc<[u8]>) -> Self {
        if data.len() < ZERO_COPY_THRESHOLD { Self::copy_of(&data) } else { Self::from_owner(data) }
    }
}

impl From<Cow<'_, [u8]>> for Message {
    fn from(data: Cow<'_, [u8]>) -> Self {
        match data {
            Cow::Borrowed(data) => data.into(),
            Cow::Owned(data) => data.into(),
        }
    }
}

impl From<Cow<'_, str>> for Message {
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl From<Message> for Vec<u8> {
    fn from(message: Message) -> Self {
        message.to_vec()
    }
}

#[cfg(feature = "bytes")]
impl From<bytes::Bytes> for Message {
    fn from(data: bytes::Bytes) -> Self {
        if data.len() < ZERO_COPY_THRESHOLD { Self::copy_of(&data) } else { Self::from_owner(data) }
    }
}

#[cfg(feature = "bytes")]
impl From<&bytes::Bytes> for Message {
    fn from(data: &bytes::Bytes) -> Self {
        data.clone().into()
    }
}

#[cfg(feature = "bytes")]
impl From<bytes::BytesMut> for Message {
    fn from(data: bytes::BytesMut) -> Self {
        data.freeze().into()
    }
}

/// Without a copy: the `Bytes` owns the message. (A short frame's bytes lie inside the message itself; it is boxed first, so
/// they do not move.)
#[cfg(feature = "bytes")]
impl From<Message> for bytes::Bytes {
    fn from(message: Message) -> Self {
        Self::from_owner(message)
    }
}

impl Error {
    /// The message that was received but could not be used: after [`InvalidUtf8`](crate::ErrorKind::InvalidUtf8) or
    /// [`Json`](crate::ErrorKind::Json).
    ///
    /// # Errors
    ///
    /// The error itself, if it holds no message.
    pub fn into_message(mut self) -> Result<Message, Self> {
        self.take_payload().ok_or(self)
    }

    /// The frames that were received but not used: after [`FrameCount`](crate::ErrorKind::FrameCount), or when a message with
    /// several frames came where one was expected.
    ///
    /// # Errors
    ///
    /// The error itself, if it holds no frames.
    pub fn into_frames(mut self) -> Result<Vec<Message>, Self> {
        self.take_payload().ok_or(self)
    }
}
