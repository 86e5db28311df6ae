//! Signals from another process, ten thousand a second, to the process and to the thread that waits: no wait ends, and none lasts longer.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use zmq::{Context, POLLIN, Poller, Timers};

use crate::process::impatient;
use crate::role::{Peer, Role, role, say};
use crate::support::{TRANSPORTS, Transport, child, deadline};

static SEEN: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count(_signal: libc::c_int) {
    SEEN.fetch_add(1, Ordering::Relaxed);
}

/// Sends SIGUSR1 to the process, whichever of its threads that is then, and to that thread, in turn.
fn send_signals(arguments: &[&str]) {
    let [process, thread] = [0, 1].map(|at| arguments[at].parse::<libc::pid_t>().unwrap());
    say("now");
    loop {
        // SAFETY: takes numbers only.
        unsafe { libc::kill(process, libc::SIGUSR1) };
        std::thread::sleep(Duration::from_micros(50));
        // SAFETY: takes numbers only.
        unsafe { libc::syscall(libc::SYS_tgkill, process, thread, libc::SIGUSR1) };
        std::thread::sleep(Duration::from_micros(50));
    }
}

/// The process that sends signals to this thread. They come from now on, and until it is dropped.
fn storm(sender: Role) -> Peer {
    // SAFETY: zeros are a `sigaction` with an empty mask, no flags (so no SA_RESTART), and the default handler.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = count as extern "C" fn(libc::c_int) as libc::sighandler_t;
    // SAFETY: `action` is initialised, and its handler only counts, which any context may.
    assert_eq!(unsafe { libc::sigaction(libc::SIGUSR1, &action, std::ptr::null_mut()) }, 0);
    // SAFETY: takes nothing.
    let thread = unsafe { libc::syscall(libc::SYS_gettid) };
    let mut sender = sender.start(&[&std::process::id().to_string(), &thread.to_string()]);
    sender.expect("now");
    sender
}

/// Runs the call in a storm, in a process of its own.
fn in_a_storm(what: &str, sender: Role, call: impl FnOnce()) {
    child(what, 50, || {
        let storm = storm(sender);
        call();
        let seen = SEEN.load(Ordering::Relaxed);
        storm.kill();
        assert!(seen > 50, "only {seen} signals");
    })
    .succeeds();
}

#[track_caller]
fn takes(millis: u64, call: impl FnOnce()) {
    let started = Instant::now();
    call();
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(millis - 2), "{took:?} instead of {millis} ms");
    assert!(took < Duration::from_millis(millis + 10_000), "{took:?} instead of {millis} ms");
}

#[test]
fn every_wait_with_a_limit_takes_that_long() {
    let _deadline = deadline(60);
    let sender = role("sender", send_signals);
    in_a_storm("waits", sender, || {
        let context = Context::new().unwrap();
        let (pull, push) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
        let publisher = context.socket(zmq::XPUB).unwrap();
        takes(150, || assert!(pull.recv_timeout(150).unwrap_err().is_again()));
        takes(150, || assert!(pull.recv_multipart_timeout(150).unwrap_err().is_again()));
        takes(150, || assert!(push.send_timeout("x", 150).unwrap_err().is_again()));
        takes(150, || assert!(pull.poll(150, POLLIN).unwrap().is_empty()));
        takes(150, || assert!(zmq::select(&[(&pull).into()], &[], &[], 150).unwrap().0.is_empty()));
        let mut poller = Poller::new();
        poller.register(&pull, POLLIN).unwrap();
        poller.register(&push, POLLIN).unwrap();
        takes(150, || assert!(poller.poll(150).unwrap().is_empty()));
        let monitor = pull.monitor(zmq::EVENT_ALL).unwrap();
        takes(150, || assert!(monitor.recv_timeout(150).unwrap_err().is_again()));
        if zmq::version() >= zmq::Version::new(4, 3, 5) {
            takes(150, || assert!(publisher.wait_for_subscriptions(1, 150).is_err()));
        }
        let open = context.clone();
        takes(150, || assert!(open.term_timeout(150).unwrap_err().is_again()));
        let mut calls = 0;
        let mut timers = Timers::new();
        timers.add(Duration::from_millis(30), |_, _| calls += 1).unwrap();
        takes(150, || {
            let started = Instant::now();
            while started.elapsed() < Duration::from_millis(150) {
                std::thread::sleep(timers.timeout().expect("there is a timer"));
                timers.execute();
            }
        });
        drop(timers);
        assert!((1..=5).contains(&calls), "{calls}");
    });
}

