//! A message that fills huge pages is backed by them, and nothing else is (`build/mends/huge.patch`).
//!
//! One test a file: the function of the C library by which libzmq asks for that is this process's own.
#![cfg(all(target_os = "linux", zmq_vendored))]

mod support;

use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use support::deadline::Deadline;
use support::{Context, Message};
use zmq_sys::{ZMQ_PULL, ZMQ_PUSH};

/// What the system was asked to back by huge pages.
static ASKED: Mutex<Vec<Range<usize>>> = Mutex::new(Vec::new());
/// Whether the system is one that has none.
static HAS_NONE: AtomicBool = AtomicBool::new(false);

fn set_errno(number: c_int) {
    // SAFETY: takes nothing.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: it is this thread's own, and lives as long as the thread.
    unsafe { errno.write(number) };
}

/// What libzmq calls.
///
/// # Safety
///
/// As the C library's.
#[unsafe(no_mangle)]
unsafe extern "C" fn madvise(address: *mut c_void, size: usize, advice: c_int) -> c_int {
    if advice == libc::MADV_HUGEPAGE {
        ASKED.lock().expect("nothing panics in between").push(address.addr()..address.addr() + size);
        if HAS_NONE.load(Ordering::Relaxed) {
            set_errno(libc::EINVAL);
            return -1;
        }
    }
    // SAFETY: what the caller is asked for is passed on.
    let result = unsafe { libc::syscall(libc::SYS_madvise, address, size, advice) };
    c_int::try_from(result).expect("0 or -1")
}

fn asked() -> Vec<Range<usize>> {
    std::mem::take(&mut *ASKED.lock().expect("nothing panics in between"))
}

const HUGE: usize = 2 << 20;

/// The whole huge pages of a message, if it has any.
fn full(message: &mut Message) -> Option<Range<usize>> {
    let bytes = message.bytes().as_ptr_range();
    let range = bytes.start.addr().next_multiple_of(HUGE)..bytes.end.addr() / HUGE * HUGE;
    (!range.is_empty()).then_some(range)
}

#[test]
fn what_a_message_fills_is_of_huge_pages() {
    let _deadline = Deadline::seconds(60);

    for size in [0, 1000, 65_536, HUGE - 1, HUGE, 3 * HUGE / 2, 2 * HUGE - 1, 2 * HUGE, 4 * HUGE + 1, 32 * HUGE] {
        // Whatever lies before them.
        let others: Vec<Vec<u8>> = (1..4).map(|number| vec![1; number * 100_000]).collect();
        for _ in &others {
            let mut message = Message::with_size(size);
            assert_eq!(asked(), Vec::from_iter(full(&mut message)), "{size}");
            assert!(full(&mut message).is_some() || size < 2 * HUGE, "{size}");
        }
    }

    // Where the system has none nothing changes, not even the last error.
    HAS_NONE.store(true, Ordering::Relaxed);
    set_errno(libc::EDOM);
    let mut message = Message::with_size(2 * HUGE);
    assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::EDOM));
    assert_eq!(asked(), Vec::from_iter(full(&mut message)));
    HAS_NONE.store(false, Ordering::Relaxed);

    // Sent, and received.
    let bytes: Vec<u8> = (0..5 * HUGE + 7).map(|at| (at / 5) as u8).collect();
    for endpoint in ["tcp://127.0.0.1:*", "ipc://*"] {
        let context = Context::new();
        let (push, pull) = (context.socket(ZMQ_PUSH), context.socket(ZMQ_PULL));
        push.connect(&pull.bind(endpoint).expect("bind")).expect("connect");
        push.send(&bytes).expect("send");
        let mut message = pull.recv().expect("recv");
        assert!(message.bytes() == bytes, "{endpoint}");
        let asked = asked();
        assert_eq!((asked.len(), asked.last()), (2, full(&mut message).as_ref()), "{endpoint}");
    }
}
