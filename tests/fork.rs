//! What a forked child may do with what its parent made: drop it, and hear about everything else.
#![cfg(unix)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use support::{Transport, child, deadline};
use zmq::{Context, ErrorKind, Pair, Result, Socket};

/// Forks, runs `body` in the child, which then exits as a Rust program does, and answers whether all went well there. A child
/// that hangs is ended by SIGALRM.
fn in_fork(body: impl FnOnce()) -> bool {
    // SAFETY: the child goes on as a copy of this thread, which is the only one that could hold a lock that it needs.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "fork works");
    if child == 0 {
        // SAFETY: no preconditions.
        unsafe { libc::alarm(10) };
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
        std::process::exit(if answer.is_ok() { 0 } else { 1 });
    }
    let mut status = 0;
    // SAFETY: the child was just made, and the status is a live integer.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
}

/// A context with two connected sockets that have talked.
fn parent(transport: Transport) -> (Context, Socket<Pair>, Socket<Pair>) {
    let context = Context::new().unwrap();
    let (one, two) = transport.pair(&context, zmq::PAIR, zmq::PAIR);
    talk(&one, &two);
    (context, one, two)
}

#[track_caller]
fn talk(one: &Socket<Pair>, two: &Socket<Pair>) {
    for _ in 0..20 {
        one.send("there").unwrap();
        assert_eq!(two.recv_timeout(5000).unwrap(), "there");
        two.send("and back").unwrap();
        assert_eq!(one.recv_timeout(5000).unwrap(), "and back");
    }
}

#[test]
fn a_child_drops_what_it_inherited_in_any_order() {
    let _deadline = deadline(60);
    for transport in support::TRANSPORTS {
        for order in 0..4 {
            let outcome = child(&format!("{transport:?} {order}"), 30, || {
                let (context, one, two) = parent(transport);
                // What is on its way must neither be lost nor doubled by the child.
                one.send("waiting").unwrap();
                let (mut context, mut one, mut two) = (Some(context), Some(one), Some(two));
                let well = in_fork(|| match order {
                    0 => {
                        context.take();
                        one.take();
                        two.take();
                    }
                    1 => {
                        two.take();
                        one.take();
                        context.take();
                    }
                    2 => {
                        one.take();
                        context.take();
                        two.take();
                    }
                    _ => {
                        one.take().map(Socket::close).transpose().unwrap();
                        two.take().map(|socket| socket.close_linger(0));
                    }
                });
                assert!(well, "the child exits normally");
                let (one, two) = (one.unwrap(), two.unwrap());
                assert_eq!(two.recv_timeout(5000).unwrap(), "waiting");
                talk(&one, &two);
                drop((one, two, context));
            });
            outcome.succeeds();
        }
    }
}

