//! Handles that go to C and come from there.
#![allow(unsafe_code, reason = "this is about what C does with the handles")]

mod support;

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

use support::{Transport, child, deadline, unique};
use zmq::{Context, Dynamic, ErrorKind, Operation, Pair, Pull, Push, Rep, Socket, SocketType};
use zmq_sys as sys;

fn c_context() -> *mut c_void {
    // SAFETY: it takes nothing and has no precondition.
    let context = unsafe { sys::zmq_ctx_new() };
    assert!(!context.is_null());
    context
}

/// # Safety
///
/// `context` is a live context.
unsafe fn c_socket(context: *mut c_void, kind: c_int) -> *mut c_void {
    // SAFETY: the caller's promise.
    let socket = unsafe { sys::zmq_socket(context, kind) };
    assert!(!socket.is_null());
    socket
}

/// # Safety
///
/// `context` is a live context that nothing else terminates, and nobody uses it afterwards.
unsafe fn c_term(context: *mut c_void) {
    // SAFETY: the caller's promise.
    let answer = unsafe { sys::zmq_ctx_term(context) };
    assert_eq!(answer, 0);
}

/// # Safety
///
/// `socket` is an open socket, and nobody uses it afterwards.
unsafe fn c_close(socket: *mut c_void) {
    // SAFETY: the caller's promise.
    let answer = unsafe { sys::zmq_close(socket) };
    assert_eq!(answer, 0);
}

/// # Safety
///
/// `socket` is an open socket, and no other thread uses it meanwhile.
unsafe fn c_send(socket: *mut c_void, text: &str) -> bool {
    // SAFETY: the caller's promise for the socket; the bytes are `text.len()` many and libzmq copies them.
    let answer = unsafe { sys::zmq_send(socket, text.as_ptr().cast(), text.len(), 0) };
    usize::try_from(answer) == Ok(text.len())
}

/// The frame, or the error number.
///
/// # Safety
///
/// `socket` is an open socket, and no other thread uses it meanwhile.
unsafe fn c_recv(socket: *mut c_void) -> Result<String, c_int> {
    let mut buffer = [0_u8; 64];
    // SAFETY: the caller's promise for the socket; the buffer is exclusively ours and as long as is said.
    let answer = unsafe { sys::zmq_recv(socket, buffer.as_mut_ptr().cast(), buffer.len(), 0) };
    match usize::try_from(answer) {
        Ok(size) => Ok(String::from_utf8_lossy(&buffer[..size]).into_owned()),
        // SAFETY: it only reads the thread's error number.
        Err(_) => Err(unsafe { sys::zmq_errno() }),
    }
}

/// # Safety
///
/// `socket` is an open socket, and no other thread uses it meanwhile.
unsafe fn c_connect(socket: *mut c_void, endpoint: &str) {
    let endpoint = std::ffi::CString::new(endpoint).unwrap();
    // SAFETY: the caller's promise for the socket; the text ends with a NUL and lives through the call.
    let answer = unsafe { sys::zmq_connect(socket, endpoint.as_ptr()) };
    assert_eq!(answer, 0);
}

#[test]
fn null_is_refused() {
    let _deadline = deadline(30);
    // SAFETY: null is what is checked for before anything else.
    let owned = unsafe { Context::from_raw(null_mut()) };
    // SAFETY: as above.
    let lent = unsafe { Context::shadow(null_mut()) };
    for error in [owned.unwrap_err(), lent.unwrap_err()] {
        assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidArgument, Operation::ContextNew));
        assert!(error.to_string().contains("null"), "{error}");
    }
    let context = Context::new().unwrap();
    // SAFETY: as above.
    let owned = unsafe { Socket::<Pull>::from_raw(null_mut(), Some(&context)) };
    // SAFETY: as above.
    let lent = unsafe { Socket::<Dynamic>::shadow(null_mut()) };
    for error in [owned.map(drop).unwrap_err(), lent.map(drop).unwrap_err()] {
        assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidArgument, Operation::Socket));
        assert!(error.to_string().contains("null"), "{error}");
    }
}

#[test]
fn a_context_that_c_made_is_used_and_terminated() {
    let _deadline = deadline(30);
    let raw = c_context();
    // SAFETY: it was just made, and nobody else terminates it; C's socket below is closed after the drop, with a drop timeout of 0.
    let context = unsafe { Context::from_raw(raw) }.unwrap();
    assert_eq!(context.as_ptr(), raw);
    assert!(!context.is_terminated());
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    push.send("x").unwrap();
    assert_eq!(pull.recv().unwrap(), "x");
    // SAFETY: the context is live.
    let theirs = unsafe { c_socket(raw, sys::ZMQ_PULL) };
    drop((pull, push));
    context.set_drop_timeout(0);
    drop(context);
    // SAFETY: the socket is open and ours alone; the context lasts until it is closed.
    let answer = unsafe { c_recv(theirs) };
    assert_eq!(answer, Err(sys::ETERM), "the last handle terminated the context");
    // SAFETY: it is open, and not used again.
    unsafe { c_close(theirs) };
}

