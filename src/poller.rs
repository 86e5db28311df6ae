//! Waiting for several sockets and descriptors at once.

use std::collections::HashMap;
use std::fmt;
use std::time::Instant;

use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::option::{POLLERR, POLLIN, PollEvents};
use crate::raw::{BorrowedDescriptor, RawPoll, is_open, number};
use crate::socket::Socket;
use crate::socket::kind::{Dynamic, Kind};
use crate::timeout::Timeout;

/// What can be polled: a socket of any kind, or a descriptor of the system.
///
/// It is made from a reference: `(&socket).into()`, `(&stream).into()`, `fd.as_fd().into()` for anything that is `AsFd`; the methods
/// of [`Poller`] and [`Ready`] do that themselves.
///
/// A [`Socket`] is `AsFd`, too, but its descriptor is not what tells whether it can send or receive: give the socket itself.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum PollSource<'a> {
    /// A socket, of whatever kind.
    Socket(&'a Socket<Dynamic>),
    /// A file descriptor.
    #[cfg(unix)]
    Descriptor(std::os::fd::BorrowedFd<'a>),
    /// A `SOCKET` of the system.
    #[cfg(windows)]
    Descriptor(std::os::windows::io::BorrowedSocket<'a>),
}

/// What distinguishes one source from another while both are borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Socket(*mut std::ffi::c_void),
    Descriptor(zmq_sys::zmq_fd_t),
}

impl PollSource<'_> {
    fn key(self) -> Key {
        match self {
            Self::Socket(socket) => Key::Socket(socket.as_ptr()),
            Self::Descriptor(descriptor) => Key::Descriptor(number(descriptor)),
        }
    }
}

/// The same socket or the same descriptor.
impl PartialEq for PollSource<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for PollSource<'_> {}

impl fmt::Debug for PollSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(socket) => socket.fmt(f),
            Self::Descriptor(descriptor) => descriptor.fmt(f),
        }
    }
}

impl<'a, K: Kind> From<&'a Socket<K>> for PollSource<'a> {
    fn from(socket: &'a Socket<K>) -> Self {
        Self::Socket(socket.as_dynamic())
    }
}

impl<'a> From<BorrowedDescriptor<'a>> for PollSource<'a> {
    fn from(descriptor: BorrowedDescriptor<'a>) -> Self {
        Self::Descriptor(descriptor)
    }
}

macro_rules! descriptors {
    ($as:ident: $($type:ty),* $(,)?) => {
        $(impl<'a> From<&'a $type> for PollSource<'a> {
            fn from(descriptor: &'a $type) -> Self {
                Self::Descriptor(descriptor.$as())
            }
        })*
    };
}

#[cfg(unix)]
use std::os::fd::AsFd as _;
#[cfg(unix)]
descriptors! {
    as_fd: std::os::fd::OwnedFd, std::fs::File, std::io::Stdin, std::net::TcpListener, std::net::TcpStream, std::net::UdpSocket,
    std::os::unix::net::UnixListener, std::os::unix::net::UnixStream, std::os::unix::net::UnixDatagram,
    std::process::ChildStdin, std::process::ChildStdout, std::process::ChildStderr,
}
#[cfg(windows)]
use std::os::windows::io::AsSocket as _;
#[cfg(windows)]
descriptors! {
    as_socket: std::os::windows::io::OwnedSocket, std::net::TcpListener, std::net::TcpStream, std::net::UdpSocket,
}

