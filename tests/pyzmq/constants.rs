//! test_constants.py.

use zmq::option::{Access, SocketOption};
use zmq::{MonitorEvents, SocketType};

#[test]
fn constants() {
    assert_eq!(SocketType::from(zmq::PUSH), SocketType::Push);
    assert_eq!((SocketType::Push.as_raw(), SocketType::from_raw(8)), (8, SocketType::Push));
    assert_eq!(format!("{:?}", zmq::POLLIN | zmq::POLLOUT), "POLLIN | POLLOUT");
    assert_eq!(zmq::SUBSCRIBE::ROW.name, "SUBSCRIBE");
    for kind in SocketType::ALL {
        assert_eq!(SocketType::from_raw(kind.as_raw()), *kind);
    }
}

/// Of which type an option is the compiler knows; the rest is in its row.
#[test]
fn socket_options() {
    let row = zmq::ROUTING_ID::ROW;
    assert_eq!((row.name, row.number, row.access), ("ROUTING_ID", 5, Access::ReadWrite));
    assert!(row.applies_to(SocketType::Dealer) && !row.applies_to(SocketType::Pull));
    let context = crate::context();
    let socket = context.socket(zmq::DEALER).unwrap();
    let _bytes: Vec<u8> = socket.get(zmq::ROUTING_ID).unwrap();
    let _bits: u64 = socket.get(zmq::AFFINITY).unwrap();
    if zmq::has("curve") {
        let _flag: bool = socket.get(zmq::CURVE_SERVER).unwrap();
    }
    #[cfg(unix)]
    let _descriptor: std::os::fd::RawFd = socket.get(zmq::FD).unwrap();
}

#[test]
fn event_reprs() {
    macro_rules! named {
        ($($name:ident)*) => {
            [$((zmq::$name, stringify!($name))),*]
        };
    }
    let events: [(MonitorEvents, &str); 16] = named! {
        EVENT_CONNECTED EVENT_CONNECT_DELAYED EVENT_CONNECT_RETRIED EVENT_LISTENING EVENT_BIND_FAILED EVENT_ACCEPTED
        EVENT_ACCEPT_FAILED EVENT_CLOSED EVENT_CLOSE_FAILED EVENT_DISCONNECTED EVENT_MONITOR_STOPPED
        EVENT_HANDSHAKE_FAILED_NO_DETAIL EVENT_HANDSHAKE_SUCCEEDED EVENT_HANDSHAKE_FAILED_PROTOCOL
        EVENT_HANDSHAKE_FAILED_AUTH EVENT_ALL
    };
    for (event, name) in events {
        assert_eq!(format!("{event:?}"), name);
    }
    assert_eq!(format!("{:?}", zmq::Event::CONNECTED | zmq::Event::LISTENING), "EVENT_CONNECTED | EVENT_LISTENING");
    assert_eq!(format!("{:?}", zmq::PollEvents::POLLIN), "POLLIN");
    assert_eq!(format!("{:?}", zmq::Flags::SNDMORE), "SNDMORE");
}
