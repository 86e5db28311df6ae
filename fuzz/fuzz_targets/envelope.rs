//! Messages of many frames through sockets that put something in front, look for something in them, or read them as something else:
//! they come whole, or with an error that gives them back.
#![no_main]

#[path = "input.rs"]
mod input;

use std::cell::LazyCell;

use input::Input;
use libfuzzer_sys::fuzz_target;
use zmq::{Context, Dealer, ErrorKind, Message, Pair, Rep, Router, Socket, Xpub, Xsub};

/// Sockets in twos, for all inputs.
struct Sockets {
    _context: Context,
    pair: [Socket<Pair>; 2],
    router: Socket<Router>,
    dealer: Socket<Dealer>,
    rep: Socket<Rep>,
    asker: Socket<Dealer>,
    xpub: Socket<Xpub>,
    xsub: Socket<Xsub>,
}

fn sockets() -> zmq::Result<Sockets> {
    let context = Context::new()?;
    context.setsockopt(zmq::RCVTIMEO, 5000)?;
    context.setsockopt(zmq::SNDTIMEO, 5000)?;
    let pair = [context.socket(zmq::PAIR)?, context.socket(zmq::PAIR)?];
    let (router, dealer) = (context.socket(zmq::ROUTER)?, context.socket(zmq::DEALER)?);
    let (rep, asker) = (context.socket(zmq::REP)?, context.socket(zmq::DEALER)?);
    let (xpub, xsub) = (context.socket(zmq::XPUB)?, context.socket(zmq::XSUB)?);
    pair[0].bind("inproc://pair")?;
    pair[1].connect("inproc://pair")?;
    dealer.set_routing_id("dealer")?;
    router.bind("inproc://router")?;
    dealer.connect("inproc://router")?;
    rep.bind("inproc://rep")?;
    asker.connect("inproc://rep")?;
    xpub.set_xpub_verboser(true)?;
    xpub.bind("inproc://xpub")?;
    xsub.connect("inproc://xpub")?;
    Ok(Sockets { _context: context, pair, router, dealer, rep, asker, xpub, xsub })
}

thread_local! {
    static SOCKETS: LazyCell<Sockets> = LazyCell::new(|| sockets().expect("inproc"));
}

fn through_a_router(sockets: &Sockets, frames: &[Message]) {
    sockets.dealer.send_multipart(frames).expect("there is room");
    let got = sockets.router.recv_multipart().expect("it was sent");
    assert_eq!(got[0], "dealer");
    assert_eq!(got[1..], *frames);
    assert!(got.iter().rev().skip(1).all(Message::more) && !got[frames.len()].more());
    sockets.router.send_multipart(got).expect("the peer is there");
    assert_eq!(sockets.dealer.recv_multipart().expect("it was sent back"), frames);
}

/// What is in front of the first empty frame is for the way back.
fn through_a_rep(sockets: &Sockets, frames: &[Message]) {
    sockets.asker.send_multipart(frames).expect("there is room");
    let empty = frames.iter().position(|frame| frame.is_empty()).filter(|at| at + 1 < frames.len());
    let Some(empty) = empty else {
        // No question: the next one is.
        sockets.asker.send_multipart(["", "a question"]).expect("there is room");
        assert_eq!(sockets.rep.recv_multipart().expect("a question"), ["a question"]);
        sockets.rep.send("an answer").expect("it was asked");
        assert_eq!(sockets.asker.recv_multipart().expect("an answer"), ["", "an answer"]);
        return;
    };
    assert_eq!(sockets.rep.recv_multipart().expect("a question"), frames[empty + 1..]);
    sockets.rep.send_multipart(frames).expect("it was asked");
    let answer = sockets.asker.recv_multipart().expect("an answer");
    assert_eq!(answer[..=empty], frames[..=empty]);
    assert_eq!(answer[empty + 1..], *frames);
}

fn read_as(sockets: &Sockets, how: u8, frames: &[Message]) {
    let [to, from] = &sockets.pair;
    from.send_multipart(frames).expect("there is room");
    let first = &frames[0];
    let is_alone = frames.len() == 1;
    match how % 6 {
        0 => assert_eq!(to.recv_multipart().expect("it was sent"), frames),
        1 => match to.recv_frames::<3>() {
            Ok(got) => assert_eq!(got[..], *frames),
            Err(error) => {
                assert!(frames.len() != 3 && error.kind() == ErrorKind::FrameCount, "{error}");
                assert_eq!(error.into_frames().expect("they come back"), frames);
            }
        },
        2 => match to.recv_string() {
            Ok(text) => assert_eq!(text.as_bytes(), &first[..]),
            Err(error) => {
                assert!(std::str::from_utf8(first).is_err() && error.kind() == ErrorKind::InvalidUtf8, "{error}");
                assert_eq!(error.into_message().expect("it comes back"), *first);
            }
        },
        3 => match to.recv_json::<serde_json::Value>() {
            Ok(value) => assert_eq!(value, serde_json::from_slice::<serde_json::Value>(first).expect("JSON")),
            Err(error) => {
                assert!(serde_json::from_slice::<serde_json::Value>(first).is_err(), "{error}");
                assert_eq!(error.kind(), ErrorKind::Json);
                assert_eq!(error.into_message().expect("it comes back"), *first);
            }
        },
        4 => {
            let mut buffer = [0; 20];
            let got = to.recv_buf(&mut buffer).expect("it was sent");
            assert_eq!((got.size, got.len), (first.len(), first.len().min(20)));
            assert_eq!(buffer[..got.len], first[..got.len]);
        }
        _ => {
            let mut message = Message::from("what was there before");
            to.recv_into(&mut message).expect("it was sent");
            assert_eq!((&message, message.more()), (first, !is_alone));
        }
    }
    // Whatever was not taken is still there, and nothing else.
    if to.get(zmq::RCVMORE).expect("an option") {
        assert_eq!(to.recv_multipart().expect("the rest"), frames[1..]);
    }
    assert!(to.try_recv().expect("it is open").is_none());
}

fn subscribe(sockets: &Sockets, frames: &[Message]) {
    for frame in frames {
        sockets.xsub.send(frame.clone()).expect("it never waits");
        let Some(&first) = frame.first() else { continue };
        if first == 1 {
            // Of a topic each subscription is seen, as it was said.
            while sockets.xpub.recv().expect("a subscription") != *frame {}
        }
    }
    // What was published to them comes as it is.
    let text = Message::from([&frames[0][..], b"end"].concat());
    sockets.xpub.send(text.clone()).expect("it never waits");
    while let Some(got) = sockets.xsub.try_recv().expect("it is open") {
        assert_eq!(got, text);
    }
    for frame in frames.iter().filter(|frame| frame.first() == Some(&1)) {
        sockets.xsub.send([&[0], &frame[1..]].concat()).expect("it never waits");
    }
    while sockets.xpub.try_recv().expect("it is open").is_some() {}
}

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let how = input.byte();
    let mut frames: Vec<Message> = Vec::new();
    while !input.is_empty() && frames.len() < 20 {
        frames.push(input.piece().into());
    }
    SOCKETS.with(|sockets| {
        if frames.is_empty() {
            let error = sockets.dealer.send_multipart(&frames).expect_err("no frame is no message");
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            return;
        }
        match how % 4 {
            0 => through_a_router(sockets, &frames),
            1 => through_a_rep(sockets, &frames),
            2 => subscribe(sockets, &frames),
            _ => read_as(sockets, how / 4, &frames),
        }
    });
});