/// Waits until one of several sockets or descriptors is ready.
///
/// What is registered is borrowed: it can be used, but neither closed nor moved while the poller is there. A loop that replaces its
/// sockets makes a poller for each, which costs little; for one socket there is [`Socket::poll`].
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// # let context = zmq::Context::new()?;
/// # let (push, publisher) = (context.socket(zmq::PUSH)?, context.socket(zmq::PUB)?);
/// # push.bind("inproc://tasks")?;
/// # publisher.bind("inproc://weather")?;
/// let receiver = context.socket(zmq::PULL)?;
/// receiver.connect("inproc://tasks")?;
/// let subscriber = context.socket(zmq::SUB)?;
/// subscriber.connect("inproc://weather")?;
/// subscriber.subscribe("")?;
/// # push.send("a task")?;
///
/// let mut poller = zmq::Poller::new();
/// poller.register(&receiver, zmq::POLLIN)?;
/// poller.register(&subscriber, zmq::POLLIN)?;
///
/// let ready = poller.poll(1000)?;                // ms, a Duration, or None: for ever
/// if ready.contains(&receiver) {
///     assert_eq!(receiver.recv_string()?, "a task");
/// }
/// if ready.contains(&subscriber) {
///     println!("{}", subscriber.recv_string()?);
/// }
/// # Ok(())
/// # }
/// ```
///
/// It keeps what it needs between calls, so that a call allocates nothing (libzmq does, beyond 16 sockets). A poller belongs to the
/// thread of its sockets.
///
/// C: `zmq_poll`. pyzmq: `zmq.Poller`.
#[doc(alias = "zmq_poll")]
#[derive(Default)]
pub struct Poller<'a> {
    raw: RawPoll<'a>,
    /// In the order of `raw`.
    sources: Vec<PollSource<'a>>,
    places: HashMap<Key, usize>,
}

impl<'a> Poller<'a> {
    /// A poller of nothing yet.
    pub fn new() -> Self {
        Self { raw: RawPoll::new(), sources: Vec::new(), places: HashMap::new() }
    }

    /// Waits for `events` on a socket or descriptor from now on. What is registered already gets them in place of those that it had;
    /// no events at all ([`PollEvents::NONE`]) take it out, as in pyzmq.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for a descriptor that is closed.
    pub fn register(&mut self, source: impl Into<PollSource<'a>>, events: PollEvents) -> Result<()> {
        let source = source.into();
        let place = self.places.get(&source.key()).copied();
        match (place, source) {
            (Some(place), _) if events.is_empty() => self.remove(place),
            (Some(place), _) => self.raw.set_events(place, events.as_raw()),
            (None, _) if events.is_empty() => {}
            (None, PollSource::Socket(socket)) => {
                self.raw.push_socket(socket.core().raw(), events.as_raw());
                self.added(source);
            }
            (None, PollSource::Descriptor(descriptor)) => {
                if !is_open(descriptor) {
                    let help = "the descriptor is not open: something closed it behind its owner's back";
                    return Err(Error::invalid(Operation::Poll, help).with_target(format!("{source:?}")));
                }
                self.raw.push_descriptor(descriptor, events.as_raw());
                self.added(source);
            }
        }
        Ok(())
    }

    fn added(&mut self, source: PollSource<'a>) {
        self.places.insert(source.key(), self.sources.len());
        self.sources.push(source);
    }