#[test]
fn a_lent_context_is_not_terminated() {
    let _deadline = deadline(30);
    let raw = c_context();
    // SAFETY: it is live until the `c_term` at the end, when all handles and sockets are dropped.
    let context = unsafe { Context::shadow(raw) }.unwrap();
    assert_eq!(context.as_ptr(), raw);
    let pull = context.socket(zmq::PULL).unwrap();
    let endpoint = Transport::Inproc.bind(&pull);
    // SAFETY: the context is live.
    let theirs = unsafe { c_socket(raw, sys::ZMQ_PUSH) };
    // SAFETY: the socket is open and used by this thread only.
    unsafe { c_connect(theirs, &endpoint) };
    // SAFETY: as above.
    assert!(unsafe { c_send(theirs, "from C") });
    assert_eq!(pull.recv().unwrap(), "from C");

    for error in [context.term().unwrap_err(), context.term_timeout(10).unwrap_err()] {
        assert_eq!((error.kind(), error.operation()), (ErrorKind::NotSupported, Operation::ContextTerm));
        assert!(error.to_string().contains("lent or given away"), "{error}");
    }
    assert!(!context.is_terminated());
    // All is as it was.
    // SAFETY: as above.
    assert!(unsafe { c_send(theirs, "still there") });
    assert_eq!(pull.recv().unwrap(), "still there");

    drop(pull);
    drop(context);
    // SAFETY: as above; the context is not terminated.
    let other = unsafe { c_socket(raw, sys::ZMQ_PUSH) };
    // SAFETY: it is open, and not used again.
    unsafe { c_close(other) };
    // SAFETY: as above.
    unsafe { c_close(theirs) };
    // SAFETY: the context is live, nobody else terminates it, and nothing of it is left.
    unsafe { c_term(raw) };
}

#[test]
fn two_shadows_of_one_context() {
    let _deadline = deadline(30);
    let owner = Context::new().unwrap();
    let (pull, name) = (owner.socket(zmq::PULL).unwrap(), format!("inproc://{}", unique("shadows")));
    pull.bind(&name).unwrap();
    for _ in 0..2 {
        // SAFETY: the owner outlives the shadow, which is dropped at the end of the turn with its socket.
        let shadow = unsafe { Context::shadow(owner.as_ptr()) }.unwrap();
        assert_ne!(shadow, owner, "a shadow is a handle of its own");
        let push = shadow.socket(zmq::PUSH).unwrap();
        push.connect(&name).unwrap();
        push.send("hello").unwrap();
        assert_eq!(pull.recv().unwrap(), "hello");
    }
    drop(pull);
    owner.term_timeout(5000).unwrap();
    assert!(owner.as_ptr().is_null(), "there is nothing left to point to");
}

#[test]
fn a_context_that_is_given_away() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let left = context.clone();
    let pull = left.socket(zmq::PULL).unwrap();
    let raw = context.into_raw();
    assert_eq!(left.as_ptr(), raw);
    // What is left stays usable, and does not terminate it.
    assert_eq!(left.term().unwrap_err().kind(), ErrorKind::NotSupported);
    let endpoint = Transport::Inproc.bind(&pull);
    drop(left);
    // SAFETY: the context is live: it is ours to terminate.
    let theirs = unsafe { c_socket(raw, sys::ZMQ_PUSH) };
    // SAFETY: the socket is open and used by this thread only.
    unsafe { c_connect(theirs, &endpoint) };
    // SAFETY: as above.
    assert!(unsafe { c_send(theirs, "x") });
    assert_eq!(pull.recv().unwrap(), "x");
    drop(pull);
    // SAFETY: it is open, and not used again.
    unsafe { c_close(theirs) };
    // SAFETY: nobody else terminates it, now that it was given away, and no handle or socket is left.
    unsafe { c_term(raw) };

    let context = Context::new().unwrap();
    context.term_timeout(5000).unwrap();
    assert!(context.into_raw().is_null());
}

