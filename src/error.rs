//! What can go wrong, and the only reader of `zmq_errno`.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;

use zmq_sys as sys;

/// The result of a call into this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error number, as `zmq_errno` reports it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Errno(pub(crate) i32);

impl Errno {
    pub(crate) const AGAIN: Self = Self(libc::EAGAIN);
    pub(crate) const INTERRUPTED: Self = Self(libc::EINTR);
    pub(crate) const BUSY: Self = Self(libc::EBUSY);
    pub(crate) const INVALID: Self = Self(libc::EINVAL);
    pub(crate) const TERMINATED: Self = Self(sys::ETERM);
    pub(crate) const ADDRESS_IN_USE: Self = Self(sys::EADDRINUSE);
    pub(crate) const HOST_UNREACHABLE: Self = Self(sys::EHOSTUNREACH);
    pub(crate) const TOO_MANY: Self = Self(libc::EMFILE);

    /// The error of the libzmq call that just failed on this thread.
    ///
    /// To be called before anything else can touch `errno`.
    #[cold]
    pub(crate) fn last() -> Self {
        match crate::raw::errno() {
            // Some checks forget to say why (tipc_address.cpp).
            0 => Self::INVALID,
            errno => Self(errno),
        }
    }

    fn name(self) -> Option<&'static str> {
        macro_rules! names {
            ($($module:ident: $($name:ident)*;)*) => {
                $($(if self.0 == $module::$name { return Some(stringify!($name)); })*)*
            };
        }
        names! {
            sys: ETERM EFSM EADDRINUSE EADDRNOTAVAIL ENOTSUP EPROTONOSUPPORT ENOCOMPATPROTO
                EMTHREAD ENOTSOCK EHOSTUNREACH EAFNOSUPPORT EMSGSIZE ENOBUFS ENETDOWN ECONNREFUSED
                EINPROGRESS ENETUNREACH ECONNABORTED ECONNRESET ENOTCONN ETIMEDOUT ENETRESET;
            libc: EAGAIN EINTR EINVAL EFAULT ENODEV ENOENT EACCES EPERM EMFILE ENFILE ENOMEM ENAMETOOLONG ENOTDIR EEXIST EROFS EISDIR ELOOP
                EPIPE EIO ENOSPC EBADF EBUSY;
        }
        None
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "errno {}", self.0),
        }
    }
}

/// What kind of thing went wrong; the names are pyzmq's where it has them.
///
/// An error number that is not listed is [`Other`](ErrorKind::Other); [`Error::errno`] keeps the number in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call would have had to wait: nothing to receive, or no room (or nobody) to send to. `EAGAIN`.
    #[error("resource temporarily unavailable")]
    Again,
    /// The context was shut down or terminated. `ETERM`.
    #[error("context was terminated")]
    ContextTerminated,
    /// A signal arrived. Blocking calls retry, so it is seen only where waiting again is the caller's choice. `EINTR`.
    #[error("interrupted system call")]
    InterruptedSystemCall,
    /// The socket's pattern does not allow this now: a REQ that sends twice, a REP that sends first. `EFSM`.
    #[error("operation cannot be accomplished in current state")]
    WrongState,
    /// The address is taken. `EADDRINUSE`.
    #[error("address already in use")]
    AddressInUse,
    /// The address is not one of this machine. `EADDRNOTAVAIL`.
    #[error("cannot assign requested address")]
    AddressNotAvailable,
    /// No such network interface or host to bind to. `ENODEV`.
    #[error("no such device")]
    NoDevice,
    /// An argument is wrong: an option's value, an endpoint, a name. `EINVAL`.
    #[error("invalid argument")]
    InvalidArgument,
    /// The operation is not one of this socket's. `ENOTSUP`.
    #[error("operation not supported")]
    NotSupported,
    /// The transport is unknown, or not in this libzmq. `EPROTONOSUPPORT`.
    #[error("protocol not supported")]
    ProtocolNotSupported,
    /// The transport does not carry this kind of socket. `ENOCOMPATPROTO`.
    #[error("the protocol is not compatible with the socket type")]
    IncompatibleProtocol,
    /// No I/O thread serves the socket: `IO_THREADS` is 0, or `AFFINITY` selects none. `EMTHREAD`.
    #[error("no thread available")]
    NoThread,
    /// No peer has that routing id. `EHOSTUNREACH`.
    #[error("host unreachable")]
    HostUnreachable,
    /// Too many sockets in the context, or no file descriptors left in the process. `EMFILE`.
    #[error("too many open files or sockets")]
    TooManyOpen,
    /// There is no such endpoint, file or directory. `ENOENT`.
    #[error("no such endpoint, file or directory")]
    NotFound,
    /// There is something of that name already. `EEXIST`.
    #[error("already exists")]
    AlreadyExists,
    /// The system forbids it. `EACCES`, `EPERM`.
    #[error("permission denied")]
    PermissionDenied,
    /// Out of memory. `ENOMEM`.
    #[error("out of memory")]
    OutOfMemory,
    /// A path is longer than a socket address can hold. `ENAMETOOLONG`.
    #[error("name too long")]
    NameTooLong,
    /// The handle is not a socket (any more). `ENOTSOCK`.
    #[error("not a socket")]
    NotASocket,
    /// The socket or context was made by the process that forked this one; the child must make its own.
    #[error("made before fork: it belongs to the parent process")]
    Forked,
    /// The security that the socket was told to insist on is not there; see
    /// [`Socket::require_security`](crate::Socket::require_security).
    #[error("not as secure as required")]
    Insecure,
    /// The libzmq that is linked is too old for this, or was built without it.
    #[error("not in this libzmq")]
    Unsupported,
    /// The message is no UTF-8; [`Error::into_message`] gives it back.
    #[error("invalid UTF-8")]
    InvalidUtf8,
    /// The message is no JSON of the wanted shape, or the value cannot be written as JSON.
    #[error("invalid JSON")]
    Json,
    /// Another number of frames came than was asked for; [`Error::into_frames`] gives them back.
    #[error("unexpected number of frames")]
    FrameCount,
    /// Anything else the system answers; see [`Error::errno`].
    #[error("error {0}")]
    Other(i32),
}

