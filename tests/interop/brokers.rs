//! Proxies of the one language between programs of the other, over tcp and ipc: brokers, forwarders, streamers, and steerable ones.

use zmq::Context;

use crate::python::Language::{Python, Rust};
use crate::python::{Language, Script, begin};
use crate::support::programs::Program;
use crate::support::{Transport, eventually};

/// Runs `test` with the proxy in the one language and what it serves in the other, and the other way round, over tcp and ipc. It
/// gets what starts a proxy and answers with its endpoints.
fn both_ways(name: &str, test: impl Fn(Language, &str, &str)) {
    let Some(_deadline) = begin() else { return };
    for (proxy, others) in [(Rust, Python), (Python, Rust)] {
        for transport in [Transport::Tcp, Transport::Ipc] {
            let (_proxy, frontend, backend) = start(proxy, name, transport);
            test(others, &frontend, &backend);
        }
    }
}

/// A proxy, and where it listens: in front, and behind.
#[track_caller]
fn start(language: Language, name: &str, transport: Transport) -> (Program, String, String) {
    let mut proxy = language.start(name, &["proxy", &transport.endpoint(), &transport.endpoint()]);
    let (frontend, backend) = (proxy.endpoint(), proxy.endpoint());
    (proxy, frontend, backend)
}

/// What a client of the example prints.
fn replies(name: &str) -> Vec<String> {
    (0..3).map(|request| format!("reply: {name} {request} is done")).collect()
}

/// Two workers serve three clients that ask at the same time.
#[test]
fn broker() {
    both_ways("broker", |others, clients, workers| {
        let _workers = [(); 2].map(|()| others.start("broker", &["worker", workers]));
        let asking = ["A", "B", "C"].map(|name| (name, others.start("broker", &["client", clients, name])));
        for (name, client) in asking {
            assert_eq!(client.finish(), replies(name));
        }
    });
}

/// Workers of both languages serve clients of both.
#[test]
fn a_broker_between_both_languages() {
    let Some(_deadline) = begin() else { return };
    for (proxy, transport) in [(Rust, Transport::Tcp), (Rust, Transport::Ipc), (Python, Transport::Tcp)] {
        let (_proxy, clients, workers) = start(proxy, "broker", transport);
        let _workers = [Rust, Python].map(|language| language.start("broker", &["worker", &workers]));
        let asking = [(Rust, "A"), (Python, "B"), (Rust, "C"), (Python, "D")]
            .map(|(language, name)| (name, language.start("broker", &["client", &clients, name])));
        for (name, client) in asking {
            assert_eq!(client.finish(), replies(name));
        }
    }
}

/// Subscriptions go one way, and news the other, to whom they are for.
#[test]
fn forwarder() {
    both_ways("forwarder", |others, publishers, subscribers| {
        let a = others.start("forwarder", &["subscriber", subscribers, "A", "weather"]);
        let b = others.start("forwarder", &["subscriber", subscribers, "B", "sports"]);
        let publisher = others.start("forwarder", &["publisher", publishers]);
        assert_eq!(a.finish(), ["A: weather NYC 72", "A: weather Boston 64"]);
        assert_eq!(b.finish(), ["B: sports Mets 3", "B: sports Sox 5"]);
        assert!(publisher.finish().is_empty());
    });
}

/// All of it arrives, in order, also what was sent when there was no sink yet.
#[test]
fn streamer() {
    both_ways("streamer", |others, sources, sinks| {
        assert!(others.start("streamer", &["source", sources]).finish().is_empty());
        let sink = others.start("streamer", &["sink", sinks]);
        let expected: Vec<_> = (0..10).map(|task| format!("received: task {task}")).collect();
        assert_eq!(sink.finish(), expected);
    });
}

/// A loop over a PULL and a SUB.
#[test]
fn poller() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in [(Rust, Python), (Python, Rust)] {
        for transport in [Transport::Tcp, Transport::Ipc] {
            let mut source = bound.start("poller", &["source", &transport.endpoint(), &transport.endpoint()]);
            let (tasks, weather) = (source.endpoint(), source.endpoint());
            let mut lines = connected.start("poller", &["reader", &tasks, &weather]).finish();
            lines.sort();
            let expected = ["a task: task", "the weather: weather"]
                .into_iter()
                .flat_map(|what| (0..3).map(move |number| format!("received {what} {number}")));
            assert_eq!(lines, expected.collect::<Vec<_>>());
            assert!(source.finish().is_empty());
        }
    }
}

/// What the capture socket gets is the same in both languages.
#[test]
fn capture() {
    let Some(_deadline) = begin() else { return };
    let ours = Rust.start("capture", &[]).finish();
    assert_eq!(ours, Python.start("capture", &[]).finish());
}

/// What is printed by who steers a proxy.
const STEPS: [&str; 9] = [
    "received: one",
    "PAUSE",
    "nothing comes",
    "STATISTICS",
    "frontend: received 1 (3 bytes), sent 0 (0 bytes)",
    "backend: received 0 (0 bytes), sent 1 (3 bytes)",
    "RESUME",
    "received: two",
    "TERMINATE",
];

/// A REQ of Python steers a proxy of Rust, and reads the eight counters. Not the other way round: libzmq 4.3.5 mixes up `PAUSE` and
/// `RESUME`.
#[test]
fn steerable() {
    let Some(_deadline) = begin() else { return };
    for transport in [Transport::Tcp, Transport::Ipc] {
        for language in [Python, Rust] {
            let [frontend, backend, control] = [(); 3].map(|()| transport.endpoint());
            let mut proxy = Rust.start("steerable", &["proxy", &frontend, &backend, &control]);
            let [frontend, backend, control] = [(); 3].map(|()| proxy.endpoint());
            let steering = language.start("steerable", &["steer", &frontend, &backend, &control]);
            assert_eq!(steering.finish(), STEPS);
            assert_eq!(proxy.finish(), ["the proxy has ended"]);
        }
    }
}

