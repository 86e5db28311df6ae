//! What waits costs nothing, and who has much to do lets others have their turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use zmq::tokio::Context;
use zmq::{Message, POLLIN};

use crate::support::{Transport, child, deadline};
use crate::{one_thread, pair, settle, within};

/// What all threads of the process have worked so far.
fn worked() -> Duration {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: it is written to, and as large as it has to be.
    assert_eq!(unsafe { libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) }, 0);
    // SAFETY: all its bytes are set, and numbers.
    let usage = unsafe { usage.assume_init() };
    [usage.ru_utime, usage.ru_stime]
        .map(|time| Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_usec).unwrap() * 1000))
        .iter()
        .sum()
}

/// For a second nothing happens, and that takes no more than a fifth of a second's work.
async fn idle(what: &str) {
    settle().await;
    let before = worked();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let cost = worked() - before;
    assert!(cost < Duration::from_millis(200), "{what}: {cost:?} of work in a second");
}

/// As many sockets as the process may have, at most 10,000; each has a descriptor.
fn many() -> usize {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: writes to the struct it is given.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
    limit.rlim_cur = limit.rlim_max.min(12_000);
    // SAFETY: reads it; the process is the test's own.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
    usize::try_from(limit.rlim_cur).unwrap().saturating_sub(200).min(10_000)
}

#[test]
fn ten_thousand_tasks_that_wait() {
    let _deadline = deadline(60);
    child("", 50, || {
        one_thread().block_on(async {
            let many = many();
            assert!(many >= 1000, "the test needs descriptors");
            let context = Context::new().unwrap();
            context.set_max_sockets(20_000).unwrap();
            let (push, _pull) = pair(&context, Transport::Inproc, zmq::PUSH, zmq::PULL);
            while push.try_send("x").is_ok() {}
            let tasks: Vec<_> = (0..many)
                .map(|number| {
                    let socket = context.socket(zmq::DEALER).unwrap();
                    tokio::spawn(async move {
                        match number % 4 {
                            0 => socket.recv().await.map(drop),
                            1 => socket.send("x").await.map_err(zmq::Error::from),
                            2 => socket.readable().await,
                            _ => socket.poll(-1, POLLIN).await.map(drop),
                        }
                    })
                })
                .collect();
            let full = tokio::spawn(async move { push.send("y").await.map_err(zmq::Error::from) });
            idle("waiting").await;
            assert!(!full.is_finished() && tasks.iter().all(|task| !task.is_finished()));
            context.shutdown().unwrap();
            for task in tasks {
                assert!(within("the end", task).await.unwrap().unwrap_err().is_terminated());
            }
        });
    })
    .succeeds();
}

/// libzmq says of these that they always have room.
#[test]
fn those_that_wait_for_room_where_libzmq_says_there_is() {
    let _deadline = deadline(60);
    child("", 50, || {
        one_thread().block_on(async {
            let context = Context::new().unwrap();
            let (router, dealer) = pair(&context, Transport::Inproc, zmq::ROUTER, zmq::DEALER);
            router.set_router_mandatory(true).unwrap();
            dealer.send("hello").await.unwrap();
            let id = within("hello", router.recv_multipart()).await.unwrap().swap_remove(0);
            while router.try_send_multipart([id.clone(), "x".into()]).is_ok() {}
            let (publisher, subscriber) = pair(&context, Transport::Inproc, zmq::XPUB, zmq::SUB);
            publisher.set_xpub_nodrop(true).unwrap();
            subscriber.subscribe("").unwrap();
            assert_eq!(within("a subscription", publisher.recv()).await.unwrap(), b"\x01");
            while publisher.try_send("x").is_ok() {}
            let (router, publisher) = (Arc::new(router), Arc::new(publisher));
            let mut tasks = Vec::new();
            for _ in 0..4 {
                let (router, publisher, id) = (Arc::clone(&router), Arc::clone(&publisher), id.clone());
                let also = Arc::clone(&router);
                // Others wait for the other side of it.
                tasks.push(tokio::spawn(async move { also.recv().await.map(drop) }));
                tasks.push(tokio::spawn(async move {
                    router.send_multipart([id, "last".into()]).await.map_err(zmq::Error::from)
                }));
                tasks.push(tokio::spawn(async move { publisher.send("last").await.map_err(zmq::Error::from) }));
            }
            idle("waiting for room").await;
            assert!(tasks.iter().all(|task| !task.is_finished()));
            for _ in 0..4 {
                while within("the router", dealer.recv()).await.unwrap() != "last" {}
                while within("the publisher", subscriber.recv()).await.unwrap() != "last" {}
            }
            context.shutdown().unwrap();
            for task in tasks {
                let _ = within("the end", task).await.unwrap();
            }
        });
    })
    .succeeds();
}

#[test]
fn who_floods_a_socket_starves_nobody() {
    let _deadline = deadline(60);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, Transport::Inproc, zmq::PULL, zmq::PUSH);
        push.set_hwm(0).unwrap();
        // Publishers without subscribers never have to wait.
        let publisher = context.socket(zmq::PUB).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let flooding = tokio::spawn(async move {
            let mut sent = 0u64;
            while !stopped.load(Ordering::Relaxed) {
                publisher.send("flood").await.unwrap();
                sent += 1;
            }
            sent
        });
        for number in 0..50u32 {
            push.send(number.to_le_bytes()).await.unwrap();
            assert_eq!(within("beside a flood", pull.recv()).await.unwrap(), number.to_le_bytes());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stop.store(true, Ordering::Relaxed);
        assert!(flooding.await.unwrap() > 50);
    });
}

/// What is there is there, however much the task has done since it waited.
#[test]
fn a_poll_that_does_not_wait_says_what_is_there() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (pull, push) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
        pull.bind("inproc://there").unwrap();
        push.connect("inproc://there").unwrap();
        for _ in 0..500 {
            push.try_send("x").unwrap();
        }
        let mut received = 0;
        while !pull.poll(0, POLLIN).await.unwrap().is_empty() {
            pull.recv().await.unwrap();
            received += 1;
        }
        assert_eq!(received, 500);
    });
}

#[test]
fn a_thousand_busy_sockets_share_a_thread() {
    let _deadline = deadline(60);
    child("", 50, || {
        one_thread().block_on(async {
            let context = Context::new().unwrap();
            context.set_max_sockets(4000).unwrap();
            let counts: Arc<Vec<AtomicU64>> = Arc::new((0..500).map(|_| AtomicU64::new(0)).collect());
            let mut tasks = Vec::new();
            for number in 0..500 {
                let (one, two) = pair(&context, Transport::Inproc, zmq::PAIR, zmq::PAIR);
                tasks.push(tokio::spawn(async move { while one.send(Message::from("x")).await.is_ok() {} }));
                let counts = Arc::clone(&counts);
                tasks.push(tokio::spawn(async move {
                    while two.recv().await.is_ok() {
                        counts[number].fetch_add(1, Ordering::Relaxed);
                    }
                }));
            }
            let started = Instant::now();
            let of =
                |counts: &[AtomicU64]| counts.iter().map(|count| count.load(Ordering::Relaxed)).collect::<Vec<_>>();
            // Until the slowest has had its turn often enough to compare.
            while of(&counts).iter().any(|count| *count < 50) {
                assert!(started.elapsed() < Duration::from_secs(30), "somebody starves");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let counts = of(&counts);
            let (slowest, fastest) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
            assert!(fastest / slowest < 20, "the slowest had {slowest}, the fastest {fastest}");
            context.shutdown().unwrap();
            for task in tasks {
                within("the end", task).await.unwrap();
            }
        });
    })
    .succeeds();
}
