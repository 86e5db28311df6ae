//! Forks in every state, and what an exec does not take along; see also `tests/fork.rs`.

use std::collections::HashSet;
use std::time::Duration;

use zmq::{Context, ErrorKind, POLLIN, Poller, Timers};

use crate::process::{impatient, stress};
use crate::role::{role, say};
use crate::support::{TempPath, Transport, child, deadline, eventually};

/// Forks; the child runs `body`, and exits as a Rust program does. A child that hangs is ended by SIGALRM.
fn fork(body: impl FnOnce()) -> libc::pid_t {
    // SAFETY: the child goes on as a copy of this thread; what it then uses is either this thread's or made anew.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "fork works");
    if child == 0 {
        // SAFETY: no preconditions.
        unsafe { libc::alarm(40) };
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
        std::process::exit(i32::from(answer.is_err()));
    }
    child
}

#[track_caller]
fn ends_well(child: libc::pid_t) {
    let mut status = 0;
    // SAFETY: the child was just made, and the status is a live integer.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0, "the child: status {status:#x}");
}

/// What a child can do whatever state its parent was in: make a context of its own, and talk to the parent.
fn report_to(endpoint: &str) {
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.connect(endpoint).unwrap();
    push.send(std::process::id().to_string()).unwrap();
    drop(push);
    context.term_timeout(20_000).unwrap();
}

/// Everything that has a thread, or waits in one, runs on in the parent, and is not in the child.
#[test]
fn a_fork_while_everything_runs() {
    let _deadline = deadline(100);
    for transport in [Transport::Tcp, Transport::Ipc] {
        child(&format!("{transport:?}"), 45, || {
            let context = Context::new().unwrap();
            let pull = context.socket(zmq::PULL).unwrap();
            // Not by `Transport::bind`: a child that exits would remove the path.
            let path = TempPath::new();
            pull.bind(&if transport == Transport::Ipc { path.ipc() } else { transport.endpoint() }).unwrap();
            let reports = pull.last_endpoint().unwrap();
            let mut auth = zmq::auth::ThreadAuthenticator::new(&context);
            auth.start().unwrap();
            let proxy = zmq::ThreadProxy::new(&context, zmq::PULL, zmq::PUSH).unwrap();
            let (front, back) = (Transport::Tcp.endpoint(), Transport::Inproc.endpoint());
            proxy.bind_in(&front).unwrap();
            proxy.bind_out(&back).unwrap();
            let proxy = proxy.start().unwrap();
            // One that waits in `recv`, one that polls, and a runtime.
            let (waits, wakes) = Transport::Tcp.pair(&context, zmq::PULL, zmq::PUSH);
            let waiting = std::thread::spawn(move || waits.recv().unwrap());
            let (polled, polls) = Transport::Inproc.pair(&context, zmq::PUSH, zmq::PULL);
            let polling = std::thread::spawn(move || {
                let mut poller = Poller::new();
                poller.register(&polls, POLLIN).unwrap();
                assert_eq!(poller.poll(None).unwrap().len(), 1);
                polls.recv().unwrap()
            });
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            let (asks, answers) = Transport::Tcp.pair(&context, zmq::REQ, zmq::REP);
            let server = runtime.spawn(async move {
                let rep = zmq::tokio::Socket::<zmq::Rep>::from(answers);
                while let Ok(question) = rep.recv().await {
                    rep.send(question).await.unwrap();
                }
            });
            let monitor = pull.monitor(zmq::EVENT_ALL).unwrap();
            let mut poller = Poller::new();
            poller.register(&asks, POLLIN).unwrap();
            let mut beats = 0;
            let mut timers = Timers::new();
            timers.add(Duration::from_millis(1), |_, _| beats += 1).unwrap();

            for _ in 0..10 * stress() {
                asks.send("there").unwrap();
                let child = fork(|| {
                    assert_eq!(asks.recv().unwrap_err().kind(), ErrorKind::Forked);
                    assert_eq!(poller.poll(1000).unwrap_err().kind(), ErrorKind::Forked);
                    assert_eq!(monitor.recv_timeout(1000).unwrap_err().kind(), ErrorKind::Forked);
                    assert_eq!(context.term_timeout(1000).unwrap_err().kind(), ErrorKind::Forked);
                    assert!(!proxy.is_alive() && !auth.is_alive());
                    // Timers are no matter of libzmq's.
                    std::thread::sleep(timers.timeout().unwrap());
                    assert!(timers.execute() > 0);
                    report_to(&reports);
                });
                assert_eq!(asks.recv_timeout(20_000).unwrap(), "there");
                assert_eq!(pull.recv_timeout(20_000).unwrap(), child.to_string().as_str());
                ends_well(child);
            }
            assert!(proxy.is_alive() && auth.is_alive() && !waiting.is_finished() && !polling.is_finished());
            wakes.send("now").unwrap();
            polled.send("now").unwrap();
            assert_eq!((waiting.join().unwrap(), polling.join().unwrap()), ("now".into(), "now".into()));
            proxy.stop().unwrap();
            auth.stop().unwrap();
            context.shutdown().unwrap();
            runtime.block_on(server).unwrap();
            drop((timers, poller));
            drop((auth, asks, pull, polled, wakes, monitor));
            context.term_timeout(20_000).unwrap();
        })
        .succeeds();
    }
}

