//! Peers that are killed, by SIGKILL, at any moment.

use std::time::Duration;

use zmq::{Context, ErrorKind, SocketType};

use crate::process::{MIB, descriptors, impatient, next, resident, stress, until_connected, until_disconnected};
use crate::role::{role, say};
use crate::support::{Transport, child, deadline, eventually, unique};

/// Where a program that is killed and started again finds its place still free: nobody else binds there.
fn endpoint_to_come_back_to(transport: Transport, number: u8) -> String {
    match transport {
        Transport::Tcp => format!("tcp://127.0.{number}.1:*"),
        _ => transport.endpoint(),
    }
}

const NETWORKED: [Transport; 2] = [Transport::Tcp, Transport::Ipc];

/// A large multipart message is there as a whole or not at all; the others go on; nothing is kept of who is gone.
#[test]
fn a_message_of_a_killed_sender_is_never_seen_in_part() {
    const FRAMES: usize = 10;
    let _deadline = deadline(100);
    let sender = role("sender", |arguments| {
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.set_sndhwm(2).unwrap();
        push.connect(arguments[0]).unwrap();
        for n in 0u32.. {
            push.send_multipart(vec![[&n.to_be_bytes()[..], &[b'x'; 100_000]].concat(); FRAMES]).unwrap();
        }
    });
    for transport in NETWORKED {
        child(&format!("{transport:?}"), 45, || {
            let context = Context::new().unwrap();
            let pull = context.socket(zmq::PULL).unwrap();
            pull.set_rcvhwm(2).unwrap();
            let monitor = pull.monitor(zmq::EVENT_DISCONNECTED).unwrap();
            let endpoint = transport.bind(&pull);
            let friend = context.socket(zmq::PUSH).unwrap();
            friend.connect(&endpoint).unwrap();
            friend.send("hello").unwrap();
            assert_eq!(pull.recv().unwrap(), "hello");
            let (open, memory) = (descriptors(), resident());

            let whole = |frames: &[zmq::Message]| {
                assert_eq!(frames.len(), FRAMES, "a message in part");
                for frame in frames {
                    assert_eq!((frame.len(), &frame[..4]), (100_004, &frames[0][..4]), "a frame in part");
                }
            };
            for round in 0..6 * stress() {
                let peer = sender.start(&[&endpoint]);
                for _ in 0..=round % 3 {
                    whole(&pull.recv_multipart_timeout(20_000).unwrap());
                }
                // With full queues it is in the middle of a message now, wherever that is.
                peer.kill();
                // What came as a whole is still there, and then the end is seen.
                while next(&monitor).is_none() {
                    if let Ok(frames) = pull.recv_multipart_timeout(20) {
                        whole(&frames);
                    }
                }
                friend.send("still here").unwrap();
                loop {
                    let frames = pull.recv_multipart_timeout(20_000).unwrap();
                    if frames == ["still here"] {
                        break;
                    }
                    whole(&frames);
                }
            }
            eventually("descriptors come back", || (descriptors() <= open).then_some(()));
            eventually("memory comes back", || (resident() < memory + 16 * MIB).then_some(()));
        })
        .succeeds();
    }
}

/// REQ that asks, gets no answer, and is told what to do by its options.
#[test]
fn a_req_whose_server_was_killed_waits_until_it_is_told_not_to() {
    let _deadline = deadline(60);
    let server = role("server", |arguments| {
        let context = Context::new().unwrap();
        let rep = context.socket(zmq::REP).unwrap();
        rep.bind(arguments[0]).unwrap();
        say(rep.last_endpoint().unwrap());
        loop {
            let question = rep.recv_string().unwrap();
            say(&question);
            if question == "the last" {
                std::thread::park();
            }
            rep.send(format!("answer to {question}")).unwrap();
        }
    });
    for transport in NETWORKED {
        let mut first = server.start(&[&endpoint_to_come_back_to(transport, 81)]);
        let endpoint = first.line();
        let context = Context::new().unwrap();
        let req = || {
            let req = context.socket(zmq::REQ).unwrap();
            impatient(&req);
            // They find out that a peer is gone, which TCP has told already: a question that is lost stays lost.
            req.set_heartbeat_ivl(50).unwrap();
            req.set_heartbeat_timeout(3000).unwrap();
            req.connect(&endpoint).unwrap();
            req
        };
        let (plain, relaxed) = (req(), req());
        relaxed.set_req_relaxed(true).unwrap();
        relaxed.set_req_correlate(true).unwrap();
        for req in [&plain, &relaxed] {
            req.send("the last").unwrap();
            first.expect("the last");
            // A REP answers one after another: who asked and is to get no answer is not in the other's way.
            first.kill();
            first = server.start(&[&endpoint]);
            first.expect(&endpoint);
            assert!(req.recv_timeout(300).unwrap_err().is_again(), "{transport:?}: the question is gone");
        }
        let out_of_turn = plain.send("another").unwrap_err();
        assert_eq!(out_of_turn.kind(), ErrorKind::WrongState);
        relaxed.send("once more").unwrap();
        assert_eq!(relaxed.recv_timeout(20_000).unwrap(), "answer to once more");
        first.expect("once more");
    }
}

