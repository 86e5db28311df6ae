//! What libzmq 4.3.5 itself answers with an abort, a crash or a hang, met from safe code: contexts, limits and kinds.
//!
//! The names are those of the cases that were tried on libzmq. Endpoints are in `hazards_endpoints.rs`, what random use found in
//! `hazards_found.rs`, signals in `signals.rs`, forks in `fork.rs`. Not here, because it is elsewhere, or nothing in the crate reaches it:
//!
//! | case | why |
//! | --- | --- |
//! | `timers …`, `monitor …`, `proxy …`, `poll …` | in `timers.rs`, `monitor.rs`, `proxy.rs`, `poller.rs` |
//! | `DGRAM …`, `RADIO …`, `DISH …` | draft kinds: `draft_kinds_are_refused` |
//! | `ZAP_ENFORCE_DOMAIN …` | a draft option that is not in the table |
//! | `HEARTBEAT_TTL …`, `RECONNECT_IVL …`, `KEEPALIVE …`, `REQ_RELAXED/PROBE value 5 …` | values of options: `options*.rs` |
//! | `atomic counter`, `sendiov/recviov` | not wrapped |
//! | `bind NULL`, `zmq_close twice` | cannot be written: `&str`, and `close` takes the socket |

mod support;

use std::time::{Duration, Instant};

use support::{child, deadline, eventually};
use zmq::{Context, DONTWAIT, ErrorKind, SNDMORE, Socket, SocketType};

/// A context that has not one socket left, and two connections that wait for their bind.
fn fill(context: Context) -> (Context, Vec<Socket<zmq::Dealer>>) {
    let sockets: Vec<_> = (0..2).map(|_| context.socket(zmq::DEALER).unwrap()).collect();
    sockets[0].connect("inproc://nobody").unwrap();
    sockets[1].connect("inproc://nobody else").unwrap();
    assert_eq!(context.socket(zmq::PULL).unwrap_err().kind(), ErrorKind::TooManyOpen);
    (context, sockets)
}

fn full_context() -> (Context, Vec<Socket<zmq::Dealer>>) {
    let context = Context::new().unwrap();
    context.set_max_sockets(2).unwrap();
    let full = fill(context);
    assert_eq!(full.0.max_sockets().unwrap(), 2);
    full
}

/// As C may make one: there is no room for the socket that a context of ours keeps in reserve.
fn full_context_of_c() -> (Context, Vec<Socket<zmq::Dealer>>) {
    let context = Context::new().unwrap();
    context.set_max_sockets(2).unwrap();
    // SAFETY: it was just given away, and nobody else terminates it.
    fill(unsafe { Context::from_raw(context.into_raw()) }.unwrap())
}

