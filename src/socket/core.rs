//! What sockets of all kinds have: the C handle, the context that must outlive it, and what has to be remembered about it.

use std::cell::{Cell, RefCell};
use std::ffi::c_int;
use std::sync::Arc;
use std::time::Instant;

use zeroize::Zeroizing;
use zmq_sys as sys;

use super::endpoints::Endpoints;
use super::held::Held;
use super::kind::SocketType;
use super::routing::ConnectIds;
use super::security::Security;
use crate::context::Context;
use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::option::codec::{Codec, Descriptor, Text};
use crate::option::{Encoded, Row};
use crate::raw::{MonitorLink, RawSocket, State};
use crate::timeout::Timeout;

/// How long a subscription can be. libzmq keeps them in a tree with a level for each byte, and frees it by recursion, on a thread
/// of its own: a long topic is the end of the process (trie.cpp, `~trie_t`: 48 bytes of stack a level). With glibc a thread
/// has 8 MiB, elsewhere as little as 128 KiB.
pub(super) const MAX_TOPIC: usize = if cfg!(all(target_os = "linux", target_env = "gnu")) { 16_384 } else { 2_048 };

/// ZMQ_XPUB_MANUAL_LAST_VALUE, which is a draft that every libzmq takes.
const MANUAL_LAST_VALUE: c_int = 98;

/// How many bytes the largest number among the options has.
const NUMBER: usize = 8;

pub(crate) struct Core {
    // Before `context`: the socket is closed first, so that the context does not wait for it.
    raw: RawSocket,
    context: Option<Context>,
    kind: SocketType,
    /// ZMQ_FD, which stays the same; asked for at once, since after a shutdown it cannot be.
    descriptor: Descriptor,
    /// It has connected through a SOCKS proxy, and this libzmq may not survive that it is closed; see `leave_open`.
    pub(super) proxied: Cell<bool>,
    /// XPUB_MANUAL, if it ever was on.
    manual: Cell<Option<bool>>,
    pub(super) held: Held,
    pub(super) endpoints: RefCell<Endpoints>,
    pub(super) connect_ids: RefCell<ConnectIds>,
    pub(super) security: Security,
    monitor: RefCell<Option<Arc<MonitorLink>>>,
}

impl Core {
    pub(super) fn new(raw: RawSocket, context: Option<Context>, kind: SocketType) -> Result<Self> {
        Self::with_descriptor(raw, context, kind, None)
    }

    /// `descriptor` is what it was once: good only if libzmq tells no more, since the address may be another socket's by now.
    pub(super) fn with_descriptor(
        raw: RawSocket,
        context: Option<Context>,
        kind: SocketType,
        descriptor: Option<Descriptor>,
    ) -> Result<Self> {
        let mut bytes = [0; size_of::<Descriptor>()];
        match (raw.get(sys::ZMQ_FD, &mut bytes), descriptor) {
            (Err(Errno::TERMINATED), Some(descriptor)) => bytes = descriptor.to_ne_bytes(),
            (answer, _) => {
                answer.map_err(|errno| Error::new(Operation::Socket, errno))?;
            }
        }
        if let Some(context) = &context {
            context.socket_opened();
        }
        // What it sends may be a subscription.
        raw.mark(State::LOOKED_AT, kind == SocketType::Xsub);
        Ok(Self {
            raw,
            context,
            kind,
            proxied: Cell::new(false),
            descriptor: Descriptor::from_ne_bytes(bytes),
            manual: Cell::new(None),
            held: Held::default(),
            endpoints: RefCell::default(),
            connect_ids: RefCell::default(),
            security: Security::default(),
            monitor: RefCell::default(),
        })
    }

    #[inline]
    pub(crate) fn raw(&self) -> &RawSocket {
        &self.raw
    }

    pub(super) fn raw_mut(&mut self) -> &mut RawSocket {
        &mut self.raw
    }

    pub(crate) fn context(&self) -> Option<&Context> {
        self.context.as_ref()
    }

    pub(crate) fn kind(&self) -> SocketType {
        self.kind
    }

    /// An error of the socket, with what a person should know about it.
    #[cold]
    pub(crate) fn error(&self, operation: Operation, errno: Errno) -> Error {
        if errno == Errno::INTERRUPTED && !self.raw.is_ours() {
            return Error::forked(operation);
        }
        if errno == Errno::BUSY {
            let help = "the owner of a message used the very socket whose call has just dropped it";
            return Error::new(operation, errno).with_help(help);
        }
        let error = Error::new(operation, errno);
        match error.kind() {
            ErrorKind::InvalidArgument if self.kind == SocketType::Xsub && operation == Operation::Send => {
                error.with_help(too_long())
            }
            ErrorKind::WrongState => self.explain_state(error),
            ErrorKind::NotSupported => {
                let error = error.with_target(self.kind.to_string());
                match operation {
                    Operation::Send => error.with_help(format!("{} sockets only receive", self.kind)),
                    Operation::Recv => error.with_help(format!("{} sockets only send", self.kind)),
                    _ => error,
                }
            }
            ErrorKind::HostUnreachable => error.with_target(self.kind.to_string()).with_help(
                "no peer has the routing id that the first frame says: it never connected, is gone, or has another one",
            ),
            _ => error,
        }
    }

