//! `Manual`: sockets in an event loop of one's own, which is `poll` of POSIX here.
#![cfg(unix)]

mod support;

use std::collections::VecDeque;
use std::future::Future;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context as TaskContext, Poll, Wake, Waker};

use futures_util::StreamExt as _;
use support::{TRANSPORTS, Transport, deadline};
use zmq::asynchronous::{Context, Manual, Socket};
use zmq::{IntoKind, Kind, POLLIN, POLLOUT};

/// What the loop watches: a descriptor, and what to do once it is readable.
type Watched<'a> = (BorrowedFd<'a>, Box<dyn Fn() + 'a>);

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

fn watch<K: Kind>(socket: &Socket<K, Manual>) -> Watched<'_> {
    (socket.as_fd(), Box::new(|| socket.wake()))
}

/// Runs the tasks until all are done, and waits for the descriptors in between; each of them only when no task can go on.
fn run<'a>(watched: &[Watched<'_>], tasks: Vec<Pin<Box<dyn Future<Output = ()> + 'a>>>) {
    let mut tasks: Vec<_> = tasks.into_iter().map(|task| (task, Arc::new(Woken(AtomicBool::new(true))))).collect();
    while !tasks.is_empty() {
        tasks.retain_mut(|(task, woken)| {
            if !woken.0.swap(false, Ordering::AcqRel) {
                return true;
            }
            let waker = Waker::from(Arc::clone(woken));
            task.as_mut().poll(&mut TaskContext::from_waker(&waker)).is_pending()
        });
        if tasks.is_empty() || tasks.iter().any(|(_, woken)| woken.0.load(Ordering::Acquire)) {
            continue;
        }
        let mut polled: Vec<_> = watched
            .iter()
            .map(|(descriptor, _)| libc::pollfd { fd: descriptor.as_raw_fd(), events: libc::POLLIN, revents: 0 })
            .collect();
        let count = libc::nfds_t::try_from(polled.len()).unwrap();
        // SAFETY: so many entries are there, and their descriptors are open.
        let ready = unsafe { libc::poll(polled.as_mut_ptr(), count, 10_000) };
        assert!(ready > 0, "all tasks wait for ever");
        for ((_, wake), polled) in watched.iter().zip(&polled) {
            if polled.revents != 0 {
                wake();
            }
        }
    }
}

fn pair<A: IntoKind, B: IntoKind>(
    context: &Context<Manual>,
    transport: Transport,
    bound: A,
    connected: B,
) -> (Socket<A::Kind, Manual>, Socket<B::Kind, Manual>) {
    let (bound, connected) = (context.socket(bound).unwrap(), context.socket(connected).unwrap());
    bound.set_hwm(2).unwrap();
    connected.set_hwm(2).unwrap();
    bound.bind(&transport.endpoint()).unwrap();
    connected.connect(&bound.last_endpoint().unwrap()).unwrap();
    (bound, connected)
}

#[test]
fn both_ways_at_once() {
    let _deadline = deadline(60);
    for transport in TRANSPORTS {
        let context = Context::new().unwrap();
        let (one, two) = pair(&context, transport, zmq::PAIR, zmq::PAIR);
        let got = Mutex::new(VecDeque::new());
        let mut tasks: Vec<Pin<Box<dyn Future<Output = ()> + '_>>> = Vec::new();
        for (from, to) in [(&one, &two), (&two, &one)] {
            tasks.push(Box::pin(async move {
                for number in 0..500u32 {
                    from.send_multipart([number.to_le_bytes(); 2]).await.unwrap();
                }
            }));
            let got = &got;
            tasks.push(Box::pin(async move {
                for number in 0..500u32 {
                    assert_eq!(to.recv_multipart().await.unwrap(), [number.to_le_bytes(); 2]);
                    got.lock().unwrap().push_back(number);
                }
            }));
        }
        run(&[watch(&one), watch(&two)], tasks);
        assert_eq!(got.into_inner().unwrap().len(), 1000);
    }
}

#[test]
fn several_tasks_take_turns_with_a_socket() {
    let _deadline = deadline(60);
    for transport in TRANSPORTS {
        let context = Context::new().unwrap();
        let (pull, push) = pair(&context, transport, zmq::PULL, zmq::PUSH);
        let mut tasks: Vec<Pin<Box<dyn Future<Output = ()> + '_>>> = Vec::new();
        for _ in 0..4 {
            let (pull, push) = (&pull, &push);
            tasks.push(Box::pin(async move {
                for _ in 0..200 {
                    push.send("x").await.unwrap();
                }
            }));
            tasks.push(Box::pin(async move {
                for _ in 0..100 {
                    assert_eq!(pull.recv().await.unwrap(), "x");
                    pull.readable().await.unwrap();
                    // It swallows what others wait for.
                    pull.get(zmq::EVENTS).unwrap();
                    pull.recv().await.unwrap();
                }
            }));
        }
        // Who was told that there is something may find it taken: the last one gets another.
        run(&[watch(&pull), watch(&push)], tasks);
    }
}

/// libzmq says of it that there is always room, and there is no timer.
#[test]
fn a_router_that_waits_for_room() {
    let _deadline = deadline(60);
    for transport in TRANSPORTS {
        let context = Context::new().unwrap();
        let (router, dealer) = pair(&context, transport, zmq::ROUTER, zmq::DEALER);
        router.set_router_mandatory(true).unwrap();
        let (router, dealer) = (&router, &dealer);
        run(
            &[watch(router), watch(dealer)],
            vec![
                Box::pin(async move {
                    let id = router.recv_multipart().await.unwrap().swap_remove(0);
                    for number in 0..500u32 {
                        router.send_multipart([id.clone(), number.to_le_bytes().into()]).await.unwrap();
                    }
                }),
                Box::pin(async move {
                    dealer.send("hello").await.unwrap();
                    for number in 0..500u32 {
                        assert_eq!(dealer.recv().await.unwrap(), number.to_le_bytes());
                    }
                }),
            ],
        );
    }
}

#[test]
fn timeouts_are_refused_and_what_does_not_wait_is_not() {
    let _deadline = deadline(30);
    let context: Context<Manual> = Context::new().unwrap();
    let (pull, push) = pair(&context, Transport::Inproc, zmq::PULL, zmq::PUSH);
    let mut cx = TaskContext::from_waker(Waker::noop());
    let mut once = |future: Pin<&mut dyn Future<Output = zmq::Result<zmq::PollEvents>>>| future.poll(&mut cx);
    let Poll::Ready(Err(error)) = once(std::pin::pin!(pull.poll(10, POLLIN))) else { panic!("there is no timer") };
    assert!(error.to_string().contains("without a runtime there is nothing to wait with"), "{error}");
    assert!(matches!(once(std::pin::pin!(pull.poll(0, POLLIN))), Poll::Ready(Ok(events)) if events.is_empty()));
    assert!(matches!(once(std::pin::pin!(push.poll(None, POLLOUT))), Poll::Ready(Ok(POLLOUT))));
    assert!(once(std::pin::pin!(pull.poll(None, POLLIN))).is_pending());
}

#[test]
fn the_end_of_the_context() {
    let _deadline = deadline(30);
    let context: Context<Manual> = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let (first, second) = (&pull, &pull);
    let ending = context.clone();
    run(
        &[watch(&pull)],
        vec![
            Box::pin(async move { assert!(first.recv().await.unwrap_err().is_terminated()) }),
            Box::pin(async move { assert!(second.stream().next().await.is_none()) }),
            Box::pin(async move { ending.shutdown().unwrap() }),
        ],
    );
}
