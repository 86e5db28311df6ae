//! test_error.py.

use zmq::ErrorKind;

use crate::context;
use crate::support::deadline;

#[test]
fn strerror() {
    for errno in 0..10 {
        assert!(!zmq::strerror(errno).is_empty());
    }
    assert_eq!(zmq::strerror(libc::EAGAIN), "Resource temporarily unavailable");
}

/// An error has the number that libzmq or the system gave. Programs make none themselves.
#[test]
fn zmqerror() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::PUB).unwrap();
    let error = socket.bind("ftl://a").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProtocolNotSupported);
    assert_eq!(error.errno(), libc::EPROTONOSUPPORT);
    assert_eq!(zmq::strerror(error.errno()), "Protocol not supported");
}

#[test]
fn again() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::REP).unwrap();
    let error = socket.recv_flags(zmq::DONTWAIT).unwrap_err();
    assert!(error.is_again());
    assert_eq!((error.kind(), error.errno()), (ErrorKind::Again, libc::EAGAIN));
    assert!(socket.try_recv().unwrap().is_none());
}

/// pyzmq has it, but does not run it (`atest_ctxterm`).
#[test]
fn ctxterm() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::REP).unwrap();
    context.shutdown().unwrap();
    let error = socket.recv().unwrap_err();
    assert!(error.is_terminated());
    assert_eq!(error.kind(), ErrorKind::ContextTerminated);
}
