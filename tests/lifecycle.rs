//! How contexts and sockets end: in any order, on any thread, with messages left.

mod support;

use std::cell::RefCell;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use support::{Transport, child, deadline, eventually};
use zmq::{Context, ErrorKind, Message, Push, Socket};

const SECOND: Duration = Duration::from_secs(1);

/// A socket with a message that nobody takes.
fn unsent(context: &Context) -> Socket<Push> {
    let push = context.socket(zmq::PUSH).unwrap();
    // Nobody listens on that port.
    push.connect("tcp://127.0.0.1:1").unwrap();
    push.send("for nobody").unwrap();
    push
}

#[test]
fn in_any_order() {
    let _deadline = deadline(30);
    for transport in support::TRANSPORTS {
        for order in 0..6 {
            let context = Context::new().unwrap();
            let (one, two) = transport.pair(&context, zmq::PAIR, zmq::PAIR);
            one.send("x").unwrap();
            match order {
                0 => drop((context, one, two)),
                1 => drop((context, two, one)),
                2 => drop((one, context, two)),
                3 => drop((two, context, one)),
                4 => drop((one, two, context)),
                _ => drop((two, one, context)),
            }
        }
    }
}

#[test]
fn on_other_threads() {
    let _deadline = deadline(30);
    for transport in support::TRANSPORTS {
        let context = Context::new().unwrap();
        let (one, two) = transport.pair(&context, zmq::PAIR, zmq::PAIR);
        let threads = [
            std::thread::spawn(move || drop(one)),
            std::thread::spawn(move || drop(context)),
            std::thread::spawn(move || drop(two)),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
    }
}

#[test]
fn in_the_middle_of_a_call_on_another_socket() {
    let _deadline = deadline(30);
    for transport in support::TRANSPORTS {
        let context = Context::new().unwrap();
        let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        let (other, another) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        let (says, waits) = channel();
        let waiting = std::thread::spawn(move || {
            says.send(()).unwrap();
            let message = pull.recv().unwrap();
            (message, pull)
        });
        waits.recv().unwrap();
        drop((other, another, context));
        push.send("still here").unwrap();
        let (message, pull) = waiting.join().unwrap();
        assert_eq!(message, "still here");
        // The last handle is that of the sockets.
        drop(push);
        assert_eq!(format!("{:?}", pull.context().unwrap()), "Context { sockets: 1, terminated: false, .. }");
    }
}

#[test]
fn during_a_panic() {
    let _deadline = deadline(30);
    for transport in support::TRANSPORTS {
        let started = Instant::now();
        let panicked = std::panic::catch_unwind(|| {
            let context = Context::new().unwrap();
            context.set_drop_timeout(100);
            let _unsent = unsent(&context);
            let (one, two) = transport.pair(&context, zmq::PAIR, zmq::PAIR);
            one.send("x").unwrap();
            assert_eq!(two.recv().unwrap(), "y", "as it should fail");
        });
        assert!(panicked.is_err());
        assert!(started.elapsed() < 3 * SECOND);
    }
}

thread_local! {
    static KEPT: RefCell<Option<(Context, Socket<Push>)>> = const { RefCell::new(None) };
}

#[test]
fn in_the_destructor_of_a_thread_local() {
    let _deadline = deadline(30);
    let started = Instant::now();
    let thread = std::thread::spawn(|| {
        let context = Context::new().unwrap();
        context.set_drop_timeout(100);
        let push = unsent(&context);
        KEPT.set(Some((context, push)));
    });
    thread.join().unwrap();
    assert!(started.elapsed() < 3 * SECOND);
    child("on the main thread", 20, || {
        let context = Context::new().unwrap();
        context.set_drop_timeout(100);
        let push = unsent(&context);
        KEPT.set(Some((context, push)));
    })
    .succeeds();
}

#[test]
fn unsent_messages_hold_up_a_drop_no_longer_than_its_timeout() {
    let _deadline = deadline(60);
    let drop_after = |timeout: Option<i32>| {
        let context = Context::new().unwrap();
        if let Some(timeout) = timeout {
            context.set_drop_timeout(timeout);
        }
        let push = unsent(&context);
        let started = Instant::now();
        drop(push);
        assert!(started.elapsed() < SECOND, "closing a socket does not wait");
        drop(context);
        started.elapsed()
    };
    let default = drop_after(None);
    assert!((zmq::DROP_TIMEOUT..zmq::DROP_TIMEOUT + 2 * SECOND).contains(&default), "{default:?}");
    let short = drop_after(Some(200));
    assert!((Duration::from_millis(200)..SECOND).contains(&short), "{short:?}");
    let none = drop_after(Some(0));
    assert!(none < SECOND, "{none:?}");
}

#[test]
fn linger_says_how_long_unsent_messages_are_kept() {
    let _deadline = deadline(60);
    for (linger, at_least) in [(0, 0), (300, 300)] {
        let context = Context::new().unwrap();
        context.set_drop_timeout(-1);
        let push = unsent(&context);
        push.set_linger(linger).unwrap();
        drop(push);
        let started = Instant::now();
        drop(context);
        let took = started.elapsed();
        assert!(took >= Duration::from_millis(at_least) * 9 / 10 && took < 2 * SECOND, "{linger}: {took:?}");
    }
    let context = Context::new().unwrap();
    context.set_drop_timeout(-1);
    unsent(&context).close_linger(0).unwrap();
    let started = Instant::now();
    drop(context);
    assert!(started.elapsed() < SECOND);

    // BLOCKY is where a LINGER of 0 comes from for all sockets.
    let context = Context::new().unwrap();
    context.set_blocky(false).unwrap();
    context.set_drop_timeout(-1);
    drop(unsent(&context));
    drop(context);
}

/// What was sent to a peer that is there, or comes in time, arrives, though its socket and context are gone.
#[test]
fn what_can_be_delivered_is() {
    let _deadline = deadline(60);
    for transport in [Transport::Tcp, Transport::Ipc] {
        let receiver = Context::new().unwrap();
        let pull = receiver.socket(zmq::PULL).unwrap();
        pull.set_rcvhwm(0).unwrap();
        let endpoint = transport.bind(&pull);
        let sender = Context::new().unwrap();
        let push = sender.socket(zmq::PUSH).unwrap();
        push.set_sndhwm(0).unwrap();
        push.connect(&endpoint).unwrap();
        for number in 0..2_000u32 {
            push.send(number.to_be_bytes()).unwrap();
        }
        drop(push);
        drop(sender);
        for number in 0..2_000u32 {
            assert_eq!(pull.recv_timeout(5000).unwrap(), number.to_be_bytes());
        }
    }
}

#[test]
fn a_peer_that_comes_while_the_context_is_dropped() {
    let _deadline = deadline(60);
    for transport in [Transport::Tcp, Transport::Ipc] {
        let receiver = Context::new().unwrap();
        let pull = receiver.socket(zmq::PULL).unwrap();
        let endpoint = transport.bind(&pull);
        // It was there once, so that the port is free and known.
        pull.unbind(&endpoint).unwrap();
        let sender = Context::new().unwrap();
        let push = sender.socket(zmq::PUSH).unwrap();
        push.connect(&endpoint).unwrap();
        push.send("patience").unwrap();
        drop(push);
        let dropping = std::thread::spawn(move || {
            let started = Instant::now();
            drop(sender);
            started.elapsed()
        });
        eventually("the endpoint is free again", || pull.bind(&endpoint).ok());
        assert_eq!(pull.recv_timeout(5000).unwrap(), "patience");
        assert!(dropping.join().unwrap() < zmq::DROP_TIMEOUT);
    }
}

/// After the drop timeout the rest is left to the background, and goes on there.
#[test]
fn a_peer_that_comes_after_the_context_was_dropped() {
    let _deadline = deadline(60);
    let receiver = Context::new().unwrap();
    let pull = receiver.socket(zmq::PULL).unwrap();
    let endpoint = Transport::Tcp.bind(&pull);
    pull.unbind(&endpoint).unwrap();
    let sender = Context::new().unwrap();
    sender.set_drop_timeout(0);
    let push = sender.socket(zmq::PUSH).unwrap();
    push.connect(&endpoint).unwrap();
    push.send("patience").unwrap();
    drop(push);
    drop(sender);
    eventually("the endpoint is free again", || pull.bind(&endpoint).ok());
    assert_eq!(pull.recv_timeout(5000).unwrap(), "patience");
}

/// libzmq's own threads drop owners, and with them, perhaps, the last handle of the context whose thread it is.
#[test]
fn the_last_handle_inside_an_owner() {
    struct Owner(#[allow(dead_code, reason = "dropping it is what counts")] Context, std::sync::mpsc::Sender<String>);
    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            &[7; 100_000]
        }
    }
    impl Drop for Owner {
        fn drop(&mut self) {
            let _ = self.1.send(format!("{:?}", std::thread::current().id()));
        }
    }
    let _deadline = deadline(60);
    for transport in support::TRANSPORTS {
        for timeout in [-1, 5000] {
            let receiver = Context::new().unwrap();
            let (says, waits) = channel();
            let sender = if transport == Transport::Inproc { receiver.clone() } else { Context::new().unwrap() };
            sender.set_drop_timeout(timeout);
            let pull = receiver.socket(zmq::PULL).unwrap();
            let push = sender.socket(zmq::PUSH).unwrap();
            push.connect(&transport.bind(&pull)).unwrap();
            push.send(Message::from_owner(Owner(sender, says))).unwrap();
            drop(push);
            assert_eq!(pull.recv_timeout(5000).unwrap().len(), 100_000);
            waits.recv_timeout(5 * SECOND).expect("the owner is dropped");
            assert!(waits.recv_timeout(5 * SECOND).is_err(), "once");
            drop((pull, receiver));
        }
    }
}