/// `ctx_term w/ pending inproc & max_sockets hit`: an abort in libzmq.
#[test]
fn ctx_term_with_pending_inproc_and_max_sockets_hit() {
    let _deadline = deadline(120);
    for (name, full_context) in [("", full_context as fn() -> _), (", of C", full_context_of_c)] {
        child(&format!("drop, sockets first{name}"), 20, move || {
            let (context, sockets) = full_context();
            drop(sockets);
            drop(context);
        })
        .succeeds();
        child(&format!("drop, context first{name}"), 20, move || {
            let (context, sockets) = full_context();
            drop(context);
            drop(sockets);
        })
        .succeeds();
    }
    child("term, sockets open", 20, || {
        let (context, sockets) = full_context();
        let error = context.term_timeout(100).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Again);
        assert!(error.to_string().contains("2 sockets are still open"), "{error}");
        drop(sockets);
        context.term_timeout(5000).unwrap();
    })
    .succeeds();
    child("shutdown, sockets open", 20, || {
        let (context, mut sockets) = full_context();
        context.shutdown().unwrap();
        assert!(sockets.pop().unwrap().recv().unwrap_err().is_terminated());
    })
    .succeeds();
    child("term, sockets closed", 20, || {
        let (context, sockets) = full_context();
        drop(sockets);
        // They wait for their peer even so, and take up the context's places.
        assert_eq!(context.socket(zmq::PULL).unwrap_err().kind(), ErrorKind::TooManyOpen);
        context.term_timeout(5000).unwrap();
    })
    .succeeds();
    child("given away", 20, || {
        let (context, sockets) = full_context();
        sockets[0].bind("inproc://nobody").unwrap();
        sockets[1].bind("inproc://nobody else").unwrap();
        drop(sockets);
        // SAFETY: it was just given away, and nobody else terminates it.
        assert_eq!(unsafe { zmq_sys::zmq_ctx_term(context.into_raw()) }, 0);
    })
    .succeeds();
    child("given away before its first socket", 20, || {
        let context = Context::new().unwrap();
        let raw = context.clone().into_raw();
        drop(context.socket(zmq::DEALER).unwrap());
        // SAFETY: it was given away, and nobody else terminates it; the handle that is left is not used any more.
        assert_eq!(unsafe { zmq_sys::zmq_ctx_term(raw) }, 0);
    })
    .succeeds();
    child("from several threads", 20, || {
        let (context, sockets) = full_context();
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                let context = context.clone();
                std::thread::spawn(move || match thread % 2 {
                    0 => context.shutdown().map_err(|error| error.kind()),
                    _ => context.term_timeout(100).map_err(|error| error.kind()),
                })
            })
            .collect();
        for (thread, answer) in threads.into_iter().enumerate() {
            let expected = if thread % 2 == 0 { Ok(()) } else { Err(ErrorKind::Again) };
            assert_eq!(answer.join().unwrap(), expected);
        }
        drop((sockets, context));
    })
    .succeeds();
}

/// As above, where no socket is in reserve: libzmq is kept from its abort, and there is a way out.
#[test]
fn a_context_of_c_with_pending_inproc_and_max_sockets_hit() {
    let _deadline = deadline(60);
    child("term, sockets open", 20, || {
        let (context, sockets) = full_context_of_c();
        let error = context.term_timeout(100).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooManyOpen);
        assert!(error.to_string().contains("inproc connections wait for their bind"), "{error}");
        assert!(!context.is_terminated());
        sockets[0].bind("inproc://nobody").unwrap();
        sockets[0].bind("inproc://nobody else").unwrap();
        drop(sockets);
        context.term_timeout(5000).unwrap();
    })
    .succeeds();
    child("shutdown, sockets open", 20, || {
        let (context, mut sockets) = full_context_of_c();
        assert_eq!(context.shutdown().unwrap_err().kind(), ErrorKind::TooManyOpen);
        sockets[0].bind("inproc://nobody else").unwrap();
        sockets[1].bind("inproc://nobody").unwrap();
        context.shutdown().unwrap();
        assert!(sockets.pop().unwrap().recv().unwrap_err().is_terminated());
    })
    .succeeds();
}

/// `ctx_term w/ pending inproc (normal)`.
#[test]
fn ctx_term_with_pending_inproc() {
    let _deadline = deadline(60);
    for kind in SocketType::ALL.iter().copied().filter(|kind| *kind != SocketType::Stream) {
        for sockets_first in [false, true] {
            child(&format!("{kind} {sockets_first}"), 20, move || {
                let context = Context::new().unwrap();
                let sockets: Vec<_> = (0..3).map(|_| context.socket(kind).unwrap()).collect();
                for socket in &sockets {
                    socket.connect("inproc://nobody").unwrap();
                    socket.connect("inproc://nobody").unwrap();
                    let _ = socket.try_send("x");
                }
                if sockets_first {
                    drop(sockets);
                    context.term_timeout(5000).unwrap();
                } else {
                    context.shutdown().unwrap();
                    drop(sockets);
                    context.term_timeout(5000).unwrap();
                }
            })
            .succeeds();
        }
    }
}

