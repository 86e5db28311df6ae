//! test_poll.py.

use std::time::{Duration, Instant};

use zmq::{PollEvents, Poller};

use crate::support::{deadline, eventually, subscribed};
use crate::{PATIENCE, bound_pair, context, recv};

/// Whatever can be.
fn both() -> PollEvents {
    zmq::POLLIN | zmq::POLLOUT
}

/// Polls until the sockets are ready for just that.
#[track_caller]
fn becomes<A: zmq::Kind, B: zmq::Kind>(
    poller: &mut Poller<'_>,
    one: (&zmq::Socket<A>, PollEvents),
    two: (&zmq::Socket<B>, PollEvents),
) {
    let mut last = String::new();
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        let ready = poller.poll(20).unwrap();
        if ready.events(one.0) == one.1 && ready.events(two.0) == two.1 {
            return;
        }
        last = format!("{ready:?}");
    }
    panic!("wanted {:?} and {:?}, got {last}", one.1, two.1);
}

const NONE: PollEvents = PollEvents::NONE;

#[test]
fn pair() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    let mut poller = Poller::new();
    poller.register(&a, zmq::POLLIN | zmq::POLLOUT).unwrap();
    poller.register(&b, both()).unwrap();
    becomes(&mut poller, (&a, zmq::POLLOUT), (&b, zmq::POLLOUT));
    a.send("msg1").unwrap();
    b.send("msg2").unwrap();
    becomes(&mut poller, (&a, both()), (&b, both()));
    assert_eq!((recv(&a), recv(&b)), ("msg2".into(), "msg1".into()));
    becomes(&mut poller, (&a, zmq::POLLOUT), (&b, zmq::POLLOUT));
    poller.unregister(&a).unwrap();
    poller.unregister(&b).unwrap();
    assert!(poller.is_empty());
}

#[test]
fn reqrep() {
    let _deadline = deadline(60);
    let context = context();
    let (rep, req) = bound_pair(&context, zmq::REP, zmq::REQ);
    let mut poller = Poller::new();
    poller.register(&rep, both()).unwrap();
    poller.register(&req, both()).unwrap();
    becomes(&mut poller, (&rep, NONE), (&req, zmq::POLLOUT));
    req.send("msg1").unwrap();
    assert!(!poller.poll(0).unwrap().contains(&req), "it waits for the reply");
    becomes(&mut poller, (&rep, zmq::POLLIN), (&req, NONE));
    recv(&rep);
    assert_eq!(poller.poll(0).unwrap().events(&rep), zmq::POLLOUT);
    rep.send("msg2").unwrap();
    assert!(!poller.poll(0).unwrap().contains(&rep));
    becomes(&mut poller, (&rep, NONE), (&req, zmq::POLLIN));
    recv(&req);
    becomes(&mut poller, (&rep, NONE), (&req, zmq::POLLOUT));
}

#[test]
fn no_events() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    let mut poller = Poller::new();
    poller.register(&a, both()).unwrap();
    poller.register(&b, NONE).unwrap();
    assert!(poller.contains(&a) && !poller.contains(&b));
    poller.register(&a, NONE).unwrap();
    assert!(!poller.contains(&a));
}

#[test]
fn pubsub() {
    let _deadline = deadline(60);
    let context = context();
    let (publisher, subscriber) = bound_pair(&context, zmq::XPUB, zmq::SUB);
    subscriber.subscribe("").unwrap();
    subscribed(&publisher, 1);
    let mut poller = Poller::new();
    // Not for POLLIN: the subscription may still be there.
    poller.register(&publisher, zmq::POLLOUT).unwrap();
    poller.register(&subscriber, zmq::POLLIN).unwrap();
    becomes(&mut poller, (&publisher, zmq::POLLOUT), (&subscriber, NONE));
    publisher.send("msg1").unwrap();
    becomes(&mut poller, (&publisher, zmq::POLLOUT), (&subscriber, zmq::POLLIN));
    recv(&subscriber);
    becomes(&mut poller, (&publisher, zmq::POLLOUT), (&subscriber, NONE));
}

#[test]
#[cfg(unix)]
fn raw() {
    use std::io::Write as _;
    use std::os::unix::net::UnixStream;

    let _deadline = deadline(60);
    let (reader, mut writer) = UnixStream::pair().unwrap();
    let mut poller = Poller::new();
    poller.register(&reader, zmq::POLLIN).unwrap();
    assert!(poller.poll(1).unwrap().is_empty());
    writer.write_all(b"x").unwrap();
    let ready = poller.poll(PATIENCE).unwrap();
    assert_eq!((ready.len(), ready.events(&reader)), (1, zmq::POLLIN));
}

#[track_caller]
fn takes(limit: Duration, call: impl FnOnce()) {
    let started = Instant::now();
    call();
    let took = started.elapsed();
    assert!(took >= limit && took < limit + Duration::from_secs(5), "{took:?} instead of {limit:?}");
}

/// An `i32` is milliseconds.
#[test]
fn timeout() {
    let _deadline = deadline(60);
    let context = context();
    let (a, _b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    let mut poller = Poller::new();
    poller.register(&a, zmq::POLLIN).unwrap();
    takes(Duration::from_micros(5), || assert!(poller.poll(Duration::from_micros(5)).unwrap().is_empty()));
    takes(Duration::from_millis(50), || assert!(poller.poll(50).unwrap().is_empty()));
    takes(Duration::from_millis(200), || assert!(poller.poll(200).unwrap().is_empty()));
}

#[test]
fn select_pair() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    let all = [(&a).into(), (&b).into()];
    let writable = eventually("both are connected", || {
        let (readable, writable, failed) = zmq::select(&all, &all, &all, 1000).unwrap();
        assert!(readable.is_empty() && failed.is_empty());
        (writable.len() == 2).then_some(writable)
    });
    assert_eq!(writable, all);
}

/// pyzmq's is in seconds; here it is what it is everywhere.
#[test]
fn select_timeout() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    for limit in [Duration::from_millis(5), Duration::from_millis(250)] {
        takes(limit, || {
            let (readable, writable, failed) = zmq::select(&[(&a).into(), (&b).into()], &[], &[], limit).unwrap();
            assert!(readable.is_empty() && writable.is_empty() && failed.is_empty());
        });
    }
}

/// Who waits is woken by what comes, from another thread.
#[test]
fn wakeup() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    let sender = std::thread::spawn(move || {
        a.send("msg1").unwrap();
        a
    });
    let mut poller = Poller::new();
    poller.register(&b, zmq::POLLIN).unwrap();
    assert_eq!(poller.poll(PATIENCE).unwrap().events(&b), zmq::POLLIN);
    let _a = sender.join().unwrap();
}

#[test]
fn socket_poll() {
    let _deadline = deadline(60);
    let context = context();
    let (a, b) = bound_pair(&context, zmq::PAIR, zmq::PAIR);
    let sender = std::thread::spawn(move || {
        a.send("msg1").unwrap();
        a
    });
    assert_eq!(b.poll(PATIENCE, zmq::POLLIN).unwrap(), zmq::POLLIN);
    let _a = sender.join().unwrap();
}
