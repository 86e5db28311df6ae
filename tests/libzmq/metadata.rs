//! What an authenticator says about a peer, on every frame that comes from it.

use std::thread::{self, JoinHandle};

use zmq::{Context, Message, Version};

use crate::support::{Transport, deadline, eventually};

/// Answers ZAP requests until the context ends: everyone of the domain may come in, as `anonymous` with a property of its own.
fn handle(context: &Context) -> JoinHandle<()> {
    let handler = context.socket(zmq::REP).unwrap();
    handler.bind("inproc://zeromq.zap.01").unwrap();
    thread::spawn(move || {
        while let Ok([version, sequence, domain, _address, _id, mechanism]) = handler.recv_frames() {
            assert_eq!((&version[..], &mechanism[..]), (&b"1.0"[..], &b"NULL"[..]));
            let answer: [&[u8]; 4] = match &domain[..] {
                b"DOMAIN" => [b"200", b"OK", b"anonymous", b"\x05Hello\0\0\0\x05World"],
                _ => [b"400", b"BAD DOMAIN", b"", b""],
            };
            let [status, text, user, metadata] = answer;
            handler.send_multipart((version, sequence, status, text, user, metadata)).unwrap();
        }
    })
}

fn property<'a>(message: &'a Message, name: &str) -> Option<&'a [u8]> {
    message.property(name).unwrap()
}

#[test]
fn metadata() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let handler = handle(&context);
    let server = context.socket(zmq::DEALER).unwrap();
    server.set_zap_domain("DOMAIN").unwrap();
    let client = context.socket(zmq::DEALER).unwrap();
    client.connect(&Transport::Tcp.bind(&server)).unwrap();
    client.send("This is a message").unwrap();

    let message = server.recv().unwrap();
    assert_eq!(message, "This is a message");
    assert_eq!(property(&message, "Hello"), Some(&b"World"[..]));
    assert_eq!(property(&message, "Socket-Type"), Some(&b"DEALER"[..]));
    assert_eq!(property(&message, "User-Id"), Some(&b"anonymous"[..]));
    assert_eq!(property(&message, "Peer-Address"), Some(&b"127.0.0.1"[..]));
    assert_eq!(property(&message, "No Such"), None);
    assert_eq!(message.socket_type().as_deref(), Some("DEALER"));
    assert_eq!(message.user_id().as_deref(), Some("anonymous"));
    assert_eq!(message.peer_address().as_deref(), Some("127.0.0.1"));

    context.shutdown().unwrap();
    handler.join().unwrap();
}

/// A ROUTER that looks whether there is a message has read the routing id in advance: it has the properties, too.
#[test]
fn router_prefetch_metadata() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let handler = handle(&context);
    let server = context.socket(zmq::ROUTER).unwrap();
    server.set_zap_domain("DOMAIN").unwrap();
    let client = context.socket(zmq::REQ).unwrap();
    client.connect(&Transport::Tcp.bind(&server)).unwrap();
    client.send("This is a message").unwrap();

    eventually("a message is there", || server.events().unwrap().is_readable().then_some(()));
    let frames: [Message; 3] = server.recv_frames().unwrap();
    // Before 4.3.5 the routing id that was read in advance had none (router.cpp, `xhas_in`).
    let first = usize::from(zmq::version() < Version::new(4, 3, 5));
    for frame in &frames[first..] {
        assert_eq!(property(frame, "Hello"), Some(&b"World"[..]));
    }

    context.shutdown().unwrap();
    handler.join().unwrap();
}
