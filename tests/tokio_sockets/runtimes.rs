//! Runtimes that are not there, are gone, are another one, or lack a part.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use tokio::runtime::Builder;
use zmq::POLLIN;
use zmq::tokio::{Context, Socket};

use crate::support::{Transport, deadline};
use crate::{one_thread, pair, poll_once, settle, threads, within};

/// Polls it outside of every runtime.
fn poll_outside<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).as_mut().poll(&mut TaskContext::from_waker(Waker::noop()))
}

#[test]
fn a_socket_that_is_made_and_used_outside_of_a_runtime() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = pair(&context, Transport::Inproc, zmq::PULL, zmq::PUSH);
    // What need not wait needs no runtime.
    assert!(matches!(poll_outside(push.send("x")), Poll::Ready(Ok(()))));
    assert!(matches!(poll_outside(pull.recv()), Poll::Ready(Ok(message)) if message == "x"));
    let Poll::Ready(Err(error)) = poll_outside(pull.recv()) else { panic!("there is nothing to wait with") };
    assert!(error.to_string().contains("no tokio runtime"), "{error}");
    one_thread().block_on(async {
        let receiving = tokio::spawn(async move { pull.recv().await.unwrap() });
        settle().await;
        push.send("y").await.unwrap();
        assert_eq!(within("the receiver", receiving).await.unwrap(), "y");
    });
}

/// A clear error, and no panic.
#[test]
fn timeouts_outside_of_a_runtime() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let Poll::Ready(Err(error)) = poll_outside(pull.poll(10, POLLIN)) else { panic!("there is nothing to wait with") };
    assert!(error.to_string().contains("no tokio runtime"), "{error}");
    // Registered with a runtime, but polled outside of it.
    let runtime = one_thread();
    runtime.block_on(async { assert!(poll_once(&mut pin!(pull.recv())).await.is_pending()) });
    pull.set_rcvtimeo(10).unwrap();
    let Poll::Ready(Err(error)) = poll_outside(pull.recv()) else { panic!("there is nothing to wait with") };
    assert!(error.to_string().contains("no tokio runtime"), "{error}");
}

/// A socket outlives its runtime.
#[test]
fn one_runtime_after_another() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = pair(&context, Transport::Tcp, zmq::PULL, zmq::PUSH);
    let (pull, push) = (Arc::new(pull), Arc::new(push));
    for round in 0..6 {
        let runtime = if round % 2 == 0 { one_thread() } else { threads() };
        runtime.block_on(async {
            let receiver = Arc::clone(&pull);
            let receiving = tokio::spawn(async move { receiver.recv().await.unwrap() });
            settle().await;
            push.send("x").await.unwrap();
            assert_eq!(within("the receiver", receiving).await.unwrap(), "x");
            // It is waiting when the runtime ends.
            let receiver = Arc::clone(&pull);
            tokio::spawn(async move { receiver.recv().await.map(drop) });
            settle().await;
        });
    }
}

/// The first runtime is still there, but nobody runs it.
#[test]
fn a_runtime_that_rests_while_another_is_used() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (pull, push) = pair(&context, Transport::Tcp, zmq::PULL, zmq::PUSH);
    let pull = Arc::new(pull);
    let rests = one_thread();
    rests.block_on(async {
        assert!(poll_once(&mut pin!(pull.recv())).await.is_pending());
    });
    one_thread().block_on(async {
        let receiver = Arc::clone(&pull);
        let receiving = tokio::spawn(async move { receiver.recv().await.unwrap() });
        settle().await;
        push.send("x").await.unwrap();
        assert_eq!(within("in the second runtime", receiving).await.unwrap(), "x");
    });
}

