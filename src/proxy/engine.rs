//! The loop that passes messages on.
//!
//! Not `zmq_proxy_steerable`: that of 4.3.5 resumes when told to pause and pauses when told to resume, those before it end the process
//! on a command they do not know (proxy.cpp), all of them lose the frame in hand when a signal comes, stop for all when one peer of
//! a ROUTER is gone, and are not to be told anything while they wait for room.

use std::collections::VecDeque;
use std::time::Duration;

use zmq_sys as sys;

use super::handle::{ProxyStatistics, Shared, State, Traffic};
use crate::error::{Errno, Error, Operation, Result};
use crate::message::Message;
use crate::option::{POLLERR, POLLIN, POLLOUT, PollEvents};
use crate::raw::RawPoll;
use crate::socket::Core;
use crate::socket::kind::SocketType;

/// How many messages go one way before it is looked whether there are any for the other, or commands: libzmq's `proxy_burst_size`.
const BURST: usize = 1000;

/// How long to wait at a time for room in a socket that says it has some and has none (an XPUB with XPUB_NODROP), and for room in the
/// capture socket; in between, commands are obeyed.
const PATIENCE: Duration = Duration::from_millis(20);

pub(super) struct Engine<'a> {
    pub(super) frontend: &'a Core,
    pub(super) backend: &'a Core,
    pub(super) capture: Option<&'a Core>,
    pub(super) control: Option<&'a Core>,
    pub(super) shared: &'a Shared,
    /// The frame that goes before what the capture socket gets, for each way.
    pub(super) prefixes: Option<[Message; 2]>,
    pub(super) statistics: ProxyStatistics,
    /// It was told to end in the middle of a message.
    pub(super) ending: bool,
}

/// The two ways through a proxy.
#[derive(Clone, Copy)]
enum Way {
    /// From the frontend to the backend.
    Forth,
    /// From the backend to the frontend.
    Back,
}

/// What a way waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    /// A message.
    In,
    /// Room where it goes.
    Out,
    /// Nothing ever goes this way.
    Never,
}

/// What became of one message.
enum Passed {
    Yes,
    Waits(Waits),
}

/// What became of the first frame of a message.
enum Sent {
    Yes,
    /// Who it was for is not there any more.
    Gone,
    /// There is no room.
    Waits,
}

/// Where passing on has failed.
enum Failed {
    Receiving(Errno),
    Sending(Errno),
    Otherwise(Error),
}

/// What went one way.
#[derive(Default)]
struct Count {
    received: u64,
    received_bytes: u64,
    sent: u64,
    sent_bytes: u64,
}

impl Count {
    #[inline]
    fn add(&mut self, size: usize, reaches: bool) {
        self.received += 1;
        self.received_bytes += size as u64;
        self.sent += u64::from(reaches);
        self.sent_bytes += if reaches { size as u64 } else { 0 };
    }
}

/// Passes one message on, frame by frame, or leaves it where it is.
#[inline(always)]
fn pass(from: &Core, to: &Core, frame: &mut Message, patience: Duration, count: &mut Count) -> Result<Passed, Failed> {
    let size = match from.recv_sized_frame(frame, sys::ZMQ_DONTWAIT) {
        Ok(size) => size,
        Err(Errno::AGAIN) => return Ok(Passed::Waits(Waits::In)),
        Err(errno) => return Err(Failed::Receiving(errno)),
    };
    let mut more = frame.more_mut();
    let reaches = match send_first(to, frame, more, patience) {
        Ok(Sent::Yes) => true,
        Ok(Sent::Gone) => false,
        sent => {
            from.put_back(std::mem::take(frame));
            return sent.map(|_| Passed::Waits(Waits::Out)).map_err(Failed::Sending);
        }
    };
    count.add(size, reaches);
    while more {
        next_frame(from, frame)?;
        more = frame.more_mut();
        let size = frame.len();
        if reaches {
            send_next(to, frame, more)?;
        }
        count.add(size, reaches);
    }
    Ok(Passed::Yes)
}

/// Sends the first frame of a message, without waiting or for at most `patience`.
#[inline(always)]
fn send_first(to: &Core, frame: &mut Message, more: bool, patience: Duration) -> Result<Sent, Errno> {
    let flags = if more { sys::ZMQ_SNDMORE } else { 0 };
    let sent = if patience.is_zero() {
        to.send_frame(frame, flags | sys::ZMQ_DONTWAIT)
    } else {
        to.send_frame_for(frame, patience.into(), flags)
    };
    match sent {
        Ok(()) => Ok(Sent::Yes),
        Err(Errno::AGAIN) => Ok(Sent::Waits),
        // The peer is gone, and nobody else is to suffer from that; or it is a subscription that is too long.
        Err(Errno::HOST_UNREACHABLE) => Ok(Sent::Gone),
        Err(Errno::INVALID) if to.kind() == SocketType::Xsub => Ok(Sent::Gone),
        Err(errno) => Err(errno),
    }
}

