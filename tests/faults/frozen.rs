//! Peers that are there and do nothing, as after SIGSTOP.

use zmq::{Context, Event};

use crate::process::{impatient, saw_a_loss, until, until_connected, until_disconnected};
use crate::role::{role, say};
use crate::support::{Transport, deadline, eventually};

/// Both ends of a connection look like this: idle, and silent.
#[test]
fn a_frozen_peer_is_found_by_heartbeats_only() {
    let _deadline = deadline(60);
    let worker = role("worker", |arguments| {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        impatient(&pull);
        pull.connect(arguments[0]).unwrap();
        loop {
            say(pull.recv_string().unwrap());
        }
    });
    for transport in [Transport::Tcp, Transport::Ipc] {
        let context = Context::new().unwrap();
        for heartbeats in [false, true] {
            let push = context.socket(zmq::PUSH).unwrap();
            push.set_linger(0).unwrap();
            if heartbeats {
                push.set_heartbeat_ivl(100).unwrap();
                push.set_heartbeat_timeout(1500).unwrap();
            }
            let monitor = push.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED | zmq::EVENT_DISCONNECTED).unwrap();
            let mut peer = worker.start(&[&transport.bind(&push)]);
            until_connected(&monitor, 1);
            push.send("before").unwrap();
            peer.expect("before");
            peer.freeze();
            if heartbeats {
                until_disconnected(&monitor);
                let refused = eventually("nobody is there", || push.try_send("lost with the connection").err());
                assert!(refused.is_again());
                peer.thaw();
                // It has seen the end of its connection, and made another.
                until_connected(&monitor, 1);
            } else {
                push.send("while it is frozen").unwrap();
                std::thread::sleep(std::time::Duration::from_millis(600));
                assert!(!saw_a_loss(&monitor), "{transport:?}: nobody looks");
                peer.thaw();
                peer.expect("while it is frozen");
            }
            push.send("after").unwrap();
            peer.expect("after");
        }
    }
}

/// The one that is asked to be heard from: HEARTBEAT_TTL is how long the other side is to wait for the next sign of life.
#[test]
fn a_peer_that_said_how_long_it_may_be_silent_is_given_up_by_the_other_side() {
    let _deadline = deadline(60);
    let worker = role("worker", |arguments| {
        let context = Context::new().unwrap();
        let dealer = context.socket(zmq::DEALER).unwrap();
        dealer.set_heartbeat_ivl(100).unwrap();
        dealer.set_heartbeat_ttl(2000).unwrap();
        impatient(&dealer);
        dealer.connect(arguments[0]).unwrap();
        dealer.send("hello").unwrap();
        loop {
            say(dealer.recv_string().unwrap());
        }
    });
    for transport in [Transport::Tcp, Transport::Ipc] {
        let context = Context::new().unwrap();
        // It has no heartbeats of its own.
        let router = context.socket(zmq::ROUTER).unwrap();
        router.set_router_mandatory(true).unwrap();
        let monitor = router.monitor(zmq::EVENT_DISCONNECTED).unwrap();
        let mut peer = worker.start(&[&transport.bind(&router)]);
        let [id, _hello] = router.recv_frames().unwrap();
        // The first heartbeat comes 100 ms later: a reply by then shows that it lives, not that it has said how long.
        assert!(monitor.recv_timeout(800).is_err_and(|error| error.is_again()), "it lives");
        router.send_multipart([&id[..], b"alive?"]).unwrap();
        peer.expect("alive?");
        peer.freeze();
        until_disconnected(&monitor);
        eventually("it is unreachable", || router.send_multipart([&id[..], b"?"]).err());
    }
}

/// A REQ whose server is frozen: heartbeats end the connection, and the question is asked again only by who asks again.
#[test]
fn a_frozen_server_is_left_for_one_that_answers() {
    let _deadline = deadline(60);
    let server = role("server", |_| {
        let context = Context::new().unwrap();
        let rep = context.socket(zmq::REP).unwrap();
        rep.bind("tcp://127.0.0.1:*").unwrap();
        say(rep.last_endpoint().unwrap());
        loop {
            let _ = rep.recv_string().unwrap();
            say("asked");
            rep.send(std::process::id().to_string()).unwrap();
        }
    });
    let mut servers = [server.start(&[]), server.start(&[])];
    let context = Context::new().unwrap();
    let req = context.socket(zmq::REQ).unwrap();
    impatient(&req);
    req.set_req_relaxed(true).unwrap();
    req.set_req_correlate(true).unwrap();
    req.set_heartbeat_ivl(100).unwrap();
    req.set_heartbeat_timeout(1500).unwrap();
    // Without it a question waits for a connection that is to be made again.
    req.set_immediate(true).unwrap();
    let monitor = req.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED | zmq::EVENT_DISCONNECTED).unwrap();
    for server in &mut servers {
        req.connect(&server.line()).unwrap();
    }
    until_connected(&monitor, 2);
    let ask_for = |patience: i32| {
        req.send("who are you?").unwrap();
        req.recv_timeout(patience).ok()
    };
    let both = [ask_for(20_000).unwrap(), ask_for(20_000).unwrap()];
    let ask = || ask_for(300);
    assert_ne!(both[0], both[1], "in turn");
    servers[0].freeze();
    until(&monitor, |event| matches!(event, Event::Disconnected { .. }));
    // Once the connection is given up, every question goes to the other.
    eventually("an answer", ask);
    for _ in 0..5 {
        assert!(both.contains(&eventually("an answer", ask)));
    }
}
