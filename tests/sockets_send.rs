//! Sending one frame at a time: what waits, what comes back, flags, text, JSON.

mod support;

use std::time::{Duration, Instant};

use support::{TRANSPORTS, Transport, deadline};
use zmq::{Context, DONTWAIT, ErrorKind, Flags, Message, SNDMORE, Timeout};

#[test]
fn everything_that_has_bytes() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        let (large, text) = (vec![7_u8; 100_000], String::from("borrowed text"));
        push.send("text").unwrap();
        push.send(String::from("owned text")).unwrap();
        push.send(&text).unwrap();
        push.send(b"bytes").unwrap();
        push.send(&b"slice"[..]).unwrap();
        push.send(&large).unwrap();
        push.send(large.clone()).unwrap();
        push.send(7_u16.to_be_bytes()).unwrap();
        push.send(Message::from_static(b"static")).unwrap();
        push.send("").unwrap();
        push.send(Message::new()).unwrap();
        push.send_string("string").unwrap();
        for text in ["text", "owned text", "borrowed text", "bytes", "slice"] {
            assert_eq!(pull.recv().unwrap(), text);
        }
        assert_eq!(pull.recv().unwrap(), large);
        assert_eq!(pull.recv().unwrap(), large);
        assert_eq!(pull.recv().unwrap(), [0, 7]);
        for text in ["static", "", "", "string"] {
            assert_eq!(pull.recv().unwrap(), text);
        }
        assert!(pull.try_recv().unwrap().is_none());
    }
}

#[test]
fn what_is_not_sent_comes_back() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    let body = vec![1_u8; 100_000];
    let address = body.as_ptr();
    let unsent = push.try_send(body).unwrap_err();
    assert!(unsent.is_again());
    assert_eq!(unsent.kind(), ErrorKind::Again);
    assert!(unsent.to_string().contains("no peer is connected, or none has room"), "{unsent}");
    assert_eq!(unsent.message.as_ptr(), address, "it is the very message, not a copy");
    let unsent = push.send_flags(unsent.message, DONTWAIT).unwrap_err();
    let unsent = push.send_timeout(unsent.message, 1).unwrap_err();
    push.set_sndtimeo(1).unwrap();
    let unsent = push.send(unsent.message).unwrap_err();
    assert!(unsent.is_again());
    assert_eq!(unsent.message.as_ptr(), address);
    let error: zmq::Error = unsent.into();
    assert!(error.is_again());
}

#[test]
fn a_full_pipe_has_room_again_when_the_peer_reads() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    pull.set_rcvhwm(1).unwrap();
    push.set_sndhwm(1).unwrap();
    push.connect(&Transport::Inproc.bind(&pull)).unwrap();
    let mut sent = 0_u32;
    let unsent = loop {
        match push.try_send(sent.to_be_bytes()) {
            Ok(()) => sent += 1,
            Err(unsent) => break unsent,
        }
    };
    assert!(unsent.is_again() && unsent.message == sent.to_be_bytes());
    let reader = std::thread::spawn(move || {
        (0..=sent).for_each(|number| assert_eq!(pull.recv().unwrap(), number.to_be_bytes()));
        pull
    });
    push.send(unsent.message).unwrap();
    assert!(reader.join().unwrap().try_recv().unwrap().is_none());
}

