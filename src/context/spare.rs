//! The socket that a context keeps in reserve.
//!
//! To end a context takes a socket if `inproc` connections wait for a name that nobody has bound, also those of sockets that were
//! closed: they are of MAX_SOCKETS until then. Were all sockets of that kind, the context could not end.

use std::ffi::c_int;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, Ordering};

use zmq_sys as sys;

use super::lock;
use crate::error::Errno;
use crate::raw::{RawContext, RawSocket};

/// What meets the connections that wait. Not a PAIR, as libzmq would: that takes the first connection, and the routing ids that a
/// ROUTER or REP among the others is then to be sent would be the end of the process (pipe.cpp, `send_routing_id`). Where ZAP
/// requests go libzmq does not survive a DEALER (session_base.cpp, `zap_connect`).
const KIND: c_int = sys::ZMQ_REP;

#[derive(Debug, Default)]
pub(super) struct Spare {
    socket: Mutex<Option<RawSocket>>,
    /// MAX_SOCKETS as the user knows it: libzmq was told one more. 0 if it was not.
    limit: AtomicI32,
}

impl Spare {
    /// Has libzmq keep room for one more, lets `open` make the first socket, and makes the one in reserve.
    ///
    /// It goes without where that is not possible, as for want of descriptors: then one has to be made when the context ends.
    pub(super) fn reserve(
        &self,
        context: &RawContext,
        open: impl FnOnce() -> Result<RawSocket, Errno>,
    ) -> Result<RawSocket, Errno> {
        // Locked, so that of several first sockets one is the first.
        let mut spare = lock(&self.socket);
        if self.limit().is_some() {
            return open();
        }
        let limit = context.get(sys::ZMQ_MAX_SOCKETS)?;
        context.set(sys::ZMQ_MAX_SOCKETS, limit.saturating_add(1))?;
        let socket = match open() {
            Ok(socket) => socket,
            Err(errno) => {
                // The option can still be set.
                context.set(sys::ZMQ_MAX_SOCKETS, limit)?;
                return Err(errno);
            }
        };
        self.limit.store(limit, Ordering::Release);
        *spare = make(context).ok();
        Ok(socket)
    }

    pub(super) fn limit(&self) -> Option<c_int> {
        Some(self.limit.load(Ordering::Acquire)).filter(|&limit| limit != 0)
    }

    pub(super) fn take(&self) -> Option<RawSocket> {
        lock(&self.socket).take()
    }
}

/// A socket like the one in reserve.
pub(super) fn make(context: &RawContext) -> Result<RawSocket, Errno> {
    let socket = context.socket(KIND)?;
    // It is closed with routing ids in it that nobody is to wait for.
    socket.set_int(sys::ZMQ_LINGER, 0)?;
    Ok(socket)
}
