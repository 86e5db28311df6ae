//! Calling closures after a time, again and again.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Operation, Result};

/// A timer of a [`Timers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimerId(u64);

type Callback<'a> = Box<dyn FnMut(&mut Timers<'a>, TimerId) + 'a>;

struct Timer<'a> {
    interval: Duration,
    /// When it is due, with a number that orders those that are due at once.
    due: (Instant, u64),
    /// Out while it is being called.
    callback: Option<Callback<'a>>,
}

/// Closures that are called after an interval, and again after each.
///
/// Nothing runs by itself: [`timeout`](Self::timeout) says how long until the next is due, which is what to poll for, and
/// [`execute`](Self::execute) calls those that are.
///
/// ```
/// use std::time::Duration;
///
/// # fn main() -> zmq::Result<()> {
/// # let context = zmq::Context::new()?;
/// let socket = context.socket(zmq::PULL)?;
/// let mut poller = zmq::Poller::new();
/// poller.register(&socket, zmq::POLLIN)?;
///
/// let mut beats = 0;
/// let mut timers = zmq::Timers::new();
/// timers.add(Duration::from_millis(5), |timers, id| {
///     beats += 1;
///     if beats == 3 {
///         timers.cancel(id).unwrap();
///     }
/// })?;
/// while !timers.is_empty() {
///     if poller.poll(timers.timeout())?.contains(&socket) {
///         println!("{:?}", socket.recv()?);
///     }
///     timers.execute();
/// }
/// drop(timers);
/// assert_eq!(beats, 3);
/// # Ok(())
/// # }
/// ```
///
/// A closure gets the timers and its own id, and may add, change and cancel any of them, its own, too. What it shares with the loop around
/// it is a `Cell` or `RefCell` that was made before the timers. If it panics, its timer is gone, and those that were due with it are
/// called the next time.
///
/// C: `zmq_timers_new` and what belongs to it. This does the same without it: in C a handler must not change timers (`set_interval` in
/// the middle of `execute` is undefined), an interval of 0 never ends, and libraries before 4.3 have none.
#[doc(alias = "zmq_timers_new")]
#[derive(Default)]
pub struct Timers<'a> {
    timers: HashMap<TimerId, Timer<'a>>,
    queue: BTreeMap<(Instant, u64), TimerId>,
    /// Those that are due and not yet called, if a closure panicked.
    due: VecDeque<TimerId>,
    next: u64,
}

impl<'a> Timers<'a> {
    /// No timers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls the closure each time `interval` is over, from now on.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for an interval of nothing, which would be due for ever, or one longer than a clock
    /// can say.
    ///
    /// C: `zmq_timers_add`.
    #[doc(alias = "zmq_timers_add")]
    pub fn add(&mut self, interval: Duration, callback: impl FnMut(&mut Timers<'a>, TimerId) + 'a) -> Result<TimerId> {
        let due = self.after(interval)?;
        let id = TimerId(due.1);
        self.queue.insert(due, id);
        self.timers.insert(id, Timer { interval, due, callback: Some(Box::new(callback)) });
        Ok(id)
    }

    fn after(&mut self, interval: Duration) -> Result<(Instant, u64)> {
        if interval.is_zero() {
            return Err(Error::invalid(Operation::Timers, "an interval of nothing would be due for ever"));
        }
        let when = Instant::now().checked_add(interval);
        let when = when.ok_or_else(|| Error::invalid(Operation::Timers, format!("{interval:?} is too long")))?;
        self.next += 1;
        Ok((when, self.next))
    }

    /// Ends a timer.
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound) if there is none of that id, or no more.
    ///
    /// C: `zmq_timers_cancel`.
    #[doc(alias = "zmq_timers_cancel")]
    pub fn cancel(&mut self, id: TimerId) -> Result<()> {
        let timer = self.timers.remove(&id).ok_or_else(no_such_timer)?;
        self.queue.remove(&timer.due);
        Ok(())
    }