/// `dup CONNECT_ROUTING_ID connect twice`, `CONNECT_ROUTING_ID equal to a peer-announced id`: aborts in libzmq.
#[test]
fn duplicate_connect_routing_id() {
    let _deadline = deadline(60);
    for kind in [SocketType::Router, SocketType::Stream] {
        child(&kind.to_string(), 20, move || {
            let context = Context::new().unwrap();
            let peer = context.socket(kind).unwrap();
            peer.bind("tcp://127.0.0.1:*").unwrap();
            let endpoint = peer.last_endpoint().unwrap();
            let socket = context.socket(kind).unwrap();
            socket.set(zmq::CONNECT_ROUTING_ID, "twice").unwrap();
            socket.connect(&endpoint).unwrap();
            socket.set(zmq::CONNECT_ROUTING_ID, "twice").unwrap();
            let error = socket.connect(&endpoint).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            assert!(error.to_string().contains("each connection needs an id of its own"), "{error}");
            socket.set(zmq::CONNECT_ROUTING_ID, "another").unwrap();
            socket.connect(&endpoint).unwrap();
        })
        .succeeds();
    }
    child("announced", 20, || {
        let context = Context::new().unwrap();
        let router = context.socket(zmq::ROUTER).unwrap();
        router.bind("tcp://127.0.0.1:*").unwrap();
        let dealer = context.socket(zmq::DEALER).unwrap();
        dealer.set_routing_id("X").unwrap();
        dealer.connect(&router.last_endpoint().unwrap()).unwrap();
        dealer.send("I am X").unwrap();
        assert_eq!(router.recv_multipart().unwrap(), ["X", "I am X"]);
        router.set(zmq::CONNECT_ROUTING_ID, "X").unwrap();
        let other = context.socket(zmq::DEALER).unwrap();
        other.bind("tcp://127.0.0.1:*").unwrap();
        let error = router.connect(&other.last_endpoint().unwrap()).unwrap_err();
        assert!(error.to_string().contains("use a ROUTER of its own"), "{error}");
        router.send_multipart(["X", "still here"]).unwrap();
        assert_eq!(dealer.recv().unwrap(), "still here");
    })
    .succeeds();
}

/// `PULL bound on zeromq.zap.01 + handshake`: an abort in libzmq.
#[test]
fn only_a_rep_or_router_answers_zap() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for kind in SocketType::ALL.iter().copied().filter(|kind| *kind != SocketType::Stream) {
        let socket = context.socket(kind).unwrap();
        let answer = socket.bind("inproc://zeromq.zap.01");
        match kind {
            SocketType::Rep | SocketType::Router => {
                answer.unwrap();
                socket.unbind("inproc://zeromq.zap.01").unwrap();
            }
            _ => assert_eq!(answer.unwrap_err().kind(), ErrorKind::InvalidArgument, "{kind}"),
        }
    }
}

/// `draft SERVER(12) in stable lib, tcp connect`, and the crashes of DGRAM, RADIO and DISH.
#[test]
fn draft_kinds_are_refused() {
    let context = Context::new().unwrap();
    for number in [-1, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, i32::MAX, i32::MIN] {
        let error = context.socket(SocketType::Other(number)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains(&format!("number {number}")), "{error}");
    }
}

/// `THREAD_SCHED_POLICY=99`, `THREAD_AFFINITY_CPU_ADD=999`: aborts in libzmq.
#[test]
#[cfg(target_os = "linux")]
fn thread_options_that_the_system_refuses() {
    let _deadline = deadline(60);
    child("policy", 20, || {
        let context = Context::new().unwrap();
        let error = context.set_thread_sched_policy(99).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().starts_with("set context option THREAD_SCHED_POLICY: invalid argument"), "{error}");
        context.socket(zmq::REP).unwrap();
    })
    .succeeds();
    child("affinity", 20, || {
        let context = Context::new().unwrap();
        for cpu in [999, 1024, 100_000, i32::MAX] {
            let error = context.add_thread_affinity_cpu(cpu).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
        }
        assert!(context.add_thread_affinity_cpu(-1).is_err());
        context.socket(zmq::REP).unwrap();
    })
    .succeeds();
    child("a policy without its priority", 20, || {
        let context = Context::new().unwrap();
        context.set_thread_sched_policy(libc::SCHED_FIFO).unwrap();
        let error = context.socket(zmq::REP).unwrap_err();
        assert!(error.to_string().contains("set THREAD_PRIORITY, too"), "{error}");
    })
    .succeeds();
    child("a priority without its policy", 20, || {
        let context = Context::new().unwrap();
        // Whether this process may have it or not: no abort.
        let _ = context.set_thread_priority(50);
        context.socket(zmq::REP).unwrap();
    })
    .succeeds();
    child("a priority out of range", 20, || {
        let context = Context::new().unwrap();
        context.set_thread_sched_policy(libc::SCHED_RR).unwrap();
        assert_eq!(context.set_thread_priority(1000).unwrap_err().kind(), ErrorKind::InvalidArgument);
    })
    .succeeds();
}

