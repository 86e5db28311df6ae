//! The context: what sockets are made from, and what ends them.

mod inproc;
mod instance;
mod life;
mod parked;
mod spare;
mod threads;

use std::ffi::c_void;
use std::fmt;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use zmq_sys as sys;

use crate::error::{Errno, Error, Operation, Result};
use crate::option::codec::Codec;
use crate::option::{Encoded, Gettable, OptionValue, Row, Settable};
use crate::raw::RawContext;
use crate::socket::kind::SocketType;
use crate::timeout::Timeout;

pub(crate) use inproc::{InprocNames, ZAP_NAME};
use life::Life;
use parked::Parked;
pub(crate) use threads::ThreadOption;
use threads::ThreadOptions;

/// How long the drop of a context's last handle waits for unsent messages, unless the context is told otherwise.
pub const DROP_TIMEOUT: Duration = Duration::from_secs(5);

/// A context: the I/O threads and the `inproc` names that its sockets share.
///
/// Usually a program has one. It is a handle: cheap to clone, and usable from every thread at once. Each socket holds one, so a
/// context outlives its sockets however they are dropped.
///
/// # How it ends
///
/// When the last handle is dropped the context is terminated: libzmq sends what the closed sockets still have to send, for as
/// long as their [`LINGER`](crate::LINGER) says. By default that is for ever, so the drop waits for at most
/// [`DROP_TIMEOUT`] (5 s, see [`set_drop_timeout`](Self::set_drop_timeout)) and then leaves the rest to a thread in the
/// background, which ends when everything is sent, or with the process. Dropping never hangs for ever, and loses nothing that
/// a peer takes in time.
///
/// | method | sockets that are open | waits for |
/// | --- | --- | --- |
/// | drop of the last handle | there are none: each holds a handle | unsent messages, at most the drop timeout |
/// | [`shutdown`](Self::shutdown) | their calls fail with `ContextTerminated` | nothing |
/// | [`term`](Self::term) | their calls fail with `ContextTerminated`; waits until they are closed | them, and unsent messages |
/// | [`term_timeout`](Self::term_timeout) | the same | the same, at most that long |
/// | [`destroy`](Self::destroy) | their calls fail with `ContextTerminated`; closed with the given linger | unsent messages |
///
/// C: `zmq_ctx_new`. pyzmq: `zmq.Context`.
#[doc(alias = "zmq_ctx_new")]
#[derive(Clone)]
pub struct Context(Arc<Inner>);

pub(crate) struct Inner {
    life: Life,
    threads: Mutex<ThreadOptions>,
    /// What `setsockopt` was told: applied to each socket when it is made.
    defaults: Mutex<Vec<DefaultOption>>,
    names: Mutex<InprocNames>,
    parked: Parked,
}

struct DefaultOption {
    row: Row,
    value: Encoded,
}

