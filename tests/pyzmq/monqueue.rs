//! test_monqueue.py: a `ThreadProxy` with `mon` and `prefixes`. Of `zmq::monitored_queue` itself, which it runs, there are tests in
//! `tests/proxy.rs`.

use zmq::{Context, Message, Pair, RunningProxy, Socket, Sub, ThreadProxy};

use crate::support::{Transport, deadline, eventually};
use crate::{context, recv_multipart};

struct Queue {
    device: RunningProxy,
    alice: Socket<Pair>,
    bob: Socket<Pair>,
    mon: Socket<Sub>,
}

fn queue(context: &Context, topic: &str, prefixes: [&str; 2]) -> Queue {
    let (alice, bob) = (context.socket(zmq::PAIR).unwrap(), context.socket(zmq::PAIR).unwrap());
    let mon = context.socket(zmq::SUB).unwrap();
    mon.subscribe(topic).unwrap();
    let endpoint = Transport::Tcp.bind(&mon);
    let device = ThreadProxy::new(context, zmq::PAIR, zmq::PAIR)
        .unwrap()
        .mon(zmq::XPUB, |socket| {
            socket.connect(&endpoint)?;
            // A SUB that is bound sends its subscriptions when it is next used.
            eventually("the device hears of the subscription", || {
                mon.poll(1, zmq::POLLIN).unwrap();
                socket.try_recv().unwrap()
            });
            Ok(())
        })
        .unwrap()
        .prefixes(prefixes[0], prefixes[1]);
    device.connect_in(&Transport::Tcp.bind(&alice)).unwrap();
    device.connect_out(&Transport::Tcp.bind(&bob)).unwrap();
    Queue { device: device.start().unwrap(), alice, bob, mon }
}

const FROM_ALICE: [&[&str]; 3] = [&["hello", "bob"], &["hello", "again"], &["hello", "again", "and", "again"]];
const FROM_BOB: &[&str] = &["hello", "alice"];

/// Alice sends three messages, and bob one.
fn talk(alice: &Socket<Pair>, bob: &Socket<Pair>) {
    for parts in FROM_ALICE {
        alice.send_multipart(parts).unwrap();
    }
    for parts in FROM_ALICE {
        assert_eq!(recv_multipart(bob), parts);
    }
    bob.send_multipart(FROM_BOB).unwrap();
    assert_eq!(recv_multipart(alice), FROM_BOB);
}

fn behind(prefix: &str, parts: &[&str]) -> Vec<Message> {
    [&[prefix], parts].concat().into_iter().map(Message::from).collect()
}

#[test]
fn reply() {
    let _deadline = deadline(60);
    let context = context();
    let Queue { device, alice, bob, .. } = queue(&context, "", ["in", "out"]);
    alice.send_multipart(["hello", "bob"]).unwrap();
    assert_eq!(recv_multipart(&bob), ["hello", "bob"]);
    bob.send_multipart(FROM_BOB).unwrap();
    assert_eq!(recv_multipart(&alice), FROM_BOB);
    device.stop().unwrap();
}

#[test]
fn queue_() {
    let _deadline = deadline(60);
    let context = context();
    let Queue { device, alice, bob, .. } = queue(&context, "", ["in", "out"]);
    talk(&alice, &bob);
    device.stop().unwrap();
}

#[test]
fn monitor() {
    let _deadline = deadline(60);
    let context = context();
    let Queue { device, alice, bob, mon } = queue(&context, "", ["in", "out"]);
    talk(&alice, &bob);
    for parts in FROM_ALICE {
        assert_eq!(recv_multipart(&mon), behind("in", parts));
    }
    assert_eq!(recv_multipart(&mon), behind("out", FROM_BOB));
    device.stop().unwrap();
}

#[test]
fn prefix() {
    let _deadline = deadline(60);
    let context = context();
    let Queue { device, alice, bob, mon } = queue(&context, "", ["foo", "bar"]);
    talk(&alice, &bob);
    for parts in FROM_ALICE {
        assert_eq!(recv_multipart(&mon), behind("foo", parts));
    }
    assert_eq!(recv_multipart(&mon), behind("bar", FROM_BOB));
    device.stop().unwrap();
}

#[test]
fn monitor_subscribe() {
    let _deadline = deadline(60);
    let context = context();
    let Queue { device, alice, bob, mon } = queue(&context, "out", ["in", "out"]);
    talk(&alice, &bob);
    assert_eq!(recv_multipart(&mon), behind("out", FROM_BOB), "what alice sent is not wanted");
    device.stop().unwrap();
}

#[test]
fn router_router() {
    let _deadline = deadline(60);
    let context = context();
    let device = ThreadProxy::new(&context, zmq::ROUTER, zmq::ROUTER)
        .unwrap()
        .mon(zmq::PUB, |mon| mon.bind("tcp://127.0.0.1:*"))
        .unwrap()
        .prefixes("in", "out");
    device.setsockopt_in(zmq::LINGER, 0).unwrap();
    device.setsockopt_out(zmq::LINGER, 0).unwrap();
    // A message to somebody who is not there yet would be dropped: these wait.
    device.setsockopt_in(zmq::ROUTER_MANDATORY, true).unwrap();
    let (a, b) = (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::DEALER).unwrap());
    a.set_identity("a").unwrap();
    b.set_identity("b").unwrap();
    // Whoever is heard is known: b says so to a router in front of the device.
    a.connect(&Transport::Tcp.bind(device.in_socket())).unwrap();
    b.connect(&Transport::Tcp.bind(device.out_socket())).unwrap();
    b.send("here").unwrap();
    assert_eq!(recv_multipart(device.out_socket()), ["b", "here"]);
    let device = device.start().unwrap();
    a.send_multipart(["b", "hello", "there"]).unwrap();
    let request = recv_multipart(&b);
    assert_eq!(request, ["a", "hello", "there"]);
    b.send_multipart(request).unwrap();
    assert_eq!(recv_multipart(&a), ["b", "hello", "there"]);
    device.stop().unwrap();
}

/// Without `prefixes` there is no frame before what the monitoring socket gets; pyzmq's default is `in` and `out`.
#[test]
fn default_mq_args() {
    let _deadline = deadline(60);
    let context = context();
    let device = ThreadProxy::new(&context, zmq::ROUTER, zmq::DEALER).unwrap().mon(zmq::PUB, |_| Ok(())).unwrap();
    device.setsockopt_in(zmq::LINGER, 0).unwrap();
    device.setsockopt_out(zmq::LINGER, 0).unwrap();
    device.start().unwrap().stop().unwrap();
}