    /// Waits for other events on what is registered.
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound) if it is not.
    pub fn modify(&mut self, source: impl Into<PollSource<'a>>, events: PollEvents) -> Result<()> {
        let source = source.into();
        self.place(source)?;
        self.register(source, events)
    }

    /// Waits for it no more.
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound) if it is not registered.
    pub fn unregister<'s>(&mut self, source: impl Into<PollSource<'s>>) -> Result<()> {
        let place = self.place(source.into())?;
        self.remove(place);
        Ok(())
    }

    /// Where it is, if it is registered.
    fn find(&self, source: PollSource<'_>) -> Option<usize> {
        /// Among so few, to compare is faster than to look up.
        const FEW: usize = 8;
        let key = source.key();
        let found = match key {
            Key::Socket(socket) => self.raw.find_socket(socket, FEW),
            Key::Descriptor(_) => None,
        };
        found.or_else(|| self.places.get(&key).copied())
    }

    fn place(&self, source: PollSource<'_>) -> Result<usize> {
        self.find(source).ok_or_else(|| {
            Error::invalid(Operation::Poll, "it is not registered with this poller")
                .with_kind(ErrorKind::NotFound)
                .with_target(format!("{source:?}"))
        })
    }

    /// Those after it move up, so that the order stays.
    fn remove(&mut self, place: usize) {
        self.raw.remove(place);
        let source = self.sources.remove(place);
        self.places.remove(&source.key());
        for (at, source) in self.sources.iter().enumerate().skip(place) {
            self.places.insert(source.key(), at);
        }
    }

    /// How many sockets and descriptors are registered.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether nothing is registered.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Whether it is registered.
    pub fn contains<'s>(&self, source: impl Into<PollSource<'s>>) -> bool {
        self.places.contains_key(&source.into().key())
    }

    /// What is registered, and for which events, in the order in which it was.
    pub fn sources(&self) -> impl Iterator<Item = (PollSource<'a>, PollEvents)> + '_ {
        self.sources.iter().enumerate().map(|(at, source)| (*source, PollEvents::from_raw(self.raw.events(at))))
    }

    /// Waits until something is ready, for at most `timeout` (ms with -1 for ever, a `Duration`, or `None` for ever). Signals do not
    /// end the wait.
    ///
    /// A descriptor that fails is ready with [`POLLERR`], also if that was not asked for.
    ///
    /// # Errors
    ///
    /// [`ContextTerminated`](ErrorKind::ContextTerminated) if the context of one of the sockets was shut down (a poller of descriptors
    /// alone knows of no context, so nothing but they end its wait); [`InvalidArgument`](ErrorKind::InvalidArgument) if nothing is
    /// registered and the wait would be for ever.
    ///
    /// C: `zmq_poll`. pyzmq: `poller.poll(timeout)`.
    #[doc(alias = "zmq_poll")]
    pub fn poll(&mut self, timeout: impl Into<Timeout>) -> Result<Ready<'_, 'a>> {
        let timeout = timeout.into();
        if self.is_empty() && timeout == Timeout::FOREVER {
            return Err(Error::invalid(Operation::Poll, "nothing is registered, so this would wait for ever"));
        }
        if !self.raw.is_likely_ours() {
            return Err(Error::forked(Operation::Poll));
        }
        let count = self.wait(timeout).map_err(|errno| match errno {
            Errno::INTERRUPTED => Error::forked(Operation::Poll),
            errno => Error::new(Operation::Poll, errno),
        })?;
        Ok(Ready { poller: self, count })
    }

    fn wait(&mut self, timeout: Timeout) -> Result<usize, Errno> {
        // Nobody asks for the time who does not wait.
        let deadline = if timeout.is_zero() { None } else { timeout.deadline() };
        // What was taken from libzmq before it was asked for is ready, which libzmq does not know.
        let held = self.raw.any_held() && self.held().next().is_some();
        let mut rest = if held { Timeout::from(0) } else { timeout };
        loop {
            match self.raw.poll(rest.as_millis().into()) {
                Err(Errno::INTERRUPTED) if !self.raw.is_ours() => return Err(Errno::INTERRUPTED),
                Err(Errno::INTERRUPTED) => {}
                Err(errno) => return Err(errno),
                Ok(_) if held => break,
                // It cannot say more than 24 days in one go.
                Ok(0) if !timeout.is_zero() && deadline.is_none_or(|deadline| Instant::now() < deadline) => {}
                Ok(count) => return Ok(usize::try_from(count).unwrap_or(0)),
            }
            if !held && deadline.is_some() {
                rest = Timeout::until(deadline);
            }
        }
        let places: Vec<usize> = self.held().collect();
        places.into_iter().for_each(|at| self.raw.add_ready(at, POLLIN.as_raw()));
        Ok((0..self.len()).filter(|at| self.raw.ready(*at) != 0).count())
    }

    fn held(&self) -> impl Iterator<Item = usize> + '_ {
        self.sources.iter().enumerate().filter_map(|(at, source)| match source {
            PollSource::Socket(socket) if socket.core().is_held() => {
                PollEvents::from_raw(self.raw.events(at)).is_readable().then_some(at)
            }
            _ => None,
        })
    }
}

impl fmt::Debug for Poller<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.sources()).finish()
    }
}

/// What a [`Poller`] found ready: a list in the order of registration, and a set to ask.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// # let context = zmq::Context::new()?;
/// # let (socket, peer) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
/// # socket.bind("inproc://ready")?;
/// # peer.connect("inproc://ready")?;
/// let mut poller = zmq::Poller::new();
/// poller.register(&socket, zmq::POLLIN | zmq::POLLOUT)?;
/// let ready = poller.poll(None)?;
/// assert!(ready.writable(&socket) && !ready.readable(&socket));
/// for (source, events) in &ready {
///     println!("{source:?}: {events:?}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Ready<'p, 'a> {
    poller: &'p Poller<'a>,
    count: usize,
}

