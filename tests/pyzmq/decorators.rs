//! test_decorators.py: a decorator makes a context, or a socket, for the time of a call. Here that is a local variable, and its name is
//! whatever it is called. What is left to test is that they are what they are, and gone afterwards.

use std::sync::Barrier;

use zmq::{Context, SocketType};

use crate::support::{child, deadline};

#[test]
fn ctx() {
    fn decorated<T>(call: impl FnOnce(&Context) -> T) -> (T, Context) {
        let context = Context::new().unwrap();
        (call(&context), context.clone())
    }
    let _deadline = deadline(60);
    let (answer, context) = decorated(|context| {
        assert!(!context.is_terminated());
        "something"
    });
    assert_eq!(answer, "something");
    context.term_timeout(5000).expect("no socket is left");
}

#[test]
fn ctx_args() {
    let _deadline = deadline(60);
    let context = Context::with_io_threads(5).unwrap();
    assert_eq!(context.get(zmq::IO_THREADS).unwrap(), 5);
    assert_eq!(context.io_threads().unwrap(), 5);
}

/// In each call, and each thread, others.
#[test]
fn ctx_reinit() {
    let _deadline = deadline(60);
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let (one, two) = (Context::new().unwrap(), Context::new().unwrap());
                    assert_ne!(one, two);
                    let socket = one.socket(zmq::PUB).unwrap();
                    barrier.wait();
                    (one, socket)
                })
            })
            .collect();
        let made: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        for (at, (context, socket)) in made.iter().enumerate() {
            assert_eq!(socket.context(), Some(context));
            assert!(made[at + 1..].iter().all(|(other, _)| other != context));
            assert!(made[at + 1..].iter().all(|(_, other)| other.as_ptr() != socket.as_ptr()));
        }
    });
}

#[test]
fn ctx_skt() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PUB).unwrap();
    assert_eq!((socket.socket_type(), socket.context()), (SocketType::Pub, Some(&context)));
}

/// The shared context is everybody's, so this has a process of its own.
#[test]
fn skt_default_ctx() {
    let _deadline = deadline(60);
    child("instance", 50, || {
        let shared = Context::instance().unwrap();
        let call = || {
            let context = Context::instance().unwrap();
            let publisher = context.socket(zmq::PUB).unwrap();
            let subscriber = context.socket(zmq::SUB).unwrap();
            let push = context.socket(zmq::PUSH).unwrap();
            assert_eq!(publisher.context(), Some(&shared));
            assert_eq!(subscriber.context(), Some(&shared));
            assert_eq!(push.context(), Some(&shared));
            assert_eq!(
                [publisher.socket_type(), subscriber.socket_type(), push.socket_type()],
                [SocketType::Pub, SocketType::Sub, SocketType::Push]
            );
        };
        call();
        std::thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(call))));
        shared.term_timeout(5000).expect("all sockets are gone");
    })
    .succeeds();
}

#[test]
fn multi_skts_single_ctx() {
    struct Method;
    impl Method {
        fn call(&self, context: &Context, text: &str) -> usize {
            let (publisher, subscriber) = (context.socket(zmq::PUB).unwrap(), context.socket(zmq::SUB).unwrap());
            assert_eq!((publisher.context(), subscriber.context()), (Some(context), Some(context)));
            assert_eq!((publisher.socket_type(), subscriber.socket_type()), (SocketType::Pub, SocketType::Sub));
            text.len()
        }
    }
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    assert_eq!(Method.call(&context, "bar"), 3);
    assert!(format!("{context:?}").contains("sockets: 0"), "they are gone");
}
