//! A socket, and what a runtime has its descriptor for.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

use super::Process;

/// What owns a socket, and keeps it open for as long as it is there itself.
pub(crate) trait Owner: fmt::Debug {
    /// The socket's ZMQ_FD.
    fn descriptor(&self) -> BorrowedFd<'_>;
}

/// The descriptor of a socket, in the hands of a runtime's registration.
///
/// It is open for as long as the [`Registered`] that it was made for has it, which is as long as a registration may use it. (A forked
/// child forgets the registration, which then does nothing any more.)
#[derive(Debug)]
pub(crate) struct KeptDescriptor(RawFd);

impl AsFd for KeptDescriptor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: `Registered` drops the registration that has this before the owner of the socket, which keeps it open.
        unsafe { BorrowedFd::borrow_raw(self.0) }
    }
}

impl AsRawFd for KeptDescriptor {
    fn as_raw_fd(&self) -> RawFd {
        self.0
    }
}

/// A registration, which a forked child leaves alone: it shares with its parent what the descriptor is registered with.
struct Source<S> {
    registration: Option<S>,
    process: Process,
}

impl<S> Drop for Source<S> {
    fn drop(&mut self) {
        if !self.process.is_this() {
            std::mem::forget(self.registration.take());
        }
    }
}

/// A socket's owner and the registration of the socket's descriptor, which ends first.
pub(crate) struct Registered<O, S> {
    // The order counts: fields are dropped as they are declared.
    source: Option<Source<S>>,
    owner: O,
}

impl<O: Owner, S> Registered<O, S> {
    pub(crate) fn new(owner: O) -> Self {
        Self { source: None, owner }
    }

    #[inline]
    pub(crate) fn owner(&self) -> &O {
        &self.owner
    }

    /// The registration, made by `register` if there is none; it must keep the descriptor to itself, and answer what has it.
    pub(crate) fn source(&mut self, register: impl FnOnce(KeptDescriptor) -> io::Result<S>) -> io::Result<&S> {
        if self.source.is_none() {
            let registration = register(KeptDescriptor(self.owner.descriptor().as_raw_fd()))?;
            self.source = Some(Source { registration: Some(registration), process: Process::current() });
        }
        // It was just made if there was none.
        let registration = self.source.as_ref().and_then(|source| source.registration.as_ref());
        registration.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The registration, if there is one.
    pub(crate) fn has_source(&self) -> Option<&S> {
        self.source.as_ref().and_then(|source| source.registration.as_ref())
    }

    /// Ends the registration: its runtime is gone, or another one has the task.
    pub(crate) fn forget_source(&mut self) {
        self.source = None;
    }

    pub(crate) fn into_owner(self) -> O {
        drop(self.source);
        self.owner
    }
}
