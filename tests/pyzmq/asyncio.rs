//! test_asyncio.py, by `zmq::tokio`.

use std::future::Future;

use tokio::runtime::{Builder, Runtime};
use zmq::tokio::{Context, Tokio};

use crate::asynchronous as common;
use crate::support::{child, deadline};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn run(test: impl Future<Output = ()>) {
    let _deadline = deadline(60);
    runtime().block_on(test);
}

#[test]
fn socket_class() {
    common::socket_class::<Tokio>();
}

#[test]
fn instance_subclass_first() {
    let _deadline = deadline(60);
    child("first", 50, common::instance_first::<Tokio>).succeeds();
}

#[test]
fn instance_subclass_second() {
    let _deadline = deadline(60);
    child("second", 50, common::instance_second::<Tokio>).succeeds();
}

#[test]
fn recv_multipart() {
    run(common::recv_multipart::<Tokio>());
}

#[test]
fn recv() {
    run(common::recv::<Tokio>());
}

#[test]
fn recv_into() {
    run(common::recv_into::<Tokio>());
}

#[test]
fn recv_into_bad() {
    run(common::recv_into_bad::<Tokio>());
}

#[test]
fn recv_timeout() {
    run(common::recv_timeout::<Tokio>());
}

#[test]
fn send_timeout() {
    run(common::send_timeout::<Tokio>());
}

#[test]
fn recv_string() {
    run(common::recv_string::<Tokio>());
}

#[test]
#[cfg(feature = "json")]
fn recv_json() {
    run(common::recv_json::<Tokio>());
}

#[test]
#[cfg(feature = "json")]
fn recv_json_cancelled() {
    run(common::recv_json_cancelled::<Tokio>());
}

#[test]
fn custom_serialize() {
    run(common::custom_serialize::<Tokio>());
}

#[test]
fn custom_serialize_error() {
    run(common::custom_serialize_error::<Tokio>());
}

#[test]
fn recv_dontwait() {
    run(common::recv_dontwait::<Tokio>());
}

#[test]
fn recv_cancel() {
    run(common::recv_cancel::<Tokio>());
}

#[test]
fn poll() {
    run(common::poll::<Tokio>());
}

#[test]
fn poll_base_socket() {
    run(common::poll_base_socket::<Tokio>());
}

/// Descriptors are the runtime's own to wait for, beside a socket.
#[test]
fn poll_raw() {
    run(async {
        let (reader, writer) = tokio::net::UnixStream::pair().unwrap();
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        writer.writable().await.unwrap();
        tokio::select! {
            biased;
            _ = reader.readable() => panic!("nothing was written"),
            _ = pull.readable() => panic!("nothing was sent"),
            _ = tokio::task::yield_now() => {}
        }
        assert_eq!(writer.try_write(b"x").unwrap(), 1);
        tokio::select! {
            ready = reader.readable() => ready.unwrap(),
            _ = pull.readable() => panic!("nothing was sent"),
        }
        let mut read = [0; 1];
        assert_eq!((reader.try_read(&mut read).unwrap(), &read), (1, b"x"));
    });
}

/// The same sockets, in runtime after runtime.
#[test]
fn multiple_loops() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (a, b) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    let port = a.bind_to_random_port("tcp://127.0.0.1").unwrap();
    b.connect(&format!("tcp://127.0.0.1:{port}")).unwrap();
    for _ in 0..3 {
        let runtime = runtime();
        runtime.block_on(async {
            a.send("buf").await.unwrap();
            assert_eq!(b.recv().await.unwrap(), "buf");
        });
        drop(runtime);
    }
}

#[test]
fn shadow() {
    let _deadline = deadline(60);
    common::shadow::<Tokio>();
}

#[test]
fn poll_leak() {
    run(common::poll_leak::<Tokio>());
}

/// A process ends although its context, a socket, and a task that waits for it are left as they are.
#[test]
fn process_teardown() {
    let _deadline = deadline(60);
    child("teardown", 50, || {
        let context = Context::instance().unwrap();
        let socket = context.socket(zmq::PAIR).unwrap();
        socket.bind_to_random_port("tcp://127.0.0.1").unwrap();
        let runtime = runtime();
        runtime.block_on(async {
            let ended = tokio::time::timeout(std::time::Duration::from_millis(100), socket.recv()).await;
            assert!(ended.is_err(), "nothing ever comes");
            let never = tokio::spawn(async move { socket.recv().await });
            tokio::task::yield_now().await;
            assert!(!never.is_finished());
        });
        std::mem::forget(context);
    })
    .succeeds();
}