#[test]
fn term_waits_for_sockets_that_are_open() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (one, two) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PULL).unwrap());
    let error = context.term_timeout(50).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Again);
    assert!(error.to_string().contains("2 sockets are still open: close or drop them"), "{error}");
    assert!(context.is_terminated());
    assert!(one.recv().unwrap_err().is_terminated());
    // What is left goes on in the background: a second call waits for that.
    assert!(context.term_timeout(0).unwrap_err().is_again());
    drop((one, two));
    context.term_timeout(5000).unwrap();
    context.term().unwrap();

    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let waiting = std::thread::spawn(move || pull.recv().unwrap_err().kind());
    context.term().unwrap();
    assert_eq!(waiting.join().unwrap(), ErrorKind::ContextTerminated);
}

#[test]
fn term_waits_for_unsent_messages() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    drop(unsent(&context));
    let error = context.term_timeout(50).unwrap_err();
    assert!(error.to_string().contains("closed sockets still have unsent messages: see LINGER"), "{error}");
}

#[test]
fn term_and_shutdown_from_several_threads() {
    let _deadline = deadline(60);
    for _ in 0..50 {
        let context = Context::new().unwrap();
        let receivers: Vec<_> = (0..2)
            .map(|_| {
                let pull = context.socket(zmq::PULL).unwrap();
                std::thread::spawn(move || pull.recv().unwrap_err().kind())
            })
            .collect();
        let enders: Vec<_> = (0..4)
            .map(|number| {
                let context = context.clone();
                std::thread::spawn(move || match number {
                    0 => context.shutdown(),
                    1 => context.term(),
                    2 => context.term_timeout(5000),
                    _ => context.destroy(0),
                })
            })
            .collect();
        for ender in enders {
            ender.join().unwrap().unwrap();
        }
        for receiver in receivers {
            assert_eq!(receiver.join().unwrap(), ErrorKind::ContextTerminated);
        }
        assert!(context.socket(zmq::PULL).unwrap_err().is_terminated());
    }
}