/// Sends a further frame. See `send_parts`: a message that was begun goes on without waiting, and if its peer is gone the rest is
/// dropped.
fn send_next(to: &Core, frame: &mut Message, more: bool) -> Result<(), Failed> {
    let more = if more { sys::ZMQ_SNDMORE } else { 0 };
    let dontwait = if to.kind() == SocketType::Pair { sys::ZMQ_DONTWAIT } else { 0 };
    match to.send_frame(frame, more | dontwait) {
        Ok(()) | Err(Errno::AGAIN | Errno::HOST_UNREACHABLE) => Ok(()),
        Err(errno) => Err(Failed::Sending(errno)),
    }
}

/// The next frame of a message that was begun.
fn next_frame(from: &Core, frame: &mut Message) -> Result<(), Failed> {
    match from.recv_frame(frame, sys::ZMQ_DONTWAIT) {
        Ok(()) => Ok(()),
        Err(Errno::AGAIN) => {
            // An XPUB lost the rest; see `recv_rest`.
            *frame = Message::new();
            Ok(())
        }
        Err(errno) => Err(Failed::Receiving(errno)),
    }
}

const FRONTEND: usize = 0;
const BACKEND: usize = 1;
const CONTROL: usize = 2;

impl<'a> Engine<'a> {
    pub(super) fn run(&mut self) -> Result<()> {
        let _running = self.shared.running();
        let same = std::ptr::eq(self.frontend, self.backend);
        let mut poll = RawPoll::new();
        poll.push_socket(self.frontend.raw(), 0);
        // With one socket on both sides the second item is never asked for anything, and the socket is not entered twice.
        if !same {
            poll.push_socket(self.backend.raw(), 0);
        }
        let control = self.control.map(|control| {
            poll.push_socket(control.raw(), POLLIN.as_raw());
            if same { CONTROL - 1 } else { CONTROL }
        });
        let wake = poll.push_descriptor(self.shared.wake.descriptor(), POLLIN.as_raw());
        if !poll.is_ours() {
            return Err(Error::forked(Operation::Proxy));
        }
        let possible = |from: &Core, to: &Core| {
            if from.kind().receives() && to.kind().sends() { Waits::In } else { Waits::Never }
        };
        let mut forth = possible(self.frontend, self.backend);
        let mut back = if same { Waits::Never } else { possible(self.backend, self.frontend) };
        loop {
            let state = self.shared.obey();
            if state == State::Terminated {
                return Ok(());
            }
            let active = state == State::Active;
            let wanted = |receives: Waits, sends: Waits| {
                let wanted = if receives == Waits::In { POLLIN } else { PollEvents::NONE };
                let wanted = if sends == Waits::Out { wanted | POLLOUT } else { wanted };
                // A socket that is asked for nothing would not notice the end of its context.
                if active { wanted | POLLERR } else { POLLERR }
            };
            if same {
                poll.set_events(FRONTEND, wanted(forth, forth).as_raw());
            } else {
                poll.set_events(FRONTEND, wanted(forth, back).as_raw());
                poll.set_events(BACKEND, wanted(back, forth).as_raw());
            }
            let held = |waits, from: &Core| active && waits == Waits::In && from.is_held();
            let held = [held(forth, self.frontend), held(back, self.backend)];
            match poll.poll(if held == [false; 2] { -1 } else { 0 }) {
                Ok(_) => {}
                Err(Errno::INTERRUPTED) if poll.is_ours() => continue,
                Err(Errno::INTERRUPTED) => return Err(Error::forked(Operation::Proxy)),
                Err(errno) => return Err(self.ended(errno)),
            }
            if poll.ready(wake) != 0 {
                // Before it is looked at what was wished for: a wish that comes in between wakes once in vain.
                self.shared.wake.clear();
            }
            if let (Some(control), Some(at)) = (self.control, control) {
                if PollEvents::from_raw(poll.ready(at)).is_readable() {
                    self.obey_control(control)?;
                    continue;
                }
            }
            if !active {
                continue;
            }
            let front = PollEvents::from_raw(poll.ready(FRONTEND));
            let behind = if same { front } else { PollEvents::from_raw(poll.ready(BACKEND)) };
            let ready = |waits, from: PollEvents, to: PollEvents, held| match waits {
                Waits::In => held || from.is_readable(),
                Waits::Out => to.is_writable(),
                Waits::Never => false,
            };
            let is_ready = [ready(forth, front, behind, held[0]), ready(back, behind, front, held[1])];
            if is_ready[0] {
                forth = self.burst(Way::Forth, forth)?;
            }
            if is_ready[1] {
                back = self.burst(Way::Back, back)?;
            }
        }
    }