    /// Gives a timer another interval, which begins now.
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound) if there is none of that id; else as for [`add`](Self::add).
    ///
    /// C: `zmq_timers_set_interval`.
    #[doc(alias = "zmq_timers_set_interval")]
    pub fn set_interval(&mut self, id: TimerId, interval: Duration) -> Result<()> {
        if !self.timers.contains_key(&id) {
            return Err(no_such_timer());
        }
        let due = self.after(interval)?;
        if let Some(timer) = self.timers.get_mut(&id) {
            self.queue.remove(&timer.due);
            timer.interval = interval;
            timer.due = due;
            self.queue.insert(due, id);
        }
        // It was due by the old one.
        self.due.retain(|waiting| *waiting != id);
        Ok(())
    }

    /// Begins a timer's interval anew, so that it is due an interval from now.
    ///
    /// # Errors
    ///
    /// [`NotFound`](ErrorKind::NotFound) if there is none of that id.
    ///
    /// C: `zmq_timers_reset`.
    #[doc(alias = "zmq_timers_reset")]
    pub fn reset(&mut self, id: TimerId) -> Result<()> {
        let interval = self.timers.get(&id).ok_or_else(no_such_timer)?.interval;
        self.set_interval(id, interval)
    }

    /// How long until the next timer is due: nothing if one is, `None` if there is none. As it is, for
    /// [`Poller::poll`](crate::Poller::poll).
    ///
    /// C: `zmq_timers_timeout`.
    #[doc(alias = "zmq_timers_timeout")]
    pub fn timeout(&self) -> Option<Duration> {
        if !self.due.is_empty() {
            return Some(Duration::ZERO);
        }
        let (when, _) = self.queue.keys().next()?;
        Some(when.saturating_duration_since(Instant::now()))
    }

    /// Calls the closures of all timers that are due, the earliest first, and answers how many.
    ///
    /// Each is due again an interval from now. One that was missed for several intervals is called once.
    ///
    /// C: `zmq_timers_execute`.
    #[doc(alias = "zmq_timers_execute")]
    pub fn execute(&mut self) -> usize {
        let now = Instant::now();
        // From before, if a closure panicked.
        let left = self.due.len();
        while let Some((&(when, _), &id)) = self.queue.first_key_value() {
            if when > now {
                break;
            }
            self.queue.pop_first();
            if !self.due.iter().take(left).any(|waiting| *waiting == id) {
                self.due.push_back(id);
            }
            self.next += 1;
            if let Some(timer) = self.timers.get_mut(&id) {
                // It has been added to a clock before, earlier.
                timer.due = (now.checked_add(timer.interval).unwrap_or(now), self.next);
            }
        }
        // Into the queue only now, or an interval shorter than this loop would keep it going.
        for id in &self.due {
            if let Some(timer) = self.timers.get(id) {
                self.queue.insert(timer.due, *id);
            }
        }
        let mut called = 0;
        while let Some(id) = self.due.pop_front() {
            // One that was called before may have cancelled it.
            let Some(mut callback) = self.timers.get_mut(&id).and_then(|timer| timer.callback.take()) else { continue };
            let mut gone_if_it_panics = Calling { timers: self, id, returned: false };
            callback(gone_if_it_panics.timers, id);
            gone_if_it_panics.returned = true;
            drop(gone_if_it_panics);
            if let Some(timer) = self.timers.get_mut(&id) {
                timer.callback = Some(callback);
            }
            called += 1;
        }
        called
    }

    /// How many timers there are.
    pub fn len(&self) -> usize {
        self.timers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.timers.is_empty()
    }
}

/// Cancels a timer whose closure did not return.
struct Calling<'t, 'a> {
    timers: &'t mut Timers<'a>,
    id: TimerId,
    returned: bool,
}

impl Drop for Calling<'_, '_> {
    fn drop(&mut self) {
        if !self.returned {
            // It may have cancelled itself before.
            let _ = self.timers.cancel(self.id);
        }
    }
}

fn no_such_timer() -> Error {
    Error::invalid(Operation::Timers, "there is no such timer, or it was cancelled").with_kind(ErrorKind::NotFound)
}

impl fmt::Debug for Timers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timers").field("len", &self.len()).field("timeout", &self.timeout()).finish()
    }
}