/// The guide's "lazy pirate": ask, wait for a while, ask again, with what an answer of before cannot confuse.
#[test]
fn a_lazy_pirate_gets_an_answer_from_whoever_is_started_in_the_end() {
    let _deadline = deadline(60);
    let server = role("server", |arguments| {
        let context = Context::new().unwrap();
        let rep = context.socket(zmq::REP).unwrap();
        rep.bind(arguments[0]).unwrap();
        say(rep.last_endpoint().unwrap());
        loop {
            let question = rep.recv_string().unwrap();
            if arguments[1] == "mute" {
                say("asked");
                std::thread::park();
            }
            rep.send(format!("answer to {question}")).unwrap();
        }
    });
    for transport in NETWORKED {
        let mut peer = server.start(&[&endpoint_to_come_back_to(transport, 82), "mute"]);
        let endpoint = peer.line();
        let client = std::thread::spawn({
            let endpoint = endpoint.clone();
            move || -> (usize, zmq::Message) {
                let context = Context::new().unwrap();
                let req = context.socket(zmq::REQ).unwrap();
                impatient(&req);
                req.set_req_relaxed(true).unwrap();
                req.set_req_correlate(true).unwrap();
                req.connect(&endpoint).unwrap();
                for tries in 1.. {
                    req.send(format!("question {tries}")).unwrap();
                    match req.recv_timeout(200) {
                        Ok(answer) => return (tries, answer),
                        Err(error) => assert!(error.is_again(), "{error}"),
                    }
                }
                unreachable!()
            }
        });
        peer.expect("asked");
        peer.kill();
        let mut next = server.start(&[&endpoint, "mute"]);
        next.expect(&endpoint);
        next.expect("asked");
        next.kill();
        let _last = server.start(&[&endpoint, "answers"]);
        let (tries, answer) = client.join().unwrap();
        assert!(tries >= 3, "{tries}");
        assert_eq!(answer, format!("answer to question {tries}").as_str());
    }
}

/// Who is sent to in turn has its share, in its own queues and on the way to it: all of it goes with it.
#[test]
fn what_was_queued_for_a_killed_worker_is_lost() {
    let _deadline = deadline(60);
    let worker = role("worker", |arguments| {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.connect(arguments[0]).unwrap();
        say(pull.recv_string().unwrap());
        std::thread::park();
    });
    for transport in NETWORKED {
        let context = Context::new().unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        let monitor = push.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED | zmq::EVENT_DISCONNECTED).unwrap();
        let endpoint = transport.bind(&push);
        let other = context.socket(zmq::PULL).unwrap();
        other.connect(&endpoint).unwrap();
        let mut killed = worker.start(&[&endpoint]);
        until_connected(&monitor, 2);
        for n in 0..100 {
            push.send(n.to_string()).unwrap();
        }
        let first: u32 = killed.line().parse().unwrap();
        killed.kill();
        until_disconnected(&monitor);
        let received: Vec<u32> =
            (0..50).map(|_| other.recv_timeout(20_000).unwrap().as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(
            received,
            (0..100).filter(|n| n % 2 != first % 2).collect::<Vec<_>>(),
            "{transport:?}: every other one"
        );
        // The other half does not come; what is sent from now on goes to who is left.
        assert!(other.recv_timeout(100).unwrap_err().is_again());
        for n in 0..10 {
            push.send(format!("after {n}")).unwrap();
            assert_eq!(other.recv_timeout(20_000).unwrap(), format!("after {n}").as_str());
        }
    }
}