#[test]
fn destroy_closes_with_its_linger() {
    let _deadline = deadline(30);
    // With sockets that are open: they end when they are dropped, and the context with the last of them.
    let context = Context::new().unwrap();
    let push = unsent(&context);
    let pull = context.socket(zmq::PULL).unwrap();
    let started = Instant::now();
    context.destroy(0).unwrap();
    context.destroy(0).unwrap();
    assert!(pull.recv().unwrap_err().is_terminated());
    drop((push, pull, context));
    assert!(started.elapsed() < SECOND, "{:?}", started.elapsed());

    // With none: what is unsent has that long.
    let context = Context::new().unwrap();
    drop(unsent(&context));
    let started = Instant::now();
    context.destroy(100).unwrap();
    assert!(started.elapsed() < 2 * SECOND);
    assert!(context.is_terminated());
}

#[test]
fn instance_is_replaced_when_it_ended() {
    let _deadline = deadline(30);
    // In a process of its own: it is the instance of all tests.
    child("", 20, || {
        let one = Context::instance().unwrap();
        assert_eq!(one, Context::instance().unwrap());
        let in_thread = std::thread::spawn(|| Context::instance().unwrap()).join().unwrap();
        assert_eq!(one, in_thread);
        one.shutdown().unwrap();
        let two = Context::instance().unwrap();
        assert_ne!(one, two);
        two.term().unwrap();
        let three = Context::instance().unwrap();
        assert_ne!(two, three);
        // A socket keeps it, too; when nothing does there is a new one.
        let socket = three.socket(zmq::PULL).unwrap();
        drop((one, two, three, in_thread));
        assert_eq!(socket.context(), Some(&Context::instance().unwrap()));
    })
    .succeeds();
}