#[test]
fn there_and_back() {
    let _deadline = deadline(30);
    let raw = Context::new().unwrap().into_raw();
    // SAFETY: it was just given away, so nobody else terminates it.
    let context = unsafe { Context::from_raw(raw) }.unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    let raw = push.into_raw();
    // SAFETY: the socket was just given away, so nobody else closes or uses it, and this is its context.
    let push = unsafe { Socket::<Push>::from_raw(raw, Some(&context)) }.unwrap();
    assert_eq!(push.as_ptr(), raw);
    assert_eq!(push.context(), Some(&context));
    push.send("still connected").unwrap();
    assert_eq!(pull.recv().unwrap(), "still connected");
    // It is remembered, and nothing is left of that afterwards.
    let raw = push.into_raw();
    // SAFETY: as above.
    let push = unsafe { Socket::<Push>::from_raw(raw, None) }.unwrap();
    assert_eq!(push.context(), Some(&context));
    drop((pull, push));
    context.term_timeout(5000).unwrap();
}

/// libzmq tells nothing of a socket after a shutdown.
#[test]
fn back_after_a_shutdown() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let raw = context.socket(zmq::PULL).unwrap().into_raw();
    context.shutdown().unwrap();
    // SAFETY: the socket was just given away, so nobody else closes or uses it.
    assert_eq!(unsafe { c_recv(raw) }, Err(sys::ETERM));
    // SAFETY: as above.
    let error = unsafe { Socket::<Push>::from_raw(raw, None) }.unwrap_err();
    assert!(error.to_string().contains("the socket is a PULL, not a PUSH"), "{error}");
    // SAFETY: as above; it was left open.
    let pull = unsafe { Socket::<zmq::Dynamic>::from_raw(raw, None) }.unwrap();
    assert_eq!((pull.socket_type(), pull.context()), (zmq::SocketType::Pull, Some(&context)));
    assert!(pull.recv().unwrap_err().is_terminated());
    drop(pull);
    context.term_timeout(5000).unwrap();

    let context = c_context();
    // SAFETY: the context is open.
    let socket = unsafe { c_socket(context, sys::ZMQ_PULL) };
    // SAFETY: as above.
    assert_eq!(unsafe { sys::zmq_ctx_shutdown(context) }, 0);
    // SAFETY: the socket is open, and nobody else uses it.
    assert_eq!(unsafe { c_recv(socket) }, Err(sys::ETERM));
    // SAFETY: the socket is open, and nobody else uses it.
    let error = unsafe { Socket::<zmq::Dynamic>::from_raw(socket, None) }.unwrap_err();
    assert!(error.is_terminated(), "{error}");
    // SAFETY: it was left open, and nobody else closes it.
    unsafe { c_close(socket) };
    // SAFETY: nobody else terminates it.
    unsafe { c_term(context) };
}

/// What C makes after it has closed a socket that was given away may have its address, and has a descriptor of its own.
#[test]
#[cfg(unix)]
fn another_socket_at_the_same_address() {
    use std::os::fd::AsRawFd as _;

    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let raw = context.socket(zmq::PULL).unwrap().into_raw();
    // SAFETY: it was just given away.
    unsafe { c_close(raw) };
    let held: Vec<_> = (0..4).map(|_| std::fs::File::open("/dev/null").unwrap()).collect();
    for _ in 0..20 {
        // SAFETY: the context is open.
        let socket = unsafe { c_socket(context.as_ptr(), sys::ZMQ_PULL) };
        // SAFETY: the socket was just made, and nobody else has it.
        let socket = unsafe { Socket::<Pull>::from_raw(socket, Some(&context)) }.unwrap();
        assert_eq!(socket.as_raw_fd(), socket.get(zmq::FD).unwrap());
    }
    drop(held);
}

#[test]
fn a_socket_of_another_kind_is_refused_and_left_open() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    // SAFETY: the context is live.
    let raw = unsafe { c_socket(context.as_ptr(), sys::ZMQ_PUSH) };
    // SAFETY: the socket is open and nobody else's; that it is of another kind is what is checked.
    let owned = unsafe { Socket::<Pull>::from_raw(raw, Some(&context)) };
    // SAFETY: as above.
    let lent = unsafe { Socket::<Rep>::shadow(raw) };
    for (error, expected) in [(owned.map(drop).unwrap_err(), "PULL"), (lent.map(drop).unwrap_err(), "REP")] {
        assert_eq!((error.kind(), error.operation()), (ErrorKind::InvalidArgument, Operation::Socket));
        assert!(error.to_string().contains(&format!("the socket is a PUSH, not a {expected}")), "{error}");
    }
    // SAFETY: it was left open, and nobody has it.
    let socket = unsafe { Socket::<Dynamic>::from_raw(raw, Some(&context)) }.unwrap();
    assert_eq!(socket.socket_type(), SocketType::Push);
    socket.downcast::<Push>().unwrap().close().unwrap();
    context.term_timeout(5000).unwrap();
}