    /// Passes on what there is, and answers what the way waits for then.
    fn burst(&mut self, way: Way, waited: Waits) -> Result<Waits> {
        let (from, to) = self.sides(way);
        let always = matches!(to.kind(), SocketType::Pub | SocketType::Xpub);
        let plain = self.capture.is_none() && !std::ptr::eq(from, to);
        // One for all: to make and free one each time costs as much as to receive it.
        let mut frame = Message::new();
        let mut count = Count::default();
        let mut pass = |this: &mut Self, patience| {
            if plain {
                pass(from, to, &mut frame, patience, &mut count)
            } else {
                this.pass_whole(way, patience, &mut count)
            }
        };
        let mut round = 0;
        let waits = loop {
            match pass(self, Duration::ZERO) {
                Ok(Passed::Yes) if self.ending => break Ok(Waits::In),
                Ok(Passed::Yes) => {}
                // It said that it had room, or is of a kind that always says so.
                Ok(Passed::Waits(Waits::Out)) if always || (round == 0 && waited == Waits::Out) => {
                    match pass(self, PATIENCE) {
                        Ok(Passed::Yes) => {}
                        Ok(Passed::Waits(until)) => break Ok(until),
                        Err(failed) => break Err(failed),
                    }
                }
                Ok(Passed::Waits(until)) => break Ok(until),
                Err(failed) => break Err(failed),
            }
            round += 1;
            if round == BURST {
                break Ok(Waits::In);
            }
        };
        self.add(way, &count);
        waits.map_err(|failed| match failed {
            Failed::Receiving(errno) => self.failed(way, true, errno),
            Failed::Sending(errno) => self.failed(way, false, errno),
            Failed::Otherwise(error) => error,
        })
    }

    fn sides(&self, way: Way) -> (&'a Core, &'a Core) {
        match way {
            Way::Forth => (self.frontend, self.backend),
            Way::Back => (self.backend, self.frontend),
        }
    }

    fn add(&mut self, way: Way, count: &Count) {
        let (from, to): (&mut Traffic, &mut Traffic) = match way {
            Way::Forth => (&mut self.statistics.frontend, &mut self.statistics.backend),
            Way::Back => (&mut self.statistics.backend, &mut self.statistics.frontend),
        };
        from.received += count.received;
        from.received_bytes += count.received_bytes;
        to.sent += count.sent;
        to.sent_bytes += count.sent_bytes;
        self.shared.publish(&self.statistics);
    }

    /// As `pass`, for what is to be received as a whole before it is sent.
    fn pass_whole(&mut self, way: Way, patience: Duration, count: &mut Count) -> Result<Passed, Failed> {
        let (from, to) = self.sides(way);
        let mut frame = Message::new();
        match from.recv_frame(&mut frame, sys::ZMQ_DONTWAIT) {
            Ok(()) => {}
            Err(Errno::AGAIN) => return Ok(Passed::Waits(Waits::In)),
            Err(errno) => return Err(Failed::Receiving(errno)),
        }
        let mut frames = VecDeque::from([frame]);
        while frames.back_mut().is_some_and(Message::more_mut) {
            let mut frame = Message::new();
            next_frame(from, &mut frame)?;
            frames.push_back(frame);
        }
        let length = frames.len();
        // Between two ROUTERs the sender says in the second frame whom the message is for, and gets that place for itself.
        let routers = from.kind() == SocketType::Router && to.kind() == SocketType::Router;
        let swap = self.prefixes.is_some() && routers && length > 1;
        if swap {
            frames.swap(0, 1);
        }
        let mut copies: Vec<Message> = Vec::new();
        if self.capture.is_some() {
            copies.extend(frames.iter().cloned());
        }
        let mut reaches = true;
        for at in 0..length {
            let Some(mut frame) = frames.pop_front() else { break };
            let more = at + 1 < length;
            let size = frame.len();
            if at == 0 {
                let sent = send_first(to, &mut frame, more, patience);
                if !matches!(sent, Ok(Sent::Yes | Sent::Gone)) {
                    frames.push_front(frame);
                    if swap {
                        frames.swap(0, 1);
                    }
                    frames.into_iter().rev().for_each(|frame| from.put_back(frame));
                    return sent.map(|_| Passed::Waits(Waits::Out)).map_err(Failed::Sending);
                }
                reaches = matches!(sent, Ok(Sent::Yes));
            } else if reaches {
                send_next(to, &mut frame, more)?;
            }
            count.add(size, reaches);
        }
        self.capture(way, copies).map_err(Failed::Otherwise)?;
        Ok(Passed::Yes)
    }

