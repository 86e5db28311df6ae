//! Sockets that must stay open although nobody has them any more.

use std::sync::Mutex;

use zmq_sys as sys;

use super::{Context, lock};
use crate::error::Errno;
use crate::message::Message;
use crate::raw::RawSocket;

/// The ends of monitors that were dropped while the sockets that they watched were closing. libzmq goes on reporting until a socket is
/// gone; without a peer to take that, its thread that closes sockets would stop (socket_base.cpp, `monitor_event`).
#[derive(Debug, Default)]
pub(super) struct Parked(Mutex<Vec<RawSocket>>);

impl Parked {
    /// Closes them all: for after a shutdown, which ends the reporting.
    pub(super) fn clear(&self) {
        let sockets = std::mem::take(&mut *lock(&self.0));
        drop(sockets);
    }
}

impl Context {
    /// Keeps the end of a monitor until libzmq has said its last on it, or the context ends.
    pub(crate) fn park(&self, socket: RawSocket) {
        let mut parked = lock(&self.0.parked.0);
        parked.retain(|socket| !is_done(socket));
        parked.push(socket);
    }
}

/// Whether the last event has come.
fn is_done(socket: &RawSocket) -> bool {
    let mut frame = Message::new();
    loop {
        match socket.recv_message(frame.raw_mut(), sys::ZMQ_DONTWAIT) {
            Ok(()) if frame.starts_with(&(sys::ZMQ_EVENT_MONITOR_STOPPED as u16).to_ne_bytes()) && frame.len() == 6 => {
                return true;
            }
            Ok(()) | Err(Errno::INTERRUPTED) => {}
            Err(errno) => return errno != Errno::AGAIN,
        }
    }
}
