//! Listeners that somebody else has made.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;

use zmq::{Context, IntoKind, Receiver, Sender};

use crate::support::{TempPath, deadline};
use crate::testutil::bounce;

fn over<B: IntoKind, C: IntoKind>(endpoint: &str, listener: OwnedFd, bound: B, connected: C)
where
    B::Kind: Sender + Receiver,
    C::Kind: Sender + Receiver,
{
    let context = Context::new().unwrap();
    let (bound, connected) = (context.socket(bound).unwrap(), context.socket(connected).unwrap());
    bound.bind_with_fd(endpoint, listener).unwrap();
    connected.connect(endpoint).unwrap();
    bounce(&bound, &connected);
}

fn tcp() -> (String, OwnedFd) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    (format!("tcp://{}", listener.local_addr().unwrap()), listener.into())
}

fn ipc(path: &TempPath) -> (String, OwnedFd) {
    (path.ipc(), UnixListener::bind(path.path()).unwrap().into())
}

#[test]
fn req_rep_tcp() {
    let _deadline = deadline(60);
    let (endpoint, listener) = tcp();
    over(&endpoint, listener, zmq::REP, zmq::REQ);
}

#[test]
fn pair_tcp() {
    let _deadline = deadline(60);
    let (endpoint, listener) = tcp();
    over(&endpoint, listener, zmq::PAIR, zmq::PAIR);
}

#[test]
fn req_rep_ipc() {
    let _deadline = deadline(60);
    let path = TempPath::new();
    let (endpoint, listener) = ipc(&path);
    over(&endpoint, listener, zmq::REP, zmq::REQ);
    assert!(path.path().exists(), "the file is left to whoever made it");
}

#[test]
fn pair_ipc() {
    let _deadline = deadline(60);
    let path = TempPath::new();
    let (endpoint, listener) = ipc(&path);
    over(&endpoint, listener, zmq::PAIR, zmq::PAIR);
    assert!(path.path().exists(), "the file is left to whoever made it");
}
