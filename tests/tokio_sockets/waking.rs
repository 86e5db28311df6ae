//! Nobody sleeps on: one side parked while the other goes on, notices that others swallow, futures that move.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zmq::tokio::{Context, Socket};
use zmq::{Dealer, POLLIN, Pull};

use crate::support::{TRANSPORTS, Transport, deadline};
use crate::{one_thread, pair, poll_once, settle, threads, within};

/// How many messages have room until a sender has to wait.
fn fill(socket: &Socket<Dealer>) -> usize {
    (0..).find(|_| socket.try_send("filling").is_err()).unwrap()
}

/// tmq's lost wake-up: a runtime has one waker for a descriptor, which the second task takes from the first.
#[test]
fn one_side_is_parked_while_the_other_goes_on() {
    let _deadline = deadline(60);
    for runtime in [one_thread(), threads()] {
        for way in 0..4 {
            runtime.block_on(async {
                let context = Context::new().unwrap();
                let (one, two) = pair(&context, Transport::Inproc, zmq::DEALER, zmq::DEALER);
                let one = Arc::new(one);
                let mut filled = fill(&one);
                let sender = {
                    let one = Arc::clone(&one);
                    move || tokio::spawn(async move { one.send("last").await.unwrap() })
                };
                let receiver = {
                    let one = Arc::clone(&one);
                    move || tokio::spawn(async move { one.recv().await.unwrap() })
                };
                let (sending, receiving) = if way % 2 == 0 {
                    let sending = sender();
                    settle().await;
                    (sending, receiver())
                } else {
                    let receiving = receiver();
                    settle().await;
                    (sender(), receiving)
                };
                settle().await;
                if way / 2 == 0 {
                    two.send("there").await.unwrap();
                    assert_eq!(within("the receiver", receiving).await.unwrap(), "there");
                    assert!(!sending.is_finished());
                }
                while filled > 0 {
                    assert_eq!(within("what filled it", two.recv()).await.unwrap(), "filling");
                    filled -= 1;
                }
                within("the sender", sending).await.unwrap();
                assert_eq!(within("the last", two.recv()).await.unwrap(), "last");
            });
        }
    }
}

type Call = (&'static str, fn(&Socket<Dealer>));

const CALLS: [Call; 10] = [
    ("events", |socket| assert!(socket.get(zmq::EVENTS).is_ok())),
    ("get", |socket| assert!(socket.linger().is_ok())),
    ("set", |socket| socket.set_linger(0).unwrap()),
    ("with", |socket| assert!(socket.with(|socket| socket.events()).is_ok())),
    ("with poll", |socket| assert!(socket.with(|socket| socket.poll(0, POLLIN)).is_ok())),
    ("with that fails", |socket| {
        socket.with(|socket| socket.poll(0, POLLIN).and_then(|_| socket.connect("nonsense"))).unwrap_err();
    }),
    ("connect", |socket| socket.connect("inproc://another").unwrap()),
    ("bind", |socket| drop(socket.bind("inproc://swallowing"))),
    ("try_send", |socket| drop(socket.try_send("x"))),
    ("debug", |socket| drop(format!("{socket:?}"))),
];

/// arzmq's lost wake-up: any call may be the one that takes the notice that a task waits for.
#[test]
fn a_call_that_swallows_the_notice_of_a_task_that_waits() {
    let _deadline = deadline(60);
    let runtime = one_thread();
    for transport in TRANSPORTS {
        for (name, call) in CALLS {
            runtime.block_on(async {
                let context = Context::new().unwrap();
                let (one, two) = pair(&context, transport, zmq::DEALER, zmq::DEALER);
                // It is connected, so that what follows is the only thing that happens.
                two.send("first").await.unwrap();
                assert_eq!(within("the first", one.recv()).await.unwrap(), "first");
                let one = Arc::new(one);
                let waiting = Arc::clone(&one);
                let task = tokio::spawn(async move { waiting.recv().await.unwrap() });
                settle().await;
                two.send("second").await.unwrap();
                // The runtime's thread is kept here, and cannot see the notice before the call does.
                for _ in 0..10 {
                    call(&one);
                }
                assert_eq!(within(name, task).await.unwrap(), "second", "{transport:?}");
            });
        }
    }
}

#[test]
fn a_thread_that_asks_all_the_time() {
    let _deadline = deadline(60);
    threads().block_on(async {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, Transport::Tcp, zmq::PULL, zmq::PUSH);
        let (pull, stop) = (Arc::new(pull), Arc::new(AtomicBool::new(false)));
        let asking = std::thread::spawn({
            let (pull, stop) = (Arc::clone(&pull), Arc::clone(&stop));
            move || {
                while !stop.load(Ordering::Relaxed) {
                    pull.get(zmq::EVENTS).unwrap();
                    std::thread::yield_now();
                }
            }
        });
        for number in 0..1000u32 {
            let receiving = {
                let pull: Arc<Socket<Pull>> = Arc::clone(&pull);
                tokio::spawn(async move { pull.recv().await.unwrap() })
            };
            push.send(number.to_le_bytes()).await.unwrap();
            assert_eq!(within("the receiver", receiving).await.unwrap(), number.to_le_bytes());
        }
        stop.store(true, Ordering::Relaxed);
        asking.join().unwrap();
    });
}

