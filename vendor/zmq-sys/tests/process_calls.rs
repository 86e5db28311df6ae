//! A thread that waits for a message does not ask the system which process it is (`build/mends/calls.patch`).
//!
//! One test a file: what the thread may ask is settled for good.
#![cfg(all(target_os = "linux", zmq_vendored))]

mod support;

use std::thread;

use support::deadline::Deadline;
use support::{Context, Socket};
use zmq_sys::{ZMQ_REP, ZMQ_REQ};

/// From now on the system answers this thread's `getpid` with an error, which libzmq would take for another process.
fn refuse_getpid() {
    let load = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    let is_equal = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    let answer = (libc::BPF_RET | libc::BPF_K) as u16;
    let number = u32::try_from(libc::SYS_getpid).expect("a number of a call");
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    // The number of the call is the first word of what the filter sees.
    let mut steps = [
        step(load, 0, 0, 0),
        step(is_equal, 0, 1, number),
        step(answer, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        step(answer, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: steps.len() as u16, filter: steps.as_mut_ptr() };
    // SAFETY: only whole numbers are given.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    // SAFETY: the kernel copies the program, which is as long as it says.
    let filtered = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
    assert_eq!(filtered, 0, "{}", std::io::Error::last_os_error());
    // SAFETY: it takes nothing.
    assert_eq!(unsafe { libc::syscall(libc::SYS_getpid) }, -1, "it is refused");
}

fn exchange(server: &Socket<'_>, client: &Socket<'_>) {
    client.send(b"ping").expect("send");
    assert_eq!(server.recv().expect("recv").bytes(), b"ping");
    server.send(b"pong").expect("send");
    assert_eq!(client.recv().expect("recv").bytes(), b"pong");
}

#[test]
fn waiting_asks_for_no_process() {
    let _deadline = Deadline::seconds(30);
    let context = Context::new();
    // In a thread of its own: `zmq_ctx_term` does ask, and would take itself to be in a forked child, and close what wakes the sockets
    // that are not closed to the end yet.
    let waiting = || {
        let (server, client) = (context.socket(ZMQ_REP), context.socket(ZMQ_REQ));
        client.connect(&server.bind("tcp://127.0.0.1:*").expect("bind")).expect("connect");
        exchange(&server, &client);
        refuse_getpid();
        for _ in 0..100 {
            exchange(&server, &client);
        }
    };
    thread::scope(|scope| scope.spawn(waiting).join()).expect("it waits, and panics at nothing");
}
