//! The sockets of `zmq::async_io`: alone, shared by threads, cancelled, and under executors of others.
#![cfg(unix)]

mod support;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context as TaskContext, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use async_io::{Timer, block_on};
use futures_util::future::{Either, join, select};
use futures_util::{SinkExt as _, StreamExt as _, stream};
use support::{TRANSPORTS, Transport, deadline};
use zmq::async_io::{Authenticator, Context, Poller, Socket};
use zmq::{ErrorKind, IntoKind, Message, POLLIN};

type Shared<K> = Arc<Socket<<K as IntoKind>::Kind>>;

fn pair<A: IntoKind, B: IntoKind>(
    context: &Context,
    transport: Transport,
    bound: A,
    connected: B,
) -> (Shared<A>, Shared<B>) {
    let (bound, connected) = (context.socket(bound).unwrap(), context.socket(connected).unwrap());
    bound.set_hwm(2).unwrap();
    connected.set_hwm(2).unwrap();
    bound.bind(&transport.endpoint()).unwrap();
    connected.connect(&bound.last_endpoint().unwrap()).unwrap();
    (Arc::new(bound), Arc::new(connected))
}

/// `None` if the time was over first.
async fn within<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    match select(pin!(future), pin!(Timer::after(limit))).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(_) => None,
    }
}

/// An executor of the simplest kind: a thread that is parked.
fn parked<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut cx = TaskContext::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn messages_over_every_transport() {
    let _deadline = deadline(30);
    for transport in TRANSPORTS {
        block_on(async {
            let context = Context::new().unwrap();
            // Without `pair`: with its small queues a REP drops an answer now and then, as libzmq says.
            let (rep, req) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
            rep.bind(&transport.endpoint()).unwrap();
            req.connect(&rep.last_endpoint().unwrap()).unwrap();
            for _ in 0..100 {
                req.send("question").await.unwrap();
                assert_eq!(rep.recv_string().await.unwrap(), "question");
                rep.send_multipart(["an", "answer"]).await.unwrap();
                assert_eq!(req.recv_multipart().await.unwrap(), ["an", "answer"]);
            }
        });
    }
}

#[test]
fn under_an_executor_that_knows_nothing_of_it() {
    let _deadline = deadline(30);
    for transport in TRANSPORTS {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, transport, zmq::PULL, zmq::PUSH);
        let sending = std::thread::spawn(move || {
            parked(async {
                let numbers = (0..500u32).map(|number| Ok(number.to_le_bytes()));
                push.sink().send_all(&mut stream::iter(numbers)).await.unwrap();
            });
            push
        });
        parked(async {
            let mut messages = pull.stream();
            for number in 0..500u32 {
                assert_eq!(messages.next().await.unwrap().unwrap(), number.to_le_bytes());
            }
        });
        drop(sending.join().unwrap());
    }
}

#[test]
fn both_sides_shared_by_several_threads() {
    const EACH: u32 = 500;
    let _deadline = deadline(60);
    for transport in TRANSPORTS {
        let context = Context::new().unwrap();
        let (one, two) = pair(&context, transport, zmq::PAIR, zmq::PAIR);
        let counts = [const { AtomicU32::new(0) }; 2];
        std::thread::scope(|scope| {
            for (socket, count) in [&one, &two].into_iter().zip(&counts) {
                for thread in 0..2 {
                    scope.spawn(move || {
                        block_on(async {
                            for number in 0..EACH {
                                let frames = [thread, number].map(|number| number.to_le_bytes());
                                socket.send_multipart(frames).await.unwrap();
                            }
                        });
                    });
                    let context = context.clone();
                    let counts = &counts;
                    scope.spawn(move || {
                        parked(async {
                            while let Ok(parts) = socket.recv_multipart().await {
                                assert_eq!(parts.len(), 2);
                                count.fetch_add(1, Ordering::AcqRel);
                                if counts.iter().all(|count| count.load(Ordering::Acquire) == 2 * EACH) {
                                    context.shutdown().unwrap();
                                }
                            }
                        });
                    });
                }
            }
        });
        assert!(counts.iter().all(|count| count.load(Ordering::Acquire) == 2 * EACH));
    }
}

