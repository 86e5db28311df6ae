//! Waiting for a socket: poll, events, the descriptor, subscriptions.

mod support;

use std::time::{Duration, Instant};

use support::{TRANSPORTS, Transport, deadline, eventually};
use zmq::{Context, ErrorKind, Message, POLLERR, POLLIN, POLLOUT, PollEvents, SocketType, Timeout, Version};

/// Whether `TOPICS_COUNT` is in this libzmq.
fn counts_topics() -> bool {
    zmq::version() >= Version::new(4, 3, 5)
}

#[test]
fn poll_says_what_a_socket_is_ready_for() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (a, b) = transport.pair(&context, zmq::PAIR, zmq::PAIR);
        assert_eq!(a.poll(0, POLLIN).unwrap(), PollEvents::NONE);
        assert_eq!(b.poll(-1, POLLOUT).unwrap(), POLLOUT);
        b.send_multipart(["one", "two"]).unwrap();
        assert_eq!(a.poll(-1, POLLIN).unwrap(), POLLIN);
        assert_eq!(a.poll(Duration::from_secs(20), POLLIN | POLLOUT).unwrap(), POLLIN | POLLOUT);
        // Only what was asked for.
        assert_eq!(a.poll(0, POLLOUT).unwrap(), POLLOUT);
        a.recv().unwrap();
        assert!(a.poll(0, POLLIN).unwrap().is_readable(), "the second frame is there, too");
        a.recv().unwrap();
        assert!(a.poll(0, POLLIN).unwrap().is_empty());
        assert_eq!(a.poll(0, POLLIN | POLLOUT | POLLERR).unwrap(), POLLOUT);
        assert!(a.poll(0, PollEvents::NONE).unwrap().is_empty());
    }
}

#[test]
fn what_only_receives_is_never_writable() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    assert!(pull.poll(10, POLLOUT).unwrap().is_empty());
    assert!(push.poll(10, POLLIN).unwrap().is_empty());
    assert_eq!(push.poll(-1, POLLIN | POLLOUT).unwrap(), POLLOUT);
    assert!(context.socket(zmq::PUSH).unwrap().poll(10, POLLOUT).unwrap().is_empty(), "nobody to send to");
    assert_eq!(context.socket(zmq::PUB).unwrap().poll(0, POLLOUT).unwrap(), POLLOUT, "a PUB drops");
}

#[test]
fn poll_waits_as_long_as_it_is_told() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    // Neither of these has a say.
    pull.set_rcvtimeo(0).unwrap();
    for (timeout, at_least) in [(Timeout::from(60), 60), (Timeout::from(Duration::from_micros(59_500)), 60)] {
        let started = Instant::now();
        assert!(pull.poll(timeout, POLLIN).unwrap().is_empty());
        let took = started.elapsed();
        assert!(took + Duration::from_millis(2) >= Duration::from_millis(at_least), "took {took:?}");
        assert!(took < Duration::from_secs(5), "took {took:?}");
    }
    let started = Instant::now();
    assert!(pull.poll(Duration::ZERO, POLLIN).unwrap().is_empty());
    assert!(started.elapsed() < Duration::from_secs(5));
    // For nothing at all, too.
    let started = Instant::now();
    assert!(pull.poll(60, PollEvents::NONE).unwrap().is_empty());
    assert!(started.elapsed() >= Duration::from_millis(58));
}

#[test]
fn poll_is_woken_by_a_message() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for timeout in [Timeout::FOREVER, Timeout::from(20_000)] {
        let (pull, push) = Transport::Tcp.pair(&context, zmq::PULL, zmq::PUSH);
        let sender = std::thread::spawn(move || push.send("wake up").unwrap());
        assert_eq!(pull.poll(timeout, POLLIN).unwrap(), POLLIN);
        assert_eq!(pull.recv().unwrap(), "wake up");
        sender.join().unwrap();
    }
}

