//! What becomes of what is unsent when the own process ends, and of an answer to a client that has gone meanwhile.

use std::time::{Duration, Instant};

use zmq::{Context, ErrorKind};

use crate::process::until_disconnected;
use crate::role::{role, say};
use crate::support::{Transport, child, deadline};

const MESSAGES: usize = 10;

/// Sends to where nobody is yet.
fn send_ahead(context: &Context, endpoint: &str) -> zmq::Socket<zmq::Push> {
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_reconnect_ivl(20).unwrap();
    push.connect(endpoint).unwrap();
    for n in 0..MESSAGES {
        push.send(n.to_string()).unwrap();
    }
    push
}

/// To drop the context waits for a peer that comes late.
#[test]
fn who_drops_the_context_sends_the_rest() {
    let _deadline = deadline(60);
    let sender = role("sender", |arguments| {
        let context = Context::new().unwrap();
        let push = send_ahead(&context, arguments[0]);
        say("queued");
        drop((push, context));
        say("done");
    });
    child("", 50, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let endpoint = Transport::Ipc.endpoint();
        let mut peer = sender.start(&[&endpoint]);
        assert_eq!(peer.line(), "queued");
        pull.bind(&endpoint).unwrap();
        for n in 0..MESSAGES {
            assert_eq!(pull.recv_timeout(20_000).unwrap(), n.to_string().as_str());
        }
        assert_eq!(peer.line(), "done");
    })
    .succeeds();
}

/// `std::process::exit`, and a signal that ends the process, drop nothing; the drop timeout is the bound of what is waited for.
#[test]
fn what_is_unsent_is_lost_with_the_process() {
    let _deadline = deadline(60);
    let exits = role("exits", |arguments| {
        let context = Context::new().unwrap();
        let _push = send_ahead(&context, arguments[0]);
        say("queued");
        std::process::exit(0);
    });
    let gives_up = role("gives up", |arguments| {
        let context = Context::new().unwrap();
        context.set_drop_timeout(100);
        let push = send_ahead(&context, arguments[0]);
        say("queued");
        let started = Instant::now();
        drop((push, context));
        assert!(started.elapsed() >= Duration::from_millis(100));
    });
    let waits = role("waits", |arguments| {
        let context = Context::new().unwrap();
        let push = send_ahead(&context, arguments[0]);
        say("queued");
        std::thread::sleep(Duration::from_secs(60));
        drop((push, context));
    });
    child("", 50, || {
        for (role, killed) in [(exits, false), (gives_up, false), (waits, true)] {
            let endpoint = Transport::Ipc.endpoint();
            let mut peer = role.start(&[&endpoint]);
            assert_eq!(peer.line(), "queued");
            if killed {
                peer.kill()
            } else {
                peer.finish()
            }
            let context = Context::new().unwrap();
            let pull = context.socket(zmq::PULL).unwrap();
            pull.bind(&endpoint).unwrap();
            assert!(pull.recv_timeout(200).unwrap_err().is_again());
        }
    })
    .succeeds();
}

/// The id of a client that has not chosen one is that of its connection.
#[test]
fn an_answer_to_a_connection_that_is_gone_is_dropped() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let monitor = router.monitor(zmq::EVENT_DISCONNECTED).unwrap();
    let endpoint = Transport::Tcp.bind(&router);
    let client = || {
        let client = context.socket(zmq::DEALER).unwrap();
        client.connect(&endpoint).unwrap();
        client
    };
    let first = client();
    first.send("one").unwrap();
    let [id, question] = router.recv_frames_timeout(20_000).unwrap();
    assert_eq!(question, "one");
    drop(first);
    until_disconnected(&monitor);

    let again = client();
    again.send("two").unwrap();
    let [new, question] = router.recv_frames_timeout(20_000).unwrap();
    assert_eq!(question, "two");
    assert_ne!(id, new);
    router.send_multipart([&id[..], b"to one"]).unwrap();
    router.send_multipart([&new[..], b"to two"]).unwrap();
    assert_eq!(again.recv_timeout(20_000).unwrap(), "to two");
    router.set_router_mandatory(true).unwrap();
    let error = router.send_multipart([&id[..], b"to one"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HostUnreachable);
}
