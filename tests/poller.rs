//! `Poller` and `select`.

mod support;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use support::{Transport, child, deadline, eventually};
use zmq::{Context, ErrorKind, POLLERR, POLLIN, POLLOUT, PollEvents, PollSource, Poller, SocketType};

#[test]
fn tells_which_sockets_are_ready_in_the_order_of_registration() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (push, pull) = Transport::Tcp.pair(&context, zmq::PUSH, zmq::PULL);
    let (publisher, subscriber) = Transport::Inproc.pair(&context, zmq::XPUB, zmq::SUB);
    let (dealer, router) = Transport::Ipc.pair(&context, SocketType::Dealer, SocketType::Router);
    subscriber.subscribe("").unwrap();
    support::subscribed(&publisher, 1);
    let mut poller = Poller::new();
    assert!(poller.poll(0).unwrap().is_empty());
    poller.register(&router, POLLIN).unwrap();
    poller.register(&pull, POLLIN).unwrap();
    poller.register(&subscriber, POLLIN).unwrap();
    assert_eq!((poller.len(), poller.contains(&pull), poller.contains(&push)), (3, true, false));

    let started = Instant::now();
    let ready = poller.poll(50).unwrap();
    assert!(ready.is_empty() && ready.iter().next().is_none() && !ready.contains(&pull));
    assert!(started.elapsed() >= Duration::from_millis(50));

    push.send("a").unwrap();
    let ready = poller.poll(Duration::from_secs(5)).unwrap();
    assert_eq!(ready.len(), 1);
    assert!(ready.contains(&pull) && ready.readable(&pull) && !ready.writable(&pull) && !ready.contains(&router));
    assert!(!ready.contains(&push), "it is not registered");
    assert_eq!(pull.recv().unwrap(), "a");

    push.send("b").unwrap();
    publisher.send("c").unwrap();
    dealer.send("d").unwrap();
    let all = eventually("all three", || {
        let ready: Vec<_> = poller.poll(None).unwrap().into_iter().collect();
        (ready.len() == 3).then_some(ready)
    });
    let expected: [PollSource; 3] = [(&router).into(), (&pull).into(), (&subscriber).into()];
    assert_eq!(all.iter().map(|(source, _)| *source).collect::<Vec<_>>(), expected);
    assert!(all.iter().all(|(_, events)| *events == POLLIN));
    let received = all.iter().map(|(source, _)| match source {
        PollSource::Socket(socket) => socket.recv_multipart().unwrap().pop().unwrap(),
        other => panic!("{other:?}"),
    });
    assert_eq!(received.collect::<Vec<_>>(), ["d", "b", "c"]);
}

#[test]
fn registering_again_changes_and_nothing_takes_out() {
    let context = Context::new().unwrap();
    let (one, two) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    let other = context.socket(zmq::PAIR).unwrap();
    two.send("x").unwrap();
    let mut poller = Poller::new();
    poller.register(&one, POLLIN).unwrap();
    poller.register(&two, POLLOUT).unwrap();
    assert_eq!(poller.poll(None).unwrap().events(&one), POLLIN);
    poller.register(&one, POLLIN | POLLOUT).unwrap();
    assert_eq!(poller.poll(None).unwrap().events(&one), POLLIN | POLLOUT);
    poller.modify(&one, POLLOUT).unwrap();
    assert_eq!(poller.poll(None).unwrap().events(&one), POLLOUT);
    assert_eq!(poller.sources().map(|(_, events)| events).collect::<Vec<_>>(), [POLLOUT, POLLOUT]);
    poller.register(&one, PollEvents::NONE).unwrap();
    assert!(!poller.contains(&one) && poller.contains(&two));
    assert!(poller.poll(None).unwrap().writable(&two), "those behind it moved up");
    poller.register(&other, PollEvents::NONE).unwrap();
    assert!(!poller.contains(&other));

    let error = poller.modify(&one, POLLIN).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("not registered") && error.to_string().contains("PAIR"), "{error}");
    assert_eq!(poller.unregister(&one).unwrap_err().kind(), ErrorKind::NotFound);
    poller.unregister(&two).unwrap();
    assert!(poller.is_empty());
    let error = poller.poll(None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("for ever"), "{error}");
}

#[test]
fn polls_descriptors_with_sockets() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (push, pull) = Transport::Tcp.pair(&context, zmq::PUSH, zmq::PULL);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let mut poller = Poller::new();
    poller.register(&pull, POLLIN).unwrap();
    poller.register(&listener, POLLIN).unwrap();
    assert!(poller.poll(5000).unwrap().readable(&listener));
    let (mut server, _) = listener.accept().unwrap();
    let reader = server.try_clone().unwrap();
    poller.register(&reader, POLLIN | POLLOUT).unwrap();
    poller.unregister(&listener).unwrap();
    assert_eq!(poller.poll(5000).unwrap().events(&reader), POLLOUT);
    poller.modify(&reader, POLLIN).unwrap();
    client.write_all(b"x").unwrap();
    let ready = poller.poll(5000).unwrap();
    assert!(ready.readable(&reader) && !ready.contains(&pull));
    server.read_exact(&mut [0]).unwrap();
    push.send("y").unwrap();
    assert!(poller.poll(5000).unwrap().readable(&pull));
    pull.recv().unwrap();
    assert!(poller.poll(0).unwrap().is_empty());
    // A peer that is gone is readable: the end.
    drop(client);
    assert!(poller.poll(5000).unwrap().contains(&reader));
}