#[test]
fn poll_is_woken_by_shutdown() {
    let _deadline = deadline(60);
    for timeout in [Timeout::FOREVER, Timeout::from(30_000)] {
        for events in [POLLIN, POLLOUT, POLLIN | POLLOUT, POLLERR, PollEvents::NONE] {
            // With a pause it is met in the middle of its wait, without one perhaps before.
            for pause in [0, 30] {
                let context = Context::new().unwrap();
                let socket = context.socket(zmq::PAIR).unwrap();
                let started = Instant::now();
                let waiting = std::thread::spawn(move || {
                    let answer = socket.poll(timeout, events);
                    (answer, socket)
                });
                std::thread::sleep(Duration::from_millis(pause));
                context.shutdown().unwrap();
                let (answer, socket) = waiting.join().unwrap();
                let error = answer.unwrap_err();
                assert!(error.is_terminated(), "{error}");
                assert!(error.to_string().starts_with("poll: context was terminated"), "{error}");
                assert!(started.elapsed() < Duration::from_secs(10), "{events:?} {timeout:?}");
                assert!(socket.events().unwrap_err().is_terminated());
            }
        }
    }
}

#[test]
fn events() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (a, b) = transport.pair(&context, zmq::PAIR, zmq::PAIR);
        assert!(!a.events().unwrap().is_readable());
        eventually("connected", || b.events().unwrap().is_writable().then_some(()));
        b.send("x").unwrap();
        eventually("the message is there", || a.events().unwrap().is_readable().then_some(()));
        assert_eq!(a.events().unwrap(), POLLIN | POLLOUT);
        assert_eq!(a.get(zmq::EVENTS).unwrap(), POLLIN | POLLOUT);
        a.recv().unwrap();
        assert_eq!(a.events().unwrap(), POLLOUT);
    }
    assert_eq!(context.socket(zmq::PUSH).unwrap().events().unwrap(), PollEvents::NONE);
}

#[cfg(unix)]
#[test]
fn the_descriptor_becomes_readable() {
    use std::os::fd::{AsFd as _, AsRawFd as _};

    fn readable(socket: &zmq::Socket<zmq::Pull>, timeout: i32) -> bool {
        let mut fd = libc::pollfd { fd: socket.as_fd().as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: `fd` is one valid `pollfd`, exclusively borrowed for the call, and the count says one.
        let ready = unsafe { libc::poll(&raw mut fd, 1, timeout) };
        assert!(ready >= 0, "{}", std::io::Error::last_os_error());
        ready == 1 && fd.revents & libc::POLLIN != 0
    }

    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        assert_eq!(pull.as_fd().as_raw_fd(), pull.as_raw_fd());
        let sender = std::thread::spawn(move || {
            for number in 0..100_u32 {
                push.send(number.to_be_bytes()).unwrap();
            }
            push
        });
        // As an event loop does it: wait only when there is nothing left.
        let mut next = 0_u32;
        while next < 100 {
            while pull.events().unwrap().is_readable() {
                assert_eq!(pull.try_recv().unwrap().unwrap(), next.to_be_bytes());
                next += 1;
            }
            assert!(next == 100 || readable(&pull, 20_000), "not woken after {next}");
        }
        let push = sender.join().unwrap();
        while pull.events().unwrap().is_readable() {}
        push.send("one more").unwrap();
        assert!(readable(&pull, 20_000));
        assert_eq!(pull.recv().unwrap(), "one more");
        // Asked at the end, as told, it is quiet again.
        pull.events().unwrap();
        drop(push);
    }
    let pull = context.socket(zmq::PULL).unwrap();
    pull.events().unwrap();
    assert!(!readable(&pull, 0));
    context.shutdown().unwrap();
    assert!(readable(&pull, 20_000), "a shutdown wakes, too");
    assert!(pull.events().unwrap_err().is_terminated());
    // It is known even now.
    assert!(pull.as_raw_fd() >= 0);
}