impl From<Errno> for ErrorKind {
    fn from(errno: Errno) -> Self {
        match errno.0 {
            sys::ETERM => Self::ContextTerminated,
            sys::EFSM => Self::WrongState,
            sys::EADDRINUSE => Self::AddressInUse,
            sys::EADDRNOTAVAIL => Self::AddressNotAvailable,
            sys::EPROTONOSUPPORT => Self::ProtocolNotSupported,
            sys::ENOCOMPATPROTO => Self::IncompatibleProtocol,
            sys::EMTHREAD => Self::NoThread,
            sys::EHOSTUNREACH => Self::HostUnreachable,
            sys::ENOTSOCK => Self::NotASocket,
            sys::ENOTSUP => Self::NotSupported,
            e if e == libc::EAGAIN => Self::Again,
            e if e == libc::EINTR => Self::InterruptedSystemCall,
            e if e == libc::EINVAL => Self::InvalidArgument,
            e if e == libc::ENODEV => Self::NoDevice,
            e if e == libc::EMFILE || e == libc::ENFILE => Self::TooManyOpen,
            e if e == libc::ENOENT => Self::NotFound,
            e if e == libc::EEXIST => Self::AlreadyExists,
            e if e == libc::EACCES || e == libc::EPERM => Self::PermissionDenied,
            e if e == libc::ENOMEM => Self::OutOfMemory,
            e if e == libc::ENAMETOOLONG => Self::NameTooLong,
            other => Self::Other(other),
        }
    }
}

/// What was being done when an [`Error`] happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is the method of that name")]
pub enum Operation {
    ContextNew,
    ContextSet,
    ContextGet,
    ContextTerm,
    Socket,
    Bind,
    Unbind,
    Connect,
    Disconnect,
    Send,
    Recv,
    Poll,
    Set,
    Get,
    Close,
    Message,
    Property,
    CurveKeypair,
    CurvePublic,
    Z85Encode,
    Z85Decode,
    Wait,
    Proxy,
    Monitor,
    Timers,
    Certificate,
    Authenticator,
    RequireSecurity,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ContextNew => "context",
            Self::ContextSet => "set context option",
            Self::ContextGet => "get context option",
            Self::ContextTerm => "term",
            Self::Socket => "socket",
            Self::Bind => "bind",
            Self::Unbind => "unbind",
            Self::Connect => "connect",
            Self::Disconnect => "disconnect",
            Self::Send => "send",
            Self::Recv => "recv",
            Self::Poll => "poll",
            Self::Set => "set",
            Self::Get => "get",
            Self::Close => "close",
            Self::Message => "message",
            Self::Property => "message property",
            Self::CurveKeypair => "curve_keypair",
            Self::CurvePublic => "curve_public",
            Self::Z85Encode => "z85 encode",
            Self::Z85Decode => "z85 decode",
            Self::Wait => "wait",
            Self::Proxy => "proxy",
            Self::Monitor => "monitor",
            Self::Timers => "timers",
            Self::Certificate => "certificate",
            Self::Authenticator => "authenticator",
            Self::RequireSecurity => "require_security",
        })
    }
}

