//! Receiving one frame at a time: what waits, into what, text, iterators.

mod support;

use std::time::{Duration, Instant};

use support::{TRANSPORTS, Transport, deadline};
use zmq::{Context, DONTWAIT, ErrorKind, Flags, Message, Received, Timeout};

#[test]
fn nothing_is_there() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    assert!(pull.try_recv().unwrap().is_none());
    assert!(pull.try_recv_multipart().unwrap().is_none());
    let error = pull.recv_flags(DONTWAIT).unwrap_err();
    assert!(error.is_again());
    assert!(error.to_string().ends_with("no message is there"), "{error}");
    assert!(pull.recv_multipart_flags(DONTWAIT).unwrap_err().is_again());
    assert!(pull.recv_string_flags(DONTWAIT).unwrap_err().is_again());
    assert!(pull.recv_into_flags(&mut Message::new(), DONTWAIT).unwrap_err().is_again());
    assert!(pull.recv_buf_flags(&mut [0; 4], DONTWAIT).unwrap_err().is_again());
    assert!(pull.recv_timeout(0).unwrap_err().is_again());
    assert!(pull.recv_multipart_timeout(0).unwrap_err().is_again());
}

#[test]
fn something_is_there() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        for text in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            push.send(text).unwrap();
        }
        assert_eq!(pull.recv().unwrap(), "a");
        assert_eq!(pull.recv_flags(Flags::NONE).unwrap(), "b");
        assert_eq!(pull.recv_timeout(-1).unwrap(), "c");
        assert_eq!(pull.recv_timeout(20_000).unwrap(), "d");
        // All were sent on one connection, but they arrive one by one.
        assert_eq!(support::eventually("the fifth message", || pull.try_recv().unwrap()), "e");
        assert_eq!(support::eventually("the sixth message", || pull.recv_flags(DONTWAIT).ok()), "f");
        assert_eq!(pull.recv_string().unwrap(), "g");
        assert_eq!(support::eventually("the last", || pull.try_recv_multipart().unwrap()), ["h"]);
        assert!(pull.try_recv().unwrap().is_none());
    }
}

/// How long it took, and that it was no shorter than asked for.
#[track_caller]
fn takes(at_least: u64, call: impl FnOnce()) {
    let started = Instant::now();
    call();
    let took = started.elapsed();
    // libzmq counts whole milliseconds of a clock of its own.
    assert!(took + Duration::from_millis(2) >= Duration::from_millis(at_least), "took {took:?}");
    assert!(took < Duration::from_millis(at_least) + Duration::from_secs(5), "took {took:?}");
}

#[test]
fn recv_timeout_waits_that_long_and_leaves_rcvtimeo_alone() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    for usual in [None, Some(Duration::ZERO), Some(Duration::from_millis(1)), Some(Duration::from_secs(3600))] {
        pull.set_rcvtimeo(usual).unwrap();
        takes(60, || assert!(pull.recv_timeout(60).unwrap_err().is_again()));
        takes(60, || assert!(pull.recv_timeout(Duration::from_micros(59_500)).unwrap_err().is_again()));
        takes(60, || assert!(pull.recv_multipart_timeout(60).unwrap_err().is_again()));
        takes(0, || assert!(pull.recv_timeout(0).unwrap_err().is_again()));
        takes(0, || assert!(pull.try_recv().unwrap().is_none()));
        assert_eq!(pull.rcvtimeo().unwrap(), usual);
    }
    pull.set_rcvtimeo(60).unwrap();
    takes(60, || assert!(pull.recv().unwrap_err().is_again()));
    takes(60, || assert!(pull.recv_multipart().unwrap_err().is_again()));
    takes(60, || assert!(pull.recv_into(&mut Message::new()).unwrap_err().is_again()));
    takes(60, || assert!(pull.recv_buf(&mut [0; 4]).unwrap_err().is_again()));
    takes(60, || assert!(pull.recv_string().unwrap_err().is_again()));
}