    /// Gives the capture socket a message. As with libzmq everything waits for it; but commands are obeyed, and it is given up if the
    /// proxy is to end.
    fn capture(&mut self, way: Way, frames: Vec<Message>) -> Result<()> {
        let Some(capture) = self.capture else { return Ok(()) };
        let prefix = self.prefixes.as_ref().map(|[forth, back]| match way {
            Way::Forth => forth.clone(),
            Way::Back => back.clone(),
        });
        let mut frames = prefix.into_iter().chain(frames).peekable();
        let mut first = true;
        while let Some(mut frame) = frames.next() {
            let flags = if frames.peek().is_some() { sys::ZMQ_SNDMORE } else { 0 };
            loop {
                match capture.send_frame_for(&mut frame, PATIENCE.into(), flags) {
                    Ok(()) => break,
                    // The rest of a message is not waited for: its receiver is gone.
                    Err(Errno::AGAIN) if !first => break,
                    Err(Errno::AGAIN) => {}
                    Err(errno) => {
                        let target = format!("capture {}", capture.kind());
                        return Err(Error::new(Operation::Proxy, errno).with_target(target));
                    }
                }
                if let Some(control) = self.control {
                    self.obey_control(control)?;
                }
                if self.shared.obey() == State::Terminated {
                    self.ending = true;
                    return Ok(());
                }
            }
            first = false;
        }
        Ok(())
    }

    /// Obeys a command that came by the control socket, if one did, and answers it as libzmq 4.3.5 does: with the statistics, or with
    /// an empty frame. What stands before the command (routing ids, a topic) stands before the answer.
    fn obey_control(&mut self, control: &Core) -> Result<()> {
        let failed = |errno| {
            let target = format!("control {}", control.kind());
            Err(Error::new(Operation::Proxy, errno).with_target(target))
        };
        let mut frames = Vec::new();
        loop {
            let mut frame = Message::new();
            match control.recv_frame(&mut frame, sys::ZMQ_DONTWAIT) {
                Ok(()) => {}
                Err(Errno::AGAIN) => break,
                Err(errno) => return failed(errno),
            }
            let more = frame.more_mut();
            frames.push(frame);
            if !more {
                break;
            }
        }
        let Some(command) = frames.pop() else { return Ok(()) };
        let mut answer = Vec::new();
        match &command[..] {
            b"PAUSE" => self.shared.told(State::Paused),
            b"RESUME" => self.shared.told(State::Active),
            b"TERMINATE" => self.shared.told(State::Terminated),
            b"STATISTICS" => {
                answer.extend(self.statistics.as_numbers().iter().map(|number| Message::from(number.to_ne_bytes())));
            }
            _ => {}
        }
        if !control.kind().sends() {
            return Ok(());
        }
        if answer.is_empty() {
            answer.push(Message::new());
        }
        let mut answer = frames.into_iter().chain(answer).peekable();
        while let Some(mut frame) = answer.next() {
            let more = if answer.peek().is_some() { sys::ZMQ_SNDMORE } else { 0 };
            match control.send_frame(&mut frame, more | sys::ZMQ_DONTWAIT) {
                Ok(()) => {}
                // Who asked is gone.
                Err(Errno::AGAIN | Errno::HOST_UNREACHABLE) => break,
                Err(errno) => return failed(errno),
            }
        }
        Ok(())
    }

    fn failed(&self, way: Way, receiving: bool, errno: Errno) -> Error {
        let (name, core) = match (way, receiving) {
            (Way::Forth, true) | (Way::Back, false) => ("frontend", self.frontend),
            (Way::Forth, false) | (Way::Back, true) => ("backend", self.backend),
        };
        let operation = if receiving { Operation::Recv } else { Operation::Send };
        core.error(operation, errno).with_operation(Operation::Proxy).with_target(format!("{name} {}", core.kind()))
    }

    /// Which of the sockets it was that could not be polled any more.
    fn ended(&self, errno: Errno) -> Error {
        let sockets = [("frontend", Some(self.frontend)), ("backend", Some(self.backend)), ("control", self.control)];
        let mut sockets = sockets.into_iter().filter_map(|(name, core)| Some((name, core?)));
        let target = sockets.find(|(_, core)| core.events().is_err());
        let error = Error::new(Operation::Proxy, errno);
        match target {
            Some((name, core)) => error.with_target(format!("{name} {}", core.kind())),
            None => error,
        }
    }
}
