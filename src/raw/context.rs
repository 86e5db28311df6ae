//! `void *` of `zmq_ctx_new`.

use std::ffi::{c_int, c_void};
use std::ptr::NonNull;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use zmq_sys as sys;

use super::fork::without_fork;
use super::{RawSocket, check};
use crate::error::Errno;

/// A context's pointer, which libzmq lets every thread use.
#[derive(Debug, Clone, Copy)]
struct Pointer(NonNull<c_void>);

// SAFETY: "A 0MQ context is thread safe and may be shared among as many application threads as necessary" (zmq_ctx_new(3));
// ctx.cpp takes `_slot_sync` or `_opt_sync` in each function that is called here.
unsafe impl Send for Pointer {}
// SAFETY: as for `Send`.
unsafe impl Sync for Pointer {}

/// A libzmq context until it is [taken](RawContext::take): after that every call answers ETERM.
///
/// Each call holds the lock for reading, so whoever took the pointer out knows that nobody is inside libzmq with it.
#[derive(Debug)]
pub(crate) struct RawContext(RwLock<Option<Pointer>>);

/// The pointer of a context that nobody else has any more.
#[derive(Debug)]
pub(crate) struct TakenContext(Pointer);

impl RawContext {
    pub(crate) fn new() -> Result<Self, Errno> {
        // It initialises libsodium under a lock (random.cpp).
        let context = without_fork(|| {
            // SAFETY: no preconditions; null is an error.
            let context = unsafe { sys::zmq_ctx_new() };
            NonNull::new(context).ok_or_else(Errno::last)
        })?;
        Ok(Self(RwLock::new(Some(Pointer(context)))))
    }

    /// # Safety
    ///
    /// `context` is a live libzmq context, and stays so while this value lives and is not taken; if it is taken and
    /// terminated, nobody else terminates it or uses it afterwards.
    pub(crate) unsafe fn from_ptr(context: NonNull<c_void>) -> Self {
        Self(RwLock::new(Some(Pointer(context))))
    }

    fn read(&self) -> RwLockReadGuard<'_, Option<Pointer>> {
        // What is inside is replaced in one step, so a panic elsewhere cannot have left it half done.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Null if the context was taken.
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.read().map_or(std::ptr::null_mut(), |pointer| pointer.0.as_ptr())
    }

    pub(crate) fn is_taken(&self) -> bool {
        self.read().is_none()
    }

    /// From now on only the caller has the pointer.
    pub(crate) fn take(&self) -> Option<TakenContext> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).take().map(TakenContext)
    }

    pub(crate) fn set(&self, option: c_int, value: c_int) -> Result<(), Errno> {
        let context = self.read();
        let context = context.ok_or(Errno::TERMINATED)?;
        // SAFETY: the context is *open* while the lock is held; the function checks option and value.
        check(unsafe { sys::zmq_ctx_set(context.0.as_ptr(), option, value) }).map(drop)
    }

    /// Some options are -1 by default, and that alone does not say that it failed; the caller knows which those are.
    pub(crate) fn get(&self, option: c_int) -> Result<c_int, Errno> {
        let context = self.read();
        let context = context.ok_or(Errno::TERMINATED)?;
        // SAFETY: the context is *open* while the lock is held.
        check(unsafe { sys::zmq_ctx_get(context.0.as_ptr(), option) })
    }

    pub(crate) fn shutdown(&self) -> Result<(), Errno> {
        let context = self.read();
        let context = context.ok_or(Errno::TERMINATED)?;
        // SAFETY: the context is *open* while the lock is held; to shut down twice is allowed.
        check(unsafe { sys::zmq_ctx_shutdown(context.0.as_ptr()) }).map(drop)
    }

    /// Makes a socket, which the context must outlive.
    pub(crate) fn socket(&self, kind: c_int) -> Result<RawSocket, Errno> {
        let context = self.read();
        let context = context.ok_or(Errno::TERMINATED)?;
        // SAFETY: the context is *open* while the lock is held; the function checks the kind.
        let socket = unsafe { sys::zmq_socket(context.0.as_ptr(), kind) };
        let socket = NonNull::new(socket).ok_or_else(Errno::last)?;
        // SAFETY: just made, so nobody else has it. That the context outlives it is libzmq's doing: `zmq_ctx_term` waits for
        // its sockets to be closed before it frees anything.
        Ok(unsafe { RawSocket::from_ptr(socket, true) })
    }
}

impl TakenContext {
    /// Blocks until all sockets are closed and their messages are sent or given up; gives the context back if that failed.
    pub(crate) fn term(self) -> Result<(), (Errno, Self)> {
        // SAFETY: the context is *open*: only `take` makes this value, once, from a live one. Nobody can use the pointer
        // during or after the call: `take` waited for those who did and left nothing behind. Sockets do not use it.
        check(unsafe { sys::zmq_ctx_term(self.0.0.as_ptr()) }).map(drop).map_err(|errno| (errno, self))
    }
}