/// Of two that wait one gets what another call has left.
#[test]
fn a_task_that_takes_a_message_leaves_the_next_to_others() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, Transport::Inproc, zmq::PULL, zmq::PUSH);
        let pull = Arc::new(pull);
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let pull = Arc::clone(&pull);
                tokio::spawn(async move { pull.recv().await.unwrap() })
            })
            .collect();
        settle().await;
        for _ in 0..3 {
            push.try_send("x").unwrap();
        }
        assert_eq!(pull.try_recv().unwrap().unwrap(), "x");
        for task in waiting {
            assert_eq!(within("one of two", task).await.unwrap(), "x");
        }
    });
}

/// The call has taken the notice, and then does not come to tell others of it.
#[test]
fn a_panic_within_a_call_that_has_swallowed_the_notice() {
    let _deadline = deadline(60);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, Transport::Inproc, zmq::PULL, zmq::PUSH);
        let pull = Arc::new(pull);
        let waiting = Arc::clone(&pull);
        let task = tokio::spawn(async move { waiting.recv().await.unwrap() });
        settle().await;
        push.send("x").await.unwrap();
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            pull.with(|pull| {
                assert!(pull.events()?.is_readable());
                panic!("as it should")
            })
        }));
        let _: Box<_> = panicked.map(|answer: zmq::Result<()>| answer).unwrap_err();
        assert_eq!(within("the receiver", task).await.unwrap(), "x");
        // And nothing is poisoned.
        push.send("y").await.unwrap();
        assert_eq!(within("after it", pull.recv()).await.unwrap(), "y");
    });
}

#[test]
fn a_future_that_moves_to_another_task() {
    let _deadline = deadline(30);
    for runtime in [one_thread(), threads()] {
        runtime.block_on(async {
            let context = Context::new().unwrap();
            let (pull, push) = pair(&context, Transport::Tcp, zmq::PULL, zmq::PUSH);
            let pull: &'static Socket<Pull> = Box::leak(Box::new(pull));
            #[expect(clippy::async_yields_async, reason = "the future that moves is what it is about")]
            let first = tokio::spawn(async {
                let mut receiving = Box::pin(pull.recv());
                assert!(poll_once(&mut receiving.as_mut()).await.is_pending());
                receiving
            });
            let receiving = first.await.unwrap();
            let second = tokio::spawn(receiving);
            settle().await;
            push.send("x").await.unwrap();
            assert_eq!(within("the second task", second).await.unwrap().unwrap(), "x");
            context.shutdown().unwrap();
        });
    }
}

#[test]
fn a_future_that_is_not_polled_any_more_holds_up_nobody() {
    let _deadline = deadline(30);
    one_thread().block_on(async {
        let context = Context::new().unwrap();
        let (one, two) = pair(&context, Transport::Tcp, zmq::DEALER, zmq::DEALER);
        let mut idle = pin!(one.recv());
        assert!(poll_once(&mut idle).await.is_pending());
        for number in 0..100u32 {
            two.send(number.to_le_bytes()).await.unwrap();
            assert_eq!(within("another", one.recv()).await.unwrap(), number.to_le_bytes());
            one.send("back").await.unwrap();
            assert_eq!(within("back", two.recv()).await.unwrap(), "back");
        }
        assert!(poll_once(&mut idle).await.is_pending());
        two.send("for the idle one").await.unwrap();
        assert_eq!(within("the idle one", idle).await.unwrap(), "for the idle one");
    });
}

#[test]
fn sockets_in_a_loop_of_select() {
    let _deadline = deadline(30);
    for runtime in [one_thread(), threads()] {
        runtime.block_on(async {
            let context = Context::new().unwrap();
            let (first, to_first) = pair(&context, Transport::Tcp, zmq::PULL, zmq::PUSH);
            let (second, to_second) = pair(&context, Transport::Inproc, zmq::PULL, zmq::PUSH);
            let sending = [to_first, to_second].map(|push| {
                tokio::spawn(async move {
                    for number in 0..300u32 {
                        push.send(number.to_le_bytes()).await.unwrap();
                    }
                    push
                })
            });
            let (mut firsts, mut seconds) = (0u32, 0u32);
            within("the loop", async {
                while firsts + seconds < 600 {
                    tokio::select! {
                        message = first.recv() => {
                            assert_eq!(message.unwrap(), firsts.to_le_bytes());
                            firsts += 1;
                        }
                        message = second.recv() => {
                            assert_eq!(message.unwrap(), seconds.to_le_bytes());
                            seconds += 1;
                        }
                        () = tokio::task::yield_now() => {}
                    }
                }
            })
            .await;
            for task in sending {
                task.await.unwrap();
            }
        });
    }
}
