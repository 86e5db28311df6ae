//! Tasks that share sockets, cancel what they wait for, pause, and fill small queues: no message is lost, doubled or out of its order,
//! and nobody waits for ever.
//!
//! `RSZMQ_STRESS=10000000 cargo test --release --test tokio_stress` for as many messages in all; 100,000 without it.

#![cfg(unix)]

mod support;

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use support::{TRANSPORTS, Transport, deadline};
use tokio::runtime::{Builder, Runtime};
use zmq::tokio::{Context, Socket};
use zmq::{Kind, Message, Receiver, Sender};

/// How many messages all the tests together pass.
fn total() -> u64 {
    std::env::var("RSZMQ_STRESS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000)
}

/// A reproducible stream of numbers (xorshift).
struct Numbers(u64);

impl Numbers {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn runtimes() -> [Runtime; 2] {
    [Builder::new_current_thread(), { Builder::new_multi_thread() }]
        .map(|mut builder| builder.worker_threads(3).enable_all().build().unwrap())
}

/// Does it, but often gives up waiting and begins anew, and sometimes pauses before.
async fn restlessly<T, F: Future<Output = T>>(numbers: &mut Numbers, mut begin: impl FnMut() -> F) -> T {
    if numbers.below(200) == 0 {
        tokio::time::sleep(Duration::from_micros(numbers.below(2000))).await;
    }
    loop {
        match numbers.below(8) {
            0 => {
                tokio::select! {
                    biased;
                    done = begin() => return done,
                    () = tokio::task::yield_now() => {}
                }
            }
            1 => {
                if let Ok(done) = tokio::time::timeout(Duration::from_micros(numbers.below(1500)), begin()).await {
                    return done;
                }
            }
            _ => return begin().await,
        }
    }
}

const SENDERS: u64 = 3;
const RECEIVERS: u64 = 3;

fn numbered(sender: u64, number: u64) -> Message {
    Message::from([sender.to_le_bytes(), number.to_le_bytes()].concat())
}

fn number_of(message: &[u8]) -> (u64, u64) {
    let (sender, number) = message.split_at(8);
    (u64::from_le_bytes(sender.try_into().unwrap()), u64::from_le_bytes(number.try_into().unwrap()))
}

/// Sends `count` messages by each of some tasks, alone or in several frames.
fn send_all<K: Sender>(
    socket: &Arc<Socket<K>>,
    count: u64,
    topic: Option<&'static [u8]>,
) -> Vec<tokio::task::JoinHandle<()>> {
    (0..SENDERS)
        .map(|sender| {
            let socket = Arc::clone(socket);
            tokio::spawn(async move {
                let mut numbers = Numbers::new(sender + 1);
                for number in 0..count {
                    let message = numbered(sender, number);
                    match topic {
                        // The prefix of a subscription.
                        Some(topic) => {
                            let parts = [Message::from(topic), message];
                            restlessly(&mut numbers, || socket.send_multipart(parts.clone())).await.unwrap();
                        }
                        None => restlessly(&mut numbers, || socket.send(message.clone())).await.unwrap(),
                    }
                }
            })
        })
        .collect()
}

/// Receives `count` messages by some tasks, and answers what each sender's were, in the order in which they were taken.
async fn receive_all<K: Receiver>(socket: &Arc<Socket<K>>, count: u64) -> Vec<(u64, u64)> {
    let left = Arc::new(AtomicU64::new(count));
    let (taken, mut all) = tokio::sync::mpsc::unbounded_channel();
    let tasks: Vec<_> = (0..RECEIVERS)
        .map(|receiver| {
            let (socket, left, taken) = (Arc::clone(socket), Arc::clone(&left), taken.clone());
            tokio::spawn(async move {
                let mut numbers = Numbers::new(receiver + 100);
                loop {
                    let parts = restlessly(&mut numbers, || socket.recv_multipart()).await.unwrap();
                    taken.send(number_of(parts.last().unwrap())).unwrap();
                    left.fetch_sub(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let mut received = Vec::new();
    while received.len() < usize::try_from(count).unwrap() {
        received.push(all.recv().await.unwrap());
    }
    for task in tasks {
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    }
    assert!(all.try_recv().is_err() && socket.try_recv_multipart().unwrap().is_none(), "a message was doubled");
    received
}

/// Each message of each sender once.
#[track_caller]
fn complete(received: Vec<(u64, u64)>, count: u64, what: &str) {
    let mut seen: HashMap<u64, Vec<bool>> = HashMap::new();
    for (sender, number) in received {
        let numbers = seen.entry(sender).or_insert_with(|| vec![false; usize::try_from(count).unwrap()]);
        assert!(!std::mem::replace(&mut numbers[usize::try_from(number).unwrap()], true), "{what}: {number} twice");
    }
    assert_eq!(seen.len() as u64, SENDERS, "{what}");
    for numbers in seen.values() {
        assert!(numbers.iter().all(|seen| *seen), "{what}: something is missing");
    }
}

type Shared<T> = Arc<Socket<<T as zmq::IntoKind>::Kind>>;

fn pair<A: zmq::IntoKind, B: zmq::IntoKind>(
    context: &Context,
    transport: Transport,
    bound: A,
    connected: B,
) -> (Shared<A>, Shared<B>) {
    let (bound, connected) = (context.socket(bound).unwrap(), context.socket(connected).unwrap());
    small(&bound);
    small(&connected);
    bound.bind(&transport.endpoint()).unwrap();
    connected.connect(&bound.last_endpoint().unwrap()).unwrap();
    (Arc::new(bound), Arc::new(connected))
}

/// Queues in which a few messages have room.
fn small<K: Kind>(socket: &Socket<K>) {
    socket.set_hwm(4).unwrap();
}

/// Runs a test in every runtime, over every transport.
fn everywhere<F: Future<Output = ()>>(seconds: u64, test: impl Fn(Context, Transport, u64, String) -> F) {
    let _deadline = deadline(seconds.max(total() / 2000));
    for (threads, runtime) in ["one thread", "several threads"].into_iter().zip(runtimes()) {
        for transport in TRANSPORTS {
            // Of six kinds, here six times.
            let count = (total() / 6 / 6 / SENDERS).max(1);
            let what = format!("{threads}, {transport:?}");
            runtime.block_on(test(Context::new().unwrap(), transport, count, what));
        }
    }
}

#[test]
fn push_and_pull() {
    everywhere(120, |context, transport, count, what| async move {
        let (pull, push) = pair(&context, transport, zmq::PULL, zmq::PUSH);
        let sending = send_all(&push, count, None);
        complete(receive_all(&pull, count * SENDERS).await, count, &what);
        for task in sending {
            task.await.unwrap();
        }
    });
}

#[test]
fn both_ways_at_once() {
    everywhere(120, |context, transport, count, what| async move {
        let (one, two) = pair(&context, transport, zmq::PAIR, zmq::PAIR);
        let half = count.div_ceil(2);
        let (forth, back) = (send_all(&one, half, None), send_all(&two, half, None));
        let (there, here) = tokio::join!(receive_all(&two, half * SENDERS), receive_all(&one, half * SENDERS));
        complete(there, half, &what);
        complete(here, half, &what);
        for task in forth.into_iter().chain(back) {
            task.await.unwrap();
        }
    });
}

#[test]
fn a_router_that_answers_and_waits_for_room() {
    everywhere(120, |context, transport, count, what| async move {
        let (router, dealer) = pair(&context, transport, zmq::ROUTER, zmq::DEALER);
        // It waits for room then, instead of dropping what has none.
        router.set_router_mandatory(true).unwrap();
        let half = count.div_ceil(2);
        let echoing: Vec<_> = (0..RECEIVERS)
            .map(|task| {
                let router = Arc::clone(&router);
                tokio::spawn(async move {
                    let mut numbers = Numbers::new(task + 1000);
                    loop {
                        let parts = restlessly(&mut numbers, || router.recv_multipart()).await.unwrap();
                        restlessly(&mut numbers, || router.send_multipart(&parts)).await.unwrap();
                    }
                })
            })
            .collect();
        let sending = send_all(&dealer, half, None);
        complete(receive_all(&dealer, half * SENDERS).await, half, &what);
        for task in sending {
            task.await.unwrap();
        }
        for task in echoing {
            task.abort();
        }
    });
}

#[test]
fn publishers_that_wait_for_their_subscribers() {
    everywhere(120, |context, transport, count, what| async move {
        let (publisher, subscriber) = pair(&context, transport, zmq::XPUB, zmq::SUB);
        publisher.set_xpub_nodrop(true).unwrap();
        subscriber.subscribe("topic").unwrap();
        assert_eq!(publisher.recv().await.unwrap(), b"\x01topic");
        let sending = send_all(&publisher, count, Some(b"topic"));
        complete(receive_all(&subscriber, count * SENDERS).await, count, &what);
        for task in sending {
            task.await.unwrap();
        }
    });
}

/// A REQ and a REP have one conversation at a time; what is cancelled in it goes on where it was.
#[test]
fn requests_and_replies() {
    everywhere(120, |context, transport, count, what| async move {
        // Not with small queues: a REP drops a reply that has no room, and looks only now and then whether there is some again.
        let (rep, req) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
        rep.bind(&transport.endpoint()).unwrap();
        req.connect(&rep.last_endpoint().unwrap()).unwrap();
        let server = tokio::spawn(async move {
            let mut numbers = Numbers::new(7);
            while let Ok(request) = restlessly(&mut numbers, || rep.recv()).await {
                restlessly(&mut numbers, || rep.send(request.clone())).await.unwrap();
            }
        });
        let mut numbers = Numbers::new(8);
        for number in 0..count * SENDERS / 2 {
            let request = numbered(0, number);
            restlessly(&mut numbers, || req.send(request.clone())).await.unwrap();
            assert_eq!(restlessly(&mut numbers, || req.recv()).await.unwrap(), request, "{what}");
        }
        context.shutdown().unwrap();
        server.await.unwrap();
    });
}

/// Each peer sends some and goes, another comes.
#[test]
fn peers_that_come_and_go() {
    everywhere(120, |context, transport, count, what| async move {
        const EACH: u64 = 25;
        let pull = context.socket(zmq::PULL).unwrap();
        small(&pull);
        pull.bind(&transport.endpoint()).unwrap();
        let endpoint = pull.last_endpoint().unwrap();
        let pull = Arc::new(pull);
        let sending: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let (context, endpoint) = (context.clone(), endpoint.clone());
                tokio::spawn(async move {
                    let mut numbers = Numbers::new(sender + 50);
                    let mut socket = None;
                    for number in 0..count {
                        if number % EACH == 0 {
                            socket = None;
                        }
                        let socket = socket.get_or_insert_with(|| {
                            let push = context.socket(zmq::PUSH).unwrap();
                            small(&push);
                            push.connect(&endpoint).unwrap();
                            push
                        });
                        let message = numbered(sender, number);
                        restlessly(&mut numbers, || socket.send(message.clone())).await.unwrap();
                    }
                    // Over ipc what the receiver has not read is lost when the sender closes.
                    socket
                })
            })
            .collect();
        if transport == Transport::Ipc {
            // See above: with peers that go there is no promise that could be held.
            for task in sending {
                task.abort();
            }
            return;
        }
        complete(receive_all(&pull, count * SENDERS).await, count, &what);
        for task in sending {
            drop(task.await.unwrap());
        }
    });
}