#[test]
fn what_is_cancelled_has_taken_nothing() {
    let _deadline = deadline(60);
    for transport in TRANSPORTS {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, transport, zmq::PULL, zmq::PUSH);
        let sending = std::thread::spawn(move || {
            block_on(async {
                for number in 0..300u32 {
                    let message = Message::from(number.to_le_bytes());
                    let limit = Duration::from_micros(u64::from(number) % 7 * 50);
                    while within(limit, push.send(message.clone())).await.is_none() {}
                }
            });
            push
        });
        block_on(async {
            for number in 0..300u32 {
                let limit = Duration::from_micros(u64::from(number) % 5 * 50);
                let message = loop {
                    if let Some(message) = within(limit, pull.recv()).await {
                        break message;
                    }
                };
                assert_eq!(message.unwrap(), number.to_le_bytes());
            }
        });
        drop(sending.join().unwrap());
    }
}

#[test]
fn timeouts() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_rcvtimeo(30).unwrap();
    let started = Instant::now();
    assert!(block_on(pull.recv()).unwrap_err().is_again());
    assert!(parked(pull.recv()).unwrap_err().is_again());
    assert!(block_on(pull.poll(30, POLLIN)).unwrap().is_empty());
    let mut poller = Poller::new();
    poller.register(&pull, POLLIN).unwrap();
    assert!(parked(poller.poll(30)).unwrap().is_empty());
    assert!(started.elapsed() >= Duration::from_millis(116));
}

/// A task that floods a socket lets the others of its thread have their turn.
#[test]
fn who_floods_a_socket_starves_nobody() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::PUB).unwrap();
    let (pull, push) = pair(&context, Transport::Inproc, zmq::PULL, zmq::PUSH);
    let flood = async { while publisher.send("flood").await.is_ok() {} };
    let others = async {
        for number in 0..100u32 {
            push.send(number.to_le_bytes()).await.unwrap();
            assert_eq!(pull.recv().await.unwrap(), number.to_le_bytes());
            // So that it depends on the others' giving way.
            let mut given = false;
            poll_fn(|cx| {
                if std::mem::replace(&mut given, true) {
                    return Poll::Ready(());
                }
                cx.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
        }
        context.shutdown().unwrap();
    };
    block_on(join(flood, others));
}

#[test]
fn the_end_of_the_context_wakes_everyone() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = Arc::new(context.socket(zmq::PULL).unwrap());
    let auth = Authenticator::new(&context).unwrap();
    let waiting: Vec<_> = (0..4)
        .map(|number| {
            let pull = Arc::clone(&pull);
            std::thread::spawn(move || {
                let error = match number {
                    0 => block_on(pull.recv()).unwrap_err(),
                    1 => parked(pull.recv_multipart()).unwrap_err(),
                    2 => block_on(pull.poll(-1, POLLIN)).unwrap_err(),
                    _ => parked(pull.readable()).unwrap_err(),
                };
                assert_eq!(error.kind(), ErrorKind::ContextTerminated);
            })
        })
        .collect();
    let running = std::thread::spawn(move || block_on(auth.run()).unwrap());
    context.shutdown().unwrap();
    for thread in waiting {
        thread.join().unwrap();
    }
    running.join().unwrap();
    drop(pull);
    block_on(context.term()).unwrap();
}

/// What is there is there, however much the thread has done before.
#[test]
fn a_poll_that_does_not_wait_says_what_is_there() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
    pull.bind("inproc://there").unwrap();
    push.connect("inproc://there").unwrap();
    for _ in 0..500 {
        push.try_send("x").unwrap();
    }
    let received = block_on(async {
        let mut received = 0;
        while !pull.poll(0, POLLIN).await.unwrap().is_empty() {
            pull.recv().await.unwrap();
            received += 1;
        }
        received
    });
    assert_eq!(received, 500);
}
