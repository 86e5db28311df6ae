//! Readers that are slower than writers: what is dropped, who waits, and that memory has a bound.

use zmq::{Context, ErrorKind, Receiver, Socket};

use crate::process::{MIB, impatient, resident, stress};
use crate::role::{Peer, Role, role, say};
use crate::support::{Transport, child, deadline, eventually};

/// Buffers of the system that do not hide the queues of libzmq; what is kept of them is not in the process.
const BUFFER: i32 = 65_536;
const HIGH_WATER_MARK: i32 = 10;
const SIZE: usize = 100_000;

/// A message with its number.
fn message(number: u32) -> Vec<u8> {
    [&number.to_be_bytes()[..], &vec![b'x'; SIZE]].concat()
}

fn number(message: &[u8]) -> u32 {
    u32::from_be_bytes(message[..4].try_into().unwrap())
}

/// Says the number of each message that it receives; a short one is the end.
fn report<K: Receiver>(socket: &Socket<K>) {
    loop {
        let message = socket.recv_multipart().unwrap().pop().unwrap();
        if message.len() < SIZE {
            say("end");
            std::thread::park();
        }
        say(number(&message));
    }
}

macro_rules! reader {
    ($kind:expr, $($setup:ident($($value:expr)*)),*) => {
        role("reader", |arguments| {
            let context = Context::new().unwrap();
            let socket = context.socket($kind).unwrap();
            socket.set_rcvhwm(HIGH_WATER_MARK).unwrap();
            socket.set_rcvbuf(BUFFER).unwrap();
            $(socket.$setup($($value)*).unwrap();)*
            socket.connect(arguments[0]).unwrap();
            report(&socket);
        })
    };
}

/// Lowers the limits of whoever sends.
fn bounded<K: zmq::Kind>(socket: &Socket<K>) {
    impatient(socket);
    socket.set_sndhwm(HIGH_WATER_MARK).unwrap();
    socket.set_sndbuf(BUFFER).unwrap();
}

/// What a sender may hold at most: what may wait for one peer, and a batch on its way; and what else comes and goes.
const BOUND: usize = 2 * HIGH_WATER_MARK as usize * SIZE + 16 * MIB;

/// The numbers that the reader said until its end.
fn rest(peer: &mut Peer) -> Vec<u32> {
    std::iter::from_fn(|| peer.line().parse().ok()).collect()
}

fn frozen(reader: Role, endpoint: &str) -> Peer {
    reader.start(&[endpoint])
}

const NETWORKED: [Transport; 2] = [Transport::Tcp, Transport::Ipc];

#[test]
fn a_publisher_drops_for_the_slow_one_and_for_nobody_else() {
    let _deadline = deadline(100);
    let reader = reader!(zmq::SUB, subscribe(""));
    for transport in NETWORKED {
        child(&format!("{transport:?}"), 45, || {
            let context = Context::new().unwrap();
            let publisher = context.socket(zmq::XPUB).unwrap();
            publisher.set_xpub_verboser(true).unwrap();
            bounded(&publisher);
            let endpoint = transport.bind(&publisher);
            let fast = context.socket(zmq::SUB).unwrap();
            fast.subscribe("").unwrap();
            fast.connect(&endpoint).unwrap();
            let mut slow = frozen(reader, &endpoint);
            for _ in 0..2 {
                assert_eq!(publisher.recv_timeout(20_000).unwrap(), "\x01");
            }
            slow.freeze();
            let before = resident();
            let count = 1000 * stress() as u32;
            for n in 0..count {
                publisher.send(message(n)).unwrap();
                // Whoever sends looks only every now and then, for about a millisecond, whether there is room again: with a mark as
                // low as this it would drop for a reader that keeps up, too. To ask for its events has it look.
                publisher.events().unwrap();
                assert_eq!(number(&fast.recv_timeout(20_000).unwrap()), n);
            }
            // 100 MB for a reader that does not read.
            let most = resident().saturating_sub(before);
            assert!(most < BOUND, "{} MiB", most / MIB);
            slow.thaw();
            // It is not told when there is room for the slow one again: it just goes on until that has seen an end.
            let received = std::thread::scope(|scope| {
                let reader = scope.spawn(|| rest(&mut slow));
                while !reader.is_finished() {
                    publisher.send("end").unwrap();
                    publisher.events().unwrap();
                    assert_eq!(fast.recv_timeout(20_000).unwrap(), "end");
                }
                reader.join().unwrap()
            });
            assert!(received.windows(2).all(|pair| pair[0] < pair[1]), "in order");
            assert!(received.len() < count as usize / 2, "{} of {count} were not dropped", received.len());
            assert_eq!(received[0], 0, "the oldest are kept, the newest dropped");
        })
        .succeeds();
    }
}

