//! Frames that were taken from libzmq before they were asked for.
//!
//! `zmq_disconnect` drops what the connection still had to deliver, at once, and libzmq aborts the process when it comes to read
//! the rest of a message that it had begun (fq.cpp, `recvpipe`). A message is begun when its first frame was received, and for
//! some kinds already when somebody asked whether there is one. So before a disconnect the message is taken out as a whole.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ffi::c_int;

use zmq_sys as sys;

use super::Core;
use super::kind::SocketType;
use crate::error::Errno;
use crate::message::Message;
use crate::raw::State;

/// The frames; that there are any is said by the socket's [`State`].
#[derive(Debug, Default)]
pub(super) struct Held {
    frames: RefCell<VecDeque<Message>>,
    /// Whether the last frame that was given out has more after it.
    more: Cell<bool>,
}

impl Held {
    /// Corrects what libzmq, which no longer knows of the frames, says of the socket.
    #[cold]
    pub(super) fn correct(&self, option: c_int, value: &mut [u8]) {
        let Ok(bytes) = <[u8; size_of::<c_int>()]>::try_from(&*value) else { return };
        let answer = match option {
            sys::ZMQ_EVENTS => c_int::from_ne_bytes(bytes) | c_int::from(sys::ZMQ_POLLIN as i16),
            sys::ZMQ_RCVMORE => c_int::from(self.more.get()),
            _ => return,
        };
        value.copy_from_slice(&answer.to_ne_bytes());
    }
}

impl Core {
    /// Whether frames were taken from libzmq that `recv` has not asked for yet.
    #[inline]
    pub(crate) fn is_held(&self) -> bool {
        self.raw().is(State::HELD)
    }

    #[cold]
    pub(super) fn take_held(&self) -> Option<Message> {
        let mut frames = self.held.frames.borrow_mut();
        let mut frame = frames.pop_front()?;
        self.raw().mark(State::HELD, !frames.is_empty());
        self.held.more.set(frame.more_mut());
        Some(frame)
    }

    fn hold(&self, frame: Message) {
        self.held.frames.borrow_mut().push_back(frame);
        self.raw().mark(State::HELD, true);
    }

    /// Gives a frame back that was just received: it is the next to be received again.
    pub(crate) fn put_back(&self, frame: Message) {
        self.held.frames.borrow_mut().push_front(frame);
        self.raw().mark(State::HELD, true);
    }

    /// Takes the message out that libzmq has begun to give, if it has.
    pub(super) fn hold_begun_message(&self) -> Result<(), Errno> {
        let more = self.raw().get_int(sys::ZMQ_RCVMORE)? != 0;
        // These read ahead when they are asked whether there is a message (xsub.cpp, router.cpp: `xhas_in`).
        let reads_ahead =
            matches!(self.kind(), SocketType::Sub | SocketType::Xsub | SocketType::Router | SocketType::Rep);
        let begun = more || (reads_ahead && self.events()?.is_readable());
        if !begun {
            return Ok(());
        }
        if !self.is_held() {
            self.held.more.set(more);
        }
        loop {
            let mut frame = Message::new();
            match self.retry(|| self.raw().recv_message(frame.raw_mut(), sys::ZMQ_DONTWAIT)) {
                Ok(()) => {}
                Err(Errno::AGAIN) => return Ok(()),
                Err(errno) => return Err(errno),
            }
            let more = frame.more_mut();
            self.hold(frame);
            if !more {
                return Ok(());
            }
        }
    }
}
