//! The sockets of `zmq::tokio`: wake-ups, cancelling, errors, endings, what waiting costs, and every method once.
#![cfg(unix)]

#[path = "../support/mod.rs"]
mod support;

mod cancelling;
mod costs;
mod endings;
mod errors;
mod methods;
mod runtimes;
mod waiting;
mod waking;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use support::Transport;
use tokio::runtime::{Builder, Runtime};
use zmq::IntoKind;
use zmq::tokio::{Context, Socket};

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn threads() -> Runtime {
    Builder::new_multi_thread().worker_threads(3).enable_all().build().unwrap()
}

/// A wake-up that is lost fails here, and says where.
#[track_caller]
fn within<F: Future>(what: &str, future: F) -> impl Future<Output = F::Output> {
    const LIMIT: Duration = Duration::from_secs(15);
    let limited = Box::pin(future);
    async move {
        let started = Instant::now();
        match tokio::time::timeout(LIMIT, limited).await {
            // In the end the timer wakes the task, which then finds what it was not told of.
            Ok(answer) if started.elapsed() < LIMIT => answer,
            _ => panic!("{what}: waits for ever"),
        }
    }
}

/// Polls it once, so that it waits, or is done.
async fn poll_once<F: Future + ?Sized>(future: &mut Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// Lets the other tasks of a runtime of one thread go as far as they can.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// Two connected sockets with room for a few messages; the first is bound.
fn pair<A: IntoKind, B: IntoKind>(
    context: &Context,
    transport: Transport,
    bound: A,
    connected: B,
) -> (Socket<A::Kind>, Socket<B::Kind>) {
    let (bound, connected) = (context.socket(bound).unwrap(), context.socket(connected).unwrap());
    bound.set_hwm(2).unwrap();
    connected.set_hwm(2).unwrap();
    bound.bind(&transport.endpoint()).unwrap();
    connected.connect(&bound.last_endpoint().unwrap()).unwrap();
    (bound, connected)
}
