//! C has null pointers for sockets and contexts. Here there are none; what is nearest is a context that has ended.

use zmq::{Context, ErrorKind};

use crate::support::deadline;

#[test]
fn no_handle_is_null() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PAIR).unwrap();
    assert!(!context.as_ptr().is_null());
    assert!(!socket.as_ptr().is_null());
}

#[test]
fn socket_of_a_context_that_has_ended() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    context.term().unwrap();
    assert_eq!(context.socket(zmq::PAIR).unwrap_err().kind(), ErrorKind::ContextTerminated);
}

#[test]
fn calls_on_a_socket_whose_context_was_shut_down() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PAIR).unwrap();
    context.shutdown().unwrap();
    // libzmq looks whether there was a shutdown when it waits for something.
    let errors = [
        socket.recv().unwrap_err(),
        socket.set_sndhwm(100).unwrap_err(),
        socket.sndhwm().unwrap_err(),
        socket.monitor(zmq::EVENT_ALL).unwrap_err(),
        socket.bind("inproc://socket").unwrap_err(),
        socket.connect("inproc://socket").unwrap_err(),
        socket.unbind("inproc://socket").unwrap_err(),
        socket.disconnect("inproc://socket").unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::ContextTerminated, "{error}");
    }
    socket.close().unwrap();
}
