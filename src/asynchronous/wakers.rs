//! Who waits for a socket.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

use crate::option::PollEvents;

/// What a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Recv,
    Send,
}

impl Side {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Recv => Self::Send,
            Self::Send => Self::Recv,
        }
    }

    pub(super) fn is_ready(self, events: PollEvents) -> bool {
        match self {
            Self::Recv => events.is_readable(),
            Self::Send => events.is_writable(),
        }
    }
}

#[derive(Debug, Default)]
struct Lists {
    next_id: u64,
    /// In the order of their numbers.
    recv: VecDeque<(u64, Waker)>,
    send: VecDeque<(u64, Waker)>,
}

impl Lists {
    fn list(&mut self, side: Side) -> &mut VecDeque<(u64, Waker)> {
        match side {
            Side::Recv => &mut self.recv,
            Side::Send => &mut self.send,
        }
    }
}

/// The tasks that wait for a socket, for each side any number of them.
///
/// A runtime has room for one waker a descriptor, and its notice comes once, to whoever asks the socket first: so it is this that it
/// wakes, and this wakes everyone. Everyone, and not the first only: a task that is woken may have other things to do first.
#[derive(Debug, Default)]
pub(super) struct Wakers {
    lists: Mutex<Lists>,
    /// How many wait, of both sides.
    waiting: AtomicUsize,
    /// The runtime has the waker of this, and has not used it yet.
    armed: AtomicBool,
}

impl Wakers {
    fn lists(&self) -> MutexGuard<'_, Lists> {
        // Nothing that can panic is called while it is locked, but for the allocator.
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody may be waiting.
    #[inline]
    pub(super) fn any(&self) -> bool {
        self.waiting.load(Ordering::Acquire) != 0
    }

    /// Whether somebody waits on that side.
    pub(super) fn waits(&self, side: Side) -> bool {
        self.any() && !self.lists().list(side).is_empty()
    }

    pub(super) fn is_armed(&self) -> bool {
        self.armed.load(Ordering::Acquire)
    }

    pub(super) fn set_armed(&self, armed: bool) {
        self.armed.store(armed, Ordering::Release);
    }

    /// Wakes who waits on a side. They are on no list then; whoever goes on waiting comes again.
    pub(super) fn notify(&self, side: Side) {
        let end = {
            let mut lists = self.lists();
            if lists.list(side).is_empty() {
                return;
            }
            lists.next_id
        };
        // One by one, so that no waker is woken, nor dropped, while the lists are locked; and not those that have come since.
        loop {
            let waker = {
                let mut lists = self.lists();
                match lists.list(side).front() {
                    Some((id, _)) if *id < end => lists.list(side).pop_front().map(|(_, waker)| waker),
                    _ => None,
                }
            };
            let Some(waker) = waker else { return };
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            waker.wake();
        }
    }

    pub(super) fn notify_all(&self) {
        self.notify(Side::Recv);
        self.notify(Side::Send);
    }
}

/// What a runtime wakes when the descriptor becomes readable.
impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.armed.store(false, Ordering::Release);
        self.notify_all();
    }
}

/// The place of one waiting future on a list. Dropping it leaves the list.
#[derive(Debug)]
pub(super) struct Place<'a> {
    wakers: &'a Wakers,
    side: Side,
    id: Option<u64>,
}

impl<'a> Place<'a> {
    pub(super) fn new(wakers: &'a Wakers, side: Side) -> Self {
        Self { wakers, side, id: None }
    }

    /// Has `waker` woken by the next `notify`. To be called before the socket is looked at for the last time.
    pub(super) fn enter(&mut self, waker: &Waker) {
        let mut lists = self.wakers.lists();
        let list = lists.list(self.side);
        let known = self.id.and_then(|id| list.iter_mut().find(|(known, _)| *known == id));
        let old = match known {
            Some((_, old)) if old.will_wake(waker) => return,
            Some((_, old)) => Some(std::mem::replace(old, waker.clone())),
            None => {
                let id = lists.next_id;
                lists.next_id += 1;
                lists.list(self.side).push_back((id, waker.clone()));
                self.id = Some(id);
                self.wakers.waiting.fetch_add(1, Ordering::AcqRel);
                None
            }
        };
        drop(lists);
        drop(old);
    }

    /// Leaves the list.
    pub(super) fn leave(&mut self) {
        let Some(id) = self.id.take() else { return };
        let mut lists = self.wakers.lists();
        let list = lists.list(self.side);
        let waker = list.iter().position(|(known, _)| *known == id).and_then(|at| list.remove(at));
        drop(lists);
        if waker.is_some() {
            self.wakers.waiting.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    use super::{Place, Side, Wakers};

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn each_is_woken_once_and_only_while_it_waits() {
        let wakers = Arc::new(Wakers::default());
        let counts: [Arc<Count>; 3] = Default::default();
        let woken = || counts.each_ref().map(|count| count.0.load(Ordering::Relaxed));
        let [first, second, third] = counts.each_ref().map(|count| Waker::from(Arc::clone(count)));
        let mut receiver = Place::new(&wakers, Side::Recv);
        let mut another = Place::new(&wakers, Side::Recv);
        let mut sender = Place::new(&wakers, Side::Send);
        assert!(!wakers.any());
        receiver.enter(&first);
        receiver.enter(&first);
        another.enter(&second);
        sender.enter(&third);
        assert!(wakers.any());
        wakers.notify(Side::Recv);
        wakers.notify(Side::Recv);
        assert_eq!(woken(), [1, 1, 0]);
        receiver.enter(&first);
        // The task has moved, as in a `select!` that is polled elsewhere.
        receiver.enter(&second);
        drop(another);
        Waker::from(Arc::clone(&wakers)).wake();
        assert_eq!(woken(), [1, 2, 1]);
        assert!(!wakers.any());
        receiver.enter(&first);
        sender.enter(&third);
        receiver.leave();
        drop(sender);
        assert!(!wakers.any());
        wakers.notify_all();
        assert_eq!(woken(), [1, 2, 1]);
    }
}
