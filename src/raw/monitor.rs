//! `zmq_socket_monitor`.

use std::ffi::{CStr, c_int, c_void};
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zmq_sys as sys;

use super::{Process, RawSocket};
use crate::error::Errno;

/// A socket's pointer, for nothing but `zmq_socket_monitor`.
#[derive(Debug)]
struct Pointer(NonNull<c_void>);

// SAFETY: `zmq_socket_monitor` takes the socket's `_monitor_sync` before it looks at anything that changes, as the I/O threads do
// that report events (socket_base.cpp: `monitor`, `event`, `process_stop`), so any thread may call it while the socket is open.
unsafe impl Send for Pointer {}

/// The way back from a monitor to its socket, from whatever thread, for as long as the socket is open.
#[derive(Debug)]
pub(crate) struct MonitorLink {
    /// `None` once nothing is monitored any more, or the socket is being closed; whoever closes it waits for the lock.
    socket: Mutex<Option<Pointer>>,
    process: Process,
}

impl MonitorLink {
    fn lock(&self) -> MutexGuard<'_, Option<Pointer>> {
        // What is inside is replaced in one step, so a panic elsewhere cannot have left it half done.
        self.socket.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_active(&self) -> bool {
        self.lock().is_some()
    }

    /// Ends the monitoring; `false` if the socket is closed already, so that libzmq ends it when it gets to that.
    pub(crate) fn stop(&self) -> bool {
        if !self.process.is_this() {
            return true;
        }
        let mut socket = self.lock();
        let Some(socket) = socket.take() else { return false };
        // SAFETY: the socket is *open*: who closes it takes the pointer out first, under the lock that is held here. Null stops.
        // It fails only after a shutdown, which has stopped it.
        unsafe { sys::zmq_socket_monitor(socket.0.as_ptr(), std::ptr::null(), 0) };
        true
    }

    /// To be called before the socket is closed: from then on nobody comes back to it.
    pub(crate) fn cut(&self) {
        self.lock().take();
    }
}

impl RawSocket {
    /// Reports `events` to a PAIR that it binds to the endpoint. Until somebody connects to that, the first event waits.
    pub(crate) fn monitor(&self, endpoint: &CStr, events: c_int) -> Result<MonitorLink, Errno> {
        // SAFETY: the socket is *open* and on *one thread*; the string is NUL-terminated and outlives the call.
        self.enter(|socket| unsafe { sys::zmq_socket_monitor(socket, endpoint.as_ptr(), events) })?;
        let socket = NonNull::new(self.as_ptr()).map(Pointer);
        Ok(MonitorLink { socket: Mutex::new(socket), process: Process::current() })
    }
}
