//! Connecting by `inproc` before or after somebody binds, in one thread and in many.

use std::thread;

use zmq::Context;

use crate::support::{deadline, eventually};

#[test]
fn bind_before_connect() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let bound = context.socket(zmq::PAIR).unwrap();
    bound.bind("inproc://bbc").unwrap();
    let connected = context.socket(zmq::PAIR).unwrap();
    connected.connect("inproc://bbc").unwrap();
    connected.send("foobar").unwrap();
    assert_eq!(bound.recv_string().unwrap(), "foobar");
}

#[test]
fn connect_before_bind() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let connected = context.socket(zmq::PAIR).unwrap();
    connected.connect("inproc://cbb").unwrap();
    connected.send("foobar").unwrap();
    let bound = context.socket(zmq::PAIR).unwrap();
    bound.bind("inproc://cbb").unwrap();
    assert_eq!(bound.recv_string().unwrap(), "foobar");
}

/// What is published before there is a subscriber is dropped, what comes after it is not.
#[test]
fn connect_before_bind_pub_sub() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::PUB).unwrap();
    publisher.connect("inproc://cbbps").unwrap();
    publisher.send("before").unwrap();
    let subscriber = context.socket(zmq::SUB).unwrap();
    subscriber.subscribe("").unwrap();
    subscriber.bind("inproc://cbbps").unwrap();
    let first = eventually("a message comes", || {
        publisher.send("after").unwrap();
        subscriber.recv_timeout(5).ok()
    });
    assert_eq!(first, "after");
}

/// ROUTERs that gave up waiting for names that nobody bound do not hold up the end of the context.
#[test]
fn connect_before_bind_ctx_term() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for n in 0..20 {
        let router = context.socket(zmq::ROUTER).unwrap();
        router.connect(&format!("inproc://cbbrr{n}")).unwrap();
        router.close().unwrap();
    }
    context.term().unwrap();
}

#[test]
fn multiple_connects() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let connected: Vec<_> = (0..10)
        .map(|_| {
            let push = context.socket(zmq::PUSH).unwrap();
            push.connect("inproc://multiple").unwrap();
            push.send("foobar").unwrap();
            push
        })
        .collect();
    let bound = context.socket(zmq::PULL).unwrap();
    bound.bind("inproc://multiple").unwrap();
    for _ in &connected {
        assert_eq!(bound.recv_string().unwrap(), "foobar");
    }
    assert!(bound.try_recv().unwrap().is_none());
}

/// 30 threads connect, send and close while one binds.
#[test]
fn multiple_threads() {
    const THREADS: usize = 30;
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let pushers: Vec<_> = (0..THREADS)
        .map(|_| {
            let context = context.clone();
            thread::spawn(move || {
                // Over inproc libzmq does not look whether the kinds go together.
                let pair = context.socket(zmq::PAIR).unwrap();
                pair.connect("inproc://sink").unwrap();
                pair.send("foobar").unwrap();
            })
        })
        .collect();
    let bound = context.socket(zmq::PULL).unwrap();
    bound.bind("inproc://sink").unwrap();
    for _ in 0..THREADS {
        assert_eq!(bound.recv_string().unwrap(), "foobar");
    }
    pushers.into_iter().for_each(|pusher| pusher.join().unwrap());
}

/// 50 names are bound and connected to at the same time, each from a thread of its own.
#[test]
fn simultaneous_connect_bind_threads() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let threads: Vec<_> = (0..50)
        .flat_map(|n| {
            let name = format!("inproc://foo_{n}");
            let (connecting, binding) = (context.clone(), context.clone());
            let endpoint = name.clone();
            let connects = thread::spawn(move || {
                let pair = connecting.socket(zmq::PAIR).unwrap();
                pair.connect(&endpoint).unwrap();
                assert_eq!(pair.recv_string().unwrap(), "foobar");
            });
            let binds = thread::spawn(move || {
                let pair = binding.socket(zmq::PAIR).unwrap();
                pair.bind(&name).unwrap();
                pair.send("foobar").unwrap();
            });
            [connects, binds]
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

/// A DEALER that connected first gets a routing id of its own at the ROUTER.
#[test]
fn routing_id() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.connect("inproc://routing_id").unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    router.bind("inproc://routing_id").unwrap();
    dealer.send_flags("A", zmq::SNDMORE).unwrap();
    dealer.send("B").unwrap();

    let id = router.recv().unwrap();
    assert!(id.more() && !id.is_empty());
    let first = router.recv().unwrap();
    assert!(first.more() && first == "A");
    let second = router.recv().unwrap();
    assert!(!second.more() && second == "B");
}

#[test]
fn connect_only() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.connect("inproc://a").unwrap();
    push.close().unwrap();
    context.term().unwrap();
}

/// A name that was given back belongs to who binds it next.
#[test]
fn unbind() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let first = context.socket(zmq::PAIR).unwrap();
    first.bind("inproc://unbind").unwrap();
    first.unbind("inproc://unbind").unwrap();
    let second = context.socket(zmq::PAIR).unwrap();
    second.bind("inproc://unbind").unwrap();
    let connected = context.socket(zmq::PAIR).unwrap();
    connected.connect("inproc://unbind").unwrap();
    connected.send("foobar").unwrap();
    assert_eq!(second.recv_string().unwrap(), "foobar");
    assert!(first.try_recv().unwrap().is_none());
}

#[test]
fn shutdown_during_pend() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let connected = context.socket(zmq::PAIR).unwrap();
    connected.connect("inproc://cbb").unwrap();
    context.shutdown().unwrap();
    connected.close().unwrap();
    context.term().unwrap();
}
