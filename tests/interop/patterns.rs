//! The Guide's reliable patterns and the monitor, each with its Python counterpart on the other side, both ways round, and with
//! peers that are frozen, killed and started again.

use crate::python::Language::{Python, Rust};
use crate::python::{Language, Script, begin};
use crate::support::programs::Program;

const TCP: &str = "tcp://127.0.0.1:*";

/// How many ms are between heartbeats.
const HEARTBEAT: &str = "50";
/// How many heartbeats may be missed: more than a busy machine is late.
const LIVENESS: &str = "30";

const BOTH_WAYS: [(Language, Language); 2] = [(Rust, Python), (Python, Rust)];

fn replies(requests: u32) -> Vec<String> {
    (1..=requests).map(|request| format!("reply: {request}")).collect()
}

/// Reads what the program writes until it is this.
#[track_caller]
fn until(program: &mut Program, mut what: impl FnMut(&str) -> bool) -> String {
    loop {
        let line = program.line();
        if what(&line) {
            return line;
        }
    }
}

/// The two print the same, each of its own end.
#[test]
fn monitor() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in BOTH_WAYS {
        let mut server = bound.start("monitor", &["server", TCP]);
        let endpoint = server.endpoint();
        let client = connected.start("monitor", &["client", &endpoint]).finish();
        let expected = ["listening", "accepted", "handshake succeeded", "closed"];
        assert_eq!(server.finish(), expected.map(|event| format!("server: {event}: {endpoint}")));
        let expected = ["connected", "handshake succeeded", "disconnected"];
        assert_eq!(client[..3], expected.map(|event| format!("client: {event}: {endpoint}")));
        assert!(client[3].starts_with("client: connecting again in 1") && client.len() == 4, "{client:?}");
    }
}

/// The server loses each third request.
#[test]
fn lazy_pirate() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in BOTH_WAYS {
        let mut server = bound.start("lazy_pirate", &["server", TCP]);
        let mut lines = connected.start("lazy_pirate", &["client", &server.endpoint(), "5", "500"]).finish();
        assert_eq!(server.line(), "lost: 3");
        assert!(lines.iter().any(|line| line == "no answer to 3, asking again"), "{lines:?}");
        lines.retain(|line| line.starts_with("reply"));
        assert_eq!(lines, replies(5));
    }
}

/// A server that is frozen, killed, and started again is one that the client goes on with; one that stays frozen it gives up.
#[test]
fn lazy_pirate_survives_its_server() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in BOTH_WAYS {
        let start = |endpoint: &str| match bound {
            Rust => Rust.start("lazy_pirate", &["server", endpoint]),
            Python => {
                let body = "while True: socket.send(socket.recv())";
                Script { kind: "REP", endpoint, binds: true, setup: "", body, args: &[] }.start()
            }
        };
        let mut first = start(TCP);
        let endpoint = first.endpoint();
        // More requests than it will get to.
        let mut client = connected.start("lazy_pirate", &["client", &endpoint, "1000000", "100", "300"]);
        until(&mut client, |line| line == "reply: 2");
        first.freeze();
        // Until now the Rust server has lost some, too; it has not lost two in a row.
        let mut last = String::new();
        until(&mut client, |line| {
            line.ends_with("asking again") && std::mem::replace(&mut last, line.to_owned()) == line
        });
        drop(first);
        let mut second = start(&endpoint);
        assert_eq!(second.endpoint(), endpoint);
        until(&mut client, |line| line.starts_with("reply"));
        until(&mut client, |line| line.starts_with("reply"));

        second.freeze();
        let mut impatient = connected.start("lazy_pirate", &["client", &endpoint, "1", "50", "3"]);
        assert_eq!(impatient.line(), "no answer to 1, asking again");
        assert_eq!(impatient.line(), "no answer to 1, asking again");
        assert_eq!(impatient.finish(), ["no answer to 1, giving up"]);
    }
}

/// The broker in one language, its workers and clients in the other, and in both.
#[test]
fn load_balancer() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in BOTH_WAYS {
        let mut broker = bound.start("load_balancer", &["broker", TCP, TCP]);
        let (frontend, backend) = (broker.endpoint(), broker.endpoint());
        let _workers = [("A", connected), ("B", connected), ("C", bound)].map(|(name, language)| {
            let worker = language.start("load_balancer", &["worker", &backend, name]);
            assert_eq!(broker.line(), format!("{name} is ready"));
            worker
        });

        // One client alone: the workers take turns.
        let lines = connected.start("load_balancer", &["client", &frontend, "one", "7"]).finish();
        let expected: Vec<_> = ["A", "B", "C", "A", "B", "C", "A"]
            .iter()
            .zip(1..)
            .map(|(name, n)| format!("{name} did one-{n}"))
            .collect();
        assert_eq!(lines, expected);

        // Several at once, more than there are workers: each gets its own answers.
        let clients = [("p", connected), ("q", connected), ("r", bound), ("s", connected), ("t", bound)]
            .map(|(name, language)| (name, language.start("load_balancer", &["client", &frontend, name, "50"])));
        for (name, client) in clients {
            let lines = client.finish();
            let done: Vec<_> = lines.iter().filter_map(|line| line.split_once(" did ")).map(|(_, what)| what).collect();
            assert_eq!(done, (1..=50).map(|n| format!("{name}-{n}")).collect::<Vec<_>>());
        }
    }
}

