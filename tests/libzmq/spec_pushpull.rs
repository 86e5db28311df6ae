//! What the specification says of PUSH and PULL: in turn to and from all peers, waiting while there is none, and messages of
//! several frames whole or not at all.

use std::time::Duration;

use zmq::{Context, Message, Pull, Push, Socket};

use crate::expect::{SOON, connections, has_nothing, hears, watch};
use crate::support::{Transport, deadline, eventually};

const SERVICES: usize = 5;

/// Large enough that the kernel's buffers do not hold it.
const LARGE: usize = 16 * 1024 * 1024;

fn push_round_robin_out(transport: Transport) {
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    let monitor = watch(&push, zmq::EVENT_HANDSHAKE_SUCCEEDED);
    let endpoint = transport.bind(&push);
    let pulls: Vec<Socket<Pull>> = (0..SERVICES)
        .map(|_| {
            let pull = context.socket(zmq::PULL).unwrap();
            pull.connect(&endpoint).unwrap();
            pull
        })
        .collect();
    if transport != Transport::Inproc {
        connections(&monitor, pulls.len());
    }
    for text in ["ABC", "DEF"] {
        for _ in &pulls {
            push.send(text).unwrap();
        }
    }
    for pull in &pulls {
        hears(pull, ["ABC"]);
        hears(pull, ["DEF"]);
    }
}

fn pull_fair_queue_in(transport: Transport) {
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let endpoint = transport.bind(&pull);
    let pushes: Vec<Socket<Push>> = (0..SERVICES)
        .map(|_| {
            let push = context.socket(zmq::PUSH).unwrap();
            push.connect(&endpoint).unwrap();
            push
        })
        .collect();
    // Fair is seen only where all have arrived before the first is taken, which over TCP nobody can tell: so it may take some rounds.
    let fair = [(b'A'..b'F').collect::<Vec<_>>(), (b'F'..b'K').collect()];
    eventually("one of each first", || {
        for (peer, push) in (0..).zip(&pushes) {
            push.send([b'A' + peer]).unwrap();
            push.send([b'F' + peer]).unwrap();
        }
        std::thread::sleep(Duration::from_millis(20));
        let batches = [(); 2].map(|()| {
            let mut batch: Vec<u8> = pushes.iter().map(|_| pull.recv_timeout(SOON).unwrap()[0]).collect();
            batch.sort_unstable();
            batch
        });
        has_nothing(&pull);
        (batches == fair).then_some(())
    });
}

fn push_block_on_send_no_peers(transport: Transport) {
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    transport.bind(&push);
    assert!(push.try_send("").unwrap_err().is_again());
    push.set_sndtimeo(100).unwrap();
    assert!(push.send("").unwrap_err().is_again());
}

fn connected_pair(context: &Context, transport: Transport) -> (Socket<Push>, Socket<Pull>, String) {
    let (push, pull) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    push.set_linger(0).unwrap();
    push.set_sndhwm(1).unwrap();
    pull.set_linger(0).unwrap();
    pull.set_rcvhwm(1).unwrap();
    let endpoint = transport.bind(&push);
    pull.connect(&endpoint).unwrap();
    (push, pull, endpoint)
}

/// Only over inproc: over TCP some is on its way, and libzmq's own program has it switched off altogether.
fn destroy_queue_on_disconnect() {
    let context = Context::new().unwrap();
    let (push, pull, endpoint) = connected_pair(&context, Transport::Inproc);
    for text in ["ABC", "DEF"] {
        push.send(text).unwrap();
    }
    assert!(push.try_send("").unwrap_err().is_again(), "both queues are full");
    pull.disconnect(&endpoint).unwrap();
    pull.poll(0, zmq::POLLIN).unwrap();
    push.poll(0, zmq::POLLOUT).unwrap();
    // What had arrived may still be read, nothing is sent to nobody, and what was stuck does not come back.
    assert!(push.try_send("").unwrap_err().is_again());
    while pull.try_recv().unwrap().is_some() {}
    pull.connect(&endpoint).unwrap();
    has_nothing(&pull);
    for text in ["GHI", "JKL"] {
        push.send_timeout(text, SOON).unwrap();
    }
    assert!(push.try_send("").unwrap_err().is_again());
    hears(&pull, ["GHI"]);
    hears(&pull, ["JKL"]);
}