/// An error of this crate: what was done, to what, what libzmq answered, and, for the usual mistakes, what to do about it.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// let context = zmq::Context::new()?;
/// let first = context.socket(zmq::REP)?;
/// first.bind("tcp://127.0.0.1:*")?;
/// let taken = first.last_endpoint()?;
///
/// let error = context.socket(zmq::REP)?.bind(&taken).unwrap_err();
/// assert_eq!(error.kind(), zmq::ErrorKind::AddressInUse);
/// assert!(error.to_string().starts_with(&format!("bind {taken}: address already in use (EADDRINUSE)")));
/// # Ok(())
/// # }
/// ```
///
/// It is two words large, and `EAGAIN`, the error that programs meet in loops, allocates nothing.
pub struct Error {
    errno: Errno,
    operation: Operation,
    detail: Option<Box<Detail>>,
}

#[derive(Default)]
struct Detail {
    kind: Option<ErrorKind>,
    /// The endpoint, option or name the operation was about.
    target: Option<Cow<'static, str>>,
    help: Option<Cow<'static, str>>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    /// What was received and could not be used; see `Error::into_message`.
    payload: Option<Box<dyn Any + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(operation: Operation, errno: Errno) -> Self {
        Self { errno, operation, detail: None }
    }

    /// A mistake found before libzmq was asked.
    pub(crate) fn invalid(operation: Operation, help: impl Into<Cow<'static, str>>) -> Self {
        Self::new(operation, Errno::INVALID).with_help(help)
    }

    /// Something this libzmq does not have.
    pub(crate) fn unsupported(operation: Operation, help: impl Into<Cow<'static, str>>) -> Self {
        Self::new(operation, Errno(sys::ENOTSUP)).with_kind(ErrorKind::Unsupported).with_help(help)
    }

    /// The object belongs to the parent of this process.
    pub(crate) fn forked(operation: Operation) -> Self {
        Self::new(operation, Errno::INTERRUPTED)
            .with_kind(ErrorKind::Forked)
            .with_help("make a new Context and new sockets after fork")
    }

    fn detail_mut(&mut self) -> &mut Detail {
        self.detail.get_or_insert_default()
    }

    /// What the system answered to the standard library.
    pub(crate) fn from_io(operation: Operation, error: &std::io::Error) -> Self {
        match error.raw_os_error() {
            Some(errno) => Self::new(operation, Errno(errno)),
            None => Self::invalid(operation, error.to_string()),
        }
    }

    pub(crate) fn with_operation(mut self, operation: Operation) -> Self {
        self.operation = operation;
        self
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.detail_mut().kind = Some(kind);
        self
    }

    pub(crate) fn with_target(mut self, target: impl Into<Cow<'static, str>>) -> Self {
        self.detail_mut().target = Some(target.into());
        self
    }

