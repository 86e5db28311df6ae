//! test_context.py, without the shared context.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use zmq::{Context, ErrorKind, Pull, Socket};

use crate::support::{deadline, eventually};
use crate::{PATIENCE, bound_pair, context as no_linger};

#[test]
fn init() {
    let _deadline = deadline(60);
    for _ in 0..3 {
        let context = Context::new().unwrap();
        assert!(!context.is_terminated());
        context.term().unwrap();
        assert!(context.is_terminated());
    }
}

#[test]
fn repr() {
    let _deadline = deadline(60);
    let context = no_linger();
    let sockets = |number: usize| format!("Context {{ sockets: {number}, terminated: false, .. }}");
    assert_eq!(format!("{context:?}"), sockets(0));
    {
        let _push = context.socket(zmq::PUSH).unwrap();
        assert_eq!(format!("{context:?}"), sockets(1));
        let _pull = context.socket(zmq::PULL).unwrap();
        assert_eq!(format!("{context:?}"), sockets(2));
    }
    assert_eq!(format!("{context:?}"), sockets(0));
    context.term().unwrap();
    assert!(format!("{context:?}").contains("terminated: true"));
}

#[test]
fn term() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    context.term().unwrap();
    assert!(context.is_terminated());
    context.term().expect("twice is no error");
    assert!(context.socket(zmq::PUSH).unwrap_err().is_terminated());
}

/// The other way round than `with Context() as ctx`: a socket keeps its context, so dropping the context closes nothing that is in use.
#[test]
fn context_manager() {
    let _deadline = deadline(60);
    let context = no_linger();
    let (push, pull) = bound_pair(&context, zmq::PUSH, zmq::PULL);
    drop(context);
    push.send("still there").unwrap();
    assert_eq!(crate::recv(&pull), "still there");
    assert!(!push.context().expect("it has one").is_terminated());
}

#[test]
fn fail_init() {
    let _deadline = deadline(60);
    assert_eq!(Context::with_io_threads(-1).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn term_hang() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (router, dealer) = bound_pair(&context, zmq::ROUTER, zmq::DEALER);
    router.set_linger(0).unwrap();
    dealer.set_linger(0).unwrap();
    dealer.send("hello").unwrap();
    dealer.close().unwrap();
    router.close().unwrap();
    context.term_timeout(PATIENCE).unwrap();
}

#[test]
fn many_sockets() {
    let _deadline = deadline(60);
    let context = no_linger();
    // More than MAX_SOCKETS in all: libzmq closes them some time after they were dropped.
    let make = || eventually("there is room for another", || context.socket(zmq::REP).ok());
    for _ in 0..16 {
        let sockets: Vec<_> = (0..65).map(|_| make()).collect();
        sockets.into_iter().for_each(|socket| socket.close().unwrap());
    }
    context.term_timeout(PATIENCE).unwrap();
}

#[test]
fn sockopts() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let five = Some(Duration::from_millis(5));
    context.setsockopt(zmq::LINGER, 5).unwrap();
    assert_eq!(context.getsockopt(zmq::LINGER).unwrap(), Some(five));
    let socket = context.socket(zmq::REQ).unwrap();
    assert_eq!((socket.linger().unwrap(), socket.get(zmq::LINGER).unwrap()), (five, five));
    // Kinds that do not subscribe are left without it.
    context.setsockopt(zmq::SUBSCRIBE, "").unwrap();
    context.socket(zmq::REQ).unwrap();
    let (publisher, subscriber) = bound_pair(&context, zmq::XPUB, zmq::SUB);
    assert_eq!(crate::recv(&publisher), b"\x01", "a SUB has it");
    drop((publisher, subscriber));
}

/// Sockets that others hold are not taken from them: their calls fail, and they are closed when they are dropped.
#[test]
fn destroy() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let mut sockets: Vec<_> = (0..65).map(|_| context.socket(zmq::REP).unwrap()).collect();
    let mut place = 0;
    sockets.retain(|_| {
        place += 1;
        place % 2 == 0
    });
    context.destroy(0).unwrap();
    assert!(context.is_terminated());
    for socket in &sockets {
        assert!(socket.recv().unwrap_err().is_terminated());
    }
    drop(sockets);
    context.term_timeout(PATIENCE).unwrap();
}

#[test]
fn destroy_linger() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    // Nobody is there, so that the request would stay for ever.
    let request = context.socket(zmq::REQ).unwrap();
    request.connect("tcp://127.0.0.1:9").unwrap();
    request.send("hi").unwrap();
    context.destroy(0).unwrap();
    drop(request);
    context.term_timeout(PATIENCE).expect("what is unsent is dropped");
}

