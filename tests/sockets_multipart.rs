//! Messages of several frames: what they are made from, all or nothing, and peers that die in the middle.

mod support;

use std::borrow::Cow;
use std::sync::Barrier;

use support::{TRANSPORTS, Transport, deadline, eventually};
use zmq::{Context, DONTWAIT, ErrorKind, Flags, IntoMultipart, Message, Pull, Push, SNDMORE, Socket};

#[test]
fn order_and_empty_frames() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        push.send_multipart(["", "one", "", "", "two", ""]).unwrap();
        push.send_multipart([""]).unwrap();
        push.send_multipart(["alone"]).unwrap();
        let many: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
        push.send_multipart(&many).unwrap();

        let frames = pull.recv_multipart().unwrap();
        assert_eq!(frames, ["", "one", "", "", "two", ""]);
        let more: Vec<bool> = frames.iter().map(Message::more).collect();
        assert_eq!(more, [true, true, true, true, true, false]);
        assert_eq!(pull.recv_multipart().unwrap(), [""]);
        assert_eq!(pull.recv_multipart().unwrap(), ["alone"]);
        assert_eq!(pull.recv_multipart().unwrap(), many);
        assert!(pull.try_recv().unwrap().is_none());
    }
}

#[test]
#[allow(clippy::needless_borrows_for_generic_args, reason = "what is borrowed is one of the things to be sent")]
fn everything_that_is_a_list_of_frames() {
    #[track_caller]
    fn check(push: &Socket<Push>, pull: &Socket<Pull>, parts: impl IntoMultipart, expected: &[&str]) {
        push.send_multipart(parts).unwrap();
        assert_eq!(pull.recv_multipart().unwrap(), expected);
    }
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    let owned = String::from("b");
    let large = vec![b'x'; 10_000];
    check(&push, &pull, ["a", "b"], &["a", "b"]);
    check(&push, &pull, &["a", "b"], &["a", "b"]);
    check(&push, &pull, [String::from("a"), owned.clone()], &["a", "b"]);
    check(&push, &pull, vec![String::from("a"), owned.clone()], &["a", "b"]);
    check(&push, &pull, &vec![vec![b'a'], vec![b'b']], &["a", "b"]);
    check(&push, &pull, &["a", "b", "c"][1..], &["b", "c"]);
    check(&push, &pull, [Message::from("a"), Message::new()], &["a", ""]);
    check(&push, &pull, &vec![Message::from("a"); 3][..], &["a", "a", "a"]);
    check(&push, &pull, ("a",), &["a"]);
    check(&push, &pull, ("a", &owned, b"c", &b"d"[..], String::from("e")), &["a", "b", "c", "d", "e"]);
    check(
        &push,
        &pull,
        (Cow::Borrowed("a"), owned, vec![b'c'], Message::from("d"), [b'e'; 2], "", "g", Box::<str>::from("h")),
        &["a", "b", "c", "d", "ee", "", "g", "h"],
    );
    push.send_multipart(("topic", 7_u64.to_be_bytes(), large.clone())).unwrap();
    let [topic, number, body] = pull.recv_frames().unwrap();
    assert_eq!(topic, "topic");
    assert_eq!(number, 7_u64.to_be_bytes());
    assert_eq!(body, large);
}

#[test]
fn no_frames_at_all() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    let none: [&str; 0] = [];
    for unsent in [
        push.send_multipart(none).unwrap_err(),
        push.send_multipart(Vec::<Message>::new()).unwrap_err(),
        push.send_multipart_flags(none, SNDMORE).unwrap_err(),
        push.try_send_multipart(none).unwrap_err(),
        push.send_multipart_timeout(none, 10).unwrap_err(),
    ] {
        assert_eq!(unsent.kind(), ErrorKind::InvalidArgument);
        assert!(unsent.to_string().contains("at least one frame"), "{unsent}");
        assert!(unsent.parts.is_empty());
    }
    push.send("alone").unwrap();
    assert_eq!(pull.recv_multipart().unwrap(), ["alone"]);
}

#[test]
fn all_frames_come_back_when_nobody_is_there() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    let body = vec![1_u8; 100_000];
    let address = body.as_ptr();
    let unsent = push.try_send_multipart(("a", "b", "c", "d", "e", body)).unwrap_err();
    assert!(unsent.is_again());
    assert_eq!(unsent.parts.len(), 6);
    assert_eq!(unsent.parts[5].as_ptr(), address, "it is the very message, not a copy");
    let unsent = push.send_multipart_timeout(unsent.parts, 5).unwrap_err();
    push.set_sndtimeo(5).unwrap();
    let unsent = push.send_multipart(unsent.parts).unwrap_err();
    let unsent = push.send_multipart_flags(unsent.parts, DONTWAIT).unwrap_err();
    assert_eq!(unsent.parts[..5], ["a", "b", "c", "d", "e"]);
    // And now somebody is.
    let pull = context.socket(zmq::PULL).unwrap();
    push.connect(&Transport::Inproc.bind(&pull)).unwrap();
    push.send_multipart(unsent.parts).unwrap();
    let frames = pull.recv_multipart().unwrap();
    assert_eq!(frames[..5], ["a", "b", "c", "d", "e"]);
    assert_eq!((frames.len(), frames[5].as_ptr()), (6, address));
    let error: zmq::Error = context.socket(zmq::PUSH).unwrap().try_send_multipart(["x"]).unwrap_err().into();
    assert!(error.is_again());
}