/// Sends until there is no room; answers how many were taken. The one that is refused comes back whole.
fn fill(mut send: impl FnMut(u32) -> Result<(), Vec<u8>>) -> u32 {
    // libzmq takes more as long as it writes to the system's buffers.
    let (mut sent, mut refused) = (0, 0);
    while refused < 50 {
        match send(sent) {
            Ok(()) => sent += 1,
            Err(message_back) => {
                assert_eq!(message_back.len(), SIZE + 4, "it comes back whole");
                refused += 1;
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
        }
    }
    sent
}

/// XPUB_NODROP, PUSH and DEALER: whoever sends is told, nothing is lost, and there is a bound to what is kept.
#[test]
fn whoever_must_not_drop_waits_or_says_so() {
    let _deadline = deadline(100);
    let pull = reader!(zmq::PULL,);
    // Each test has one role of a name; the kind is an argument.
    let other = role("other", |arguments| {
        let context = Context::new().unwrap();
        let socket = context.socket(if arguments[1] == "SUB" { zmq::SocketType::Sub } else { zmq::SocketType::Dealer });
        let socket = socket.unwrap();
        socket.set_rcvhwm(HIGH_WATER_MARK).unwrap();
        socket.set_rcvbuf(BUFFER).unwrap();
        if arguments[1] == "SUB" {
            socket.set(zmq::SUBSCRIBE, "").unwrap();
        }
        socket.connect(arguments[0]).unwrap();
        report(&socket);
    });
    for transport in NETWORKED {
        for kind in ["PUSH", "DEALER", "XPUB"] {
            child(&format!("{transport:?} {kind}"), 30, || {
                let context = Context::new().unwrap();
                let socket = context.socket(match kind {
                    "PUSH" => zmq::SocketType::Push,
                    "DEALER" => zmq::SocketType::Dealer,
                    _ => zmq::SocketType::Xpub,
                });
                let socket = socket.unwrap();
                bounded(&socket);
                if kind == "XPUB" {
                    socket.set(zmq::XPUB_NODROP, true).unwrap();
                }
                let monitor = socket.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED).unwrap();
                let endpoint = transport.bind(&socket);
                let mut slow = match kind {
                    "PUSH" => pull.start(&[&endpoint]),
                    "XPUB" => other.start(&[&endpoint, "SUB"]),
                    _ => other.start(&[&endpoint, "DEALER"]),
                };
                crate::process::until_connected(&monitor, 1);
                if kind == "XPUB" {
                    assert_eq!(socket.recv_timeout(20_000).unwrap(), "\x01");
                }
                slow.freeze();
                let before = resident();
                let mut sent = fill(|n| {
                    socket.try_send(message(n)).map_err(|refused| {
                        assert!(refused.is_again());
                        refused.message.to_vec()
                    })
                });
                let grown = resident().saturating_sub(before);
                assert!(grown < BOUND, "{kind}: {} MiB", grown / MIB);
                // On a busy machine there may have been room for some more.
                let refused = loop {
                    match socket.send_timeout(message(sent), 50) {
                        Ok(()) => sent += 1,
                        Err(refused) => break refused,
                    }
                };
                assert!(refused.is_again());
                slow.thaw();
                // Now it waits for room, and gets it.
                socket.send(message(sent)).unwrap();
                socket.send("end").unwrap();
                assert_eq!(rest(&mut slow), (0..=sent).collect::<Vec<_>>(), "{kind}: nothing is lost");
                eventually("memory comes back", || (resident() < before + 8 * MIB).then_some(()));
            })
            .succeeds();
        }
    }
}

/// A ROUTER drops what a slow peer has no room for; ROUTER_MANDATORY says so instead, and nothing is lost.
#[test]
fn a_router_drops_unless_it_is_told_to_say_so() {
    let _deadline = deadline(100);
    let reader = reader!(zmq::DEALER, set_routing_id("slow"));
    for transport in NETWORKED {
        for mandatory in [false, true] {
            child(&format!("{transport:?} {mandatory}"), 30, || {
                let context = Context::new().unwrap();
                let router = context.socket(zmq::ROUTER).unwrap();
                bounded(&router);
                let monitor = router.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED).unwrap();
                let mut slow = reader.start(&[&transport.bind(&router)]);
                crate::process::until_connected(&monitor, 1);
                router.set_router_mandatory(true).unwrap();
                eventually("its id is known", || router.send_multipart([&b"slow"[..], &message(0)]).ok());
                router.set_router_mandatory(mandatory).unwrap();
                slow.freeze();
                let before = resident();
                if mandatory {
                    let sent = 1 + fill(|n| {
                        router.try_send_multipart([&b"slow"[..], &message(n + 1)]).map_err(|mut refused| {
                            assert!(refused.is_again(), "{refused}");
                            refused.parts.pop().unwrap().to_vec()
                        })
                    });
                    slow.thaw();
                    router.send_multipart(["slow", "end"]).unwrap();
                    assert_eq!(rest(&mut slow), (0..sent).collect::<Vec<_>>());
                } else {
                    for n in 1..1000 {
                        router.send_multipart([&b"slow"[..], &message(n)]).unwrap();
                    }
                    let grown = resident().saturating_sub(before);
                    assert!(grown < BOUND, "{} MiB", grown / MIB);
                    slow.thaw();
                    router.set_router_mandatory(true).unwrap();
                    router.send_multipart(["slow", "end"]).unwrap();
                    let received = rest(&mut slow);
                    assert!(received.len() < 500, "{} were not dropped", received.len());
                }
                // To nobody at all is another error.
                router.set_router_mandatory(true).unwrap();
                let error = router.send_multipart(["nobody", "x"]).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::HostUnreachable);
            })
            .succeeds();
        }
    }
}

/// Within a process both queues are one, as long as both marks together.
#[test]
fn inproc_has_the_same_bounds() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (push, pull) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    push.set_sndhwm(5).unwrap();
    pull.set_rcvhwm(7).unwrap();
    let endpoint = Transport::Inproc.bind(&pull);
    push.connect(&endpoint).unwrap();
    let sent = (0..).take_while(|n: &i32| push.try_send(n.to_string()).is_ok()).count();
    assert_eq!(sent, 12);
    for n in 0..sent {
        assert_eq!(pull.recv().unwrap(), n.to_string().as_str());
    }
    eventually("there is room again", || push.try_send("more").ok());
}