#[test]
fn a_child_that_uses_what_it_inherited_is_told() {
    let _deadline = deadline(60);
    for transport in support::TRANSPORTS {
        let outcome = child(&format!("{transport:?}"), 30, || {
            let (context, one, two) = parent(transport);
            one.send("first").unwrap();
            one.send("second").unwrap();
            // Then it is in the pipe, and the child has a copy of it.
            assert_eq!(two.recv_timeout(5000).unwrap(), "first");
            let well = in_fork(|| {
                let started = Instant::now();
                refused("recv", two.recv());
                refused("try_recv", two.try_recv());
                refused("recv_timeout", two.recv_timeout(5000));
                refused("recv_timeout(0)", two.recv_timeout(0));
                refused("recv_multipart", two.recv_multipart());
                refused("recv_buf", two.recv_buf(&mut [0; 10]));
                refused("recv_into", two.recv_into(&mut zmq::Message::new()));
                refused("send", one.send("from the child").map_err(zmq::Error::from));
                refused("try_send", one.try_send("from the child").map_err(zmq::Error::from));
                refused("send_timeout", one.send_timeout("x", 5000).map_err(zmq::Error::from));
                refused("send_multipart", one.send_multipart(["a", "b"]).map_err(zmq::Error::from));
                refused("poll", two.poll(5000, zmq::POLLIN));
                refused("poll for ever", two.poll(-1, zmq::POLLIN));
                refused("events", two.events());
                refused("bind", one.bind("tcp://127.0.0.1:*"));
                refused("bind inproc", one.bind("inproc://new"));
                refused("connect", one.connect("tcp://127.0.0.1:9"));
                refused("connect inproc", one.connect("inproc://never"));
                refused("unbind", one.unbind("tcp://127.0.0.1:9"));
                refused("disconnect", one.disconnect("tcp://127.0.0.1:9"));
                refused("set", one.set(zmq::LINGER, 0));
                refused("get", one.get(zmq::LINGER));
                refused("last_endpoint", one.last_endpoint());
                refused("iter", two.iter().next().unwrap());
                refused("socket", context.socket(zmq::PULL));
                refused("context set", context.set_io_threads(2));
                refused("context get", context.io_threads());
                refused("context default", context.setsockopt(zmq::LINGER, 0));
                refused("context default", context.getsockopt(zmq::LINGER));
                refused("thread option", context.set_thread_sched_policy(0));
                refused("shutdown", context.shutdown());
                refused("term", context.term());
                refused("term_timeout", context.term_timeout(1000));
                refused("destroy", context.destroy(0));
                assert!(!format!("{one:?} {context:?}").is_empty());
                context.set_drop_timeout(1);
                assert!(context.as_ptr().is_null());
                assert!(started.elapsed() < Duration::from_secs(2), "promptly, not {:?}", started.elapsed());
            });
            assert!(well, "the child exits normally");
            assert_eq!(two.recv_timeout(5000).unwrap(), "second");
            talk(&one, &two);
        });
        outcome.succeeds();
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(what: &str, answer: Result<T>) {
    let error = answer.expect_err(what);
    assert_eq!(error.kind(), ErrorKind::Forked, "{what}: {error}");
    assert!(error.to_string().ends_with("make a new Context and new sockets after fork"), "{what}: {error}");
}

#[test]
fn a_send_that_is_refused_gives_the_message_back() {
    let _deadline = deadline(30);
    let outcome = child("", 20, || {
        let (_context, one, _two) = parent(Transport::Tcp);
        let well = in_fork(|| {
            let error = one.send(vec![7u8; 5000]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Forked);
            assert_eq!(error.message, [7u8; 5000]);
        });
        assert!(well);
    });
    outcome.succeeds();
}

#[test]
fn a_child_makes_its_own() {
    let _deadline = deadline(60);
    for order in 0..2 {
        let outcome = child(&order.to_string(), 30, || {
            let inherited = Context::instance().unwrap();
            let (context, one, two) = parent(Transport::Tcp);
            let well = in_fork(|| {
                let own = if order == 0 { Context::new() } else { Context::instance() }.unwrap();
                assert_ne!(own, inherited);
                for transport in support::TRANSPORTS {
                    let (one, two) = transport.pair(&own, zmq::PAIR, zmq::PAIR);
                    talk(&one, &two);
                }
                assert_eq!(Context::instance().unwrap(), Context::instance().unwrap());
                own.term_timeout(5000).unwrap();
            });
            assert!(well, "the child exits normally");
            assert_eq!(Context::instance().unwrap(), inherited);
            talk(&one, &two);
            drop(context);
        });
        outcome.succeeds();
    }
}

/// libzmq sets up its threads when the first socket is made: also a context without one belongs to the parent.
#[test]
fn a_child_leaves_a_context_without_sockets_alone() {
    let _deadline = deadline(30);
    let outcome = child("", 20, || {
        let context = Context::new().unwrap();
        let well = in_fork(|| {
            refused("socket", context.socket(zmq::PULL));
            refused("term", context.term());
        });
        assert!(well);
        let (one, two) = Transport::Ipc.pair(&context, zmq::PAIR, zmq::PAIR);
        talk(&one, &two);
    });
    outcome.succeeds();
}

#[test]
fn grandchildren_are_told_too() {
    let _deadline = deadline(30);
    let outcome = child("", 20, || {
        let (_context, one, _two) = parent(Transport::Inproc);
        let well = in_fork(|| {
            let own = Context::new().unwrap();
            let socket = own.socket(zmq::PULL).unwrap();
            let well = in_fork(|| {
                refused("the grandparent's", one.recv());
                refused("the parent's", socket.recv());
                drop((socket, own));
            });
            assert!(well);
        });
        assert!(well);
    });
    outcome.succeeds();
}

/// Other threads make and end contexts, and with them take whatever locks there are, while this one forks.
#[test]
fn forking_while_others_hold_locks() {
    let _deadline = deadline(90);
    let outcome = child("", 80, || {
        let stop = Arc::new(AtomicBool::new(false));
        let (context, one, two) = parent(Transport::Tcp);
        let others: Vec<_> = (0..2)
            .map(|other| {
                let (stop, context) = (Arc::clone(&stop), context.clone());
                std::thread::spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        let instance = Context::instance().unwrap();
                        if other == 0 {
                            context.setsockopt(zmq::LINGER, 0).unwrap();
                            context.set_drop_timeout(1000);
                            // A socket that was closed takes up its place until libzmq's reaper comes to it.
                            if let Ok(socket) = instance.socket(zmq::PAIR) {
                                socket.bind(&Transport::Inproc.endpoint()).unwrap();
                            }
                        } else {
                            zmq::curve_keypair().unwrap();
                        }
                    }
                })
            })
            .collect();
        for _ in 0..150 {
            let well = in_fork(|| {
                let own = Context::instance().unwrap();
                zmq::curve_keypair().unwrap();
                refused("the parent's", context.setsockopt(zmq::LINGER, 0));
                context.set_drop_timeout(1);
                let socket = own.socket(zmq::PULL).unwrap();
                socket.bind("inproc://own").unwrap();
            });
            assert!(well, "the child exits normally");
        }
        stop.store(true, Ordering::Relaxed);
        for other in others {
            other.join().unwrap();
        }
        talk(&one, &two);
    });
    outcome.succeeds();
}

/// To wait for a thread that only the parent has would be for ever.
#[test]
fn a_child_drops_threads_that_it_does_not_have() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let mut auth = zmq::auth::ThreadAuthenticator::new(&context);
        auth.start().unwrap();
        let streamer = zmq::ThreadProxy::new(&context, zmq::PULL, zmq::PUSH).unwrap().start().unwrap();
        let (mut auth, mut streamer) = (Some(auth), Some(streamer));
        let well = in_fork(|| {
            let (mut auth, streamer) = (auth.take().unwrap(), streamer.take().unwrap());
            assert!(!auth.is_alive() && !streamer.is_alive());
            assert_eq!(auth.stop().unwrap_err().kind(), ErrorKind::Forked);
            assert_eq!(auth.start().unwrap_err().kind(), ErrorKind::Forked);
            assert_eq!(streamer.stop().unwrap_err().kind(), ErrorKind::Forked);
            let own = Context::new().unwrap();
            let mut auth = zmq::auth::ThreadAuthenticator::new(&own);
            auth.start().unwrap();
            auth.stop().unwrap();
        });
        assert!(well);
        let (auth, streamer) = (auth.as_mut().unwrap(), streamer.unwrap());
        assert!(auth.is_alive() && streamer.is_alive());
        auth.stop().unwrap();
        streamer.stop().unwrap();
    })
    .succeeds();
}