#[test]
fn all_or_nothing_at_the_high_water_mark() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    pull.set_rcvhwm(2).unwrap();
    push.set_sndhwm(2).unwrap();
    push.connect(&Transport::Inproc.bind(&pull)).unwrap();
    let mut sent = 0;
    let unsent = loop {
        match push.try_send_multipart(["1", "2", "3", "4", "5", "6"]) {
            Ok(()) => sent += 1,
            Err(unsent) => break unsent,
        }
    };
    assert_eq!(unsent.parts, ["1", "2", "3", "4", "5", "6"]);
    assert!(sent > 0);
    for _ in 0..sent {
        assert_eq!(pull.recv_multipart().unwrap(), ["1", "2", "3", "4", "5", "6"]);
    }
    assert!(pull.try_recv_multipart().unwrap().is_none());
}

#[test]
fn a_message_that_goes_on() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    push.send_multipart_flags(["a", "b"], SNDMORE).unwrap();
    assert!(pull.try_recv_multipart().unwrap().is_none());
    push.send_multipart_flags(["c"], SNDMORE | DONTWAIT).unwrap();
    push.send_multipart_flags(["d", "e"], Flags::NONE).unwrap();
    assert_eq!(pull.recv_multipart().unwrap(), ["a", "b", "c", "d", "e"]);
    push.send_multipart_flags(["f", "g"], DONTWAIT).unwrap();
    assert_eq!(pull.recv_multipart_flags(DONTWAIT).unwrap(), ["f", "g"]);
}

#[test]
fn recv_frames_counts() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        let (pull, push) = transport.pair(&context, zmq::PULL, zmq::PUSH);
        push.send_multipart(["a", "b"]).unwrap();
        let [a, b] = pull.recv_frames().unwrap();
        assert!(a == "a" && b == "b");
        push.send("x").unwrap();
        assert_eq!(pull.recv_frames::<1>().unwrap(), ["x"]);

        push.send_multipart(["a", "b", "c"]).unwrap();
        let error = pull.recv_frames::<2>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FrameCount);
        let text = "recv: unexpected number of frames; the message has 3 frames, 2 were asked for";
        assert_eq!(error.to_string(), text);
        let error = error.into_message().unwrap_err();
        assert_eq!(error.into_frames().unwrap(), ["a", "b", "c"]);
        push.send("x").unwrap();
        assert_eq!(pull.recv_frames::<2>().unwrap_err().into_frames().unwrap(), ["x"]);
        push.send("x").unwrap();
        assert_eq!(pull.recv_frames::<0>().unwrap_err().kind(), ErrorKind::FrameCount);
        // The wrong message is gone as a whole.
        push.send_multipart(["next", "one"]).unwrap();
        assert_eq!(pull.recv_frames().unwrap(), ["next", "one"]);
        pull.set_rcvtimeo(1).unwrap();
        let error = pull.recv_frames::<2>().unwrap_err();
        assert!(error.is_again() && error.into_frames().is_err());
    }
}

#[test]
fn serialized() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    push.send_serialized(("answer", 42_u16), |(name, value)| (name, value.to_be_bytes())).unwrap();
    let (name, value) = pull
        .recv_serialized(|frames| {
            let value = <[u8; 2]>::try_from(&*frames[1]).map(u16::from_be_bytes);
            (frames[0].as_str().map(str::to_owned), value)
        })
        .unwrap();
    assert_eq!((name.as_deref(), value.ok()), (Ok("answer"), Some(42)));
    // One that can fail.
    push.send_serialized("x", |text| [text]).unwrap();
    let parsed: Result<u32, _> = pull.recv_serialized(|frames| frames[0].as_str().unwrap().parse::<u32>()).unwrap();
    assert!(parsed.is_err());
    push.set_sndtimeo(0).unwrap();
    drop(pull);
    let unsent = eventually("the peer is gone", || push.send_serialized(7, |_| ["a", "b"]).err());
    assert_eq!(unsent.parts, ["a", "b"]);
}

