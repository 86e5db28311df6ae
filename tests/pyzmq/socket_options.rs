//! test_socket.py: options, and what is made of frames.

use std::time::Duration;

use zmq::{ErrorKind, SocketType};

use crate::support::{deadline, subscribed};
use crate::{bound_pair, context, recv};

/// There is no `dir`, but a list of the options.
#[test]
fn dir() {
    let names: Vec<&str> = zmq::socket_options().map(|option| option.name).collect();
    for name in ["ROUTING_ID", "AFFINITY", "FD"] {
        assert!(names.contains(&name), "{name}");
    }
}

/// pyzmq takes it for a PULL, where it is of no use; here that does not compile.
#[test]
fn identity() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::DEALER).unwrap();
    let identity = b"identity\0\0";
    socket.set_identity(identity).unwrap();
    assert_eq!(socket.get(zmq::ROUTING_ID).unwrap(), identity);
    assert_eq!(socket.identity().unwrap(), identity);
    let pull = context.socket(SocketType::Pull).unwrap();
    assert_eq!(pull.set_identity(identity).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn unicode_sockopts() {
    let _deadline = deadline(60);
    let context = context();
    let topic = "tést";
    let publisher = context.socket(zmq::XPUB).unwrap();
    let subscriber = context.socket(zmq::SUB).unwrap();
    subscriber.connect(&crate::Transport::Tcp.bind(&publisher)).unwrap();
    subscriber.subscribe(topic).unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    let utf16: Vec<u8> = topic.encode_utf16().flat_map(u16::to_le_bytes).collect();
    dealer.set_routing_id(&utf16[..]).unwrap();
    assert_eq!(dealer.routing_id().unwrap(), utf16);

    subscribed(&publisher, 1);
    let latin1: Vec<u8> = topic.repeat(2).chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    publisher.send_flags(topic, zmq::SNDMORE).unwrap();
    publisher.send(&latin1).unwrap();
    assert_eq!(subscriber.recv_string().unwrap(), topic);
    // What is no UTF-8 is an error that still has it.
    let error = subscriber.recv_string().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidUtf8);
    let received: String = error.into_message().unwrap().iter().map(|byte| char::from(*byte)).collect();
    assert_eq!(received, topic.repeat(2));
}

#[test]
fn int_sockopts() {
    let _deadline = deadline(60);
    let context = context();
    let (publisher, subscriber) = bound_pair(&context, zmq::PUB, zmq::SUB);
    publisher.set(zmq::LINGER, 0).unwrap();
    assert_eq!(publisher.get(zmq::LINGER).unwrap(), Some(Duration::ZERO));
    publisher.set(zmq::LINGER, -1).unwrap();
    assert_eq!(publisher.get(zmq::LINGER).unwrap(), None);
    publisher.set_linger(0).unwrap();
    assert_eq!(publisher.hwm().unwrap(), 1000);
    publisher.set_hwm(11).unwrap();
    assert_eq!(publisher.hwm().unwrap(), 11);
    assert_eq!(publisher.get(zmq::EVENTS).unwrap(), zmq::POLLOUT);
    assert_eq!(publisher.get(zmq::TYPE).unwrap(), SocketType::Pub);
    assert_eq!(publisher.socket_type(), SocketType::Pub);
    assert_eq!(subscriber.get(zmq::TYPE).unwrap(), SocketType::Sub);
    assert_eq!(subscriber.socket_type(), SocketType::Sub);
}