#[test]
fn recv_timeout_ends_when_a_message_comes() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for timeout in [Timeout::from(20_000), Timeout::FOREVER] {
        let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
        pull.set_rcvtimeo(0).unwrap();
        let sender = std::thread::spawn(move || {
            push.send("one").unwrap();
            push.send_multipart(["two", "three"]).unwrap();
        });
        assert_eq!(pull.recv_timeout(timeout).unwrap(), "one");
        assert_eq!(pull.recv_multipart_timeout(timeout).unwrap(), ["two", "three"]);
        assert_eq!(pull.rcvtimeo().unwrap(), Some(Duration::ZERO));
        sender.join().unwrap();
    }
}

#[test]
fn recv_into_one_message_again_and_again() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        let mut message = Message::from("whatever it held");
        for size in [0, 1, 33, 34, 5_000, 100_000, 2] {
            push.send(vec![b'x'; size]).unwrap();
            pull.recv_into(&mut message).unwrap();
            assert_eq!(message, vec![b'x'; size]);
        }
        push.send_multipart(["one", "two"]).unwrap();
        pull.recv_into_flags(&mut message, Flags::NONE).unwrap();
        assert!(message == "one" && message.more());
        pull.recv_into_flags(&mut message, DONTWAIT).unwrap();
        assert!(message == "two" && !message.more());
        assert!(pull.recv_into_flags(&mut message, DONTWAIT).unwrap_err().is_again());
        assert!(message == "two" || message.is_empty());
        // What was in it before lives on where it was cloned.
        push.send(vec![1_u8; 10_000]).unwrap();
        push.send(vec![2_u8; 10_000]).unwrap();
        pull.recv_into(&mut message).unwrap();
        let kept = message.clone();
        pull.recv_into(&mut message).unwrap();
        assert_eq!(kept, [1; 10_000]);
        assert_eq!(message, [2; 10_000]);
    }
}

#[test]
fn recv_buf_says_what_it_lost() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        let mut buffer = [b'-'; 8];
        push.send("fits").unwrap();
        assert_eq!(pull.recv_buf(&mut buffer).unwrap(), Received { len: 4, size: 4 });
        assert_eq!(&buffer, b"fits----");
        push.send("exactly8").unwrap();
        let received = pull.recv_buf(&mut buffer).unwrap();
        assert!(received.len == 8 && !received.is_truncated());
        assert_eq!(&buffer, b"exactly8");
        push.send("0123456789").unwrap();
        let received = pull.recv_buf_flags(&mut buffer[..6], Flags::NONE).unwrap();
        assert!(received == Received { len: 6, size: 10 } && received.is_truncated());
        assert_eq!(&buffer, b"012345y8");
        push.send("into nothing").unwrap();
        let received = pull.recv_buf(&mut []).unwrap();
        assert!(received == Received { len: 0, size: 12 } && received.is_truncated());
        push.send("").unwrap();
        let received = pull.recv_buf(&mut []).unwrap();
        assert!(received == Received { len: 0, size: 0 } && !received.is_truncated());
        push.send("").unwrap();
        assert_eq!(pull.recv_buf(&mut buffer).unwrap(), Received { len: 0, size: 0 });
        // A frame that is cut does not touch the next.
        push.send_multipart(["0123456789", "next"]).unwrap();
        assert!(pull.recv_buf(&mut buffer).unwrap().is_truncated());
        assert!(pull.rcvmore().unwrap());
        assert_eq!(pull.recv_buf(&mut buffer).unwrap(), Received { len: 4, size: 4 });
        assert!(!pull.rcvmore().unwrap());
    }
}

#[test]
fn text_that_is_none_keeps_its_bytes() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (a, b) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    a.send_string("naïve").unwrap();
    assert_eq!(b.recv_string().unwrap(), "naïve");
    for flags in [None, Some(DONTWAIT)] {
        a.send(b"caf\xe9").unwrap();
        let error = flags.map_or_else(|| b.recv_string(), |flags| b.recv_string_flags(flags)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidUtf8);
        assert!(error.to_string().starts_with("recv: invalid UTF-8: "), "{error}");
        assert!(error.to_string().contains("index 3"), "{error}");
        assert!(std::error::Error::source(&error).unwrap().is::<std::str::Utf8Error>());
        let error = error.into_frames().unwrap_err();
        assert_eq!(error.into_message().unwrap(), b"caf\xe9");
    }
    let error = b.recv_string_flags(DONTWAIT).unwrap_err().into_message().unwrap_err();
    assert!(error.is_again());
}

