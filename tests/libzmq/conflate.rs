//! Only the last message counts.

use zmq::{Context, Message, Pull, Socket};

use crate::support::zmtp::COMMAND;
use crate::support::{Transport, deadline};
use crate::testutil::{PATIENCE, RawPeer, silent};

const COUNT: u32 = 20;

fn puller(context: &Context) -> (Socket<Pull>, String) {
    let puller = context.socket(zmq::PULL).unwrap();
    puller.set_conflate(true).unwrap();
    let endpoint = Transport::Tcp.bind(&puller);
    (puller, endpoint)
}

fn number(message: &Message) -> u32 {
    u32::from_ne_bytes(message[..].try_into().expect("four bytes"))
}

/// However many of the others are received before they are replaced: the last one is, and nothing after it.
#[test]
fn conflate() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (puller, endpoint) = puller(&context);
    let pusher = context.socket(zmq::PUSH).unwrap();
    pusher.connect(&endpoint).unwrap();
    for number in 0..COUNT {
        pusher.send(number.to_ne_bytes()).unwrap();
    }
    let mut last = None;
    while last != Some(COUNT - 1) {
        let next = number(&puller.recv_timeout(PATIENCE).unwrap());
        assert!(last < Some(next), "{next} after {last:?}");
        last = Some(next);
    }
    silent(&puller);
}

/// Where all have arrived before any is received, it is the only one.
#[test]
fn conflate_when_all_have_arrived() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (puller, endpoint) = puller(&context);
    let mut pusher = RawPeer::connect(&endpoint);
    pusher.handshake("PUSH", &[]);
    for number in 0..COUNT {
        pusher.send(0, &number.to_ne_bytes());
    }
    // The answer comes once libzmq has passed on all that came before.
    pusher.send(COMMAND, b"\x04PING\0\0");
    assert_eq!(pusher.recv(), (COMMAND, b"\x04PONG".to_vec()));
    assert_eq!(number(&puller.recv_timeout(PATIENCE).unwrap()), COUNT - 1);
    silent(&puller);
    // And goes on.
    pusher.send(0, &7_u32.to_ne_bytes());
    assert_eq!(number(&puller.recv_timeout(PATIENCE).unwrap()), 7);
}
