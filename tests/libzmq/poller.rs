//! Waiting for several sockets and descriptors.
//!
//! `zmq_poller_…` is of the draft API; `Poller` is over `zmq_poll`. It differs from it on purpose, as pyzmq's does: what is registered
//! twice gets the new events, and no events at all take it out.

use std::net::TcpListener;
use std::os::fd::AsFd as _;

use zmq::{Context, ErrorKind, Pair, PollSource, Poller, Socket};

use crate::support::{Transport, deadline};

fn pair() -> Socket<Pair> {
    Context::new().unwrap().socket(zmq::PAIR).unwrap()
}

/// A socket of the system.
fn plain() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

#[test]
fn call_poller_size() {
    let _deadline = deadline(60);
    let (socket, plain) = (pair(), plain());
    let mut poller = Poller::new();
    assert_eq!((poller.len(), poller.is_empty()), (0, true));
    poller.register(&socket, zmq::POLLIN).unwrap();
    assert_eq!(poller.len(), 1);
    poller.modify(&socket, zmq::POLLOUT).unwrap();
    assert_eq!(poller.len(), 1);
    poller.register(&plain, zmq::POLLOUT).unwrap();
    assert_eq!(poller.len(), 2);
    poller.unregister(&socket).unwrap();
    assert_eq!(poller.len(), 1);
    poller.unregister(&plain).unwrap();
    assert_eq!(poller.len(), 0);
}

/// libzmq's poller refuses the second time.
#[test]
fn call_poller_add_twice() {
    let _deadline = deadline(60);
    let (socket, plain) = (pair(), plain());
    for source in [PollSource::from(&socket), PollSource::from(&plain)] {
        let mut poller = Poller::new();
        poller.register(source, zmq::POLLIN).unwrap();
        poller.register(source, zmq::POLLOUT).unwrap();
        assert_eq!(poller.sources().collect::<Vec<_>>(), [(source, zmq::POLLOUT)]);
        poller.unregister(source).unwrap();
        assert!(!poller.contains(source));
    }
}

#[test]
fn call_poller_remove_unregistered_fails() {
    let _deadline = deadline(60);
    let (socket, plain) = (pair(), plain());
    let mut poller = Poller::new();
    assert_eq!(poller.unregister(&socket).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(poller.unregister(&plain).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn call_poller_modify_unregistered_fails() {
    let _deadline = deadline(60);
    let (socket, plain) = (pair(), plain());
    let mut poller = Poller::new();
    assert_eq!(poller.modify(&socket, zmq::POLLIN).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(poller.modify(&plain, zmq::POLLIN).unwrap_err().kind(), ErrorKind::NotFound);
    assert!(poller.is_empty());
}

/// No events: nothing is signalled.
#[test]
fn call_poller_add_no_events() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (socket, peer) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    peer.send("H").unwrap();
    let mut poller = Poller::new();
    poller.register(&socket, zmq::PollEvents::NONE).unwrap();
    assert!(poller.poll(0).unwrap().is_empty());
    poller.register(&socket, zmq::POLLIN).unwrap();
    assert!(poller.poll(-1).unwrap().readable(&socket));
}

#[test]
fn call_poller_modify_no_events() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (socket, peer) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    peer.send("H").unwrap();
    let mut poller = Poller::new();
    poller.register(&socket, zmq::POLLIN).unwrap();
    assert!(poller.poll(-1).unwrap().readable(&socket));
    poller.modify(&socket, zmq::PollEvents::NONE).unwrap();
    assert!(poller.poll(0).unwrap().is_empty());
}

/// Nothing to wait for: with a timeout it passes, without one that is a mistake.
#[test]
fn call_poller_wait_empty() {
    let _deadline = deadline(60);
    let mut poller = Poller::new();
    assert!(poller.poll(0).unwrap().is_empty());
    assert_eq!(poller.poll(-1).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

/// The same if there is a socket, of which nothing is wanted.
#[test]
fn call_poller_wait_all_inf_disabled_fails() {
    let _deadline = deadline(60);
    let socket = pair();
    let mut poller = Poller::new();
    poller.register(&socket, zmq::PollEvents::NONE).unwrap();
    assert!(poller.poll(0).unwrap().is_empty());
    assert_eq!(poller.poll(-1).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn poll_basic() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (vent, sink) = Transport::Tcp.pair(&context, zmq::PUSH, zmq::PULL);
    let mut poller = Poller::new();
    poller.register(&sink, zmq::POLLIN).unwrap();
    vent.send("H").unwrap();

    let ready: Vec<_> = poller.poll(-1).unwrap().iter().collect();
    assert_eq!(ready, [((&sink).into(), zmq::POLLIN)]);
    assert_eq!(sink.recv_string().unwrap(), "H");
    assert!(poller.poll(0).unwrap().is_empty());
    poller.unregister(&sink).unwrap();
}

/// The descriptor of a socket, by itself: it tells that something happened, here a connection.
#[test]
fn poll_fd() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (_vent, bowl) = Transport::Tcp.pair(&context, zmq::PUSH, zmq::PULL);
    let fd = bowl.as_fd();
    let mut poller = Poller::new();
    poller.register(fd, zmq::POLLIN).unwrap();
    let ready = poller.poll(10_000).unwrap();
    assert_eq!(ready.iter().collect::<Vec<_>>(), [(fd.into(), zmq::POLLIN)]);
    assert!(!ready.contains(&bowl), "it is another source than its socket");
    poller.unregister(fd).unwrap();
}