/// `zmq_recv_len>INT / ctx get misc`.
#[test]
fn context_options_that_are_minus_one_or_unknown() {
    let context = Context::new().unwrap();
    assert_eq!(context.thread_sched_policy().unwrap(), -1);
    assert_eq!(context.socket_limit().unwrap(), 65535);
    assert_eq!(context.msg_t_size().unwrap(), 64);
    assert_eq!(context.max_msgsz().unwrap(), i32::MAX);
    let socket = context.socket(zmq::REP).unwrap();
    let late = context.set_max_sockets(5).unwrap_err();
    assert!(late.to_string().contains("too late"), "{late}");
    drop(socket);
}

/// `MAX_SOCKETS=0/70000`.
#[test]
fn max_sockets_out_of_range() {
    let context = Context::new().unwrap();
    for value in [0, -1, i32::MIN] {
        assert_eq!(context.set_max_sockets(value).unwrap_err().kind(), ErrorKind::InvalidArgument, "{value}");
    }
    assert_eq!(context.set_io_threads(-1).unwrap_err().kind(), ErrorKind::InvalidArgument);
    // libzmq cuts it to its limit.
    let _ = context.set_max_sockets(70_000);
    context.socket(zmq::REP).unwrap();
}

/// `ctx_term twice (use after free)`.
#[test]
fn ctx_term_twice() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let other = context.clone();
    context.term().unwrap();
    context.term().unwrap();
    other.term_timeout(0).unwrap();
    other.shutdown().unwrap();
    assert!(other.io_threads().unwrap_err().is_terminated());
    assert!(other.socket(zmq::REP).unwrap_err().is_terminated());
    assert!(other.as_ptr().is_null());
    assert!(other.into_raw().is_null());
}

/// `ctx_shutdown …`, `ETERM …`: what is answered after a shutdown, and that everything can still be closed.
#[test]
fn everything_says_eterm_after_a_shutdown() {
    let _deadline = deadline(30);
    for seen in [false, true] {
        let context = Context::new().unwrap();
        let socket = context.socket(zmq::PAIR).unwrap();
        socket.bind("inproc://end").unwrap();
        context.shutdown().unwrap();
        context.shutdown().unwrap();
        if seen {
            eventually("the socket sees it", || socket.recv_timeout(0).unwrap_err().is_terminated().then_some(()));
            assert!(socket.set(zmq::LINGER, 0).unwrap_err().is_terminated());
            assert!(socket.get(zmq::TYPE).unwrap_err().is_terminated());
            assert!(socket.events().unwrap_err().is_terminated());
            assert!(socket.last_endpoint().unwrap_err().is_terminated());
            assert!(socket.poll(-1, zmq::POLLIN).unwrap_err().is_terminated());
            assert_eq!(format!("{socket:?}"), "Socket { kind: PAIR, endpoint: unknown }");
        }
        assert!(socket.recv().unwrap_err().is_terminated());
        assert!(socket.send("x").unwrap_err().error.is_terminated());
        assert!(socket.bind("inproc://other").unwrap_err().is_terminated());
        assert!(socket.connect("tcp://127.0.0.1:9").unwrap_err().is_terminated());
        assert!(socket.unbind("inproc://end").unwrap_err().is_terminated());
        assert!(context.socket(zmq::PAIR).unwrap_err().is_terminated());
        socket.close().unwrap();
        context.term().unwrap();
    }
    let fresh = Context::new().unwrap();
    fresh.shutdown().unwrap();
    assert!(fresh.socket(zmq::PAIR).unwrap_err().is_terminated());
    fresh.term().unwrap();
}

