//! High water marks that change while there are connections.

use zmq::{Context, Message, Pull, Push, Socket};

use crate::support::deadline;

const MAX_SENDS: i32 = 10_000;

fn pair(context: &Context, sndhwm: i32, rcvhwm: i32) -> (Socket<Push>, Socket<Pull>) {
    let (push, pull) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    pull.set_rcvhwm(rcvhwm).unwrap();
    push.set_sndhwm(sndhwm).unwrap();
    (push, pull)
}

/// Sends numbers until there is no room, and says how many went.
fn fill(push: &Socket<Push>) -> i32 {
    let sent = (0..MAX_SENDS).take_while(|number| push.try_send(number.to_ne_bytes()).is_ok()).count();
    sent.try_into().unwrap()
}

#[test]
fn change_before_connected() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (push, pull) = pair(&context, 2, 2);
    pull.connect("inproc://a").unwrap();
    push.bind("inproc://a").unwrap();
    assert_eq!(push.sndhwm().unwrap(), 2);
    assert_eq!((0..MAX_SENDS).take_while(|_| push.try_send(Message::new()).is_ok()).count(), 4);
}

#[test]
fn change_after_connected() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (push, pull) = pair(&context, 1, 1);
    pull.connect("inproc://a").unwrap();
    push.bind("inproc://a").unwrap();
    push.set_sndhwm(5).unwrap();
    assert_eq!(push.sndhwm().unwrap(), 5);
    assert_eq!((0..MAX_SENDS).take_while(|_| push.try_send(Message::new()).is_ok()).count(), 6);
}

#[test]
fn decrease_when_full() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (push, pull) = pair(&context, 100, 1);
    push.bind("inproc://a").unwrap();
    pull.connect("inproc://a").unwrap();

    let sent = fill(&push);
    assert!((11..=101).contains(&sent), "{sent}");
    push.set_sndhwm(70).unwrap();
    assert_eq!(push.sndhwm().unwrap(), 70);

    // What was sent under the larger mark is all there, and in order.
    for number in 0..sent {
        assert_eq!(pull.recv_timeout(5000).unwrap(), number.to_ne_bytes());
    }
    assert_eq!(pull.try_recv().unwrap(), None);

    // A send that does not wait need not notice at once that there is room (socket_base.cpp, `process_commands`).
    assert!(push.poll(5000, zmq::POLLOUT).unwrap().is_writable());
    let sent = fill(&push);
    assert!((8..=71).contains(&sent), "{sent}");
}
