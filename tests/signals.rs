//! Signals: they do not end a wait, do not prolong one that has a limit, and lose nothing.
#![cfg(unix)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use support::{TRANSPORTS, child, deadline};
use zmq::Context;

static SEEN: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count(_signal: libc::c_int) {
    SEEN.fetch_add(1, Ordering::Relaxed);
}

/// Sends SIGUSR1 to the thread that made it, every 2 ms, until it is dropped.
struct Storm(Arc<AtomicBool>, Option<JoinHandle<()>>);

impl Storm {
    fn new(restart: bool) -> Self {
        // SAFETY: zeros are a `sigaction` with an empty mask, no flags, and the default handler.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = count as extern "C" fn(libc::c_int) as libc::sighandler_t;
        action.sa_flags = if restart { libc::SA_RESTART } else { 0 };
        // SAFETY: `action` is initialised, and its handler only counts, which any context may.
        assert_eq!(unsafe { libc::sigaction(libc::SIGUSR1, &action, std::ptr::null_mut()) }, 0);
        // SAFETY: no preconditions.
        let thread = unsafe { libc::pthread_self() };
        let go_on = Arc::new(AtomicBool::new(true));
        let flag = Arc::clone(&go_on);
        let storm = std::thread::spawn(move || {
            while flag.load(Ordering::Relaxed) {
                // SAFETY: the thread waits for this one in `drop`, so it is alive.
                unsafe { libc::pthread_kill(thread, libc::SIGUSR1) };
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        Self(go_on, Some(storm))
    }
}

impl Drop for Storm {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
        let _ = self.1.take().map(JoinHandle::join);
    }
}

/// Runs `body` in a storm, in a process of its own, once with SA_RESTART and once without.
fn in_a_storm(body: impl Fn()) {
    for restart in [false, true] {
        child(&format!("SA_RESTART {restart}"), 50, || {
            let storm = Storm::new(restart);
            body();
            drop(storm);
            assert!(SEEN.load(Ordering::Relaxed) > 10, "there were signals");
        })
        .succeeds();
    }
}

/// A wait that each signal begins anew would never end: there is room for a slow machine.
#[track_caller]
fn takes_about(millis: u64, call: impl FnOnce()) {
    let started = Instant::now();
    call();
    let took = started.elapsed();
    let least = Duration::from_millis(millis - 5);
    assert!(took >= least && took < Duration::from_millis(millis + 5_000), "{took:?} instead of {millis} ms");
}

#[test]
fn waits_with_a_limit_end_when_they_should() {
    let _deadline = deadline(110);
    in_a_storm(|| {
        let context = Context::new().unwrap();
        let (push, pull) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
        takes_about(300, || assert!(pull.recv_timeout(300).unwrap_err().is_again()));
        takes_about(300, || assert!(push.send_timeout("x", 300).unwrap_err().is_again()));
        takes_about(300, || assert!(pull.poll(300, zmq::POLLIN).unwrap().is_empty()));
        takes_about(300, || assert!(pull.recv_multipart_timeout(300).unwrap_err().is_again()));
        pull.set_rcvtimeo(300).unwrap();
        push.set_sndtimeo(300).unwrap();
        takes_about(300, || assert!(pull.recv().unwrap_err().is_again()));
        takes_about(300, || assert_eq!(push.send("still mine").unwrap_err().message, "still mine"));
        assert_eq!(pull.rcvtimeo().unwrap(), Some(Duration::from_millis(300)), "it is put back");
        assert_eq!(push.sndtimeo().unwrap(), Some(Duration::from_millis(300)), "it is put back");
    });
}

#[test]
fn waits_without_a_limit_go_on() {
    let _deadline = deadline(110);
    in_a_storm(|| {
        let context = Context::new().unwrap();
        let (rep, req) = support::Transport::Tcp.pair(&context, zmq::REP, zmq::REQ);
        // The other side is not in the storm, and takes its time.
        let answers = std::thread::spawn(move || {
            for request in rep.iter_multipart() {
                let mut parts = request.unwrap();
                std::thread::sleep(Duration::from_millis(60));
                parts.push("answered".into());
                rep.send_multipart(parts).unwrap();
            }
        });
        for n in 0..5 {
            req.send_multipart([format!("request {n}"), "part".into()]).unwrap();
            assert_eq!(req.poll(None, zmq::POLLIN).unwrap(), zmq::POLLIN);
            let [first, second, third] = req.recv_frames().unwrap();
            assert_eq!((&first[..], &second[..]), (format!("request {n}").as_bytes(), &b"part"[..]));
            assert_eq!(third, "answered");
        }
        req.send("one more").unwrap();
        assert_eq!(req.recv_multipart().unwrap().len(), 2);
        drop(req);
        context.shutdown().unwrap();
        answers.join().unwrap();
        context.term().unwrap();
    });
}

#[test]
fn nothing_is_lost_or_doubled() {
    let _deadline = deadline(110);
    in_a_storm(|| {
        for transport in TRANSPORTS {
            let context = Context::new().unwrap();
            let push = context.socket(zmq::PUSH).unwrap();
            let pull = context.socket(zmq::PULL).unwrap();
            // Small queues, so that both sides wait for each other.
            push.set_sndhwm(5).unwrap();
            pull.set_rcvhwm(5).unwrap();
            pull.set_rcvtimeo(10_000).unwrap();
            push.connect(&transport.bind(&pull)).unwrap();
            let sender = std::thread::spawn(move || {
                for n in 0..20_000u32 {
                    push.send_multipart([n.to_be_bytes(), n.to_le_bytes()]).unwrap();
                }
                // Not closed before all is received: over ipc, libzmq drops what a receiver with full queues has not read by
                // then (stream_engine_base.cpp, `in_event_internal`).
                push
            });
            for n in 0..20_000u32 {
                let [one, two] = pull.recv_frames().unwrap_or_else(|error| panic!("{transport:?} {n}: {error}"));
                assert_eq!((&one[..], &two[..]), (&n.to_be_bytes()[..], &n.to_le_bytes()[..]), "{transport:?}");
            }
            let _push = sender.join().unwrap();
            assert!(pull.try_recv().unwrap().is_none());
        }
    });
}

#[test]
fn a_drop_that_waits_ends_when_it_should() {
    let _deadline = deadline(110);
    in_a_storm(|| {
        let context = Context::new().unwrap();
        context.set_drop_timeout(300);
        let push = context.socket(zmq::PUSH).unwrap();
        push.connect("tcp://127.0.0.1:9").unwrap();
        push.send("nobody comes").unwrap();
        drop(push);
        takes_about(300, || drop(context));
    });
}
