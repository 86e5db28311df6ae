//! A lock for what is held for a moment only.

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::Process;

/// A value that threads take turns with, each for the time of a call that does not wait.
///
/// It differs from a `Mutex` in what a call of libzmq leaves time for: to unlock is one plain store, and who has it locked can be told
/// from others, so that a thread that comes again, from within its own turn, is refused and not stopped for ever. For that, who finds it
/// locked tries again and again, giving way in between; nothing is promised about the order.
pub(crate) struct Turns<T> {
    /// The thread that has it, by a number that is not 0; 0 if none.
    holder: AtomicUsize,
    process: Process,
    value: UnsafeCell<T>,
}

// SAFETY: only the holder's thread gets to the value, and one thread at a time is the holder; what it leaves behind is seen by the next
// one, since that reads with Acquire what this one stored with Release. So it is as if the value were sent from one to the other.
unsafe impl<T: Send> Sync for Turns<T> {}

/// A number that no other thread has at the same time, and that is not 0.
#[inline]
fn this_thread() -> usize {
    thread_local!(static PLACE: u8 = const { 0 });
    PLACE.with(|place| std::ptr::from_ref(place).addr())
}

impl<T> Turns<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { holder: AtomicUsize::new(0), process: Process::current(), value: UnsafeCell::new(value) }
    }

    pub(crate) fn into_inner(self) -> T {
        self.value.into_inner()
    }

    /// The value, once it is nobody else's turn. `None` if it is this thread's already.
    #[inline]
    pub(crate) fn take(&self) -> Option<Turn<'_, T>> {
        let thread = this_thread();
        let taken = self.holder.compare_exchange(0, thread, Ordering::Acquire, Ordering::Relaxed);
        if taken.is_ok() || self.wait(thread) { Some(Turn(self, PhantomData)) } else { None }
    }

    /// Takes it when it is free; `false` if that would be never.
    #[cold]
    fn wait(&self, thread: usize) -> bool {
        let mut tries = 0_u32;
        loop {
            match self.holder.compare_exchange_weak(0, thread, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return true,
                // Only this thread stores that.
                Err(holder) if holder == thread => return false,
                // The holder stayed behind in the process that forked this one.
                Err(_) if !self.process.is_this() => return false,
                Err(_) => {}
            }
            match tries {
                0..64 => std::hint::spin_loop(),
                64..256 => std::thread::yield_now(),
                // The holder is not running, or copies a large message.
                _ => std::thread::sleep(Duration::from_micros(20)),
            }
            tries = tries.saturating_add(1);
        }
    }
}

/// The value, for as long as this is there. It stays with its thread, and is not shared: `T` need not be `Sync`.
pub(crate) struct Turn<'a, T>(&'a Turns<T>, PhantomData<*mut ()>);

impl<T> Deref for Turn<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: this thread is the holder, and has no other `Turn`, so nobody has a mutable reference; see `take`.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for Turn<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, and by the borrow of this one nobody has a shared reference, either.
        unsafe { &mut *self.0.value.get() }
    }
}

impl<T> Drop for Turn<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.0.holder.store(0, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::Turns;

    #[test]
    fn one_at_a_time_and_not_again_within() {
        // Miri looks at each step.
        let rounds = if cfg!(miri) { 100 } else { 50_000 };
        let turns = Turns::new((0_u64, 0_u64));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..rounds {
                        let mut turn = turns.take().unwrap();
                        let (first, second) = &mut *turn;
                        *first += 1;
                        assert!(turns.take().is_none());
                        *second += 1;
                        assert_eq!(first, second);
                    }
                });
            }
        });
        assert_eq!(turns.into_inner(), (4 * rounds, 4 * rounds));
    }

    #[test]
    fn a_panic_does_not_keep_it() {
        let turns = Turns::new(1);
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _turn = turns.take().unwrap();
            std::panic::resume_unwind(Box::new(()));
        }));
        assert!(panicked.is_err());
        assert_eq!(*turns.take().unwrap(), 1);
    }
}