impl<'p, 'a> Ready<'p, 'a> {
    /// How many are ready.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether none is: the time was over.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What it is ready for; nothing if it is not registered.
    pub fn events<'s>(&self, source: impl Into<PollSource<'s>>) -> PollEvents {
        self.poller.find(source.into()).map_or(PollEvents::NONE, |place| self.at(place))
    }

    /// Whether it is ready for anything.
    pub fn contains<'s>(&self, source: impl Into<PollSource<'s>>) -> bool {
        !self.events(source).is_empty()
    }

    /// Whether it is ready with [`POLLIN`].
    pub fn readable<'s>(&self, source: impl Into<PollSource<'s>>) -> bool {
        self.events(source).is_readable()
    }

    /// Whether it is ready with [`POLLOUT`](crate::POLLOUT).
    pub fn writable<'s>(&self, source: impl Into<PollSource<'s>>) -> bool {
        self.events(source).is_writable()
    }

    fn at(&self, place: usize) -> PollEvents {
        if self.count == 0 { PollEvents::NONE } else { PollEvents::from_raw(self.poller.raw.ready(place)) }
    }

    /// What is ready, and for what.
    pub fn iter(&self) -> ReadyIter<'p, 'a> {
        ReadyIter { ready: *self, next: 0 }
    }
}

impl fmt::Debug for Ready<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<'p, 'a> IntoIterator for Ready<'p, 'a> {
    type Item = (PollSource<'a>, PollEvents);
    type IntoIter = ReadyIter<'p, 'a>;

    fn into_iter(self) -> ReadyIter<'p, 'a> {
        self.iter()
    }
}

impl<'p, 'a> IntoIterator for &Ready<'p, 'a> {
    type Item = (PollSource<'a>, PollEvents);
    type IntoIter = ReadyIter<'p, 'a>;

    fn into_iter(self) -> ReadyIter<'p, 'a> {
        self.iter()
    }
}

/// The iterator over [`Ready`].
#[derive(Debug)]
pub struct ReadyIter<'p, 'a> {
    ready: Ready<'p, 'a>,
    next: usize,
}

impl<'a> Iterator for ReadyIter<'_, 'a> {
    type Item = (PollSource<'a>, PollEvents);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(source) = self.ready.poller.sources.get(self.next) {
            let events = self.ready.at(self.next);
            self.next += 1;
            if !events.is_empty() {
                return Some((*source, events));
            }
        }
        None
    }
}

/// Waits until something of `rlist` can be received, of `wlist` can be sent, or of `xlist` has failed, for at most `timeout`; answers
/// the three lists of what is.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// # let context = zmq::Context::new()?;
/// # let (socket, peer) = (context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?);
/// # socket.bind("inproc://select")?;
/// # peer.connect("inproc://select")?;
/// # peer.send("x")?;
/// let (readable, writable, failed) = zmq::select(&[(&socket).into()], &[(&peer).into()], &[], 1000)?;
/// assert_eq!(readable, [(&socket).into()]);
/// assert_eq!(writable, [(&peer).into()]);
/// assert!(failed.is_empty());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As for [`Poller::register`] and [`Poller::poll`].
///
/// pyzmq: `zmq.select`, whose timeout is in seconds; here it is what it is everywhere: ms, a `Duration`, or `None`.
pub fn select<'a>(
    rlist: &[PollSource<'a>],
    wlist: &[PollSource<'a>],
    xlist: &[PollSource<'a>],
    timeout: impl Into<Timeout>,
) -> Result<(Vec<PollSource<'a>>, Vec<PollSource<'a>>, Vec<PollSource<'a>>)> {
    let lists = [(rlist, POLLIN), (wlist, crate::POLLOUT), (xlist, POLLERR)];
    let mut poller = Poller::new();
    for (list, events) in lists {
        for source in list {
            let before = poller.places.get(&source.key()).map(|place| PollEvents::from_raw(poller.raw.events(*place)));
            poller.register(*source, before.unwrap_or(PollEvents::NONE) | events)?;
        }
    }
    let ready = poller.poll(timeout)?;
    let [readable, writable, failed] = lists
        .map(|(list, events)| list.iter().copied().filter(|source| ready.events(*source).contains(events)).collect());
    Ok((readable, writable, failed))
}