fn start_queue(language: Language, frontend: &str, backend: &str) -> (Program, String, String) {
    start_patient_queue(language, frontend, backend, LIVENESS)
}

fn start_patient_queue(language: Language, frontend: &str, backend: &str, liveness: &str) -> (Program, String, String) {
    let mut queue = language.start("paranoid_pirate_queue", &[frontend, backend, HEARTBEAT, liveness]);
    let (frontend, backend) = (queue.endpoint(), queue.endpoint());
    (queue, frontend, backend)
}

fn start_worker(language: Language, backend: &str, name: &str) -> Program {
    language.start("paranoid_pirate_worker", &[backend, name, HEARTBEAT, LIVENESS])
}

/// The queue in one language, workers and client in the other.
#[test]
fn paranoid_pirate() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in BOTH_WAYS {
        let (mut queue, frontend, backend) = start_queue(bound, TCP, TCP);
        // The client is there first, and waits for a worker.
        let client = connected.start("lazy_pirate", &["client", &frontend, "50", "20000"]);
        let _workers = ["A", "B"].map(|name| {
            let worker = start_worker(connected, &backend, name);
            assert_eq!(queue.line(), format!("{name} is ready"));
            worker
        });
        assert_eq!(client.finish(), replies(50));
    }
}

/// An idle worker that is killed, or frozen, is expired, and the others go on serving.
#[test]
fn paranoid_pirate_expires_a_worker() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in BOTH_WAYS {
        let (mut queue, frontend, backend) = start_queue(bound, TCP, TCP);
        let [a, b, _c] = [("A", connected), ("B", connected), ("C", bound)].map(|(name, language)| {
            let worker = start_worker(language, &backend, name);
            assert_eq!(queue.line(), format!("{name} is ready"));
            worker
        });
        let ask = || connected.start("lazy_pirate", &["client", &frontend, "20", "20000"]).finish();
        assert_eq!(ask(), replies(20));
        drop(a); // with SIGKILL
        assert_eq!(queue.line(), "A has expired");
        assert_eq!(ask(), replies(20));
        // This one's connection stays.
        b.freeze();
        assert_eq!(queue.line(), "B has expired");
        assert_eq!(ask(), replies(20));
        // It may come back by the same name, although the queue has that name's old connection, too.
        let _new = start_worker(connected, &backend, "B");
        assert_eq!(queue.line(), "B is ready");
        assert_eq!(ask(), replies(20));
    }
}

/// A worker that dies with a request: that is lost, and the client asks again and gets its answer from another.
#[test]
fn paranoid_pirate_loses_a_worker_at_work() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in BOTH_WAYS {
        // Nobody expires before the client is there.
        let (mut queue, frontend, backend) = start_patient_queue(bound, TCP, TCP, "400");
        let [a, _b] = ["A", "B"].map(|name| {
            let worker = start_worker(connected, &backend, name);
            assert_eq!(queue.line(), format!("{name} is ready"));
            worker
        });
        // It is still believed to be alive, and idle for longer than the other, which goes on with its heartbeats: at the latest after
        // the other has answered.
        a.freeze();
        let mut client = connected.start("lazy_pirate", &["client", &frontend, "20", "500", "20"]);
        let mut lines = Vec::new();
        loop {
            let line = client.line();
            if line.ends_with("asking again") {
                assert_eq!(line, format!("no answer to {}, asking again", lines.len() + 1));
                break;
            }
            lines.push(line);
        }
        drop(a); // with SIGKILL
        lines.extend(client.finish());
        lines.retain(|line| line.starts_with("reply"));
        assert_eq!(lines, replies(20));
    }
}

/// When the queue is started again, its workers find it, at the latest after their back-off.
#[test]
fn paranoid_pirate_workers_find_a_new_queue() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in BOTH_WAYS {
        let quick = |backend: &str| connected.start("paranoid_pirate_worker", &[backend, "A", "20", "20"]);
        let (mut queue, frontend, backend) = start_queue(bound, TCP, TCP);
        let mut worker = quick(&backend);
        assert_eq!(queue.line(), "A is ready");
        drop(queue);
        assert_eq!(worker.line(), "A hears nothing, connecting again in 20 ms");
        until(&mut worker, |line| line == "A hears nothing, connecting again in 40 ms");
        let (mut queue, frontend, _) = start_queue(bound, &frontend, &backend);
        until(&mut queue, |line| line == "A is ready");
        let client = connected.start("lazy_pirate", &["client", &frontend, "5", "20000"]);
        assert_eq!(client.finish(), replies(5));
    }
}