#[test]
fn defaults_of_a_context() {
    let context = Context::new().unwrap();
    let before = context.socket(zmq::PUSH).unwrap();
    context.setsockopt(zmq::LINGER, 7).unwrap();
    context.setsockopt(zmq::LINGER, 77).unwrap();
    context.setsockopt(zmq::SNDHWM, 5).unwrap();
    // Only a SUB has it: the others are made without.
    context.setsockopt(zmq::SUBSCRIBE, "a").unwrap();
    context.setsockopt(zmq::SUBSCRIBE, "b").unwrap();
    assert!(context.setsockopt(zmq::SNDHWM, -1).is_err());
    assert_eq!(context.getsockopt(zmq::SNDHWM).unwrap(), Some(5));
    assert_eq!(context.getsockopt(zmq::RCVHWM).unwrap(), None);
    let push = context.socket(zmq::PUSH).unwrap();
    assert_eq!((push.linger().unwrap(), push.sndhwm().unwrap()), (Some(Duration::from_millis(77)), 5));
    assert_ne!(before.sndhwm().unwrap(), 5);
    let (publisher, subscriber) = Transport::Tcp.pair(&context, zmq::XPUB, zmq::SUB);
    support::subscribed(&publisher, 2);
    for topic in ["a", "c", "b"] {
        publisher.send(topic).unwrap();
    }
    assert_eq!([subscriber.recv().unwrap(), subscriber.recv().unwrap()], ["a", "b"]);
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_is_left_of_a_thousand_contexts() {
    let _deadline = deadline(120);
    child("", 110, || {
        fn count(what: &str) -> usize {
            std::fs::read_dir(format!("/proc/self/{what}")).unwrap().count()
        }
        let use_one = |number: usize| {
            let context = Context::new().unwrap();
            let transport = support::TRANSPORTS[number % 3];
            let (one, two) = transport.pair(&context, zmq::PAIR, zmq::PAIR);
            one.send("x").unwrap();
            assert_eq!(two.recv().unwrap(), "x");
            match number % 4 {
                0 => context.term_timeout(0).map_or((), drop),
                1 => context.destroy(0).unwrap(),
                2 => context.shutdown().unwrap(),
                _ => {}
            }
        };
        use_one(3);
        let before = (count("fd"), count("task"));
        for number in 0..1_000 {
            use_one(number);
        }
        // Those that were told not to wait end in the background.
        eventually("all are gone", || ((count("fd"), count("task")) <= before).then_some(()));
    })
    .succeeds();
}