#[test]
fn wait_for_subscriptions() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    if !counts_topics() {
        let error = context.socket(zmq::PUB).unwrap().wait_for_subscriptions(1, 1000).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains(&zmq::version().to_string()), "{error}");
        return;
    }
    for transport in TRANSPORTS {
        let publisher = context.socket(zmq::PUB).unwrap();
        let endpoint = transport.bind(&publisher);
        assert_eq!(publisher.wait_for_subscriptions(0, 0).unwrap(), 0);
        let started = Instant::now();
        let error = publisher.wait_for_subscriptions(1, 50).unwrap_err();
        assert!(error.is_again());
        assert!(error.to_string().contains("0 of 1 topics"), "{error}");
        assert!(started.elapsed() >= Duration::from_millis(50));
        let subscribers: Vec<_> = ["a", "a", "b"]
            .iter()
            .map(|topic| {
                let subscriber = context.socket(zmq::SUB).unwrap();
                subscriber.subscribe(*topic).unwrap();
                subscriber.connect(&endpoint).unwrap();
                subscriber
            })
            .collect();
        assert_eq!(publisher.wait_for_subscriptions(2, 20_000).unwrap(), 2);
        publisher.send("b news").unwrap();
        assert_eq!(subscribers[2].recv().unwrap(), "b news");
        assert!(publisher.wait_for_subscriptions(3, 20).unwrap_err().to_string().contains("2 of 3 topics"));
        drop(subscribers);
    }
}

#[test]
fn wait_for_subscriptions_of_other_kinds_and_at_shutdown() {
    let _deadline = deadline(60);
    if !counts_topics() {
        return;
    }
    let context = Context::new().unwrap();
    let (xpub, xsub) = Transport::Tcp.pair(&context, zmq::XPUB, zmq::XSUB);
    xsub.send(b"\x01topic").unwrap();
    assert_eq!(xpub.wait_for_subscriptions(1, -1).unwrap(), 1);
    assert_eq!(xpub.recv().unwrap(), b"\x01topic", "it is still there to be received");

    for other in [xsub.into_dynamic(), context.socket(SocketType::Req).unwrap()] {
        let error = other.wait_for_subscriptions(1, 10).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotSupported, "{error}");
        assert_eq!(error.target(), Some(other.socket_type().to_string().as_str()));
        assert!(error.to_string().contains("only PUB and XPUB sockets have subscribers"), "{error}");
    }

    // Met in the middle of its wait, mostly; before it is right, too.
    let waiting = std::thread::spawn(move || xpub.wait_for_subscriptions(2, -1).unwrap_err());
    std::thread::sleep(Duration::from_millis(30));
    context.shutdown().unwrap();
    assert!(waiting.join().unwrap().is_terminated());
}

/// A disconnect must not lose what is begun, and everything that waits must know of it.
#[test]
fn a_message_that_was_begun_before_a_disconnect() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let push = context.socket(zmq::PUSH).unwrap();
        let endpoint = transport.bind(&push);
        let pull = context.socket(zmq::PULL).unwrap();
        pull.connect(&endpoint).unwrap();
        push.send_multipart(["a", "b", "cdef", "g", "h"]).unwrap();
        assert_eq!(pull.recv().unwrap(), "a");
        pull.disconnect(&endpoint).unwrap();

        assert!(pull.rcvmore().unwrap());
        assert!(pull.events().unwrap().is_readable());
        assert!(pull.poll(-1, POLLIN).unwrap().is_readable());
        assert!(pull.poll(0, POLLOUT).unwrap().is_empty());
        assert_eq!(pull.recv_timeout(0).unwrap(), "b");
        let mut buffer = [0; 2];
        let received = pull.recv_buf(&mut buffer).unwrap();
        assert!((received.len, received.size, &buffer) == (2, 4, b"cd"));
        let mut message = Message::new();
        pull.recv_into(&mut message).unwrap();
        assert!(message == "g" && message.more() && pull.rcvmore().unwrap());
        assert_eq!(pull.recv_multipart().unwrap(), ["h"]);
        assert!(!pull.rcvmore().unwrap() && pull.try_recv().unwrap().is_none());
    }
}
