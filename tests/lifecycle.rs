//! How contexts and sockets end: in any order, from any thread, with unsent messages, and in bounded time.

mod support;

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use support::{TRANSPORTS, child, deadline, eventually};
use zmq::{Context, ErrorKind};

#[track_caller]
fn within<T>(limit: Duration, what: &str, call: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let answer = call();
    assert!(started.elapsed() < limit, "{what} took {:?}", started.elapsed());
    answer
}

const SOON: Duration = Duration::from_secs(3);

#[test]
fn drops_in_any_order() {
    let _deadline = deadline(60);
    for transport in TRANSPORTS {
        for order in 0..6 {
            let context = Context::new().unwrap();
            let (one, two) = transport.pair(&context, zmq::PAIR, zmq::PAIR);
            one.send("x").unwrap();
            assert_eq!(two.recv_timeout(5000).unwrap(), "x");
            let (mut context, mut one, mut two) = (Some(context), Some(one), Some(two));
            for step in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]][order] {
                within(SOON, "a drop", || match step {
                    0 => drop(context.take()),
                    1 => drop(one.take()),
                    _ => drop(two.take()),
                });
            }
        }
    }
}

#[test]
fn drops_on_other_threads_and_while_a_call_waits() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (one, two) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PULL).unwrap());
    let (waiting, started) = channel();
    let blocked = std::thread::spawn(move || {
        waiting.send(()).unwrap();
        one.recv().unwrap_err()
    });
    started.recv().unwrap();
    // Another socket, and a handle, go while the first waits.
    let handle = context.clone();
    std::thread::spawn(move || drop((two, handle))).join().unwrap();
    assert!(!blocked.is_finished());
    context.shutdown().unwrap();
    assert!(blocked.join().unwrap().is_terminated());
    within(SOON, "the drop of the context", || drop(context));
}

#[test]
fn drops_during_a_panic_and_at_the_end_of_a_thread() {
    let _deadline = deadline(30);
    std::panic::set_hook(Box::new(|_| {}));
    let panicked = std::thread::spawn(|| {
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        context.set_drop_timeout(100);
        push.connect("tcp://127.0.0.1:9").unwrap();
        push.send("unsent").unwrap();
        panic!("on purpose");
    });
    assert!(panicked.join().is_err(), "the panic came through, and no second one");
    let _ = std::panic::take_hook();

    thread_local! {
        static KEPT: std::cell::RefCell<Option<(zmq::Socket<zmq::Rep>, Context)>> = const { std::cell::RefCell::new(None) };
    }
    let thread = std::thread::spawn(|| {
        let context = Context::new().unwrap();
        let rep = context.socket(zmq::REP).unwrap();
        rep.bind("tcp://127.0.0.1:*").unwrap();
        KEPT.with(|kept| *kept.borrow_mut() = Some((rep, context)));
    });
    within(SOON, "the end of the thread", || thread.join().unwrap());
}

#[test]
fn unsent_messages_and_nobody_who_comes() {
    let _deadline = deadline(60);
    let unsent = |configure: &dyn Fn(&Context)| {
        let context = Context::new().unwrap();
        configure(&context);
        let push = context.socket(zmq::PUSH).unwrap();
        push.connect("tcp://127.0.0.1:9").unwrap();
        push.send(vec![0u8; 100_000]).unwrap();
        within(SOON, "the drop of a socket", || drop(push));
        context
    };
    // What is left goes on in the background: for the bound that was set,
    let context = unsent(&|context| context.set_drop_timeout(300));
    let started = Instant::now();
    drop(context);
    assert!(started.elapsed() >= Duration::from_millis(290) && started.elapsed() < SOON, "{:?}", started.elapsed());
    // not at all,
    let context = unsent(&|context| context.set_drop_timeout(0));
    within(Duration::from_secs(1), "a drop that does not wait", || drop(context));
    // or there is nothing left.
    let context = unsent(&|context| context.setsockopt(zmq::LINGER, 0).unwrap());
    within(SOON, "a drop without linger", || drop(context));
    let context = unsent(&|context| context.set_blocky(false).unwrap());
    within(SOON, "a drop of a context that is not blocky", || drop(context));
    // By default it is five seconds.
    let context = unsent(&|_| {});
    let started = Instant::now();
    drop(context);
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(4900) && took < Duration::from_secs(8), "{took:?}");
}

#[test]
fn unsent_messages_and_somebody_who_comes_late() {
    let _deadline = deadline(30);
    let endpoint = {
        let context = Context::new().unwrap();
        let probe = context.socket(zmq::PULL).unwrap();
        support::Transport::Tcp.bind(&probe)
    };
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.connect(&endpoint).unwrap();
    for n in 0..100 {
        push.send(format!("message {n}")).unwrap();
    }
    drop(push);
    let dropping = std::thread::spawn(move || drop(context));
    let other = Context::new().unwrap();
    let pull = other.socket(zmq::PULL).unwrap();
    eventually("the port is free again", || pull.bind(&endpoint).ok());
    for n in 0..100 {
        assert_eq!(pull.recv_timeout(5000).unwrap(), format!("message {n}").as_str());
    }
    within(SOON, "the drop, once all is sent", || dropping.join().unwrap());
}

