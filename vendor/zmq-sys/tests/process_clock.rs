//! The bundled libzmq measures time by the monotonic clock: setting the wall clock moves no timer.
//!
//! One test a file: it puts itself between libzmq and the C library.
#![cfg(all(target_os = "linux", zmq_vendored))]

mod support;

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use support::Context;
use support::deadline::Deadline;
use zmq_sys::{
    ZMQ_PULL, ZMQ_RCVTIMEO, zmq_stopwatch_start, zmq_stopwatch_stop, zmq_timers_add, zmq_timers_destroy,
    zmq_timers_new, zmq_timers_timeout,
};

static WALL_CLOCK_READS: AtomicU32 = AtomicU32::new(0);

/// Takes the C library's place for everything linked statically, and moves the wall clock an hour a call.
///
/// # Safety
///
/// `time` must be valid for writes.
// SAFETY: the C library's own has this name and signature, and nothing else in this program defines it.
#[unsafe(no_mangle)]
unsafe extern "C" fn gettimeofday(time: *mut libc::timeval, _zone: *mut c_void) -> c_int {
    let hours = WALL_CLOCK_READS.fetch_add(1, Ordering::Relaxed);
    let time_now = libc::timeval { tv_sec: 1_700_000_000 + 3600 * libc::time_t::from(hours), tv_usec: 0 };
    // SAFETY: the caller passes a place for the time.
    unsafe { time.write(time_now) };
    0
}

unsafe extern "C" fn ignore(_id: c_int, _argument: *mut c_void) {}

#[test]
fn timeouts_do_not_follow_the_wall_clock() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let socket = context.socket(ZMQ_PULL);
    // Other libraries may have read it while they started.
    let before = WALL_CLOCK_READS.load(Ordering::Relaxed);
    let mut time = libc::timeval { tv_sec: 0, tv_usec: 0 };
    // SAFETY: a place for the time; no zone is asked for.
    let direct = unsafe { libc::gettimeofday(&raw mut time, ptr::null_mut()) };
    assert_eq!(direct, 0);
    assert_eq!(WALL_CLOCK_READS.load(Ordering::Relaxed), before + 1, "the replacement is in place");

    socket.set(ZMQ_RCVTIMEO, 50).expect("RCVTIMEO");
    let start = Instant::now();
    assert_eq!(socket.recv().err(), Some(libc::EAGAIN));
    assert!(start.elapsed() >= Duration::from_millis(49), "{:?}", start.elapsed());

    // SAFETY: takes nothing.
    let mut timers = unsafe { zmq_timers_new() };
    // SAFETY: live timers; the handler does nothing, and with no argument.
    let timer = unsafe { zmq_timers_add(timers, 60_000, Some(ignore), ptr::null_mut()) };
    assert_ne!(timer, -1);
    // SAFETY: live timers.
    let timeout = unsafe { zmq_timers_timeout(timers) };
    assert!((1..=60_000).contains(&timeout), "{timeout}");
    // SAFETY: live timers, which the call sets to NULL.
    unsafe { zmq_timers_destroy(&raw mut timers) };

    // SAFETY: takes nothing.
    let watch = unsafe { zmq_stopwatch_start() };
    // SAFETY: a running stopwatch, freed by the call.
    let microseconds = unsafe { zmq_stopwatch_stop(watch) };
    assert!(microseconds < 10_000_000, "{microseconds}");

    assert_eq!(WALL_CLOCK_READS.load(Ordering::Relaxed), before + 1, "libzmq read the wall clock");
}