/// Two tasks of two runtimes, both of which run.
#[test]
fn two_runtimes_at_once() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = pair(&context, Transport::Tcp, zmq::PULL, zmq::PUSH);
    let pull = Arc::new(pull);
    let (first, second) = (threads(), threads());
    let count = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let (done, mut all_done) = tokio::sync::mpsc::unbounded_channel();
    for runtime in [&first, &second] {
        let (pull, count, done) = (Arc::clone(&pull), Arc::clone(&count), done.clone());
        runtime.spawn(async move {
            while pull.recv().await.is_ok() {
                if count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1 == 500 {
                    done.send(()).unwrap();
                }
            }
        });
    }
    one_thread().block_on(async {
        for _ in 0..250 {
            push.send("x").await.unwrap();
        }
        // The one in which the socket is registered goes.
        first.shutdown_background();
        for _ in 0..250 {
            push.send("x").await.unwrap();
        }
        drop(done);
        assert!(
            within("all", all_done.recv()).await.is_some() || count.load(std::sync::atomic::Ordering::Relaxed) >= 499
        );
    });
    context.shutdown().unwrap();
}

#[test]
fn a_runtime_without_io() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (pull, push) = pair(&context, Transport::Tcp, zmq::PULL, zmq::PUSH);
    let pull = Arc::new(pull);
    let bare = Builder::new_current_thread().build().unwrap();
    let receiver = Arc::clone(&pull);
    // tokio panics, as with sockets of its own; in a task that is the task's end.
    let answer = bare.block_on(async move { tokio::spawn(async move { receiver.recv().await }).await });
    assert!(answer.is_err_and(|error| error.is_panic()));
    drop(bare);
    // And the socket is as good as new.
    one_thread().block_on(async {
        let receiver = Arc::clone(&pull);
        let receiving = tokio::spawn(async move { receiver.recv().await.unwrap() });
        settle().await;
        push.send("x").await.unwrap();
        assert_eq!(within("in a whole runtime", receiving).await.unwrap(), "x");
    });
}

#[test]
fn a_runtime_without_time() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = pair(&context, Transport::Tcp, zmq::PULL, zmq::PUSH);
    let pull = Arc::new(pull);
    let bare = Builder::new_current_thread().enable_io().build().unwrap();
    bare.block_on(async {
        let receiver = Arc::clone(&pull);
        let receiving = tokio::spawn(async move { receiver.recv().await.unwrap() });
        settle().await;
        push.send("x").await.unwrap();
        assert_eq!(receiving.await.unwrap(), "x");
        // Timeouts need the timer: tokio panics.
        pull.set_rcvtimeo(10).unwrap();
        let receiver = Arc::clone(&pull);
        assert!(tokio::spawn(async move { receiver.recv().await }).await.unwrap_err().is_panic());
        pull.set_rcvtimeo(-1).unwrap();
        let receiver = Arc::clone(&pull);
        let receiving = tokio::spawn(async move { receiver.recv().await.unwrap() });
        settle().await;
        push.send("y").await.unwrap();
        assert_eq!(receiving.await.unwrap(), "y");
    });
}

/// No timeout is set: that it looks now and then for itself is its own affair.
#[test]
fn a_router_that_waits_for_room_in_a_runtime_without_time() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (router, dealer) = pair(&context, Transport::Inproc, zmq::ROUTER, zmq::DEALER);
    router.set_router_mandatory(true).unwrap();
    let bare = Builder::new_current_thread().enable_io().build().unwrap();
    bare.block_on(async {
        dealer.send("hello").await.unwrap();
        let id = router.recv_multipart().await.unwrap().swap_remove(0);
        while router.try_send_multipart([id.clone(), "x".into()]).is_ok() {}
        let router: Socket<_> = router;
        let sending = tokio::spawn(async move { router.send_multipart([id, "last".into()]).await.unwrap() });
        settle().await;
        while let Some(message) = dealer.try_recv().unwrap() {
            assert!(message == "x" || message == "last");
            settle().await;
        }
        assert!(!sending.is_finished() || sending.await.is_ok(), "tokio panics: there is no timer");
    });
}
