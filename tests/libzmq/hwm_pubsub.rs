//! High water marks of publishers.

use zmq::{Context, Message, Pub, Socket, Sub, Version, XPUB, Xpub};

use crate::support::Transport::{Inproc, Ipc, Tcp};
use crate::support::{Transport, deadline, eventually};
use crate::testutil::{PATIENCE, silent};

/// A subscriber to all, and a publisher that has heard of it and whose mark was set last.
fn subscribed(context: &Context, transport: Transport, sndhwm: i32, nodrop: bool) -> (Socket<Xpub>, Socket<Sub>) {
    let publisher = context.socket(XPUB).unwrap();
    let subscriber = context.socket(zmq::SUB).unwrap();
    for buffered in [publisher.as_dynamic(), subscriber.as_dynamic()] {
        // The kernel would have room for all otherwise.
        buffered.set_sndbuf(16 << 10).unwrap();
        buffered.set_rcvbuf(16 << 10).unwrap();
    }
    subscriber.connect(&transport.bind(&publisher)).unwrap();
    publisher.set_sndhwm(sndhwm).unwrap();
    publisher.set_xpub_nodrop(nodrop).unwrap();
    subscriber.subscribe("").unwrap();
    assert_eq!(publisher.recv_timeout(PATIENCE).unwrap(), [1]);
    (publisher, subscriber)
}

/// As many as the mark are sent, and all received.
fn defaults(transport: Transport, sndhwm: i32) {
    let context = Context::new().unwrap();
    let (publisher, subscriber) = subscribed(&context, transport, sndhwm, false);
    for _ in 0..sndhwm {
        publisher.try_send("test message\0").unwrap();
    }
    for _ in 0..sndhwm {
        assert_eq!(subscriber.recv_timeout(PATIENCE).unwrap(), "test message\0");
    }
    silent(&subscriber);
}

/// With NODROP what is over the mark is refused, not dropped.
fn blocking(transport: Transport) {
    const COUNT: usize = 6000;
    let context = Context::new().unwrap();
    let (publisher, subscriber) = subscribed(&context, transport, 2000, true);
    let (mut received, mut refused) = (0, 0);
    for _ in 0..COUNT {
        // Large enough that what is over the marks of both sides does not fit into the buffers between.
        while let Err(error) = publisher.try_send([0; 256]) {
            assert!(error.is_again(), "{error}");
            refused += 1;
            while subscriber.recv_timeout(10).is_ok() {
                received += 1;
            }
        }
    }
    assert!(refused > 0, "{received} received meanwhile");
    while received < COUNT {
        subscriber.recv_timeout(PATIENCE).unwrap();
        received += 1;
    }
    publisher.send_timeout("end", PATIENCE).unwrap();
    assert_eq!(subscriber.recv_timeout(PATIENCE).unwrap(), "end");
}

/// A PUB, which before libzmq 4.3.5 cannot tell whether anybody has subscribed.
fn wait_for_subscriber(publisher: &Socket<Pub>, subscriber: &Socket<Sub>) {
    if zmq::version() >= Version::new(4, 3, 5) {
        publisher.wait_for_subscriptions(1, PATIENCE).unwrap();
        return;
    }
    eventually("something is received", || {
        publisher.send("probe").unwrap();
        subscriber.try_recv().unwrap()
    });
    publisher.send("the last probe").unwrap();
    while subscriber.recv_timeout(PATIENCE).unwrap() != "the last probe" {}
}

/// What was received makes room again: of 11024, 9999 and then 1100.
#[test]
fn reset_hwm() {
    const HWM: i32 = 11_024;
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (publisher, subscriber) = (context.socket(zmq::PUB).unwrap(), context.socket(zmq::SUB).unwrap());
    publisher.set_sndhwm(HWM).unwrap();
    subscriber.set_rcvhwm(HWM).unwrap();
    subscriber.connect(&Tcp.bind(&publisher)).unwrap();
    subscriber.subscribe("").unwrap();
    wait_for_subscriber(&publisher, &subscriber);
    for count in [9999, 1100] {
        for _ in 0..count {
            publisher.try_send(Message::new()).unwrap();
        }
        for _ in 0..count {
            assert!(subscriber.recv_timeout(PATIENCE).unwrap().is_empty());
        }
        silent(&subscriber);
    }
}

macro_rules! tests {
    ($($name:ident: $body:expr;)*) => {$(
        #[test]
        fn $name() {
            let _deadline = deadline(60);
            $body;
        }
    )*};
}

tests! {
    defaults_large_tcp: defaults(Tcp, 1000);
    defaults_small_tcp: defaults(Tcp, 100);
    blocking_tcp: blocking(Tcp);
    defaults_large_inproc: defaults(Inproc, 1000);
    defaults_small_inproc: defaults(Inproc, 100);
    blocking_inproc: blocking(Inproc);
    defaults_large_ipc: defaults(Ipc, 1000);
    defaults_small_ipc: defaults(Ipc, 100);
    blocking_ipc: blocking(Ipc);
}