/// Two short frames and a large one.
fn large(text: &str, fill: u8) -> [Message; 3] {
    [text.into(), text.into(), vec![fill; LARGE].into()]
}

fn push_multipart_atomic_drop(transport: Transport, block: bool) {
    let context = Context::new().unwrap();
    let (push, pull, endpoint) = connected_pair(&context, transport);
    let settle = || {
        for _ in 0..2 {
            push.events().unwrap();
            pull.events().unwrap();
            std::thread::sleep(Duration::from_millis(50));
        }
    };

    push.send_multipart_timeout(large("0", b'a'), SOON).unwrap();
    hears(&pull, large("0", b'a'));

    // One for each queue; the connection ends in the middle of the second.
    push.send("1").unwrap();
    push.send_multipart_timeout(large("2", b'b'), SOON).unwrap();
    pull.disconnect(&endpoint).unwrap();
    settle();

    // The next may meet a connection that is still ending, and be lost with it: then all of it.
    pull.connect(&endpoint).unwrap();
    let mut third = large("3", b'c').to_vec();
    third.push("3b".into());
    if block {
        push.send_multipart_timeout(third, SOON).unwrap();
    } else {
        // In C the first frames may be gone when a later one is refused; here all are given back.
        let mut rest = Some(third);
        eventually("there is room", || match push.try_send_multipart(rest.take()?) {
            Ok(()) => Some(()),
            Err(error) => {
                assert!(error.is_again(), "{error}");
                assert_eq!(error.parts.len(), 4);
                rest = Some(error.parts);
                None
            }
        });
    }
    settle();
    push.send_multipart_timeout(large("5", b'd'), SOON).unwrap();

    let mut heard = vec![];
    while heard.last().is_none_or(|first| first != "5") {
        let message = pull.recv_multipart_timeout(SOON).unwrap();
        match &*message[0] {
            b"1" => assert_eq!(message.len(), 1),
            b"2" => assert!(message[1] == "2" && message[2] == vec![b'b'; LARGE] && message.len() == 3),
            b"3" => assert!(message[2] == vec![b'c'; LARGE] && message[3] == "3b" && message.len() == 4),
            b"5" => assert!(message[1] == "5" && message[2] == vec![b'd'; LARGE] && message.len() == 3),
            other => panic!("a message that begins with {} bytes: {:?}", other.len(), other.first()),
        }
        heard.push(String::from_utf8(message[0].to_vec()).unwrap());
    }
    assert!(heard.is_sorted(), "{heard:?}");
    has_nothing(&pull);
}

#[test]
fn inproc_push_round_robin_out() {
    let _deadline = deadline(120);
    push_round_robin_out(Transport::Inproc);
}

#[test]
fn tcp_push_round_robin_out() {
    let _deadline = deadline(120);
    push_round_robin_out(Transport::Tcp);
}

#[test]
fn inproc_pull_fair_queue_in() {
    let _deadline = deadline(120);
    pull_fair_queue_in(Transport::Inproc);
}

#[test]
fn tcp_pull_fair_queue_in() {
    let _deadline = deadline(120);
    pull_fair_queue_in(Transport::Tcp);
}

#[test]
fn inproc_push_block_on_send_no_peers() {
    let _deadline = deadline(120);
    push_block_on_send_no_peers(Transport::Inproc);
}

#[test]
fn tcp_push_block_on_send_no_peers() {
    let _deadline = deadline(120);
    push_block_on_send_no_peers(Transport::Tcp);
}

#[test]
fn inproc_destroy_queue_on_disconnect() {
    let _deadline = deadline(120);
    destroy_queue_on_disconnect();
}

#[test]
fn inproc_push_multipart_atomic_drop_block() {
    let _deadline = deadline(120);
    push_multipart_atomic_drop(Transport::Inproc, true);
}

#[test]
fn inproc_push_multipart_atomic_drop_non_block() {
    let _deadline = deadline(120);
    push_multipart_atomic_drop(Transport::Inproc, false);
}

#[test]
fn tcp_push_multipart_atomic_drop_block() {
    let _deadline = deadline(120);
    push_multipart_atomic_drop(Transport::Tcp, true);
}

#[test]
fn tcp_push_multipart_atomic_drop_non_block() {
    let _deadline = deadline(120);
    push_multipart_atomic_drop(Transport::Tcp, false);
}