#[test]
fn term_noclose() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::REQ).unwrap();
    let (done, wait) = channel();
    let ends = context.clone();
    let thread = std::thread::spawn(move || done.send(ends.term()).unwrap());
    assert_eq!(wait.recv_timeout(Duration::from_millis(150)).unwrap_err(), RecvTimeoutError::Timeout, "it waits");
    drop(socket);
    wait.recv_timeout(PATIENCE).expect("the socket was closed").unwrap();
    thread.join().unwrap();
}

/// Dropping is enough, in whatever order.
#[test]
fn gc() {
    let _deadline = deadline(60);
    let (done, wait) = channel();
    std::thread::spawn(move || {
        let context = no_linger();
        let _first = context.socket(zmq::PUSH).unwrap();
        drop(context);
        let context = no_linger();
        let second = context.socket(zmq::PUSH).unwrap();
        drop(second);
        drop((_first, context));
        done.send(()).unwrap();
    });
    wait.recv_timeout(PATIENCE).expect("the contexts are gone");
}

/// A socket in a cycle is never dropped, and does not keep `destroy` waiting.
#[test]
fn cyclic_destroy() {
    struct Cycle {
        _socket: Socket<Pull>,
        this: RefCell<Option<Rc<Cycle>>>,
    }
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let cycle = Rc::new(Cycle { _socket: context.socket(zmq::PULL).unwrap(), this: RefCell::new(None) });
    *cycle.this.borrow_mut() = Some(Rc::clone(&cycle));
    let weak = Rc::downgrade(&cycle);
    drop(cycle);
    context.destroy(0).unwrap();
    assert!(context.is_terminated());
    // So that this is no leak after all.
    let cycle = weak.upgrade().expect("it holds itself");
    let own = cycle.this.borrow_mut().take();
    drop((cycle, own));
    assert!(weak.upgrade().is_none());
    context.term_timeout(PATIENCE).unwrap();
}

#[test]
fn term_thread() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::REP).unwrap();
    socket.bind_to_random_port("tcp://127.0.0.1").unwrap();
    let (started, wait) = channel();
    let thread = std::thread::spawn(move || {
        started.send(()).unwrap();
        socket.recv().unwrap_err()
    });
    wait.recv().unwrap();
    context.term_timeout(PATIENCE).unwrap();
    assert_eq!(thread.join().unwrap().kind(), ErrorKind::ContextTerminated);
}

#[test]
fn destroy_no_sockets() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PUB).unwrap();
    let port = socket.bind_to_random_port("tcp://127.0.0.1").unwrap();
    socket.close().unwrap();
    context.destroy(0).unwrap();
    assert!(context.is_terminated());
    let other = no_linger();
    let again = other.socket(zmq::PUB).unwrap();
    eventually("the port is free", || again.bind(&format!("tcp://127.0.0.1:{port}")).ok());
}

#[test]
fn ctx_opts() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    context.set(zmq::MAX_SOCKETS, 2).unwrap();
    assert_eq!(context.get(zmq::MAX_SOCKETS).unwrap(), 2);
    context.set_max_sockets(100).unwrap();
    assert_eq!((context.max_sockets().unwrap(), context.get(zmq::MAX_SOCKETS).unwrap()), (100, 100));
}

/// A clone is the same context.
#[test]
fn copy() {
    let _deadline = deadline(60);
    let first = no_linger();
    let second = first.clone();
    let third = second.clone();
    assert!(first == second && first == third);
    assert_eq!(first.as_ptr(), third.as_ptr());
    drop(second);
    third.socket(zmq::PUB).unwrap().close().unwrap();
    first.term_timeout(PATIENCE).unwrap();
    assert!(third.is_terminated());
}

#[test]
#[expect(unsafe_code, reason = "a shadow is made of a raw pointer")]
fn shadow() {
    let _deadline = deadline(60);
    let context = no_linger();
    // SAFETY: the context lives until the end, and the shadow and its sockets do not.
    let shadow = unsafe { Context::shadow(context.as_ptr()) }.unwrap();
    assert_eq!(shadow.as_ptr(), context.as_ptr());
    assert_ne!(shadow, context, "another value, with defaults of its own");
    drop(shadow);
    let socket = context.socket(zmq::PUB).expect("it is not terminated");
    // SAFETY: as above.
    let shadow = unsafe { Context::shadow(context.as_ptr()) }.unwrap();
    shadow.socket(zmq::PUB).unwrap().close().unwrap();
    assert_eq!(shadow.term().unwrap_err().kind(), ErrorKind::NotSupported, "only its owner terminates it");
    drop(socket);
    context.shutdown().unwrap();
    assert!(shadow.socket(zmq::PUB).unwrap_err().is_terminated());
    drop(shadow);
    context.term_timeout(PATIENCE).unwrap();
}