#[test]
fn a_forgotten_socket_is_named() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let sockets = [(); 2].map(|()| context.socket(zmq::PAIR).unwrap());
    let error = context.term_timeout(50).unwrap_err();
    assert_eq!(
        error.to_string(),
        "term: resource temporarily unavailable (EAGAIN); 2 sockets are still open: close or drop them"
    );
    // It goes on in the background.
    assert_eq!(context.socket(zmq::PAIR).unwrap_err().kind(), ErrorKind::ContextTerminated);
    assert_eq!(context.max_sockets().unwrap_err().kind(), ErrorKind::ContextTerminated);
    assert!(context.as_ptr().is_null() && context.is_terminated());
    within(SOON, "the drop of the sockets", || drop(sockets));
    within(SOON, "a second term", || context.term().unwrap());
}

#[test]
fn unsent_messages_are_named() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.connect("tcp://127.0.0.1:9").unwrap();
    push.send("unsent").unwrap();
    drop(push);
    let error = context.term_timeout(100).unwrap_err();
    assert_eq!(
        error.to_string(),
        "term: resource temporarily unavailable (EAGAIN); closed sockets still have unsent messages: see LINGER"
    );
}

#[test]
fn term_waits_for_the_sockets_of_other_threads() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let worker = std::thread::spawn(move || {
        let error = pull.recv().unwrap_err();
        drop(pull);
        error
    });
    let others = [(); 3].map(|()| {
        let context = context.clone();
        std::thread::spawn(move || context.term())
    });
    within(SOON, "term", || context.term().unwrap());
    assert!(worker.join().unwrap().is_terminated());
    for other in others {
        other.join().unwrap().unwrap();
    }
    within(SOON, "shutdown after term", || context.shutdown().unwrap());
}

#[test]
fn destroy_ends_what_can_be_ended() {
    let _deadline = deadline(30);
    // With nothing open it waits for what is unsent, as long as it is told,
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.connect("tcp://127.0.0.1:9").unwrap();
    push.send("unsent").unwrap();
    drop(push);
    within(SOON, "destroy", || context.destroy(100).unwrap());
    assert!(context.is_terminated());
    // and else wakes everybody, and lets the sockets go with that linger.
    let context = Context::new().unwrap();
    let (push, pull) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    push.connect("tcp://127.0.0.1:9").unwrap();
    push.send("unsent").unwrap();
    let worker = std::thread::spawn(move || pull.recv().unwrap_err());
    within(SOON, "destroy", || context.destroy(0).unwrap());
    assert!(worker.join().unwrap().is_terminated());
    within(SOON, "the rest", || drop((push, context)));
}

#[test]
fn the_shared_context_is_replaced_when_it_is_gone() {
    let _deadline = deadline(30);
    let (one, two) = (Context::instance().unwrap(), Context::instance().unwrap());
    assert_eq!(one, two);
    let on_a_thread = std::thread::spawn(|| Context::instance().unwrap()).join().unwrap();
    assert_eq!(one, on_a_thread);
    assert_ne!(one, Context::new().unwrap());
    // A socket keeps it.
    let socket = one.socket(zmq::PAIR).unwrap();
    drop((one, two, on_a_thread));
    let again = Context::instance().unwrap();
    assert_eq!(Some(&again), socket.context());
    again.shutdown().unwrap();
    let next = Context::instance().unwrap();
    assert_ne!(again, next);
    assert!(!next.is_terminated());
    next.socket(zmq::PAIR).unwrap();
}

#[test]
fn the_last_handle_may_go_inside_libzmq() {
    /// An owner that keeps a context, and with it the thread that frees the owner, alive.
    struct Owner(Vec<u8>, #[allow(dead_code)] Context);
    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
    let _deadline = deadline(40);
    child("owner", 30, || {
        let receiver = Context::new().unwrap();
        let pull = receiver.socket(zmq::PULL).unwrap();
        let endpoint = support::Transport::Tcp.bind(&pull);
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.connect(&endpoint).unwrap();
        push.send(zmq::Message::from_owner(Owner(vec![1; 100_000], context.clone()))).unwrap();
        drop((push, context));
        assert_eq!(pull.recv_timeout(5000).unwrap().len(), 100_000);
        within(SOON, "the rest", || drop((pull, receiver)));
    })
    .succeeds();
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_left_of_a_thousand_contexts() {
    let _deadline = deadline(100);
    child("contexts", 90, || {
        let count = |what: &str| std::fs::read_dir(format!("/proc/self/{what}")).unwrap().count();
        let round = || {
            let context = Context::new().unwrap();
            let (one, two) = support::Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
            one.send("x").unwrap();
            assert_eq!(two.recv().unwrap(), "x");
        };
        round();
        let before = (count("fd"), count("task"));
        for _ in 0..1000 {
            round();
        }
        eventually("all is gone", || ((count("fd"), count("task")) == before).then_some(()));
    })
    .succeeds();
}
