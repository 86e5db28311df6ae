//! More is written and read at once where there is more (`build/mends/batches.patch`).
//!
//! One test a file: the functions of the C library that libzmq calls for it are this process's own.
#![cfg(all(target_os = "linux", zmq_vendored))]

mod support;

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};

use support::deadline::Deadline;
use support::{Context, Socket};
use zmq_sys::{ZMQ_PULL, ZMQ_PUSH, ZMQ_REP, ZMQ_REQ, ZMQ_SNDTIMEO};

static WRITTEN: AtomicUsize = AtomicUsize::new(0);
static READ: AtomicUsize = AtomicUsize::new(0);

/// What libzmq calls to write.
///
/// # Safety
///
/// As the C library's.
#[unsafe(no_mangle)]
unsafe extern "C" fn send(socket: c_int, data: *const c_void, size: usize, flags: c_int) -> isize {
    WRITTEN.fetch_max(size, Ordering::Relaxed);
    // SAFETY: what the caller is asked for is passed on.
    unsafe { libc::sendto(socket, data, size, flags, std::ptr::null(), 0) }
}

/// What libzmq calls to read.
///
/// # Safety
///
/// As the C library's.
#[unsafe(no_mangle)]
unsafe extern "C" fn recv(socket: c_int, data: *mut c_void, size: usize, flags: c_int) -> isize {
    READ.fetch_max(size, Ordering::Relaxed);
    // SAFETY: what the caller is asked for is passed on.
    unsafe { libc::recvfrom(socket, data, size, flags, std::ptr::null_mut(), std::ptr::null_mut()) }
}

/// The most that was written and read at once since the last time.
fn most() -> (usize, usize) {
    (WRITTEN.swap(0, Ordering::Relaxed), READ.swap(0, Ordering::Relaxed))
}

/// Sends until all the queues are full, or that many, and then receives them.
fn stream(push: &Socket<'_>, pull: &Socket<'_>, size: usize, most: usize) {
    let message = vec![1; size];
    let mut sent = 0;
    while sent < most && push.send(&message).is_ok() {
        sent += 1;
    }
    for _ in 0..sent {
        assert_eq!(pull.recv().expect("recv").bytes().len(), size);
    }
}

#[test]
fn more_at_once_while_there_is_more() {
    let _deadline = Deadline::seconds(60);
    let context = Context::new();
    let (server, client) = (context.socket(ZMQ_REP), context.socket(ZMQ_REQ));
    client.connect(&server.bind("tcp://127.0.0.1:*").expect("bind")).expect("connect");
    most();
    for _ in 0..20 {
        client.send(&[1; 1000]).expect("send");
        server.recv().expect("recv");
        server.send(&[1; 1000]).expect("send");
        client.recv().expect("recv");
    }
    let (written, read) = most();
    assert!(written < 1100, "one message: {written}");
    assert_eq!(read, 8 << 10, "the decoder's buffer");
    drop((server, client));

    let (pull, push) = (context.socket(ZMQ_PULL), context.socket(ZMQ_PUSH));
    push.connect(&pull.bind("tcp://127.0.0.1:*").expect("bind")).expect("connect");
    push.set(ZMQ_SNDTIMEO, 100).expect("SNDTIMEO");
    let mut at_once = (0, 0);
    while at_once != (32 << 10, 128 << 10) {
        stream(&push, &pull, 1000, 20_000);
        let (written, read) = most();
        at_once = (written.max(at_once.0), read.max(at_once.1));
        assert!(at_once.0 <= 32 << 10 && at_once.1 <= 128 << 10, "{at_once:?}");
    }

    // What is large is sent from where it is, but for its beginning, and received to where it is, as of the first few.
    stream(&push, &pull, 100_000, 200);
    most();
    stream(&push, &pull, 100_000, 200);
    let (written, read) = most();
    assert!((90_000..100_000).contains(&written), "{written}");
    assert!((90_000..100_000).contains(&read), "{read}");
}
