//! test_zmqstream.py: what calls back when a message arrives is a `futures` stream here, in whose loop the callback's body is.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::runtime::Builder;
use zmq::tokio::{Context, Socket};

use crate::support::deadline;

fn run(test: impl Future<Output = ()>) {
    let _deadline = deadline(60);
    Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

fn push_pull() -> (Socket<zmq::Push>, Socket<zmq::Pull>) {
    let context = Context::new().unwrap();
    context.setsockopt(zmq::LINGER, 0).unwrap();
    let (push, pull) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    let port = push.bind_to_random_port("tcp://127.0.0.1").unwrap();
    pull.connect(&format!("tcp://127.0.0.1:{port}")).unwrap();
    (push, pull)
}

#[test]
fn on_recv_basic() {
    run(async {
        let (push, pull) = push_pull();
        push.send_multipart(["basic"]).await.unwrap();
        assert_eq!(pull.stream_multipart().next().await.unwrap().unwrap(), ["basic"]);
    });
}

/// It waits in a task when the message comes.
#[test]
fn on_recv_wake() {
    run(async {
        let (push, pull) = push_pull();
        let task = tokio::spawn(async move { pull.stream_multipart().next().await.unwrap().unwrap() });
        tokio::time::sleep(Duration::from_millis(50)).await;
        push.send_multipart(["wake"]).await.unwrap();
        assert_eq!(task.await.unwrap(), ["wake"]);
    });
}

/// The body awaits something itself, and the loop goes on.
#[test]
fn on_recv_async() {
    run(async {
        let (push, pull) = push_pull();
        let task = tokio::spawn(async move {
            let slow = pull.stream_multipart().take(2).then(|message| async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                message.unwrap()
            });
            slow.collect::<Vec<_>>().await
        });
        push.send_multipart(["wake"]).await.unwrap();
        push.send_multipart(["again"]).await.unwrap();
        assert_eq!(task.await.unwrap(), [["wake"], ["again"]]);
    });
}

/// What goes wrong in the body is for whoever waits for the task, and what comes next is there for another.
#[test]
fn on_recv_async_error() {
    run(async {
        let (push, pull) = push_pull();
        let pull = std::sync::Arc::new(pull);
        let body = std::sync::Arc::clone(&pull);
        let task = tokio::spawn(async move {
            let message = body.stream_multipart().next().await.unwrap().unwrap();
            Err::<(), _>(message)
        });
        push.send_multipart(["wake"]).await.unwrap();
        push.send_multipart(["next"]).await.unwrap();
        assert_eq!(task.await.unwrap().unwrap_err(), ["wake"]);
        assert_eq!(pull.recv_multipart().await.unwrap(), ["next"]);
    });
}

#[test]
fn shadow_socket() {
    run(async {
        let (push, pull) = push_pull();
        let pull = pull.into_blocking();
        let pull = Socket::from(pull);
        push.send("hi").await.unwrap();
        assert_eq!(pull.stream().next().await.unwrap().unwrap(), "hi");
    });
}

/// A socket cannot be closed under a stream, which borrows it. Its context can be ended, and that ends the stream.
#[test]
fn shadow_socket_close() {
    run(async {
        let (push, pull) = push_pull();
        for number in 0..10 {
            push.send(number.to_string()).await.unwrap();
        }
        let mut stream = pull.stream();
        assert_eq!(stream.next().await.unwrap().unwrap(), "0");
        pull.with(|socket| socket.context().expect("it has one").shutdown()).unwrap();
        while let Some(message) = stream.next().await {
            assert!(message.is_ok(), "what had come already");
        }
    });
}
