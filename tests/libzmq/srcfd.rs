//! The descriptor that a message came by.

use std::net::TcpStream;
use std::os::fd::BorrowedFd;

use zmq::Context;

use crate::support::{Transport, child, deadline, eventually};

/// In a process of its own, where nobody else takes the number of a descriptor that was closed.
#[test]
fn srcfd() {
    let _deadline = deadline(60);
    child("srcfd", 40, || {
        let context = Context::new().unwrap();
        let (rep, req) = Transport::Tcp.pair(&context, zmq::REP, zmq::REQ);
        req.send([0; 20]).unwrap();
        let message = rep.recv().unwrap();
        assert_eq!(message.len(), 20);
        let number = message.source_fd().expect("it came over TCP");
        // SAFETY: the connection is open as long as `rep` and `req` are.
        let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
        let connection = TcpStream::from(descriptor.try_clone_to_owned().unwrap());
        assert_eq!(connection.peer_addr().unwrap().ip().to_string(), "127.0.0.1");
        drop((connection, message, rep, req));
        // SAFETY: it only asks about a number, whatever that is.
        let is_closed = || (unsafe { libc::fcntl(number, libc::F_GETFD) } == -1).then_some(());
        eventually("the connection is closed with its sockets", is_closed);
    })
    .succeeds();
}