    fn explain_state(&self, error: Error) -> Error {
        let help = match (self.kind, error.operation()) {
            (SocketType::Req, Operation::Send) => {
                "a REQ waits for the reply before it sends again: recv first \
                 (REQ_RELAXED lifts this; DEALER and ROUTER have no lockstep)"
            }
            (SocketType::Req, Operation::Recv) => {
                "a REQ receives the reply to what it sent: send first (DEALER and ROUTER have no lockstep)"
            }
            (SocketType::Rep, Operation::Send) => {
                "a REP answers what it received: recv first (DEALER and ROUTER have no lockstep)"
            }
            (SocketType::Rep, Operation::Recv) => {
                "a REP answers before it receives again: send the reply first (DEALER and ROUTER have no lockstep)"
            }
            _ => return error,
        };
        error.with_target(self.kind.to_string()).with_help(help)
    }

    /// Whether nothing has to be thought of before libzmq is called, but the flags of `plain_flags`.
    #[inline(always)]
    pub(super) fn is_plain(&self, side: Side) -> bool {
        let not_plain = match side {
            Side::Send => State::NO_PLAIN_SEND,
            Side::Recv => State::NO_PLAIN_RECV,
        };
        !self.raw.is(not_plain) && self.raw.is_likely_ours()
    }

    /// What a plain call is made with. Where there is a timeout it does not wait: before that the clock would have to be looked at.
    #[inline(always)]
    pub(super) fn plain_flags(&self, side: Side, flags: c_int) -> c_int {
        flags | if side.timed(&self.raw) { sys::ZMQ_DONTWAIT } else { 0 }
    }

    /// What becomes of a plain call with these flags, `plain_flags` aside, that failed: it may have to wait, or to be made again after a signal.
    #[inline(always)]
    pub(super) fn not_plain(
        &self,
        side: Side,
        flags: c_int,
        errno: Errno,
        attempt: impl FnMut(&RawSocket, c_int) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        match errno {
            Errno::INTERRUPTED => self.waiting(side, flags, attempt),
            Errno::AGAIN if flags & sys::ZMQ_DONTWAIT == 0 && side.timed(&self.raw) => {
                self.waiting_from_now(side, flags, attempt)
            }
            errno => Err(errno),
        }
    }

    /// Does what may wait, `attempt`ed with libzmq's flags, until it is done or its time is over; signals do not end it.
    #[inline(always)]
    pub(super) fn waiting(
        &self,
        side: Side,
        flags: c_int,
        mut attempt: impl FnMut(&RawSocket, c_int) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        if !self.raw.is_likely_ours() {
            return Err(Errno::INTERRUPTED);
        }
        if side.timed(&self.raw) {
            return self.waiting_timed(side, flags, attempt);
        }
        match attempt(&self.raw, flags) {
            Err(Errno::INTERRUPTED) => self.interrupted(side, flags, None, attempt),
            other => other,
        }
    }

    /// A wait that ends by itself must know when it began; but the clock is looked at only if there is something to wait for.
    #[inline(never)]
    fn waiting_timed(
        &self,
        side: Side,
        flags: c_int,
        mut attempt: impl FnMut(&RawSocket, c_int) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        match self.retry(|| attempt(&self.raw, flags | sys::ZMQ_DONTWAIT)) {
            Err(Errno::AGAIN) if flags & sys::ZMQ_DONTWAIT == 0 => self.waiting_from_now(side, flags, attempt),
            other => other,
        }
    }