/// `ENOTSUP: PUB recv, SUB send, PULL send, PUSH recv`, on the kind that is known only at run time.
#[test]
fn verbs_that_a_kind_does_not_have() {
    let context = Context::new().unwrap();
    for (kind, sends) in
        [(SocketType::Pub, true), (SocketType::Push, true), (SocketType::Sub, false), (SocketType::Pull, false)]
    {
        let socket = context.socket(kind).unwrap();
        let error = if sends {
            socket.recv().unwrap_err()
        } else {
            let refused = socket.send("kept").unwrap_err();
            assert_eq!(refused.message, "kept");
            refused.error
        };
        assert_eq!(error.kind(), ErrorKind::NotSupported);
        let only = if sends { "only send" } else { "only receive" };
        assert!(error.to_string().contains(&format!("{kind} sockets {only}")), "{error}");
    }
}

/// `PAIR send unconnected DONTWAIT / PUSH / DEALER / PUB`.
#[test]
fn sending_to_nobody() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for kind in [SocketType::Pair, SocketType::Push, SocketType::Dealer, SocketType::Req] {
        let socket = context.socket(kind).unwrap();
        let unsent = socket.send_flags("kept", DONTWAIT).unwrap_err();
        assert!(unsent.is_again() && unsent.message == "kept", "{kind}");
        assert!(socket.try_send_multipart(["a", "b"]).unwrap_err().is_again());
        let started = Instant::now();
        assert!(socket.send_timeout("kept", 50).unwrap_err().is_again());
        assert!(started.elapsed() >= Duration::from_millis(50));
    }
    for kind in [SocketType::Pub, SocketType::Xpub, SocketType::Router] {
        let socket = context.socket(kind).unwrap();
        socket.send("for nobody").unwrap();
    }
}

/// `ROUTER send single frame (no SNDMORE)`, `SNDMORE then EAGAIN PUSH flow`, `PUSH multipart to dying pipe`.
#[test]
fn messages_that_are_not_finished() {
    let _deadline = deadline(60);
    for transport in support::TRANSPORTS {
        child(&format!("{transport:?}"), 20, move || {
            let context = Context::new().unwrap();
            context.setsockopt(zmq::LINGER, 0).unwrap();
            for kind in SocketType::ALL.iter().copied().filter(|kind| *kind != SocketType::Stream) {
                let (bound, connected) = transport.pair(&context, kind, SocketType::Pair);
                for _ in 0..3 {
                    let _ = bound.send_flags("part", SNDMORE | DONTWAIT);
                }
                drop(connected);
                let _ = bound.send_flags("part", SNDMORE | DONTWAIT);
                let _ = bound.send_flags("the last", DONTWAIT);
            }
            let (push, pull) = transport.pair(&context, zmq::PUSH, zmq::PULL);
            push.send("here").unwrap();
            assert_eq!(pull.recv().unwrap(), "here");
            push.send_flags("one", SNDMORE).unwrap();
            push.send_flags("two", SNDMORE).unwrap();
            drop(pull);
            // What was begun is lost with the peer; a new message is whole, when libzmq has noticed.
            let _ = push.send_flags("three", DONTWAIT);
            let pull = context.socket(zmq::PULL).unwrap();
            pull.connect(&push.last_endpoint().unwrap()).unwrap();
            let message = eventually("a new peer", || {
                let _ = push.send_flags("whole", DONTWAIT);
                pull.recv_multipart_timeout(10).ok()
            });
            assert_eq!(message, ["whole"]);
        })
        .succeeds();
    }
}

/// `SUB linger at close`, and sockets that are closed half-way.
#[test]
fn closing_in_the_middle_of_a_message() {
    let _deadline = deadline(60);
    for transport in support::TRANSPORTS {
        child(&format!("{transport:?}"), 20, move || {
            let context = Context::new().unwrap();
            let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
            for _ in 0..10 {
                push.send_multipart(["a", "b", "c"]).unwrap();
            }
            push.send_flags("unfinished", SNDMORE).unwrap();
            assert!(pull.recv().unwrap().more());
            drop(push);
            assert_eq!(pull.recv().unwrap(), "b");
            drop(pull);
            context.term_timeout(5000).unwrap();
        })
        .succeeds();
    }
}
