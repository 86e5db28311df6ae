//! `zmq_ppoll` is a draft. Without a signal mask it is `zmq_poll`; [`select`] is the other way here to wait for the same.

use std::net::UdpSocket;

use zmq::{Context, select};

use crate::support::{Transport, deadline};

#[test]
fn select_fd() {
    let _deadline = deadline(60);
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let context = Context::new().unwrap();
    let rep = context.socket(zmq::REP).unwrap();
    Transport::Tcp.bind(&rep);
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    sender.send_to(&[1; 10], receiver.local_addr().unwrap()).unwrap();
    let (readable, writable, failed) = select(&[(&rep).into(), (&receiver).into()], &[], &[], 20_000).unwrap();
    assert_eq!(readable, [(&receiver).into()]);
    assert!(writable.is_empty() && failed.is_empty());
}
