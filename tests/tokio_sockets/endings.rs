//! What ends wakes whoever waits for it, waits for nobody, and leaves nothing behind.

use std::sync::Arc;
use std::time::{Duration, Instant};

use zmq::tokio::{Authenticator, Context, Poller, Socket};
use zmq::{EVENT_ALL, ErrorKind, POLLIN, Result};

use crate::support::{TRANSPORTS, Transport, child, deadline, eventually};
use crate::{one_thread, pair, poll_once, settle, threads, within};

#[test]
fn a_context_that_ends_wakes_everyone() {
    let _deadline = deadline(60);
    for runtime in [one_thread(), threads()] {
        runtime.block_on(async {
            let context = Context::new().unwrap();
            let pull = Arc::new(context.socket(zmq::PULL).unwrap());
            let push = Arc::new(context.socket(zmq::PUSH).unwrap());
            let monitor = Arc::new(push.monitor(EVENT_ALL).unwrap());
            let auth = Arc::new(Authenticator::new(&context).unwrap());
            let mut tasks = Vec::new();
            for number in 0..108 {
                let (pull, push, monitor) = (Arc::clone(&pull), Arc::clone(&push), Arc::clone(&monitor));
                let auth = Arc::clone(&auth);
                tasks.push(tokio::spawn(async move {
                    let answer: Result<()> = match number % 9 {
                        0 => pull.recv().await.map(drop),
                        1 => pull.recv_multipart().await.map(drop),
                        2 => push.send("x").await.map_err(zmq::Error::from),
                        3 => push.send_multipart(["x", "y"]).await.map_err(zmq::Error::from),
                        4 => pull.readable().await,
                        5 => push.writable().await,
                        6 => pull.poll(60_000, POLLIN).await.map(drop),
                        7 => monitor.recv().await.map(drop),
                        _ => {
                            let mut poller = Poller::new();
                            poller.register(&*pull, POLLIN).unwrap();
                            poller.register(&*monitor, POLLIN).unwrap();
                            poller.register(&*auth, POLLIN).unwrap();
                            poller.poll(None).await.map(drop)
                        }
                    };
                    // The monitored socket may be told first: then the monitor has its own end to report.
                    if number % 9 >= 7 && answer.is_ok() {
                        return;
                    }
                    assert_eq!(answer.unwrap_err().kind(), ErrorKind::ContextTerminated, "{number}");
                }));
            }
            let running = Arc::clone(&auth);
            tasks.push(tokio::spawn(async move { running.run().await.unwrap() }));
            settle().await;
            context.shutdown().unwrap();
            for task in tasks {
                within("everyone", task).await.unwrap();
            }
        });
    }
}

/// Nothing of it waits, and nothing of it panics.
#[test]
fn dropped_in_every_order() {
    let _deadline = deadline(60);
    for order in ["crs", "csr", "rcs", "rsc", "scr", "src"] {
        for transport in TRANSPORTS {
            let runtime = threads();
            let context = Context::new().unwrap();
            let (pull, push) = pair(&context, transport, zmq::PULL, zmq::PUSH);
            let waiting = runtime.block_on(async {
                let pull = Arc::new(pull);
                let waiting = Arc::clone(&pull);
                tokio::spawn(async move { waiting.recv().await.map(drop) });
                // Unsent, with LINGER for ever.
                while push.try_send(vec![1u8; 100_000]).is_ok() {}
                let _ = pull.with(|pull| pull.events());
                pull
            });
            let (mut runtime, mut context, mut sockets) = (Some(runtime), Some(context), Some((waiting, push)));
            let started = Instant::now();
            for what in order.chars() {
                match what {
                    'c' => drop(context.take()),
                    'r' => drop(runtime.take()),
                    _ => drop(sockets.take()),
                }
            }
            assert!(started.elapsed() < Duration::from_secs(4), "{order}: it waited");
        }
    }
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// How many descriptors all the epoll instances of the process watch.
fn watched() -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir("/proc/self/fdinfo").unwrap() {
        if let Ok(text) = std::fs::read_to_string(entry.unwrap().path()) {
            count += text.lines().filter(|line| line.starts_with("tfd:")).count();
        }
    }
    count
}

#[cfg(target_os = "linux")]
#[test]
fn no_descriptor_is_left() {
    let _deadline = deadline(60);
    child("", 50, || {
        one_thread().block_on(async {
            let context = Context::new().unwrap();
            let keep = context.socket(zmq::PULL).unwrap();
            assert!(tokio::time::timeout(Duration::from_millis(1), keep.recv()).await.is_err());
            let before = (descriptors(), watched());
            for round in 0..1000 {
                let socket = Arc::new(context.socket(zmq::DEALER).unwrap());
                let waiting = Arc::clone(&socket);
                let task = tokio::spawn(async move { waiting.recv().await.map(drop) });
                tokio::task::yield_now().await;
                if round == 0 {
                    assert!(watched() > before.1, "a wait is registered");
                }
                task.abort();
                let _ = task.await;
                if round % 2 == 0 {
                    drop(socket);
                } else {
                    Arc::into_inner(socket).unwrap().close().await.unwrap();
                }
            }
            // libzmq's reaper takes its time.
            eventually("no descriptor is left", || (descriptors() <= before.0).then_some(()));
            assert_eq!(watched(), before.1);
        });
    })
    .succeeds();
}

