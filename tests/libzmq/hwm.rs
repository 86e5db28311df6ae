//! High water marks within the process: how much a PUSH takes before it would wait.

use zmq::{Context, Message, Pull, Push, Socket};

use crate::support::{deadline, unique};
use crate::testutil::{PATIENCE, silent};

/// As good as no limit.
const MAX_SENDS: usize = 10_000;

/// A context, and the only name that is used in it.
fn context() -> (Context, String) {
    (Context::new().unwrap(), format!("inproc://{}", unique("hwm")))
}

fn push(context: &Context, hwm: i32) -> Socket<Push> {
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_sndhwm(hwm).unwrap();
    push
}

fn pull(context: &Context, hwm: i32) -> Socket<Pull> {
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_rcvhwm(hwm).unwrap();
    pull
}

/// Sends until it would wait, and answers how often it did not.
fn fill(push: &Socket<Push>) -> usize {
    let refused = (0..MAX_SENDS).find(|_| match push.try_send(Message::new()) {
        Ok(()) => false,
        Err(error) => {
            assert!(error.is_again(), "{error}");
            true
        }
    });
    refused.unwrap_or(MAX_SENDS)
}

/// Receives all that was sent, and no more.
#[track_caller]
fn drain(pull: &Socket<Pull>, sent: usize) {
    for _ in 0..sent {
        assert!(pull.recv_timeout(PATIENCE).unwrap().is_empty());
    }
    silent(pull);
}

#[track_caller]
fn takes(push: &Socket<Push>, pull: &Socket<Pull>, expected: usize) {
    let sent = fill(push);
    drain(pull, sent);
    assert_eq!(sent, expected);
    // And goes on.
    push.send(Message::new()).unwrap();
    drain(pull, 1);
}

#[track_caller]
fn bind_first(sndhwm: i32, rcvhwm: i32, expected: usize) {
    let (context, endpoint) = context();
    let pull = pull(&context, rcvhwm);
    pull.bind(&endpoint).unwrap();
    let push = push(&context, sndhwm);
    push.connect(&endpoint).unwrap();
    takes(&push, &pull, expected);
}

#[track_caller]
fn connect_first(sndhwm: i32, rcvhwm: i32, expected: usize) {
    let (context, endpoint) = context();
    let push = push(&context, sndhwm);
    push.connect(&endpoint).unwrap();
    let pull = pull(&context, rcvhwm);
    pull.bind(&endpoint).unwrap();
    takes(&push, &pull, expected);
}

/// 1000 on either side.
#[test]
fn defaults() {
    let _deadline = deadline(30);
    let (context, endpoint) = context();
    let (pull, push) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PUSH).unwrap());
    pull.bind(&endpoint).unwrap();
    push.connect(&endpoint).unwrap();
    takes(&push, &pull, 2000);
}

#[test]
fn infinite_both_inproc_bind_first() {
    let _deadline = deadline(30);
    bind_first(0, 0, MAX_SENDS);
}

#[test]
fn infinite_both_inproc_connect_first() {
    let _deadline = deadline(30);
    connect_first(0, 0, MAX_SENDS);
}

#[test]
fn infinite_receive_inproc_bind_first() {
    let _deadline = deadline(30);
    bind_first(1, 0, MAX_SENDS);
}

#[test]
fn infinite_receive_inproc_connect_first() {
    let _deadline = deadline(30);
    connect_first(1, 0, MAX_SENDS);
}

#[test]
fn infinite_send_inproc_bind_first() {
    let _deadline = deadline(30);
    bind_first(0, 1, MAX_SENDS);
}

#[test]
fn infinite_send_inproc_connect_first() {
    let _deadline = deadline(30);
    connect_first(0, 1, MAX_SENDS);
}

#[test]
fn finite_both_bind_first() {
    let _deadline = deadline(30);
    bind_first(1, 1, 2);
}

#[test]
fn finite_both_connect_first() {
    let _deadline = deadline(30);
    connect_first(1, 1, 2);
}

/// The sender's own mark alone counts while nobody is bound; what it has sent outlives it.
#[test]
fn infinite_recv_connect_and_close_first() {
    let _deadline = deadline(30);
    let (context, endpoint) = context();
    let push = push(&context, 1);
    push.connect(&endpoint).unwrap();
    let sent = fill(&push);
    push.close().unwrap();
    let pull = pull(&context, 0);
    pull.bind(&endpoint).unwrap();
    drain(&pull, sent);
    assert_eq!(sent, 1);
}

/// A PUSH that is bound has nobody to queue for. libzmq's test says nothing about the number.
#[test]
fn infinite_recv_bind_and_close_first() {
    let _deadline = deadline(30);
    let (context, endpoint) = context();
    let push = push(&context, 1);
    push.bind(&endpoint).unwrap();
    assert_eq!(fill(&push), 0);
    push.close().unwrap();
}