    pub(crate) fn with_help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.detail_mut().help = Some(help.into());
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.detail_mut().source = Some(source.into());
        self
    }

    pub(crate) fn with_payload(mut self, payload: impl Any + Send + Sync) -> Self {
        self.detail_mut().payload = Some(Box::new(payload));
        self
    }

    /// Takes the payload out if it is a `T`.
    pub(crate) fn take_payload<T: Any>(&mut self) -> Option<T> {
        let detail = self.detail.as_mut()?;
        match detail.payload.take()?.downcast::<T>() {
            Ok(payload) => Some(*payload),
            Err(other) => {
                // `downcast` needs the auto traits only to give the box back as it was.
                detail.payload = Some(other);
                None
            }
        }
    }

    /// What kind of error this is.
    pub fn kind(&self) -> ErrorKind {
        match self.detail.as_ref().and_then(|detail| detail.kind) {
            Some(kind) => kind,
            None => self.errno.into(),
        }
    }

    /// The error number: the platform's `errno.h`, or libzmq's own (`ETERM`, `EFSM`, …) from `zmq.h`.
    pub fn errno(&self) -> i32 {
        self.errno.0
    }

    /// What was being done.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The endpoint or the option the operation was about, where there is one.
    pub fn target(&self) -> Option<&str> {
        self.detail.as_ref()?.target.as_deref()
    }

    /// What to do about it, where this is one of the usual mistakes.
    pub fn help(&self) -> Option<&str> {
        match (&self.detail, self.operation) {
            (Some(detail), _) => detail.help.as_deref(),
            // Errors that programs meet in loops have no detail to look it up in.
            (None, Operation::Send) if self.errno == Errno::AGAIN => {
                Some("no peer is connected, or none has room for the message")
            }
            (None, Operation::Recv) if self.errno == Errno::AGAIN => Some("no message is there"),
            (None, _) => None,
        }
    }

    /// Whether the call would have had to wait (`EAGAIN`): pyzmq's `zmq.Again`.
    pub fn is_again(&self) -> bool {
        self.kind() == ErrorKind::Again
    }

    /// Whether the context was shut down or terminated (`ETERM`): pyzmq's `zmq.ContextTerminated`.
    pub fn is_terminated(&self) -> bool {
        self.kind() == ErrorKind::ContextTerminated
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.operation)?;
        if let Some(target) = self.target() {
            write!(f, " {target}")?;
        }
        match self.kind() {
            ErrorKind::Other(errno) => write!(f, ": {}", crate::raw::strerror(errno))?,
            kind => write!(f, ": {kind}")?,
        }
        let own = matches!(
            self.kind(),
            ErrorKind::Forked
                | ErrorKind::Insecure
                | ErrorKind::Unsupported
                | ErrorKind::InvalidUtf8
                | ErrorKind::Json
                | ErrorKind::FrameCount
        );
        if !own {
            write!(f, " ({:?})", self.errno)?;
        }
        if let Some(source) = self.detail.as_ref().and_then(|detail| detail.source.as_ref()) {
            write!(f, ": {source}")?;
        }
        if let Some(help) = self.help() {
            write!(f, "; {help}")?;
        }
        Ok(())
    }
}

/// The same text as `Display`: it is what a `main` that returns the error, and `unwrap`, show to a person.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.detail.as_ref()?.source.as_ref()?;
        Some(source.as_ref())
    }
}

/// So that `message.as_str()?` works.
impl From<std::str::Utf8Error> for Error {
    fn from(source: std::str::Utf8Error) -> Self {
        Self::new(Operation::Message, Errno::INVALID).with_kind(ErrorKind::InvalidUtf8).with_source(source)
    }
}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        use std::io::ErrorKind as Io;
        let kind = match error.kind() {
            ErrorKind::Again => Io::WouldBlock,
            ErrorKind::InterruptedSystemCall => Io::Interrupted,
            ErrorKind::AddressInUse => Io::AddrInUse,
            ErrorKind::AddressNotAvailable | ErrorKind::NoDevice => Io::AddrNotAvailable,
            ErrorKind::InvalidArgument | ErrorKind::NameTooLong => Io::InvalidInput,
            ErrorKind::NotSupported
            | ErrorKind::ProtocolNotSupported
            | ErrorKind::IncompatibleProtocol
            | ErrorKind::Unsupported => Io::Unsupported,
            ErrorKind::HostUnreachable => Io::HostUnreachable,
            ErrorKind::NotFound => Io::NotFound,
            ErrorKind::AlreadyExists => Io::AlreadyExists,
            ErrorKind::PermissionDenied | ErrorKind::Insecure => Io::PermissionDenied,
            ErrorKind::OutOfMemory => Io::OutOfMemory,
            ErrorKind::InvalidUtf8 | ErrorKind::Json | ErrorKind::FrameCount => Io::InvalidData,
            ErrorKind::Other(errno) => std::io::Error::from_raw_os_error(errno).kind(),
            _ => Io::Other,
        };
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use super::{Errno, Error, ErrorKind, Operation};

    #[test]
    fn is_two_words() {
        assert_eq!(size_of::<Error>(), 16);
    }

    #[test]
    fn an_unknown_errno_is_kept_and_named_by_the_system() {
        let error = Error::new(Operation::Bind, Errno(libc::ENOTDIR)).with_target("ipc:///etc/passwd/x");
        assert_eq!(error.kind(), ErrorKind::Other(libc::ENOTDIR));
        assert_eq!(error.to_string(), "bind ipc:///etc/passwd/x: Not a directory (ENOTDIR)");
    }

    #[test]
    fn becomes_an_io_error_that_still_holds_it() {
        let io: std::io::Error = Error::new(Operation::Recv, Errno::AGAIN).into();
        assert_eq!(io.kind(), std::io::ErrorKind::WouldBlock);
        let inner = io.into_inner().unwrap().downcast::<Error>().unwrap();
        assert!(inner.is_again());
    }
}