/// Whoever connects keeps what it has not sent for the peer that it connects to, as long as that takes.
#[test]
fn who_connects_keeps_its_queue_for_a_worker_that_is_started_again() {
    let _deadline = deadline(60);
    let worker = role("worker", |arguments| {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.bind(arguments[0]).unwrap();
        say(pull.last_endpoint().unwrap());
        for message in pull.iter() {
            say(message.unwrap().as_str().unwrap());
        }
    });
    for transport in NETWORKED {
        let mut first = worker.start(&[&endpoint_to_come_back_to(transport, 83)]);
        let endpoint = first.line();
        let context = Context::new().unwrap();
        let (keeps, gives_up) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PUSH).unwrap());
        // IMMEDIATE: only to whom is there. The queue ends with the connection.
        gives_up.set_immediate(true).unwrap();
        for push in [&keeps, &gives_up] {
            impatient(push);
            let monitor = push.monitor(zmq::EVENT_DISCONNECTED).unwrap();
            push.connect(&endpoint).unwrap();
            push.send("first").unwrap();
            first.expect("first");
            first.kill();
            until_disconnected(&monitor);
            if push.immediate().unwrap() {
                let refused = eventually("the queue ends, too", || push.try_send("to nobody").err());
                assert!(refused.is_again());
                first = worker.start(&[&endpoint]);
                first.expect(&endpoint);
                push.send("to somebody").unwrap();
                first.expect("to somebody");
            } else {
                for n in 0..10 {
                    push.send(format!("kept {n}")).unwrap();
                }
                first = worker.start(&[&endpoint]);
                first.expect(&endpoint);
                for n in 0..10 {
                    first.expect(&format!("kept {n}"));
                }
            }
        }
    }
}

/// Clients, workers and subscribers come back to a broker by themselves, and subscribe anew.
#[test]
fn a_broker_that_is_killed_and_started_again_is_found_by_everybody() {
    let _deadline = deadline(60);
    let broker = role("broker", |arguments| {
        let context = Context::new().unwrap();
        let bind = |kind: SocketType, endpoint| {
            let socket = context.socket(kind).unwrap();
            socket.bind(endpoint).unwrap();
            say(socket.last_endpoint().unwrap());
            socket
        };
        let (router, dealer) = (bind(SocketType::Router, arguments[0]), bind(SocketType::Dealer, arguments[1]));
        let (xsub, xpub) = (bind(SocketType::Xsub, arguments[2]), bind(SocketType::Xpub, arguments[3]));
        std::thread::spawn(move || zmq::proxy(&xsub, &xpub));
        let _ = zmq::proxy(&router, &dealer);
    });
    for transport in NETWORKED {
        let places: Vec<String> = (84..88).map(|number| endpoint_to_come_back_to(transport, number)).collect();
        let mut running = broker.start(&places.iter().map(String::as_str).collect::<Vec<_>>());
        let places: Vec<String> = (0..4).map(|_| running.line()).collect();
        let context = Context::new().unwrap();
        let (req, rep) = (context.socket(zmq::REQ).unwrap(), context.socket(zmq::REP).unwrap());
        let (publisher, sub) = (context.socket(zmq::PUB).unwrap(), context.socket(zmq::SUB).unwrap());
        impatient(&req);
        impatient(&rep);
        impatient(&publisher);
        impatient(&sub);
        req.set_req_relaxed(true).unwrap();
        req.set_req_correlate(true).unwrap();
        sub.subscribe("news").unwrap();
        req.connect(&places[0]).unwrap();
        rep.connect(&places[1]).unwrap();
        publisher.connect(&places[2]).unwrap();
        sub.connect(&places[3]).unwrap();
        let worker = std::thread::spawn(move || {
            // The end of the context ends it.
            for question in rep.iter() {
                let Ok(question) = question else { break };
                let _ = rep.send(question);
            }
        });
        for round in 0..3 {
            let question = format!("round {round}");
            eventually("an answer", || {
                req.send(&*question).unwrap();
                req.recv_timeout(200).ok().filter(|answer| *answer == question.as_str())
            });
            let news = format!("news of round {round}");
            eventually("news", || {
                publisher.send(&*news).unwrap();
                sub.recv_timeout(20).ok().filter(|received| *received == news.as_str())
            });
            running.kill();
            running = broker.start(&places.iter().map(String::as_str).collect::<Vec<_>>());
            for place in &places {
                running.expect(place);
            }
        }
        context.shutdown().unwrap();
        worker.join().unwrap();
    }
}

