//! What the soak (`cargo bench --bench soak`) has found, each on its own. In libzmq itself: only the bundled one is free of it.
#![cfg(all(unix, zmq_vendored))]

mod support;

use std::time::Duration;

use support::{Transport, deadline};
use zmq::Context;

/// stream_engine_base.cpp, `restart_input`: what the sockets still had was dropped when the sender closed while the queue was full
/// (libzmq#4660).
#[test]
fn what_was_sent_before_closing_arrives_though_the_queue_is_full() {
    let _deadline = deadline(60);
    // Small ones, ones that are larger than the engine's buffer (8 KiB), and frames of both kinds.
    let contents: [&[usize]; 4] = [&[900], &[20_000], &[1, 9_000, 300], &[8_191, 1]];
    let message = |parts: &[usize], number| parts.iter().map(|size| vec![number as u8; *size]).collect::<Vec<_>>();
    for (transport, parts) in
        [Transport::Ipc, Transport::Tcp].into_iter().flat_map(|on| contents.map(|parts| (on, parts)))
    {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_rcvhwm(1).unwrap();
        let endpoint = transport.bind(&pull);
        let count = 300_000 / parts.iter().sum::<usize>();
        let sender = std::thread::spawn(move || {
            let context = Context::new().unwrap();
            let push = context.socket(zmq::PUSH).unwrap();
            push.connect(&endpoint).unwrap();
            for number in 0..count {
                push.send_multipart(message(parts, number)).unwrap();
            }
            push.close().unwrap();
            // All is sent when this ends, and the connection is closed. What the system holds for the receiver it has not seen.
            context.term().unwrap();
        });
        for number in 0..count {
            if !sender.is_finished() {
                // Its queue is full all the time, and the sender ends before it has taken everything.
                std::thread::sleep(Duration::from_millis(1));
            }
            let received = pull.recv_multipart_timeout(10_000);
            let received =
                received.unwrap_or_else(|error| panic!("{transport:?} {parts:?}, {number} of {count}: {error}"));
            assert!(received == message(parts, number), "{transport:?} {parts:?}: message {number} is another");
        }
        sender.join().unwrap();
    }
}