    /// As `waiting_timed`, after the first attempt, which did not wait.
    fn waiting_from_now(
        &self,
        side: Side,
        flags: c_int,
        mut attempt: impl FnMut(&RawSocket, c_int) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let started = Instant::now();
        match attempt(&self.raw, flags) {
            Err(Errno::INTERRUPTED) => self.interrupted(side, flags, Some(started), attempt),
            other => other,
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn interrupted(
        &self,
        side: Side,
        flags: c_int,
        started: Option<Instant>,
        mut attempt: impl FnMut(&RawSocket, c_int) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let Some(started) = started else {
            loop {
                // To a forked child libzmq answers EINTR for ever.
                if !self.raw.is_ours() {
                    return Err(Errno::INTERRUPTED);
                }
                match attempt(&self.raw, flags) {
                    Err(Errno::INTERRUPTED) => {}
                    other => return other,
                }
            }
        };
        let limit = Timeout::from(self.raw.get_int(side.option())?);
        let deadline = limit.as_duration().and_then(|limit| started.checked_add(limit));
        self.until(side, flags, deadline, attempt)
    }

    /// As `waiting`, for at most `timeout` whatever SNDTIMEO or RCVTIMEO say.
    pub(super) fn waiting_for(
        &self,
        side: Side,
        timeout: Timeout,
        flags: c_int,
        mut attempt: impl FnMut(&RawSocket, c_int) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        // Without waiting, too, it may be a signal that it was ended by.
        match self.retry(|| attempt(&self.raw, flags | sys::ZMQ_DONTWAIT)) {
            Err(Errno::AGAIN) if !timeout.is_zero() => {}
            other => return other,
        }
        self.until(side, flags, timeout.deadline(), attempt)
    }

    /// Waits until a deadline by giving the socket what is left as its own timeout, and its old one back afterwards. (To poll
    /// and then try would spin where a ROUTER can send to some peer, but not to this one.)
    fn until(
        &self,
        side: Side,
        flags: c_int,
        deadline: Option<Instant>,
        mut attempt: impl FnMut(&RawSocket, c_int) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let usual = self.raw.get_int(side.option())?;
        let answer = loop {
            if !self.raw.is_ours() {
                break Err(Errno::INTERRUPTED);
            }
            let rest = Timeout::until(deadline);
            if let Err(errno) = self.raw.set_int(side.option(), rest.as_millis()) {
                break Err(errno);
            }
            match attempt(&self.raw, flags) {
                Err(Errno::INTERRUPTED) => {}
                other => break other,
            }
        };
        // It fails only when the context was shut down, and then no timeout matters any more.
        let _ = self.raw.set_int(side.option(), usual);
        answer
    }

    /// Reads an option of any length.
    pub(crate) fn get_bytes(&self, option: c_int, capacity: usize) -> Result<Vec<u8>, Errno> {
        /// Longer than any option: endpoints and names are all that has no limit of its own.
        const LONGEST: usize = 1 << 20;
        let mut size = capacity;
        loop {
            let mut buffer = vec![0; size];
            match self.get_into(option, &mut buffer) {
                // Texts that do not fit are EINVAL, as everything else is.
                Err(Errno::INVALID) if capacity >= 256 && size < LONGEST => size *= 8,
                Err(errno) => return Err(errno),
                Ok(length) => {
                    buffer.truncate(length);
                    return Ok(buffer);
                }
            }
        }
    }

    /// Reads an option, and answers how many bytes of `buffer` are its value.
    pub(crate) fn get_into(&self, option: c_int, buffer: &mut [u8]) -> Result<usize, Errno> {
        if !self.raw.is_likely_ours() {
            return Err(Errno::INTERRUPTED);
        }
        let length = loop {
            match self.raw.get(option, buffer) {
                Err(Errno::INTERRUPTED) if self.raw.is_ours() => {}
                answer => break answer?,
            }
        };
        if self.is_held() {
            self.held.correct(option, &mut buffer[..length]);
        }
        Ok(length)
    }

    /// Sets an option by its row.
    pub(crate) fn set(&self, row: &Row, value: &Encoded) -> Result<()> {
        if row.number == sys::ZMQ_CONNECT_ROUTING_ID {
            self.connect_ids.borrow_mut().set_next(value.as_bytes().unwrap_or_default());
            return Ok(());
        }
        if row.number == sys::ZMQ_ROUTING_ID && value.as_bytes().is_some_and(|id| id.first() == Some(&0)) {
            // The process would end when a ROUTER makes up the same one (socket_base.cpp, `add_out_pipe`).
            let help = "a routing id cannot begin with a zero byte: such ids are those that a ROUTER makes up";
            return Err(Error::invalid(Operation::Set, help).with_target(row.name));
        }
        if row.number == sys::ZMQ_SUBSCRIBE && value.as_bytes().is_some_and(|topic| topic.len() > MAX_TOPIC) {
            return Err(Error::invalid(Operation::Set, too_long()).with_target(row.name));
        }
        let on = || value.as_bytes().is_some_and(|value| value.iter().any(|byte| *byte != 0));
        let is_manual = matches!(row.number, sys::ZMQ_XPUB_MANUAL | MANUAL_LAST_VALUE);
        if is_manual && self.manual.get() == Some(false) && on() {
            // Who subscribed last is forgotten only while it is on, and used when it is on again (xpub.cpp, `xpipe_terminated`).
            let help = "it was on before, and libzmq may then use a subscriber that is gone: make another socket";
            return Err(Error::invalid(Operation::Set, help).with_target(row.name));
        }
        self.retry(|| self.raw.set(row.number, value.as_bytes())).map_err(|errno| match errno {
            Errno::INTERRUPTED => Error::forked(Operation::Set).with_target(row.name),
            errno => row.explain(Operation::Set, errno),
        })?;
        if row.number == sys::ZMQ_ROUTER_RAW {
            self.security.set_raw(on());
        }
        if is_manual && (on() || self.manual.get().is_some()) {
            self.manual.set(Some(on()));
        }
        Ok(())
    }

    /// Reads an option by its row.
    pub(crate) fn get<C: Codec>(&self, row: &Row) -> Result<C::Value> {
        let fail = |errno| match errno {
            Errno::INTERRUPTED => Error::forked(Operation::Get).with_target(row.name),
            errno => row.explain(Operation::Get, errno),
        };
        if C::CAPACITY <= NUMBER {
            // A number needs no memory of its own.
            let mut buffer = [0; NUMBER];
            let length = self.get_into(row.number, &mut buffer[..C::CAPACITY]).map_err(fail)?;
            return C::decode(&buffer[..length]).map_err(|fault| fault.explain(Operation::Get, row.name));
        }
        let bytes = self.get_bytes(row.number, C::CAPACITY).map_err(fail)?;
        // It may be a key or a password.
        let bytes = Zeroizing::new(bytes);
        C::decode(&bytes).map_err(|fault| fault.explain(Operation::Get, row.name))
    }

    pub(super) fn set_linger(&self, linger: Timeout) -> Result<()> {
        let answer = self.raw.set_int(sys::ZMQ_LINGER, linger.as_millis());
        answer.map_err(|errno| self.error(Operation::Set, errno).with_target("LINGER"))
    }

    pub(crate) fn last_endpoint(&self) -> Result<String, Errno> {
        let bytes = self.get_bytes(sys::ZMQ_LAST_ENDPOINT, 256)?;
        Text::<0, false>::decode(&bytes).map_err(|_| Errno::INVALID)
    }

    pub(super) fn descriptor(&self) -> Descriptor {
        self.descriptor
    }

    pub(super) fn close(mut self) -> Result<()> {
        self.before_close();
        self.leave_open();
        let closed = self.raw.close();
        closed.map_err(|errno| Error::new(Operation::Close, errno))
    }

    /// Leaves a socket that has connected through a SOCKS proxy open until the process ends, and its context with it. If the proxy
    /// does not answer at that moment, closing would make the I/O thread remove the same descriptor twice, and abort
    /// (socks_connecter.cpp: `error` does not clear `_handle`, and `process_term` removes it again). The bundled libzmq is mended, but on Windows.
    fn leave_open(&mut self) {
        if self.proxied.get() && self.raw.is_owned() {
            self.raw.disown();
            std::mem::forget(self.context.clone());
        }
    }

    pub(crate) fn is_monitored(&self) -> bool {
        self.monitor.borrow().as_ref().is_some_and(|link| link.is_active())
    }

    pub(crate) fn set_monitor(&self, link: &Arc<MonitorLink>) {
        *self.monitor.borrow_mut() = Some(Arc::clone(link));
    }

    pub(crate) fn disable_monitor(&self) {
        if let Some(link) = self.monitor.take() {
            link.stop();
        }
    }

    fn before_close(&self) {
        // What happens to its connections while it closes is reported, too.
        match self.monitor.take() {
            Some(link) if self.raw.is_owned() => link.cut(),
            Some(link) => drop(link.stop()),
            None => {}
        }
        #[cfg(unix)]
        if self.raw.is_ours() && self.raw.is_owned() {
            self.endpoints.borrow_mut().give_back(None);
        }
        let Some(context) = &self.context else { return };
        if !self.raw.is_ours() {
            return;
        }
        if let Some(linger) = context.closing_linger().filter(|_| self.raw.is_owned()) {
            // Too late if the socket has seen the shutdown; then its own LINGER counts.
            let _ = self.raw.set_int(sys::ZMQ_LINGER, linger.as_millis());
        }
        self.endpoints.borrow_mut().forget_names(context);
    }
}

fn too_long() -> String {
    format!("a topic has at most {MAX_TOPIC} bytes: libzmq does not survive a much longer one")
}

impl Drop for Core {
    fn drop(&mut self) {
        self.before_close();
        self.leave_open();
        let ours = self.raw.is_ours();
        let _ = self.raw.close();
        if let Some(context) = self.context.as_ref().filter(|_| ours && !self.proxied.get()) {
            context.socket_closed();
        }
    }
}

/// What a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Send,
    Recv,
}

impl Side {
    const fn option(self) -> c_int {
        match self {
            Self::Send => sys::ZMQ_SNDTIMEO,
            Self::Recv => sys::ZMQ_RCVTIMEO,
        }
    }

    #[inline]
    fn timed(self, raw: &RawSocket) -> bool {
        match self {
            Self::Send => raw.send_timed(),
            Self::Recv => raw.recv_timed(),
        }
    }
}