/// Who comes with the id of a peer that is there, as a client does that was cut off and does not know: ROUTER_HANDOVER lets it in.
#[test]
fn a_client_that_comes_back_with_its_id_needs_handover_while_the_old_one_is_there() {
    let _deadline = deadline(60);
    let client = role("client", |arguments| {
        let context = Context::new().unwrap();
        let dealer = context.socket(zmq::DEALER).unwrap();
        dealer.set_routing_id("X").unwrap();
        impatient(&dealer);
        dealer.connect(arguments[0]).unwrap();
        dealer.send(arguments[1]).unwrap();
        loop {
            say(dealer.recv_string().unwrap());
        }
    });
    for transport in NETWORKED {
        for handover in [false, true] {
            let context = Context::new().unwrap();
            let router = context.socket(zmq::ROUTER).unwrap();
            router.set_router_handover(handover).unwrap();
            router.set_router_mandatory(true).unwrap();
            let monitor = router.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED | zmq::EVENT_DISCONNECTED).unwrap();
            let endpoint = transport.bind(&router);
            let old = client.start(&[&endpoint, "old"]);
            assert_eq!(router.recv_multipart().unwrap(), ["X", "old"]);
            old.freeze();
            let mut new = client.start(&[&endpoint, "new"]);
            until_connected(&monitor, 2);
            if handover {
                assert_eq!(router.recv_multipart_timeout(20_000).unwrap(), ["X", "new"]);
                router.send_multipart(["X", "welcome"]).unwrap();
                new.expect("welcome");
            } else {
                assert!(router.recv_multipart_timeout(200).unwrap_err().is_again(), "{transport:?}: it is not heard");
                // It stays unheard even when the old one is gone; one that connects then is heard.
                old.kill();
                until_disconnected(&monitor);
                let error = eventually("the id is free", || router.send_multipart(["X", "?"]).err());
                assert_eq!(error.kind(), ErrorKind::HostUnreachable);
                new.kill();
                let mut newest = client.start(&[&endpoint, "newest"]);
                assert_eq!(router.recv_multipart_timeout(20_000).unwrap(), ["X", "newest"]);
                router.send_multipart(["X", "welcome"]).unwrap();
                newest.expect("welcome");
            }
        }
    }
}

/// A publisher does not notice, and keeps nothing.
#[test]
fn a_killed_subscriber_is_forgotten() {
    let _deadline = deadline(60);
    let subscriber = role("subscriber", |arguments| {
        let context = Context::new().unwrap();
        let sub = context.socket(zmq::SUB).unwrap();
        sub.subscribe("").unwrap();
        sub.connect(arguments[0]).unwrap();
        loop {
            say(sub.recv_string().unwrap());
        }
    });
    for transport in NETWORKED {
        child(&format!("{transport:?}"), 25, || {
            let context = Context::new().unwrap();
            let publisher = context.socket(zmq::XPUB).unwrap();
            publisher.set_xpub_verboser(true).unwrap();
            let endpoint = transport.bind(&publisher);
            let sub = context.socket(zmq::SUB).unwrap();
            sub.subscribe("news").unwrap();
            sub.connect(&endpoint).unwrap();
            assert_eq!(publisher.recv_timeout(20_000).unwrap(), "\x01news", "it subscribes");
            let open = descriptors();
            for _ in 0..5 {
                let mut killed = subscriber.start(&[&endpoint]);
                assert_eq!(publisher.recv_timeout(20_000).unwrap(), "\x01", "it subscribes");
                publisher.send("news").unwrap();
                killed.expect("news");
                killed.kill();
                for _ in 0..100 {
                    publisher.send("news").unwrap();
                }
                for _ in 0..101 {
                    assert_eq!(sub.recv_timeout(20_000).unwrap(), "news");
                }
                assert_eq!(publisher.recv_timeout(20_000).unwrap(), "\0", "libzmq unsubscribes for it");
            }
            eventually("descriptors come back", || (descriptors() <= open).then_some(()));
        })
        .succeeds();
    }
}

/// Within a process nobody can be killed; a thread that panics drops its sockets, which is seen as any other end.
#[test]
fn a_thread_that_panics_leaves_whole_messages() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let endpoint = format!("inproc://{}", unique("panics"));
    pull.bind(&endpoint).unwrap();
    for round in 0..20 {
        let push = context.socket(zmq::PUSH).unwrap();
        push.connect(&endpoint).unwrap();
        let thread = std::thread::spawn(move || {
            push.send_multipart(["a", "b", "c"]).unwrap();
            for _ in 0..round % 4 {
                push.send_flags("begun", zmq::SNDMORE).unwrap();
            }
            std::panic::resume_unwind(Box::new("on purpose"));
        });
        assert!(thread.join().is_err());
        assert_eq!(pull.recv_multipart_timeout(20_000).unwrap(), ["a", "b", "c"]);
        assert!(pull.poll(Duration::from_millis(5), zmq::POLLIN).unwrap().is_empty(), "round {round}");
    }
}