#[test]
fn a_term_that_is_awaited_waits_for_what_is_unsent() {
    let _deadline = deadline(60);
    one_thread().block_on(async {
        let receivers = Context::new().unwrap();
        let pull = receivers.socket(zmq::PULL).unwrap();
        pull.bind("tcp://127.0.0.1:*").unwrap();
        let endpoint = pull.last_endpoint().unwrap();
        pull.unbind(&endpoint).unwrap();
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.connect(&endpoint).unwrap();
        for number in 0..10u32 {
            push.send(number.to_le_bytes()).await.unwrap();
        }
        drop(push);
        // Nobody is there yet: it goes on waiting.
        let mut ending = Box::pin(context.term());
        assert!(tokio::time::timeout(Duration::from_millis(50), &mut ending).await.is_err());
        pull.bind(&endpoint).unwrap();
        within("the end", ending).await.unwrap();
        for number in 0..10u32 {
            assert_eq!(within("what was unsent", pull.recv()).await.unwrap(), number.to_le_bytes());
        }
        assert_eq!(context.socket(zmq::PULL).unwrap_err().kind(), ErrorKind::ContextTerminated);
    });
}

/// What the first one has begun is not over when the second is asked.
#[test]
fn a_term_after_one_that_was_dropped_waits_as_well() {
    let _deadline = deadline(60);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.connect("tcp://127.0.0.1:1").unwrap();
        push.send("never").await.unwrap();
        push.set_linger(1000).unwrap();
        drop(push);
        let started = Instant::now();
        assert!(tokio::time::timeout(Duration::from_millis(50), context.term()).await.is_err());
        within("the end", context.term()).await.unwrap();
        assert!(started.elapsed() >= Duration::from_millis(900), "it ended after {:?}", started.elapsed());
    });
}

#[test]
fn a_context_is_destroyed_under_its_tasks() {
    let _deadline = deadline(60);
    for runtime in [one_thread(), threads()] {
        runtime.block_on(async {
            let context = Context::new().unwrap();
            let push = context.socket(zmq::PUSH).unwrap();
            push.connect("tcp://127.0.0.1:1").unwrap();
            push.send("never").await.unwrap();
            let pull = context.socket(zmq::PULL).unwrap();
            let waiting = tokio::spawn(async move { pull.recv().await.map(drop) });
            settle().await;
            let ending = tokio::spawn(async move { context.destroy(0).await });
            assert_eq!(within("it", waiting).await.unwrap().unwrap_err().kind(), ErrorKind::ContextTerminated);
            let refused = async { while push.send("x").await.is_ok() {} };
            within("the other", refused).await;
            drop(push);
            within("the end", ending).await.unwrap().unwrap();
        });
    }
}

#[test]
fn sockets_are_closed_and_become_blocking_ones_and_back() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (mut one, two) = pair(&context, Transport::Tcp, zmq::DEALER, zmq::DEALER);
        for number in 0..50u32 {
            let answer = tokio::time::timeout(Duration::ZERO, one.recv()).await;
            assert!(answer.is_err());
            two.send(number.to_le_bytes()).await.unwrap();
            let blocking = one.into_blocking();
            if number % 2 == 0 {
                assert_eq!(blocking.recv_timeout(5000).unwrap(), number.to_le_bytes());
                one = blocking.into();
            } else {
                // The notice of what is there may have been taken by then.
                assert!(!blocking.poll(5000, POLLIN).unwrap().is_empty());
                one = Socket::from(blocking);
                assert_eq!(within("it", one.recv()).await.unwrap(), number.to_le_bytes());
            }
        }
        one.close().await.unwrap();
        two.close_linger(0).await.unwrap();
        let blocking: zmq::Context = context.into_blocking();
        let context = Context::from(blocking);
        within("the end", context.term()).await.unwrap();
    });
}

/// A child of `fork` drops what it inherited; its parent goes on undisturbed.
#[test]
fn a_forked_child_drops_a_socket_that_its_parent_waits_for() {
    let _deadline = deadline(60);
    child("", 40, || {
        let runtime = one_thread();
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, Transport::Tcp, zmq::PULL, zmq::PUSH);
        let mut receiving = Box::pin(pull.recv());
        assert!(runtime.block_on(poll_once(&mut receiving.as_mut())).is_pending());
        // SAFETY: the child goes on as a copy of this thread, the only one that could hold a lock that it needs.
        let child = unsafe { libc::fork() };
        assert!(child >= 0);
        if child == 0 {
            // SAFETY: no preconditions.
            unsafe { libc::alarm(10) };
            assert_eq!(pull.try_recv().unwrap_err().kind(), ErrorKind::Forked);
            drop(receiving);
            drop(pull);
            std::process::exit(0);
        }
        let mut status = 0;
        // SAFETY: the child was just made, and the status is a live integer.
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0, "the child exits normally");
        runtime.block_on(async {
            // It waits first, so that only the runtime can tell it.
            let (received, sent) = within("the parent", async { tokio::join!(receiving, push.send("x")) }).await;
            sent.unwrap();
            assert_eq!(received.unwrap(), "x");
        });
    })
    .succeeds();
}