/// `poll: retired/closed fd`.
#[test]
#[cfg(unix)]
fn a_closed_descriptor_is_refused_and_a_broken_one_told() {
    use std::os::fd::{AsFd as _, BorrowedFd};
    let (reader, writer) = std::os::unix::net::UnixStream::pair().unwrap();
    // SAFETY: not sound, which is the point: somebody's else mistake. The number is of no open file in this test's process.
    let closed = unsafe { BorrowedFd::borrow_raw(1_000_000) };
    let mut poller = Poller::new();
    let error = poller.register(closed, POLLIN).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("not open"), "{error}");
    assert!(poller.is_empty());
    poller.register(writer.as_fd(), POLLERR).unwrap();
    drop(reader);
    assert!(poller.poll(5000).unwrap().events(writer.as_fd()).contains(POLLERR));
}

#[test]
fn select_answers_three_lists() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (one, two) = Transport::Tcp.pair(&context, zmq::PAIR, zmq::PAIR);
    let idle = context.socket(zmq::PULL).unwrap();
    one.send("x").unwrap();
    assert!(two.poll(5000, POLLIN).unwrap().is_readable());
    let both = [PollSource::from(&two), (&idle).into()];
    let (readable, writable, failed) = zmq::select(&both, &both, &both, None).unwrap();
    assert_eq!((readable, writable, failed), (vec![both[0]], vec![both[0]], vec![]));
    let (readable, writable, failed) = zmq::select(&[(&idle).into()], &[], &[], 10).unwrap();
    assert!(readable.is_empty() && writable.is_empty() && failed.is_empty());
    assert_eq!(zmq::select(&[], &[], &[], -1).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn a_thousand_sockets() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let pairs: Vec<_> = (0..500).map(|_| Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR)).collect();
    let mut poller = Poller::new();
    for (one, two) in &pairs {
        poller.register(one, POLLIN).unwrap();
        poller.register(two, POLLIN).unwrap();
    }
    assert_eq!(poller.len(), 1000);
    for round in 0..20 {
        let (one, two) = &pairs[(round * 37) % 500];
        two.send("x").unwrap();
        let ready = poller.poll(5000).unwrap();
        assert_eq!((ready.len(), ready.readable(one)), (1, true));
        one.recv().unwrap();
    }
    for (one, _) in pairs.iter().take(250) {
        poller.unregister(one).unwrap();
    }
    for (one, two) in &pairs {
        two.send("x").unwrap();
        assert_eq!(poller.poll(0).unwrap().contains(one), poller.contains(one));
        one.recv().unwrap();
    }
}

#[test]
fn a_shutdown_ends_the_wait() {
    let _deadline = deadline(60);
    for _ in 0..50 {
        let context = Context::new().unwrap();
        let (one, two) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::SUB).unwrap());
        let waiting = std::thread::spawn(move || {
            let mut poller = Poller::new();
            poller.register(&one, POLLIN).unwrap();
            poller.register(&two, POLLOUT).unwrap();
            poller.poll(None).map(|ready| ready.len()).unwrap_err()
        });
        std::thread::yield_now();
        context.shutdown().unwrap();
        assert_eq!(waiting.join().unwrap().kind(), ErrorKind::ContextTerminated);
    }
}

/// What was taken out of libzmq before a disconnect is ready, though libzmq does not know it.
#[test]
fn frames_that_are_held_are_ready() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (push, pull) = Transport::Inproc.pair(&context, zmq::PUSH, zmq::PULL);
    push.send_multipart(["a", "b"]).unwrap();
    assert_eq!(pull.recv().unwrap(), "a");
    pull.disconnect(&push.last_endpoint().unwrap()).unwrap();
    let mut poller = Poller::new();
    poller.register(&pull, POLLIN).unwrap();
    let ready = poller.poll(None).unwrap();
    assert_eq!((ready.len(), ready.readable(&pull)), (1, true));
    assert_eq!(pull.recv().unwrap(), "b");
    assert!(poller.poll(0).unwrap().is_empty());
}

#[test]
#[cfg(unix)]
fn a_forked_child_is_told() {
    let _deadline = deadline(60);
    child("", 20, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let mut poller = Poller::new();
        poller.register(&pull, POLLIN).unwrap();
        // SAFETY: the child does nothing but what is tested here, and leaves.
        match unsafe { libc::fork() } {
            0 => {
                let error = poller.poll(None).map(|ready| ready.len()).unwrap_err();
                // SAFETY: ends the child at once.
                unsafe { libc::_exit(if error.kind() == ErrorKind::Forked { 0 } else { 1 }) }
            }
            pid => {
                let mut status = 0;
                // SAFETY: waits for our child, and writes the status to a live integer.
                unsafe { libc::waitpid(pid, &raw mut status, 0) };
                assert_eq!(status, 0);
            }
        }
    })
    .succeeds();
}

#[test]
#[cfg(unix)]
fn signals_do_not_end_the_wait() {
    let _deadline = deadline(60);
    extern "C" fn nothing(_: libc::c_int) {}
    child("", 20, || {
        // SAFETY: a handler that does nothing may run at any time.
        unsafe { libc::signal(libc::SIGUSR1, nothing as *const () as libc::sighandler_t) };
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        // SAFETY: asks for this thread's own id.
        let me = unsafe { libc::pthread_self() };
        let storm = std::thread::spawn(move || {
            for _ in 0..20 {
                std::thread::sleep(Duration::from_millis(5));
                // SAFETY: the thread waits for this one to end.
                unsafe { libc::pthread_kill(me, libc::SIGUSR1) };
            }
        });
        let mut poller = Poller::new();
        poller.register(&pull, POLLIN).unwrap();
        let started = Instant::now();
        assert!(poller.poll(200).unwrap().is_empty());
        let took = started.elapsed();
        assert!(took >= Duration::from_millis(200) && took < Duration::from_secs(5), "{took:?}");
        storm.join().unwrap();
    })
    .succeeds();
}
