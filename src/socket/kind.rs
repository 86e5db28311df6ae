//! The kinds of sockets, as types and as values, and what each can do.

use std::ffi::c_int;
use std::fmt;

use zmq_sys as sys;

mod sealed {
    pub trait Sealed {}
}

/// A kind of socket, as the type parameter of [`Socket`](crate::Socket).
pub trait Kind: sealed::Sealed + fmt::Debug + 'static {
    /// Which kind it is; `None` if only the value knows ([`Dynamic`]).
    const TYPE: Option<SocketType>;
}

/// What [`Context::socket`](crate::Context::socket) takes: `zmq::REP` and its like for a typed socket, a [`SocketType`] for a
/// [`Dynamic`] one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kind of socket",
    label = "expected `zmq::REQ`, `zmq::PUB`, … or a `zmq::SocketType`"
)]
pub trait IntoKind {
    /// The type parameter of the socket.
    type Kind: Kind;

    /// The kind as a value.
    fn socket_type(self) -> SocketType;
}

/// The kinds that can send.
#[diagnostic::on_unimplemented(
    message = "a {Self} socket cannot send",
    label = "`{Self}` only receives",
    note = "PULL and SUB only receive; a PULL's peer is PUSH, a SUB's is PUB or XPUB"
)]
pub trait Sender: Kind {}

/// The kinds that can receive.
#[diagnostic::on_unimplemented(
    message = "a {Self} socket cannot receive",
    label = "`{Self}` only sends",
    note = "PUSH and PUB only send; a PUSH's peer is PULL, a PUB's is SUB or XSUB"
)]
pub trait Receiver: Kind {}

/// The kinds that know how many topics their peers have subscribed to.
#[diagnostic::on_unimplemented(
    message = "a {Self} socket has no subscribers",
    label = "only PUB and XPUB sockets have subscribers"
)]
pub trait Publisher: Sender {}

macro_rules! kinds {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident, $constant:ident = $raw:ident: $($capability:ident)*;
    )*) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
            pub struct $name;

            #[doc = concat!("Makes a [`", stringify!($name), "`] socket: `context.socket(zmq::", stringify!($constant), ")`.")]
            pub const $constant: $name = $name;

            impl sealed::Sealed for $name {}

            impl Kind for $name {
                const TYPE: Option<SocketType> = Some(SocketType::$name);
            }

            impl IntoKind for $name {
                type Kind = Self;

                fn socket_type(self) -> SocketType {
                    SocketType::$name
                }
            }

            impl From<$name> for SocketType {
                fn from(_: $name) -> Self {
                    Self::$name
                }
            }

            $(impl $capability for $name {})*
        )*

        /// A kind of socket as a value: what [`socket_type`](crate::Socket::socket_type) answers, and what makes a
        /// [`Dynamic`] socket.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum SocketType {
            $(
                #[doc = concat!("[`", stringify!($name), "`]")]
                $name,
            )*
            /// A kind that this crate does not know, by its number in `zmq.h`.
            Other(i32),
        }

        impl SocketType {
            /// All kinds but `Other`.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The number of the kind in `zmq.h`.
            pub const fn as_raw(self) -> c_int {
                match self {
                    $(Self::$name => sys::$raw,)*
                    Self::Other(raw) => raw,
                }
            }

            /// The kind that has the number in `zmq.h`.
            pub const fn from_raw(raw: c_int) -> Self {
                match raw {
                    $(sys::$raw => Self::$name,)*
                    other => Self::Other(other),
                }
            }

            /// Whether sockets of the kind receive messages.
            pub(crate) const fn receives(self) -> bool {
                !matches!(self, Self::Push | Self::Pub)
            }

            /// Whether sockets of the kind send messages.
            pub(crate) const fn sends(self) -> bool {
                !matches!(self, Self::Pull | Self::Sub)
            }

            /// The kind's bit in a [`KindSet`].
            pub(crate) const fn bit(self) -> KindSet {
                match self {
                    $(Self::$name => 1 << sys::$raw,)*
                    Self::Other(_) => 0,
                }
            }
        }

        /// `REP`, as `zmq.h` and pyzmq write it.
        impl fmt::Display for SocketType {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name => f.pad(stringify!($constant)),)*
                    Self::Other(raw) => write!(f, "socket type {raw}"),
                }
            }
        }
    };
}

/// A set of kinds, a bit for each.
pub(crate) type KindSet = u32;

kinds! {
    /// One peer, both ways: two threads that belong together.
    Pair, PAIR = ZMQ_PAIR: Sender Receiver;
    /// Sends to all subscribers of a message's topic, and drops for those that do not keep up.
    Pub, PUB = ZMQ_PUB: Sender Publisher;
    /// Receives what it subscribed to.
    Sub, SUB = ZMQ_SUB: Receiver;
    /// Asks, and waits for the answer before it asks again.
    Req, REQ = ZMQ_REQ: Sender Receiver;
    /// Answers, one question after another.
    Rep, REP = ZMQ_REP: Sender Receiver;
    /// Sends to its peers in turn and receives from all: a REQ without the lockstep.
    Dealer, DEALER = ZMQ_DEALER: Sender Receiver;
    /// Receives with the sender's routing id in front, sends to the peer that the first frame names.
    Router, ROUTER = ZMQ_ROUTER: Sender Receiver;
    /// Receives from its peers in turn: the end of a pipeline.
    Pull, PULL = ZMQ_PULL: Receiver;
    /// Sends to its peers in turn: the start of a pipeline.
    Push, PUSH = ZMQ_PUSH: Sender;
    /// A PUB that receives its subscribers' subscriptions as messages.
    Xpub, XPUB = ZMQ_XPUB: Sender Receiver Publisher;
    /// A SUB that subscribes by sending messages: `\x01` or `\x00` and the topic.
    Xsub, XSUB = ZMQ_XSUB: Sender Receiver;
    /// Talks plain TCP, with a frame in front that names the connection.
    ///
    /// To send it an empty frame behind that closes the connection, once the socket next looks at what its connections do: in a `poll`, an
    /// `events`, or a `recv` that finds nothing.
    Stream, STREAM = ZMQ_STREAM: Sender Receiver;
}

/// A kind that is known only at run time: what the socket's kind does not do is an error instead of not compiling.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// # let context = zmq::Context::new()?;
/// let kind = if std::env::args().count() > 9 { zmq::SocketType::Push } else { zmq::SocketType::Pull };
/// let socket: zmq::Socket<zmq::Dynamic> = context.socket(kind)?;
/// let error = socket.send("x").unwrap_err();
/// assert_eq!(error.error.kind(), zmq::ErrorKind::NotSupported);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dynamic;

impl sealed::Sealed for Dynamic {}

impl Kind for Dynamic {
    const TYPE: Option<SocketType> = None;
}

impl Sender for Dynamic {}
impl Receiver for Dynamic {}
impl Publisher for Dynamic {}

impl IntoKind for SocketType {
    type Kind = Dynamic;

    fn socket_type(self) -> SocketType {
        self
    }
}

/// Writes the set of kinds in the option table.
macro_rules! kind_set {
    (all) => { $crate::socket::kind::ALL_KINDS };
    ([$($kind:ident)*]) => { 0 $(| $crate::socket::kind::SocketType::$kind.bit())* };
}
pub(crate) use kind_set;

pub(crate) const ALL_KINDS: KindSet = {
    let mut set = 0;
    let mut i = 0;
    while i < SocketType::ALL.len() {
        set |= SocketType::ALL[i].bit();
        i += 1;
    }
    set
};