#[test]
fn flags() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (a, b) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    a.send_flags("one", SNDMORE).unwrap();
    a.send_flags("two", SNDMORE | DONTWAIT).unwrap();
    assert!(b.try_recv().unwrap().is_none(), "nothing arrives before the last frame");
    a.send_flags("three", Flags::NONE).unwrap();
    assert_eq!(b.recv_multipart().unwrap(), ["one", "two", "three"]);
    a.send_flags("alone", DONTWAIT).unwrap();
    let message = b.recv().unwrap();
    assert!(message == "alone" && !message.more());
    // A received frame's own `more` is not passed on.
    a.send_multipart(["first", "second"]).unwrap();
    let first = b.recv().unwrap();
    assert!(first.more());
    b.recv().unwrap();
    b.send(first).unwrap();
    let echoed = a.recv().unwrap();
    assert!(echoed == "first" && !echoed.more());
    assert_eq!(Flags::default(), Flags::NONE);
    assert_eq!(DONTWAIT | Flags::NONE, DONTWAIT);
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
fn send_timeout_waits_that_long_and_leaves_sndtimeo_alone() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    for usual in [None, Some(Duration::ZERO), Some(Duration::from_millis(1)), Some(Duration::from_secs(3600))] {
        push.set_sndtimeo(usual).unwrap();
        for timeout in [Timeout::from(60), Timeout::from(Duration::from_micros(59_500))] {
            takes(60, || assert!(push.send_timeout("x", timeout).unwrap_err().is_again()));
            assert_eq!(push.sndtimeo().unwrap(), usual);
        }
        takes(0, || assert!(push.send_timeout("x", 0).unwrap_err().is_again()));
        takes(0, || assert!(push.try_send("x").unwrap_err().is_again()));
        takes(60, || assert!(push.send_multipart_timeout(("x", "y"), 60).unwrap_err().is_again()));
        takes(0, || assert!(push.send_multipart_timeout(("x", "y"), 0).unwrap_err().is_again()));
        assert_eq!(push.sndtimeo().unwrap(), usual);
    }
    push.set_sndtimeo(60).unwrap();
    takes(60, || assert!(push.send("x").unwrap_err().is_again()));
    takes(60, || assert!(push.send_multipart(("x", "y")).unwrap_err().is_again()));
    takes(60, || assert!(push.send_string("x").unwrap_err().is_again()));
}

#[test]
fn send_timeout_ends_when_a_peer_comes() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for timeout in [Timeout::from(20_000), Timeout::FOREVER] {
        let push = context.socket(zmq::PUSH).unwrap();
        push.set_sndtimeo(0).unwrap();
        let endpoint = Transport::Inproc.bind(&push);
        let pull = context.socket(zmq::PULL).unwrap();
        let reader = std::thread::spawn(move || {
            pull.connect(&endpoint).unwrap();
            (pull.recv().unwrap(), pull.recv_multipart().unwrap())
        });
        push.send_timeout("one", timeout).unwrap();
        push.send_multipart_timeout(["two", "three"], timeout).unwrap();
        assert_eq!(push.sndtimeo().unwrap(), Some(Duration::ZERO));
        let (one, rest) = reader.join().unwrap();
        assert_eq!(one, "one");
        assert_eq!(rest, ["two", "three"]);
    }
}

#[test]
fn a_send_that_waits_ends_at_shutdown() {
    let _deadline = deadline(30);
    for (variant, pause) in (0..4).flat_map(|variant| [(variant, 0), (variant, 30)]) {
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        let waiting = std::thread::spawn(move || match variant {
            0 => push.send("x").map_err(|unsent| (vec![unsent.message], unsent.error)),
            1 => push.send_timeout("x", -1).map_err(|unsent| (vec![unsent.message], unsent.error)),
            2 => push.send_multipart(["x"]).map_err(|unsent| (unsent.parts, unsent.error)),
            _ => push.send_multipart_timeout(["x"], 20_000).map_err(|unsent| (unsent.parts, unsent.error)),
        });
        // With a pause it is met in the middle of its wait, without one perhaps before.
        std::thread::sleep(Duration::from_millis(pause));
        context.shutdown().unwrap();
        let (messages, error) = waiting.join().unwrap().unwrap_err();
        assert!(error.is_terminated(), "{error}");
        assert_eq!(messages, ["x"]);
    }
}

#[cfg(feature = "json")]
mod json {
    use std::collections::HashMap;

    use serde::{Deserialize, Serialize};

    use super::{Context, DONTWAIT, ErrorKind, Flags, SNDMORE, Transport, deadline};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Task {
        name: String,
        load: Vec<u32>,
    }

    #[test]
    fn there_and_back() {
        let _deadline = deadline(30);
        let context = Context::new().unwrap();
        let (a, b) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
        let task = Task { name: "naïve".to_owned(), load: vec![1, 2] };
        a.send_json(&task).unwrap();
        assert_eq!(b.recv_json::<Task>().unwrap(), task);
        a.send_json(&task).unwrap();
        assert_eq!(b.recv_json::<serde_json::Value>().unwrap()["load"][1], 2);
        a.send_json("text").unwrap();
        assert_eq!(b.recv().unwrap(), "\"text\"");
        a.send_json_flags(&1, SNDMORE).unwrap();
        a.send_json_flags(&2, Flags::NONE).unwrap();
        assert_eq!(b.recv_json::<u8>().unwrap(), 1);
        assert!(b.rcvmore().unwrap());
        assert_eq!(b.recv_json_flags::<u8>(DONTWAIT).unwrap(), 2);
        assert!(b.recv_json_flags::<u8>(DONTWAIT).unwrap_err().is_again());
    }