/// The value, also of a lock that a panicking thread held: each is changed in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Context {
    /// Makes a context.
    ///
    /// # Errors
    ///
    /// [`TooManyOpen`](crate::ErrorKind::TooManyOpen) if the process has no file descriptors left.
    ///
    /// ```
    /// let context = zmq::Context::new()?;
    /// let socket = context.socket(zmq::REP)?;
    /// # Ok::<(), zmq::Error>(())
    /// ```
    ///
    /// C: `zmq_ctx_new`.
    #[doc(alias = "zmq_ctx_new")]
    pub fn new() -> Result<Self> {
        let raw = RawContext::new().map_err(|errno| {
            let error = Error::new(Operation::ContextNew, errno);
            match error.kind() {
                crate::ErrorKind::TooManyOpen => {
                    error.with_help("the process has no file descriptors left: see ulimit -n")
                }
                _ => error,
            }
        })?;
        Ok(Self::from_life(Life::new(raw, true, false)))
    }

    /// Makes a context with that many I/O threads, as pyzmq's `zmq.Context(io_threads)`.
    ///
    /// One is enough for a gigabyte per second; 0 is enough for `inproc` only.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new), and [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a negative number.
    pub fn with_io_threads(io_threads: i32) -> Result<Self> {
        let context = Self::new()?;
        context.set_io_threads(io_threads)?;
        Ok(context)
    }

    fn from_life(life: Life) -> Self {
        Self(Arc::new(Inner {
            life,
            threads: Mutex::default(),
            defaults: Mutex::default(),
            names: Mutex::default(),
            parked: Parked::default(),
        }))
    }

    /// Takes over a context that C made.
    ///
    /// It is terminated like any other when the last handle is dropped.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a null pointer.
    ///
    /// # Safety
    ///
    /// `context` came from `zmq_ctx_new`, is not terminated, and nobody else terminates it. Sockets of it that others have are
    /// closed before the last handle is dropped, or that drop leaves it to the background.
    #[expect(unsafe_code, reason = "the constructor of a raw handle is where its contract is stated")]
    pub unsafe fn from_raw(context: *mut c_void) -> Result<Self> {
        // SAFETY: the caller's promise.
        unsafe { Self::adopt(context, true) }
    }

    /// Uses a context that belongs to somebody else: pyzmq's `Context.shadow`. Dropping does not terminate it, and
    /// [`term`](Self::term) refuses to.
    ///
    /// # Errors
    ///
    /// For a null pointer.
    ///
    /// # Safety
    ///
    /// `context` came from `zmq_ctx_new` and is not terminated before all handles, and all sockets made from them, are dropped.
    #[expect(unsafe_code, reason = "the constructor of a raw handle is where its contract is stated")]
    pub unsafe fn shadow(context: *mut c_void) -> Result<Self> {
        // SAFETY: the caller's promise.
        unsafe { Self::adopt(context, false) }
    }

    /// # Safety
    ///
    /// As `from_raw` if `owned`, as `shadow` if not.
    #[expect(unsafe_code, reason = "see from_raw and shadow")]
    unsafe fn adopt(context: *mut c_void, owned: bool) -> Result<Self> {
        let context = NonNull::new(context)
            .ok_or_else(|| Error::invalid(Operation::ContextNew, "the pointer to the context is null"))?;
        // SAFETY: the caller says that it is a live context, and stays so while it is used.
        let raw = unsafe { RawContext::from_ptr(context) };
        Ok(Self::from_life(Life::new(raw, owned, true)))
    }

    /// The pointer that C knows the context by; null once it is terminated, and in a forked child.
    ///
    /// It is good for as long as a handle, or a socket, of the context lives; pass it to C code that makes sockets of its own.
    pub fn as_ptr(&self) -> *mut c_void {
        if self.0.life.is_ours() { self.0.life.raw().as_ptr() } else { std::ptr::null_mut() }
    }

    /// Gives the context away: from now on it is the caller who has to call `zmq_ctx_term`. Handles and sockets that are left stay
    /// usable until then. Null if it is already terminated.
    pub fn into_raw(self) -> *mut c_void {
        self.0.life.disown();
        self.as_ptr()
    }

    /// Sets a default for the sockets that are made from now on, as assigning to an attribute of pyzmq's context does.
    ///
    /// A socket whose kind does not have the option is left without it.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// use std::time::Duration;
    ///
    /// let context = zmq::Context::new()?;
    /// context.setsockopt(zmq::LINGER, 0)?;
    /// assert_eq!(context.socket(zmq::PUSH)?.linger()?, Some(Duration::ZERO));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a value that is out of range.
    pub fn setsockopt<O: Settable, V: OptionValue<O::Codec>>(&self, option: O, value: V) -> Result<()> {
        let _ = option;
        if !self.0.life.is_ours() {
            return Err(Error::forked(Operation::ContextSet).with_target(O::ROW.name));
        }
        let value = value.encode().map_err(|fault| fault.explain(Operation::ContextSet, O::ROW.name))?;
        let mut defaults = lock(&self.0.defaults);
        // SUBSCRIBE and its like add up; the others are replaced.
        if matches!(O::ROW.access, crate::option::Access::ReadWrite) {
            defaults.retain(|default| default.row.number != O::ROW.number);
        }
        defaults.push(DefaultOption { row: O::ROW, value });
        Ok(())
    }

    /// The default that [`setsockopt`](Self::setsockopt) set, if it did.
    ///
    /// # Errors
    ///
    /// None for a value that `setsockopt` accepted.
    pub fn getsockopt<O: Gettable>(&self, option: O) -> Result<Option<<O::Codec as Codec>::Value>> {
        let _ = option;
        if !self.0.life.is_ours() {
            return Err(Error::forked(Operation::ContextGet).with_target(O::ROW.name));
        }
        let defaults = lock(&self.0.defaults);
        let Some(default) = defaults.iter().rev().find(|default| default.row.number == O::ROW.number) else {
            return Ok(None);
        };
        let value = O::Codec::decode(default.value.as_bytes().unwrap_or_default());
        value.map(Some).map_err(|fault| fault.explain(Operation::ContextGet, O::ROW.name))
    }

    /// Gives `apply` each default that a socket of the kind has.
    pub(crate) fn each_default(&self, kind: SocketType, apply: impl Fn(&Row, &Encoded) -> Result<()>) -> Result<()> {
        let defaults = lock(&self.0.defaults);
        defaults
            .iter()
            .filter(|default| default.row.is_default_of(kind))
            .try_for_each(|default| apply(&default.row, &default.value))
    }

    /// Whether a socket was made, which starts the threads; not in a forked child, where something else is wrong.
    pub(crate) fn has_started(&self) -> bool {
        self.0.life.started() && self.0.life.is_ours()
    }

    pub(crate) fn set_raw(&self, name: &'static str, number: std::ffi::c_int, value: std::ffi::c_int) -> Result<()> {
        self.0.life.set(name, number, value)
    }

    pub(crate) fn get_raw(&self, name: &'static str, number: std::ffi::c_int) -> Result<std::ffi::c_int> {
        self.0.life.get(name, number)
    }

    pub(crate) fn inproc_names(&self) -> MutexGuard<'_, InprocNames> {
        lock(&self.0.names)
    }

    /// Whether a socket is bound to the `inproc` name, also one of other code in the process.
    pub(crate) fn is_inproc_bound(&self, name: &str) -> std::result::Result<bool, Errno> {
        // Locked, so that nobody who wants to bind meets the socket below.
        let names = self.inproc_names();
        if names.is_bound(name) || names.is_waited_for(name) {
            return Ok(names.is_bound(name));
        }
        let Ok(endpoint) = std::ffi::CString::new(format!("inproc://{name}")) else { return Ok(false) };
        let socket = self.0.life.raw().socket(sys::ZMQ_REP)?;
        match socket.bind(&endpoint) {
            Ok(()) => socket.unbind(&endpoint).map(|()| false),
            Err(Errno::ADDRESS_IN_USE) => Ok(true),
            Err(errno) => Err(errno),
        }
    }

    /// How long the drop of the last handle waits for unsent messages: [`DROP_TIMEOUT`] at first; -1 or `None` for as long as
    /// their LINGER says, which is for ever unless it was set; 0 not at all.
    ///
    /// What is not sent by then is left to a thread in the background.
    pub fn set_drop_timeout(&self, timeout: impl Into<Timeout>) {
        if self.0.life.is_ours() {
            self.0.life.set_drop_timeout(timeout.into());
        }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("sockets", &self.0.life.open_sockets())
            .field("terminated", &self.is_terminated())
            .finish_non_exhaustive()
    }
}

/// Whether they are handles of the same context.
impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Context {}
