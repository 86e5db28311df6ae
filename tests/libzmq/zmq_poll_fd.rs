//! A socket and a descriptor of the system's, waited for at once.

use std::net::UdpSocket;

use zmq::{Context, Poller};

use crate::support::{Transport, deadline};

#[test]
fn poll_fd() {
    let _deadline = deadline(60);
    let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
    let context = Context::new().unwrap();
    let rep = context.socket(zmq::REP).unwrap();
    Transport::Tcp.bind(&rep);
    let mut poller = Poller::new();
    poller.register(&rep, zmq::POLLIN).unwrap();
    poller.register(&receiver, zmq::POLLIN).unwrap();

    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    sender.send_to(&[1; 10], receiver.local_addr().unwrap()).unwrap();
    let ready = poller.poll(20_000).unwrap();
    assert_eq!(ready.len(), 1);
    assert!(!ready.readable(&rep));
    assert!(ready.readable(&receiver));
}
