//! A signal that must not be missed while a program waits for messages. In C that takes `zmq_ppoll`, a draft, and a signal mask;
//! here a wait outlasts signals, and the pipe that the handler writes to is waited for together with the socket.

use std::io::Read as _;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicI32, Ordering};

use zmq::{Context, Poller};

use crate::expect::{SOON, hears};
use crate::support::{Transport, child, deadline};

/// What the handler writes to.
static PIPE: AtomicI32 = AtomicI32::new(-1);

extern "C" fn note(_signal: libc::c_int) {
    // SAFETY: `write` may be called in a signal handler, and there is one byte to read.
    unsafe { libc::write(PIPE.load(Ordering::Relaxed), b"!".as_ptr().cast(), 1) };
}

fn handle_sigterm() {
    // SAFETY: zeros are a `sigaction` with an empty mask, no flags, and the default handler.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = note as extern "C" fn(libc::c_int) as libc::sighandler_t;
    // SAFETY: `action` is initialised, and its handler calls only what a handler may.
    assert_eq!(unsafe { libc::sigaction(libc::SIGTERM, &action, std::ptr::null_mut()) }, 0);
}

#[test]
fn poll_signals() {
    let _deadline = deadline(60);
    child("poll_signals", 40, || {
        let (mut noted, told) = UnixStream::pair().unwrap();
        PIPE.store(told.as_raw_fd(), Ordering::Relaxed);
        handle_sigterm();

        let context = Context::new().unwrap();
        let (rep, req) = Transport::Tcp.pair(&context, zmq::REP, zmq::REQ);
        let peer = std::thread::spawn(move || {
            req.send("breaker breaker").unwrap();
            hears(&req, ["one-niner"]);
            let process = std::process::id().try_into().unwrap();
            // SAFETY: no preconditions; the process handles the signal.
            assert_eq!(unsafe { libc::kill(process, libc::SIGTERM) }, 0);
            req.send("breaker breaker").unwrap();
            hears(&req, ["one-niner"]);
        });
        hears(&rep, ["breaker breaker"]);
        rep.send("one-niner").unwrap();

        let mut poller = Poller::new();
        poller.register(&rep, zmq::POLLIN).unwrap();
        poller.register(noted.as_fd(), zmq::POLLIN).unwrap();
        let (mut signalled, mut heard) = (false, false);
        while !(signalled && heard) {
            let ready = poller.poll(SOON).unwrap();
            assert!(!ready.is_empty(), "neither the signal nor the message came");
            signalled |= ready.readable(noted.as_fd());
            heard |= ready.readable(&rep);
        }
        let mut byte = [0];
        noted.read_exact(&mut byte).unwrap();
        assert_eq!(byte, *b"!");
        hears(&rep, ["breaker breaker"]);
        rep.send("one-niner").unwrap();
        peer.join().unwrap();
    })
    .succeeds();
}