#[test]
fn every_wait_without_a_limit_goes_on() {
    let _deadline = deadline(60);
    let sender = role("sender", send_signals);
    let later = || std::thread::sleep(Duration::from_millis(150));
    in_a_storm("proxy", sender, || {
        let context = Context::new().unwrap();
        let (pull, push) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
        let (front, back) = (Transport::Tcp.bind(&pull), Transport::Tcp.bind(&push));
        let proxy = zmq::Proxy::new(&pull, &push).unwrap();
        let handle = proxy.handle();
        let user = std::thread::spawn({
            let context = context.clone();
            move || {
                let (to, from) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
                to.connect(&front).unwrap();
                from.connect(&back).unwrap();
                for n in 0..1000 {
                    to.send(n.to_string()).unwrap();
                    assert_eq!(from.recv().unwrap(), n.to_string().as_str());
                }
                later();
                handle.terminate();
            }
        });
        takes(150, || proxy.run().unwrap());
        user.join().unwrap();
    });
    in_a_storm("term", sender, || {
        let context = Context::new().unwrap();
        let socket = context.socket(zmq::PULL).unwrap();
        let other = std::thread::spawn(move || {
            assert!(socket.recv().unwrap_err().is_terminated());
            later();
        });
        takes(150, || context.term().unwrap());
        other.join().unwrap();
    });
    in_a_storm("recv, send, poll, monitor", sender, || {
        for transport in TRANSPORTS {
            let context = Context::new().unwrap();
            let (rep, req) = transport.pair(&context, zmq::REP, zmq::REQ);
            let server = std::thread::spawn(move || {
                for question in rep.iter_multipart() {
                    let Ok(question) = question else { break };
                    std::thread::sleep(Duration::from_millis(20));
                    rep.send_multipart(question).unwrap();
                }
            });
            for n in 0..5 {
                req.send_multipart([vec![n; 300_000], vec![n; 10]]).unwrap();
                assert!(req.poll(None, POLLIN).unwrap().is_readable());
                let [first, second] = req.recv_frames().unwrap();
                assert_eq!((first.len(), second.len(), first[0], second[0]), (300_000, 10, n, n));
            }
            drop(req);
            context.shutdown().unwrap();
            server.join().unwrap();
        }
    });
    in_a_storm("async", sender, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let context = zmq::tokio::Context::new().unwrap();
            let (rep, req) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
            rep.bind("tcp://127.0.0.1:*").unwrap();
            req.connect(&rep.get(zmq::LAST_ENDPOINT).unwrap()).unwrap();
            let server = tokio::spawn(async move {
                for _ in 0..20 {
                    let question = rep.recv().await.unwrap();
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    rep.send(question).await.unwrap();
                }
                rep
            });
            for n in 0..20 {
                req.send(n.to_string()).await.unwrap();
                assert_eq!(req.recv().await.unwrap(), n.to_string().as_str());
            }
            let rep = server.await.unwrap();
            rep.set(zmq::RCVTIMEO, 150).unwrap();
            let started = Instant::now();
            assert!(rep.recv().await.unwrap_err().is_again());
            assert!(started.elapsed() >= Duration::from_millis(148));
        });
    });
}

/// Making and ending, with everything that has a thread.
#[test]
fn nothing_is_refused_for_a_signal() {
    let _deadline = deadline(60);
    let sender = role("sender", send_signals);
    in_a_storm("", sender, || {
        for round in 0..30 {
            let context = Context::new().unwrap();
            let mut auth = zmq::auth::ThreadAuthenticator::new(&context);
            auth.start().unwrap();
            auth.allow(["127.0.0.1"]).unwrap();
            let proxy = zmq::ThreadProxy::new(&context, zmq::PULL, zmq::PUSH).unwrap();
            proxy.bind_in("ipc://*").unwrap();
            let proxy = proxy.start().unwrap();
            let transport = TRANSPORTS[round % 3];
            let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
            impatient(&push);
            let monitor = push.monitor(zmq::EVENT_ALL).unwrap();
            push.send("asked for at the authenticator").unwrap();
            pull.recv_timeout(20_000).unwrap();
            push.disconnect(&pull.last_endpoint().unwrap()).unwrap();
            pull.unbind(&pull.last_endpoint().unwrap()).unwrap();
            proxy.stop().unwrap();
            auth.stop().unwrap();
            drop((auth, monitor, pull, push));
            context.term_timeout(20_000).unwrap();
        }
    });
}

/// libzmq may answer `EINTR` even where it does not wait: it looks for news first (mailbox.cpp, `recv`).
#[test]
fn nor_where_nothing_waits() {
    let _deadline = deadline(60);
    let sender = role("sender", send_signals);
    in_a_storm("", sender, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let started = Instant::now();
        while started.elapsed() < Duration::from_millis(500) {
            let monitor = pull.monitor(zmq::EVENT_ALL).unwrap();
            assert!(pull.try_recv().unwrap().is_none());
            pull.events().unwrap();
            drop(monitor);
            let waiting = Context::new().unwrap();
            let dealer = waiting.socket(zmq::DEALER).unwrap();
            dealer.connect("inproc://nobody").unwrap();
            drop(dealer);
            waiting.shutdown().unwrap();
            waiting.term_timeout(20_000).unwrap();
        }
    });
}
