//! The end of a context, whatever its sockets are doing.

use std::sync::mpsc::channel;

use zmq::{Context, ErrorKind, POLLIN, Poller};

use crate::support::{Transport, deadline};

#[test]
fn ctx_destroy() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    context.socket(zmq::PULL).unwrap().close().unwrap();
    context.term().unwrap();
    assert!(context.is_terminated());
}

/// A thread that waits in `recv` is told.
#[test]
fn ctx_shutdown() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    let (report, reported) = channel();
    let receiver = std::thread::spawn(move || {
        report.send(pull.recv().map(drop)).unwrap();
        pull.recv().unwrap_err()
    });
    // It is there, and about to wait.
    push.send("first").unwrap();
    reported.recv().unwrap().unwrap();

    context.shutdown().unwrap();
    let error = receiver.join().unwrap();
    assert_eq!(error.kind(), ErrorKind::ContextTerminated, "{error}");
    push.close().unwrap();
    context.term().unwrap();
}

#[test]
fn ctx_shutdown_socket_opened_after() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    context.socket(zmq::PULL).unwrap().close().unwrap();
    context.shutdown().unwrap();
    assert_eq!(context.socket(zmq::PULL).unwrap_err().kind(), ErrorKind::ContextTerminated);
    context.term().unwrap();
}

/// As above where there never was a socket, so that libzmq has not started its threads.
#[test]
fn ctx_shutdown_only_socket_opened_after() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    context.shutdown().unwrap();
    assert_eq!(context.socket(zmq::PULL).unwrap_err().kind(), ErrorKind::ContextTerminated);
    context.term().unwrap();
}

/// A thread that waits in a poller, too; `term` waits until it has closed its socket.
#[test]
fn poller_exists_with_socket_on_zmq_ctx_term_non_thread_safe_socket() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::DEALER).unwrap();
    let (ready, is_ready) = channel();
    let polling = std::thread::spawn(move || {
        let mut poller = Poller::new();
        poller.register(&socket, POLLIN).unwrap();
        ready.send(()).unwrap();
        poller.poll(None).map(drop).unwrap_err()
    });
    is_ready.recv().unwrap();
    context.term().unwrap();
    assert_eq!(polling.join().unwrap().kind(), ErrorKind::ContextTerminated);
}