    #[test]
    fn what_is_no_json_comes_back_and_the_error_says_where() {
        let _deadline = deadline(30);
        let context = Context::new().unwrap();
        let (a, b) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
        a.send("{\"name\": \"x\",\n \"load\": oops}").unwrap();
        let error = b.recv_json::<Task>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Json);
        assert_eq!(error.to_string(), "recv: invalid JSON: expected value at line 2 column 10");
        assert!(std::error::Error::source(&error).unwrap().is::<serde_json::Error>());
        assert_eq!(error.into_message().unwrap(), "{\"name\": \"x\",\n \"load\": oops}");

        // It is JSON, but of another shape.
        a.send_json(&["no", "task"]).unwrap();
        let error = b.recv_json::<Vec<Task>>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Json);
        assert!(error.to_string().contains("line 1 column"), "{error}");
        assert_eq!(error.into_message().unwrap(), r#"["no","task"]"#);

        a.send("").unwrap();
        let error = b.recv_json::<Task>().unwrap_err();
        assert!(error.to_string().contains("EOF"), "{error}");
        let error = error.into_frames().unwrap_err();
        assert_eq!(error.into_message().unwrap(), "");
    }

    #[test]
    fn what_json_cannot_say_is_not_sent() {
        let _deadline = deadline(30);
        let context = Context::new().unwrap();
        let (a, b) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
        let keyed_by_pairs = HashMap::from([((1, 2), 3)]);
        let error = a.send_json(&keyed_by_pairs).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Json);
        assert_eq!(error.to_string(), "send: invalid JSON: key must be a string");
        assert_eq!(a.send_json_flags(&keyed_by_pairs, DONTWAIT).unwrap_err().kind(), ErrorKind::Json);
        assert!(b.try_recv().unwrap().is_none());
        let push = context.socket(zmq::PUSH).unwrap();
        assert!(push.send_json_flags(&1, DONTWAIT).unwrap_err().is_again());
    }
}

/// As a loop in C does: one message that receives and sends.
#[test]
fn a_message_that_is_lent_is_taken() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (one, two) = Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    let mut message = Message::from("there and back");
    one.send(&mut message).unwrap();
    assert!(message.is_empty());
    two.recv_into(&mut message).unwrap();
    two.send(&mut message).unwrap();
    one.recv_into(&mut message).unwrap();
    assert_eq!(message, "there and back");
    // What cannot be sent is in the error.
    let push = context.socket(zmq::PUSH).unwrap();
    let mut large = Message::from(vec![7; 100_000]);
    let bytes = large.as_ptr();
    let error = push.try_send(&mut large).unwrap_err();
    assert!(error.is_again() && large.is_empty());
    assert_eq!(error.message.as_ptr(), bytes);
    // An owned one, too.
    let error = push.try_send(error.message).unwrap_err();
    assert_eq!(error.message.as_ptr(), bytes);
    one.send_multipart((&mut message, "and more")).unwrap();
    assert_eq!(two.recv_multipart().unwrap(), ["there and back", "and more"]);
    // Room that was made anew holds nothing of what was there.
    let mut message = Message::from(vec![7; 100_000]);
    // SAFETY: all bytes are written.
    unsafe { message.rebuild_uninit(3) }.unwrap().fill(std::mem::MaybeUninit::new(b'x'));
    assert_eq!(message, "xxx");
    message.make_mut()[0] = b'y';
    assert_eq!(message.clone(), "yxx");
    // SAFETY: there is nothing to write.
    assert!(unsafe { message.rebuild_uninit(0) }.unwrap().is_empty());
    // SAFETY: it fails, so there is nothing to write.
    assert_eq!(unsafe { message.rebuild_uninit(usize::MAX) }.unwrap_err().kind(), zmq::ErrorKind::OutOfMemory);
    assert!(message.is_empty());
    one.send(message).unwrap();
    assert_eq!(two.recv().unwrap(), "");
}