/// Two threads fork all the time while others talk.
#[test]
fn many_forks_at_once() {
    let _deadline = deadline(100);
    child("", 90, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let reports = Transport::Tcp.bind(&pull);
        let (rep, req) = Transport::Tcp.pair(&context, zmq::REP, zmq::REQ);
        let server = std::thread::spawn(move || {
            while let Ok(question) = rep.recv() {
                let _ = rep.send(question);
            }
        });
        let count = 40 * stress();
        let forkers: Vec<_> = (0..2)
            .map(|_| {
                let reports = reports.clone();
                std::thread::spawn(move || -> Vec<libc::pid_t> {
                    let children = (0..count).map(|_| {
                        let child = fork(|| report_to(&reports));
                        ends_well(child);
                        child
                    });
                    children.collect()
                })
            })
            .collect();
        let mut talked = 0;
        while !forkers.iter().all(std::thread::JoinHandle::is_finished) {
            req.send(vec![1; 10_000]).unwrap();
            assert_eq!(req.recv_timeout(20_000).unwrap().len(), 10_000);
            talked += 1;
        }
        let mut children: Vec<String> =
            forkers.into_iter().flat_map(|forker| forker.join().unwrap()).map(|child| child.to_string()).collect();
        let mut reported: Vec<String> =
            (0..2 * count).map(|_| pull.recv_timeout(20_000).unwrap().as_str().unwrap().to_owned()).collect();
        children.sort();
        reported.sort();
        assert_eq!(reported, children);
        assert!(talked > 0);
        context.shutdown().unwrap();
        server.join().unwrap();
    })
    .succeeds();
}

/// Programs that are started while connections are made and accepted all the time have no descriptor of them.
#[test]
fn an_exec_takes_no_descriptor_along() {
    let _deadline = deadline(100);
    let program = role("program", |_| {
        let entries = std::fs::read_dir("/proc/self/fd").unwrap();
        let files: Vec<_> = entries.filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok()).collect();
        let inherited = files.iter().map(|file| file.display().to_string());
        // Its output is a pipe.
        let inherited: Vec<_> =
            inherited.filter(|file| file.starts_with("socket:") || file.starts_with("anon_inode:")).collect();
        say(format!("{inherited:?}"));
    });
    child("", 90, || {
        let context = Context::new().unwrap();
        let monitored = context.socket(zmq::PULL).unwrap();
        let _monitor = monitored.monitor(zmq::EVENT_ALL).unwrap();
        let mut auth = zmq::auth::ThreadAuthenticator::new(&context);
        auth.start().unwrap();
        let _proxy = zmq::ThreadProxy::new(&context, zmq::PULL, zmq::PUSH).unwrap().start().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let _guard = runtime.enter();
        let _socket = zmq::tokio::Context::from(context.clone()).socket(zmq::PULL).unwrap();
        std::thread::scope(|scope| {
            let (stop, stopped) = std::sync::mpsc::channel::<()>();
            let context = &context;
            let talking = scope.spawn(move || {
                while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                    for transport in [Transport::Tcp, Transport::Ipc] {
                        let (pull, push) = transport.pair(context, zmq::PULL, zmq::PUSH);
                        impatient(&push);
                        push.send("x").unwrap();
                        pull.recv_timeout(20_000).unwrap();
                    }
                }
            });
            let programs: Vec<_> = (0..20 * stress()).map(|_| program.start(&[])).collect();
            let said: HashSet<String> = programs.into_iter().map(|mut program| program.line()).collect();
            drop(stop);
            // The scope alone does not wait for what the thread does at its end: it removes the paths.
            talking.join().unwrap();
            assert_eq!(said, HashSet::from(["[]".to_owned()]));
        });
    })
    .succeeds();
}

/// What waits to be sent is the parent's to send: a child that exits neither sends nor loses it.
#[test]
fn a_child_that_exits_leaves_what_is_unsent_to_its_parent() {
    let _deadline = deadline(30);
    child("", 20, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let endpoint = Transport::Tcp.bind(&pull);
        let push = context.socket(zmq::PUSH).unwrap();
        pull.unbind(&endpoint).unwrap();
        push.set_reconnect_ivl(20).unwrap();
        push.connect(&endpoint).unwrap();
        for n in 0..10 {
            push.send(n.to_string()).unwrap();
        }
        let mut push = Some(push);
        ends_well(fork(|| drop(push.take())));
        eventually("the address is free", || pull.bind(&endpoint).ok());
        for n in 0..10 {
            assert_eq!(pull.recv_timeout(20_000).unwrap(), n.to_string().as_str());
        }
        assert!(pull.recv_timeout(100).unwrap_err().is_again(), "nothing comes twice");
    })
    .succeeds();
}