#[test]
fn the_rest_of_a_begun_message() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (pull, push) = Transport::Inproc.pair(&context, zmq::PULL, zmq::PUSH);
    push.send_multipart(["a", "b", "c"]).unwrap();
    push.send_multipart(["d", "e"]).unwrap();
    assert_eq!(pull.recv().unwrap(), "a");
    assert!(pull.rcvmore().unwrap());
    assert_eq!(pull.recv_multipart().unwrap(), ["b", "c"]);
    assert!(!pull.rcvmore().unwrap());
    assert_eq!(pull.recv_multipart().unwrap(), ["d", "e"]);
}

/// A PUSH that has sent the first frames of a message to a peer that is gone since.
fn half_sent(context: &Context, transport: Transport) -> Socket<Push> {
    let push = context.socket(zmq::PUSH).unwrap();
    let endpoint = transport.bind(&push);
    let pull = context.socket(zmq::PULL).unwrap();
    pull.connect(&endpoint).unwrap();
    // Another PUSH of the same peer shows that it is gone: the first, in the middle of a message, always says that it can send.
    let probe = context.socket(zmq::PUSH).unwrap();
    pull.connect(&transport.bind(&probe)).unwrap();
    push.send("whole").unwrap();
    probe.send("probe").unwrap();
    let received = [pull.recv().unwrap(), pull.recv().unwrap()];
    assert!(received.iter().any(|message| *message == "whole"));
    push.send_multipart_flags(["lost 1", "lost 2"], SNDMORE).unwrap();
    drop(pull);
    eventually("the peer is gone", || (!probe.events().unwrap().is_writable()).then_some(()));
    // This one looks for news, too.
    push.events().unwrap();
    push
}

/// The next peer gets whole messages only, and nothing of the one that was lost.
#[track_caller]
fn next_is_whole(context: &Context, push: &Socket<Push>) {
    let pull = context.socket(zmq::PULL).unwrap();
    pull.connect(&push.last_endpoint().unwrap()).unwrap();
    push.send_multipart(["next", "message"]).unwrap();
    push.send("and another").unwrap();
    assert_eq!(pull.recv_multipart().unwrap(), ["next", "message"]);
    assert_eq!(pull.recv_multipart().unwrap(), ["and another"]);
    assert!(pull.try_recv().unwrap().is_none());
}

#[test]
fn the_peer_of_a_push_dies_between_frames() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for transport in TRANSPORTS {
        // Blocking: libzmq takes the rest and drops it.
        let push = half_sent(&context, transport);
        push.set_sndtimeo(5000).unwrap();
        push.send_flags("lost 3", SNDMORE).unwrap();
        push.send("lost 4").unwrap();
        next_is_whole(&context, &push);

        let push = half_sent(&context, transport);
        push.set_sndtimeo(5000).unwrap();
        push.send_multipart(["lost 3", "lost 4", "lost 5"]).unwrap();
        next_is_whole(&context, &push);

        // Without waiting: it may say EAGAIN once, and means the same.
        let push = half_sent(&context, transport);
        if let Err(unsent) = push.try_send_multipart(["lost 3", "lost 4"]) {
            assert!(unsent.is_again());
            assert_eq!(unsent.parts, ["lost 3", "lost 4"]);
            push.try_send_multipart(unsent.parts).unwrap();
        }
        next_is_whole(&context, &push);

        let push = half_sent(&context, transport);
        if let Err(unsent) = push.send_multipart_timeout(["lost 3", "lost 4"], 10) {
            assert!(unsent.is_again());
            push.send_multipart_timeout(unsent.parts, 10).unwrap();
        }
        next_is_whole(&context, &push);
    }
}

/// Whether the peer dies before, while or after it is sent: a message arrives as a whole or not at all.
#[test]
fn the_peer_of_a_push_dies_while_a_message_is_sent() {
    let _deadline = deadline(120);
    let context = Context::new().unwrap();
    let parts: Vec<Message> = (0..300).map(|number: u32| Message::from(number.to_string())).collect();
    for round in 0..120_u32 {
        let push = context.socket(zmq::PUSH).unwrap();
        let endpoint = Transport::Inproc.bind(&push);
        let pull = context.socket(zmq::PULL).unwrap();
        pull.connect(&endpoint).unwrap();
        push.send("connected").unwrap();
        pull.recv().unwrap();
        let start = Barrier::new(2);
        std::thread::scope(|scope| {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                (0..round * 20).for_each(|_| std::hint::spin_loop());
                drop(pull);
            });
            start.wait();
            for _ in 0..3 {
                match push.try_send_multipart(&parts) {
                    Ok(()) => {}
                    Err(unsent) => assert!(unsent.is_again() && unsent.parts == parts),
                }
            }
        });
        let pull = context.socket(zmq::PULL).unwrap();
        pull.connect(&endpoint).unwrap();
        // What is sent before the old connection is taken down may still be lost with it.
        eventually("the next peer", || {
            push.send_multipart_timeout(["next", "message"], 1000).unwrap();
            let frames = pull.recv_multipart_timeout(20).ok()?;
            assert_eq!(frames, ["next", "message"]);
            Some(())
        });
    }
}