#[test]
fn iterators_end_at_shutdown() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    let (told, first) = std::sync::mpsc::channel();
    let worker = std::thread::spawn(move || {
        let mut count = 0;
        for message in &pull {
            assert_eq!(message.unwrap(), "work");
            count += 1;
            told.send(count).unwrap();
        }
        // It has ended for good.
        assert!(pull.iter().next().is_none() && pull.iter_multipart().next().is_none());
        count
    });
    for _ in 0..3 {
        push.send("work").unwrap();
    }
    // Only when the worker has them all, and waits: a shutdown does not wait for what is on its way.
    assert_eq!(first.iter().take(3).last(), Some(3));
    context.shutdown().unwrap();
    assert_eq!(worker.join().unwrap(), 3);

    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    let (told, first) = std::sync::mpsc::channel();
    let worker = std::thread::spawn(move || {
        for frames in pull.iter_multipart() {
            told.send(frames.unwrap().len()).unwrap();
        }
    });
    push.send_multipart(["a", "b", "c"]).unwrap();
    push.send("d").unwrap();
    assert_eq!((first.recv(), first.recv()), (Ok(3), Ok(1)));
    context.shutdown().unwrap();
    worker.join().unwrap();
}

#[test]
fn an_iterator_gives_other_errors_and_goes_on() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    pull.set_rcvtimeo(1).unwrap();
    let mut iter = pull.iter();
    assert!(iter.next().unwrap().unwrap_err().is_again());
    push.send_multipart(["one", "two"]).unwrap();
    assert_eq!(iter.next().unwrap().unwrap(), "one");
    assert_eq!(iter.next().unwrap().unwrap(), "two");
    push.send_multipart(["one", "two"]).unwrap();
    assert_eq!(pull.iter_multipart().next().unwrap().unwrap(), ["one", "two"]);
    assert!(pull.iter_multipart().next().unwrap().unwrap_err().is_again());
}

#[test]
fn a_recv_that_waits_ends_at_shutdown() {
    let _deadline = deadline(30);
    for (variant, pause) in (0..6).flat_map(|variant| [(variant, 0), (variant, 30)]) {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let waiting = std::thread::spawn(move || match variant {
            0 => pull.recv().map(drop),
            1 => pull.recv_timeout(-1).map(drop),
            2 => pull.recv_timeout(20_000).map(drop),
            3 => pull.recv_into(&mut Message::new()),
            4 => pull.recv_buf(&mut [0; 4]).map(drop),
            _ => pull.recv_multipart().map(drop),
        });
        // With a pause it is met in the middle of its wait, without one perhaps before.
        std::thread::sleep(Duration::from_millis(pause));
        context.shutdown().unwrap();
        let error = waiting.join().unwrap().unwrap_err();
        assert!(error.is_terminated(), "{error}");
    }
}

#[test]
fn looking_before_sleeping() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (push, pull) = Transport::Inproc.pair(&context, zmq::PUSH, zmq::PULL);
    let (ask, asked) = std::sync::mpsc::channel();
    let sender = std::thread::spawn(move || {
        for delay in asked {
            std::thread::sleep(delay);
            push.send("at last").unwrap();
        }
    });
    let mut message = Message::new();
    // It is there or comes while it looks, it comes while it looks, it comes when it sleeps.
    for (delay, spin) in [(0, 10_000), (20, 10_000), (20, 0), (20, 1)] {
        ask.send(Duration::from_millis(delay)).unwrap();
        pull.recv_spin(&mut message, Duration::from_millis(spin)).unwrap();
        assert_eq!(message, "at last");
    }
    pull.set_rcvtimeo(30).unwrap();
    let started = Instant::now();
    let error = pull.recv_spin(&mut message, Duration::from_millis(20)).unwrap_err();
    assert!(error.is_again() && started.elapsed() >= Duration::from_millis(50), "{error}");
    context.shutdown().unwrap();
    let error = pull.recv_spin(&mut message, Duration::from_secs(100)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContextTerminated);
    drop(ask);
    sender.join().unwrap();
}