/// The second half of pyzmq's `test_int_sockopts`: no number that is read is a ridiculous one.
#[test]
fn int_sockopts_can_be_read() {
    let _deadline = deadline(60);
    let context = context();
    let publisher = context.socket(zmq::PUB).unwrap();
    macro_rules! sensible {
        ($($option:ident)*) => {
            $(
                let value = i64::from(publisher.get(zmq::$option).unwrap());
                assert!((-1..1 << 31).contains(&value), "{}: {value}", stringify!($option));
            )*
        };
    }
    sensible! {
        RATE SNDBUF RCVBUF BACKLOG SNDHWM RCVHWM MULTICAST_HOPS TOS MULTICAST_MAXTPDU USE_FD
        RCVMORE IPV4ONLY IMMEDIATE IPV6 PLAIN_SERVER CONFLATE INVERT_MATCHING THREAD_SAFE
    }
    macro_rules! short {
        ($($option:ident)*) => {
            $(
                let value: Option<Duration> = publisher.get(zmq::$option).unwrap().into();
                assert!(value.is_none_or(|value| value < Duration::from_secs(60)), "{}: {value:?}", stringify!($option));
            )*
        };
    }
    short! {
        RECOVERY_IVL LINGER RECONNECT_IVL RECONNECT_IVL_MAX RCVTIMEO SNDTIMEO HANDSHAKE_IVL HEARTBEAT_IVL
        HEARTBEAT_TTL HEARTBEAT_TIMEOUT CONNECT_TIMEOUT TCP_MAXRT TCP_KEEPALIVE_IDLE TCP_KEEPALIVE_INTVL
    }
    assert_eq!(publisher.affinity().unwrap(), 0);
    assert_eq!(publisher.maxmsgsize().unwrap(), None);
    assert_eq!(publisher.tcp_keepalive().unwrap(), None);
}

/// An option that a kind does not have does not compile, and where the kind is known at run time only it is an error. A number that
/// libzmq does not know cannot be said.
#[test]
fn bad_sockopts() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(SocketType::Pub).unwrap();
    let error = socket.set(zmq::SUBSCRIBE, "hi").unwrap_err();
    assert_eq!((error.kind(), error.target()), (ErrorKind::InvalidArgument, Some("SUBSCRIBE")));
    assert_eq!(socket.set(zmq::SNDHWM, -1).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn sockopt_roundtrip() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::PUB).unwrap();
    socket.set(zmq::LINGER, 11).unwrap();
    assert_eq!(socket.get(zmq::LINGER).unwrap(), Some(Duration::from_millis(11)));
}

#[test]
fn attr() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::DEALER).unwrap();
    socket.set_linger(10).unwrap();
    assert_eq!(socket.linger().unwrap(), Some(Duration::from_millis(10)));
    assert_eq!(socket.linger().unwrap(), socket.get(zmq::LINGER).unwrap());
    assert_eq!(socket.fd().unwrap(), socket.get(zmq::FD).unwrap());
    #[cfg(unix)]
    assert_eq!(std::os::fd::AsRawFd::as_raw_fd(&socket), socket.fd().unwrap());
}

#[test]
fn hwm() {
    let _deadline = deadline(60);
    let context = context();
    use SocketType::{Dealer, Pub, Req, Router, Sub};
    for kind in [Pub, Router, Sub, Req, Dealer] {
        let socket = context.socket(kind).unwrap();
        socket.set_hwm(100).unwrap();
        assert_eq!(socket.hwm().unwrap(), 100);
        assert_eq!((socket.sndhwm().unwrap(), socket.rcvhwm().unwrap()), (100, 100), "{kind}");
    }
}

/// Frames of a routing envelope and a body, from a value and back.
#[test]
fn custom_serialize() {
    #[derive(Debug, PartialEq, Clone)]
    struct Envelope {
        identities: Vec<zmq::Message>,
        content: (i32, String),
    }
    fn serialize(value: Envelope) -> Vec<zmq::Message> {
        let mut frames = value.identities;
        frames.push(format!("{} {}", value.content.0, value.content.1).into());
        frames
    }
    fn deserialize(mut frames: Vec<zmq::Message>) -> Option<Envelope> {
        let body = frames.pop()?;
        let (number, text) = body.as_str().ok()?.split_once(' ')?;
        Some(Envelope { identities: frames, content: (number.parse().ok()?, text.to_owned()) })
    }
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::DEALER, zmq::ROUTER);
    let sent = Envelope { identities: Vec::new(), content: (5, "bee".into()) };
    a.send_serialized(sent.clone(), serialize).unwrap();
    let received = b.recv_serialized(deserialize).unwrap().expect("it is one");
    assert_eq!((&received.content, received.identities.len()), (&sent.content, 1));
    b.send_serialized(received, serialize).unwrap();
    assert_eq!(a.recv_serialized(deserialize).unwrap(), Some(sent));

    a.send("not one").unwrap();
    assert_eq!(b.recv_serialized(deserialize).unwrap(), None, "whether it is one is the function's to say");
    a.send("and the next").unwrap();
    assert_eq!(recv(&b).len(), 5);
}
