//! The `PubSub` helper of the example, in one process and with the Python class.

#[allow(dead_code, unreachable_pub, reason = "it is the source of the example, which has its own needs")]
#[path = "../../examples/pubsub_helper/pubsub.rs"]
mod pubsub;

use pubsub::PubSub;
use zmq::{Context, ErrorKind};

use crate::python::{Script, begin};
use crate::support::{Transport, deadline, eventually};

/// Sends until the subscriber has got something: what a PUB of any libzmq can do about subscribers it cannot see.
fn send_until_received(
    publisher: &mut PubSub,
    data: &str,
    topic: Option<&str>,
    mut received: impl FnMut() -> Option<zmq::Message>,
) -> zmq::Message {
    eventually("a message", || {
        publisher.send(data, topic).unwrap();
        received()
    })
}

#[test]
fn opens_when_it_is_used_and_closes_when_it_is_told_or_dropped() {
    let _deadline = deadline(30);
    let mut publisher = PubSub::new("tcp://127.0.0.1:*", zmq::PUB, "");
    assert!(!publisher.is_open());
    publisher.open().unwrap();
    assert!(publisher.is_open());
    let endpoint = publisher.socket().unwrap().last_endpoint().unwrap();
    assert_eq!(PubSub::new(&endpoint, zmq::PUB, "").open().unwrap_err().kind(), ErrorKind::AddressInUse);

    publisher.close();
    assert!(!publisher.is_open());
    // Its context is gone, too, so the port is free again.
    let mut again = PubSub::new(&endpoint, zmq::PUB, "");
    again.open().unwrap();
    drop(again);
    let mut third = PubSub::new(&endpoint, zmq::PUB, "");
    third.send("nobody listens", "topic").unwrap();
    assert!(third.is_open());
}

#[test]
fn shares_a_context() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let endpoint = Transport::Inproc.endpoint();
    let mut publisher = PubSub::new(&endpoint, zmq::PUB, "").context(&context);
    publisher.open().unwrap();
    let mut subscriber = PubSub::new(&endpoint, zmq::SUB, "b").context(&context).blocking(false);
    subscriber.open().unwrap();
    assert_eq!(publisher.socket().unwrap().context(), Some(&context));

    publisher.send("not for b", "a").unwrap();
    let got = send_until_received(&mut publisher, "for b", Some("b"), || subscriber.recv().unwrap());
    assert_eq!(got, "for b");
}

#[test]
fn without_blocking_nothing_is_none() {
    let _deadline = deadline(30);
    let mut subscriber = PubSub::new("tcp://127.0.0.1:9", zmq::SUB, "").blocking(false);
    assert!(subscriber.recv().unwrap().is_none());
    // What a SUB cannot do is an error at run time.
    assert_eq!(subscriber.send("x", None).unwrap_err().kind(), ErrorKind::NotSupported);
}

#[test]
fn no_topic_is_the_empty_frame() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let mut publisher = PubSub::new("tcp://127.0.0.1:*", zmq::PUB, "").context(&context);
    let raw = context.socket(zmq::SUB).unwrap();
    raw.connect(&publisher.socket().unwrap().last_endpoint().unwrap()).unwrap();
    raw.subscribe("").unwrap();
    let frames = eventually("a message", || {
        publisher.send("data", None).unwrap();
        raw.try_recv_multipart().unwrap()
    });
    assert_eq!(frames, ["", "data"]);
    while publisher.send("data", "topic").is_ok() {
        if let Some(frames) = raw.try_recv_multipart().unwrap().filter(|frames| !frames[0].is_empty()) {
            assert_eq!(frames, ["topic", "data"]);
            break;
        }
    }
}

const IMPORT: &str = "import os; sys.path.insert(0, args[0]); from pubsub_helper import PubSub\n";
const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/python");

/// The Python class, made with a PUB that sends for ever, without a topic and with one.
#[test]
fn receives_from_the_python_class() {
    let Some(_deadline) = begin() else { return };
    for transport in [Transport::Tcp, Transport::Ipc] {
        let body = format!(
            "{IMPORT}
socket.unbind(socket.last_endpoint)
with PubSub(args[1], zmq.PUB) as publisher:
    print(f'listening on {{publisher.socket.last_endpoint.decode()}}')
    while True:
        publisher.send('żółw'.encode(), 'ż')
        publisher.send(b'without')
        time.sleep(0.01)
"
        );
        let args = [EXAMPLES, &transport.endpoint()];
        let mut program =
            Script { kind: "PUB", endpoint: "tcp://127.0.0.1:*", binds: true, setup: "", body: &body, args: &args }
                .start();
        program.endpoint();
        let endpoint = program.endpoint();
        let mut subscriber = PubSub::new(&endpoint, zmq::SUB, "ż");
        assert_eq!(subscriber.recv().unwrap().unwrap(), "żółw");
        let mut all = PubSub::new(&endpoint, zmq::SUB, "");
        let two = [(); 2].map(|()| all.recv().unwrap().unwrap());
        assert!(two.contains(&"without".into()) && two.contains(&"żółw".into()), "{two:?}");
    }
}

/// The Python class, made with a SUB on one topic; it prints what `recv` answers.
#[test]
fn sends_to_the_python_class() {
    let Some(_deadline) = begin() else { return };
    for transport in [Transport::Tcp, Transport::Ipc] {
        let mut publisher = PubSub::new(&transport.endpoint(), zmq::PUB, "");
        let endpoint = publisher.socket().unwrap().last_endpoint().unwrap();
        let body = format!(
            "{IMPORT}
subscriber = PubSub(args[1], zmq.SUB, 'topic1')
assert subscriber.recv() == b'Hello Subscribers!'
subscriber.close()
socket.send(b'done')
"
        );
        let context = Context::new().unwrap();
        let done = context.socket(zmq::PULL).unwrap();
        let args = [EXAMPLES, &endpoint];
        let program = Script {
            kind: "PUSH",
            endpoint: &Transport::Tcp.bind(&done),
            binds: false,
            setup: "",
            body: &body,
            args: &args,
        }
        .start();
        publisher.send("nobody is there yet", None).unwrap();
        send_until_received(&mut publisher, "Hello Subscribers!", Some("topic1"), || done.try_recv().unwrap());
        program.finish();
    }
}
