//! The patterns between threads: every message arrives, once, whole, and in order.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use zmq::{Context, Message};

use crate::content::{check, message};
use crate::load::{Load, Outcome, Run, Transport, as_text, context, joined, until};

/// Two REQs, new ones every 100 requests, and a REP that stays.
pub(crate) fn request_reply(run: &Run, load: &Load) -> Outcome {
    let context = context()?;
    let server = context.socket(zmq::REP)?;
    let place = load.transport.bind(&server)?;
    thread::scope(|scope| {
        let serving = scope.spawn(move || {
            as_text(|| {
                for request in &server {
                    server.send(request?)?;
                }
                Ok(())
            })
        });
        let clients = [0, 1].map(|stream| {
            let (context, endpoint) = (&context, &place.endpoint);
            scope.spawn(move || as_text(|| requests(run, load, context, endpoint, stream)))
        });
        let ended = clients.map(joined);
        context.shutdown()?;
        joined(serving)?;
        ended.into_iter().collect()
    })
}

fn requests(run: &Run, load: &Load, context: &Context, endpoint: &str, stream: u64) -> Outcome {
    let mut number = 0;
    while run.goes_on() {
        let client = context.socket(zmq::REQ)?;
        client.connect(endpoint)?;
        for _ in 0..100 {
            client.send(message(stream, number))?;
            load.sent();
            let reply = client.recv()?;
            check(stream, number, &reply)?;
            load.received(reply.len());
            number += 1;
        }
        load.round();
    }
    Ok(())
}

/// How many messages each topic has.
const NEWS: u64 = 50;

/// Two SUBs that go from topic to topic, and an XPUB that begins a topic when it is asked for. It waits for who is slow.
pub(crate) fn publish_subscribe(run: &Run, load: &Load) -> Outcome {
    let context = context()?;
    let publisher = context.socket(zmq::XPUB)?;
    publisher.set_xpub_nodrop(true)?;
    publisher.set_sndhwm(20)?;
    let place = load.transport.bind(&publisher)?;
    thread::scope(|scope| {
        let publishing = scope.spawn(move || {
            as_text(|| {
                for request in &publisher {
                    // 1 or 0, and the topic: a number of 8 bytes.
                    let request = request?;
                    let Some((1, topic)) = request.split_first().map(|(first, topic)| (*first, topic)) else {
                        continue;
                    };
                    let stream = u64::from_le_bytes(topic.try_into()?);
                    for number in 0..NEWS {
                        publisher.send_multipart(["nobody has asked for this", "it goes nowhere"])?;
                        publisher.send_multipart([Message::from(topic), message(stream, number)])?;
                        load.sent();
                    }
                }
                Ok(())
            })
        });
        let subscribers = [0, 1].map(|first| {
            let (context, endpoint) = (&context, &place.endpoint);
            scope.spawn(move || as_text(|| topics(run, load, context, endpoint, first)))
        });
        let ended = subscribers.map(joined);
        context.shutdown()?;
        joined(publishing)?;
        ended.into_iter().collect()
    })
}

fn topics(run: &Run, load: &Load, context: &Context, endpoint: &str, first: u64) -> Outcome {
    // Topics of one SUB are even, of the other odd. None is a prefix of another.
    let mut stream = first;
    while run.goes_on() {
        let subscriber = context.socket(zmq::SUB)?;
        subscriber.set_rcvhwm(20)?;
        subscriber.connect(endpoint)?;
        for _ in 0..10 {
            let topic = stream.to_le_bytes();
            subscriber.subscribe(topic)?;
            for number in 0..NEWS {
                let [found, body] = subscriber.recv_frames()?;
                if found != topic[..] {
                    return Err(format!("topic {:?} came instead of {topic:?}", &found[..]).into());
                }
                check(stream, number, &body)?;
                load.received(body.len());
            }
            subscriber.unsubscribe(topic)?;
            stream += 2;
        }
        load.round();
    }
    Ok(())
}

/// PUSHes that come, send, and go, and a PULL that stays.
pub(crate) fn fan_in(run: &Run, load: &Load) -> Outcome {
    const COUNT: u64 = 100;
    static STREAM: AtomicU64 = AtomicU64::new(0);
    let context = context()?;
    let sink = context.socket(zmq::PULL)?;
    sink.set_rcvhwm(20)?;
    let place = load.transport.bind(&sink)?;
    thread::scope(|scope| {
        let sinking = scope.spawn(move || {
            as_text(|| {
                let mut next = HashMap::new(); // of those that are not complete
                for frames in sink.iter_multipart() {
                    let [stream, body]: [Message; 2] = frames?.try_into().map_err(|_| "not two frames")?;
                    let stream = u64::from_le_bytes(stream[..].try_into()?);
                    let number: &mut u64 = next.entry(stream).or_default();
                    check(stream, *number, &body)?;
                    load.received(body.len());
                    *number += 1;
                    if *number == COUNT {
                        next.remove(&stream);
                    }
                }
                if !next.is_empty() && run.faults() == 0 {
                    return Err(format!("of {COUNT} messages of a stream came only: {next:?}").into());
                }
                Ok(())
            })
        });
        let sources = [(); 2].map(|()| {
            let (context, endpoint) = (&context, &place.endpoint);
            scope.spawn(move || {
                as_text(|| {
                    while run.goes_on() {
                        let stream = STREAM.fetch_add(1, Ordering::Relaxed);
                        let source = context.socket(zmq::PUSH)?;
                        source.set_sndhwm(20)?;
                        source.connect(endpoint)?;
                        for number in 0..COUNT {
                            source.send_multipart([Message::from(stream.to_le_bytes()), message(stream, number)])?;
                            load.sent();
                        }
                        load.round();
                    }
                    Ok(())
                })
            })
        });
        let ended = sources.map(joined);
        let all = until("the rest of what was pushed", || {
            let [sent, received, ..] = load.counts();
            sent == received || run.faults() > 0 || sinking.is_finished()
        });
        context.shutdown()?;
        joined(sinking).and(all)?;
        ended.into_iter().collect()
    })
}

/// One thread, three PULLs of three transports and a Poller.
pub(crate) fn polling(run: &Run, load: &Load) -> Outcome {
    let mut number = 0;
    while run.goes_on() {
        let context = context()?;
        let mut pairs = Vec::new();
        for transport in [Transport::Tcp, Transport::Ipc, Transport::Inproc] {
            let (pull, push) = (context.socket(zmq::PULL)?, context.socket(zmq::PUSH)?);
            let place = transport.bind(&pull)?;
            push.connect(&place.endpoint)?;
            pairs.push((pull, push, place));
        }
        let mut poller = zmq::Poller::new();
        for (pull, ..) in &pairs {
            poller.register(pull, zmq::POLLIN)?;
        }
        for _ in 0..100 {
            for (stream, (_, push, _)) in (0..).zip(&pairs) {
                push.send(message(stream, number))?;
                load.sent();
            }
            let mut missing = pairs.len();
            while missing > 0 {
                let ready = poller.poll(60_000)?;
                if ready.is_empty() {
                    return Err("the poller found nothing in 60 s".into());
                }
                for (stream, (pull, ..)) in (0..).zip(&pairs) {
                    if ready.readable(pull) {
                        let body = pull.recv()?;
                        check(stream, number, &body)?;
                        load.received(body.len());
                        missing -= 1;
                    }
                }
            }
            number += 1;
        }
        drop(poller);
        drop(pairs);
        context.term()?;
        load.round();
    }
    Ok(())
}