/// What libzmq's own steerable proxy does in Python, once `PAUSE` and `RESUME` have changed places.
#[test]
fn steerable_as_in_libzmq() {
    let Some(_deadline) = begin() else { return };
    let mut lines = Python.start("steerable", &[]).finish();
    assert_eq!(lines.pop().as_deref(), Some("the proxy has ended"));
    assert_eq!(lines.split_off(3), STEPS);
}

/// Both ways through a broker, with sizes that tell the eight numbers apart.
#[test]
fn python_reads_all_eight_counters() {
    let Some(_deadline) = begin() else { return };
    let context = Context::new().unwrap();
    for transport in [Transport::Tcp, Transport::Ipc] {
        let (frontend, backend) = (context.socket(zmq::ROUTER).unwrap(), context.socket(zmq::DEALER).unwrap());
        let (clients, workers) = (transport.bind(&frontend), transport.bind(&backend));
        let control = context.socket(zmq::REP).unwrap();
        let endpoint = transport.bind(&control);
        let proxy = std::thread::spawn(move || zmq::proxy_steerable(&frontend, &backend, &control));

        let (client, worker) = (context.socket(zmq::REQ).unwrap(), context.socket(zmq::REP).unwrap());
        client.set_identity("me").unwrap();
        client.connect(&clients).unwrap();
        worker.connect(&workers).unwrap();
        client.send("request").unwrap();
        assert_eq!(worker.recv().unwrap(), "request");
        worker.send_multipart(["the", "reply"]).unwrap();
        assert_eq!(client.recv_multipart().unwrap(), ["the", "reply"]);

        let body = "\
import struct
for command in (b'PAUSE', b'STATISTICS', b'RESUME', b'TERMINATE'):
    socket.send(command)
    answer = socket.recv_multipart()
    print(command.decode(), [struct.unpack('=Q', frame)[0] for frame in answer] if len(answer) > 1 else answer)
";
        let steering =
            Script { kind: "REQ", endpoint: &endpoint, binds: false, setup: "", body, args: &[] }.start().finish();
        // Frames and bytes, received and sent, in front and behind; the client's name and the empty frame are two of them.
        let statistics = "STATISTICS [3, 9, 4, 10, 4, 10, 3, 9]";
        assert_eq!(steering, ["PAUSE [b'']", statistics, "RESUME [b'']", "TERMINATE [b'']"]);
        proxy.join().unwrap().unwrap();
    }
}

/// A client as it must be where workers die: it waits for its reply for half a second, and asks again.
const PATIENT: &str = "\
for number in range(int(args[1])):
    reply = None
    while reply is None:
        socket.send_string(f'{args[0]} {number}')
        if socket.poll(500):
            reply = socket.recv_string()
    assert reply == f'{args[0]} {number} is done', reply
    print(reply)
";

/// Each victim is killed with SIGKILL when it has a request and has not answered. What was given to it is lost, nothing else.
#[test]
fn a_broker_outlives_workers_that_are_killed_at_work() {
    const ROUNDS: usize = 5;
    const REQUESTS: usize = 100;
    let Some(_deadline) = begin() else { return };
    let context = Context::new().unwrap();
    for transport in [Transport::Tcp, Transport::Ipc] {
        let (_proxy, clients, workers) = start(Rust, "broker", transport);
        let mut working = [Rust, Python].map(|language| language.start("broker", &["worker", &workers]));
        let told = context.socket(zmq::PULL).unwrap();
        let endpoint = Transport::Tcp.bind(&told);
        // A DEALER need not wait for replies, so it can ask until the victim has its turn.
        let asks = context.socket(zmq::DEALER).unwrap();
        asks.set_linger(0).unwrap();
        asks.connect(&clients).unwrap();

        for round in 0..ROUNDS {
            let body =
                "told = context.socket(zmq.PUSH); told.connect(args[0]); told.send(socket.recv()); time.sleep(900)";
            let victim =
                Script { kind: "REP", endpoint: &workers, binds: false, setup: "", body, args: &[&endpoint] }.start();
            eventually("the victim has a request", || {
                asks.send_multipart(["", &format!("round {round}")]).unwrap();
                told.recv_timeout(10).ok()
            });
            // Every third of their requests goes to the victim, so they are not done before it is dead.
            let mut asking = ["A", "B"].map(|name| {
                let setup = "socket.req_relaxed = socket.req_correlate = True; socket.linger = 0";
                let args = [name, &REQUESTS.to_string()];
                (
                    name,
                    Script { kind: "REQ", endpoint: &clients, binds: false, setup, body: PATIENT, args: &args }.start(),
                )
            });
            for (name, client) in &mut asking {
                assert_eq!(client.line(), format!("{name} 0 is done"));
            }
            drop(victim); // SIGKILL
            for (name, client) in asking {
                let expected: Vec<_> = (1..REQUESTS).map(|number| format!("{name} {number} is done")).collect();
                assert_eq!(client.finish(), expected);
            }
        }
        // The workers that were there from the beginning still are, and the broker gives both of them work.
        for worker in &mut working {
            let last = context.socket(zmq::REQ).unwrap();
            last.set_req_relaxed(true).unwrap();
            last.set_req_correlate(true).unwrap();
            last.connect(&clients).unwrap();
            eventually("a new client is served", || {
                last.send("last").unwrap();
                (last.recv_timeout(500).ok()? == "last is done").then_some(())
            });
            assert!(worker.line().starts_with("request: "));
        }
    }
}
