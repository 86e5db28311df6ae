//! test_retry_eintr.py: a signal that arrives while a call waits does not end it. Each in a process of its own.
#![allow(unsafe_code, reason = "the standard library sends and handles no signals")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::{child, deadline};
use crate::{PATIENCE, bound_pair, context};

static FIRED: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count(_signal: libc::c_int) {
    FIRED.fetch_add(1, Ordering::AcqRel);
}

/// Has SIGALRM interrupt this thread's calls after 100 ms, once.
fn alarm() {
    // SAFETY: zeros are a `sigaction` with an empty mask and without flags, so that calls are not begun again by the system.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = count as extern "C" fn(libc::c_int) as libc::sighandler_t;
    // SAFETY: `action` is initialised, and its handler only counts, which any context may.
    assert_eq!(unsafe { libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut()) }, 0);
    // SAFETY: no preconditions.
    let thread = unsafe { libc::pthread_self() };
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        // SAFETY: the thread is that of the test, which ends only after it has seen the signal.
        assert_eq!(unsafe { libc::pthread_kill(thread, libc::SIGALRM) }, 0);
    });
}

/// Makes a call that lasts for at least `limit`, and is interrupted.
fn interrupted(limit: Duration, call: impl FnOnce()) {
    alarm();
    let started = Instant::now();
    call();
    let took = started.elapsed();
    while FIRED.load(Ordering::Acquire) == 0 {
        assert!(started.elapsed() < PATIENCE, "the signal comes");
        std::thread::yield_now();
    }
    assert!(took >= limit, "it went on to wait: {took:?}");
}

const LIMIT: Duration = Duration::from_millis(250);

#[test]
fn retry_recv() {
    let _deadline = deadline(60);
    child("recv", 50, || {
        let context = context();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_rcvtimeo(LIMIT).unwrap();
        interrupted(LIMIT, || assert!(pull.recv().unwrap_err().is_again()));
    })
    .succeeds();
}

#[test]
fn retry_send() {
    let _deadline = deadline(60);
    child("send", 50, || {
        let context = context();
        let push = context.socket(zmq::PUSH).unwrap();
        push.set_sndtimeo(LIMIT).unwrap();
        interrupted(LIMIT, || assert!(push.send("buf").unwrap_err().is_again()));
    })
    .succeeds();
}

#[test]
fn retry_poll() {
    let _deadline = deadline(60);
    child("poll", 50, || {
        let context = context();
        let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
        let mut poller = zmq::Poller::new();
        poller.register(&a, zmq::POLLIN).unwrap();
        let sender = std::thread::spawn(move || {
            std::thread::sleep(LIMIT);
            b.send("ping").unwrap();
            b
        });
        interrupted(Duration::ZERO, || assert!(poller.poll(PATIENCE).unwrap().contains(&a)));
        assert_eq!(a.recv().unwrap(), "ping");
        let _b = sender.join().unwrap();
    })
    .succeeds();
}

#[test]
fn retry_term() {
    let _deadline = deadline(60);
    child("term", 50, || {
        let context = zmq::Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.set_linger(LIMIT).unwrap();
        push.connect("tcp://127.0.0.1:9").unwrap();
        push.send("ping").unwrap();
        // libzmq counts in whole milliseconds of its own clock.
        interrupted(LIMIT - Duration::from_millis(20), || {
            drop(push);
            context.term().unwrap();
        });
        assert!(context.is_terminated());
    })
    .succeeds();
}