#[test]
fn a_socket_that_c_made_keeps_our_context() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    // SAFETY: the context is live.
    let raw = unsafe { c_socket(context.as_ptr(), sys::ZMQ_PULL) };
    // SAFETY: the socket is open and nobody else's, and this is its context.
    let pull = unsafe { Socket::<Pull>::from_raw(raw, Some(&context)) }.unwrap();
    assert_eq!((pull.as_ptr(), pull.context()), (raw, Some(&context)));
    assert!(format!("{context:?}").contains("sockets: 1"), "{context:?}");
    // Terminating counts it among what is open.
    let push = context.socket(zmq::PUSH).unwrap();
    push.connect(&Transport::Tcp.bind(&pull)).unwrap();
    drop(context);
    push.send("x").unwrap();
    assert_eq!(pull.recv().unwrap(), "x");
    let context = pull.context().unwrap().clone();
    drop((pull, push));
    context.term_timeout(5000).unwrap();
}

#[test]
fn a_socket_without_a_context() {
    let _deadline = deadline(30);
    let raw_context = c_context();
    // SAFETY: the context is live.
    let raw = unsafe { c_socket(raw_context, sys::ZMQ_PAIR) };
    // SAFETY: the socket is open and nobody else's; the context is terminated below, after the drop.
    let a = unsafe { Socket::<Pair>::from_raw(raw, None) }.unwrap();
    assert!(a.context().is_none());
    let endpoint = Transport::Tcp.bind(&a);
    // SAFETY: the context is live.
    let b = unsafe { c_socket(raw_context, sys::ZMQ_PAIR) };
    // SAFETY: the socket is open and used by this thread only.
    unsafe { c_connect(b, &endpoint) };
    a.send("to C").unwrap();
    // SAFETY: as above.
    assert_eq!(unsafe { c_recv(b) }.as_deref(), Ok("to C"));
    a.unbind(&endpoint).unwrap();
    drop(a);
    // SAFETY: it is open, and not used again.
    unsafe { c_close(b) };
    // The drop closed the other one, or this would wait for ever.
    // SAFETY: nobody else terminates it, and nothing of it is left.
    unsafe { c_term(raw_context) };
}

#[test]
fn a_lent_socket_is_not_closed() {
    let _deadline = deadline(30);
    let raw_context = c_context();
    // SAFETY: the context is live.
    let raw = unsafe { c_socket(raw_context, sys::ZMQ_PAIR) };
    let name = format!("inproc://{}", unique("lent"));
    for close in [false, true] {
        // SAFETY: it stays open until the end of the test, and only this thread uses it.
        let socket = unsafe { Socket::<Pair>::shadow(raw) }.unwrap();
        assert!(socket.context().is_none());
        assert_eq!(socket.as_ptr(), raw);
        if close {
            socket.close().unwrap();
        } else {
            socket.bind(&name).unwrap();
        }
    }
    // SAFETY: the context is live.
    let peer = unsafe { c_socket(raw_context, sys::ZMQ_PAIR) };
    // SAFETY: the socket is open and used by this thread only.
    unsafe { c_connect(peer, &name) };
    // SAFETY: as above.
    assert!(unsafe { c_send(peer, "still open") });
    // SAFETY: as above: the shadows did not close it.
    assert_eq!(unsafe { c_recv(raw) }.as_deref(), Ok("still open"));
    for socket in [raw, peer] {
        // SAFETY: it is open, and not used again.
        unsafe { c_close(socket) };
    }
    // SAFETY: nobody else terminates it, and nothing of it is left.
    unsafe { c_term(raw_context) };
}

#[test]
fn a_socket_that_is_given_away_does_not_make_the_context_hang() {
    let _deadline = deadline(60);
    child("socket given away, then all dropped", 20, || {
        let context = Context::new().unwrap();
        context.set_drop_timeout(-1);
        let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
        let raw = push.into_raw();
        drop(context);
        // SAFETY: the socket was given away and is open; only this thread uses it.
        assert!(unsafe { c_send(raw, "x") });
        assert_eq!(pull.recv().unwrap(), "x");
        drop(pull);
        // The context is not terminated under it.
        // SAFETY: it is open, and not used again.
        unsafe { c_close(raw) };
    })
    .succeeds();
    child("socket left open to the end of the process", 20, || {
        let context = Context::new().unwrap();
        context.set_drop_timeout(-1);
        let _ = context.socket(zmq::PUSH).unwrap().into_raw();
        let _ = context.socket(SocketType::Sub).unwrap().into_raw();
        drop(context);
    })
    .succeeds();
    child("socket and context given away", 20, || {
        let context = Context::new().unwrap();
        let socket = context.socket(zmq::PUSH).unwrap().into_raw();
        let raw = context.into_raw();
        // SAFETY: it was given away, is open, and not used again.
        unsafe { c_close(socket) };
        // SAFETY: it was given away, so nobody else terminates it, and nothing of it is left.
        unsafe { c_term(raw) };
    })
    .succeeds();
}
