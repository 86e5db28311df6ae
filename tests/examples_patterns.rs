//! Each example of the Guide's patterns runs, and prints what it should. With Python on the other side: `tests/interop/patterns.rs`.

mod support;

use support::programs::{Program, begin, example};

/// Starts the example with these arguments.
fn start(name: &str, args: &[&str]) -> Program {
    let mut command = example(name);
    command.args(args);
    Program::start(command)
}

#[test]
fn monitor() {
    let _deadline = begin();
    let mut program = start("monitor", &[]);
    let endpoint = program.endpoint();
    let lines = program.finish();
    // Both ends print as they come.
    let of = |who: &str| -> Vec<_> { lines.iter().filter_map(|line| line.strip_prefix(who)).collect() };
    let expected =
        ["listening", "accepted", "handshake succeeded", "closed"].map(|event| format!("{event}: {endpoint}"));
    assert_eq!(of("server: "), expected);
    let expected = ["connected", "handshake succeeded", "disconnected"].map(|event| format!("{event}: {endpoint}"));
    let of_client = of("client: ");
    assert_eq!(of_client[..3], expected);
    assert!(of_client[3].starts_with("connecting again in "), "{of_client:?}");
    assert_eq!((lines.len(), of_client.len()), (8, 4));
}

#[test]
fn lazy_pirate() {
    let _deadline = begin();
    let lines = start("lazy_pirate", &[]).finish();
    let replies: Vec<_> = lines.iter().filter(|line| line.starts_with("reply: ")).collect();
    assert_eq!(replies, ["reply: 1", "reply: 2", "reply: 3", "reply: 4", "reply: 5"]);
    // A machine that is busy may be late with others, too.
    for expected in ["lost: 3", "no answer to 3, asking again"] {
        assert!(lines.iter().any(|line| line == expected), "{lines:?}");
    }
}

#[test]
fn lazy_pirate_gives_up() {
    let _deadline = begin();
    // Bound, and served by nobody.
    let context = zmq::Context::new().unwrap();
    let server = context.socket(zmq::REP).unwrap();
    server.bind("tcp://127.0.0.1:*").unwrap();
    let lines = start("lazy_pirate", &["client", &server.last_endpoint().unwrap(), "5", "20", "3"]).finish();
    assert_eq!(lines, ["no answer to 1, asking again", "no answer to 1, asking again", "no answer to 1, giving up"]);
}

#[test]
fn load_balancer() {
    let _deadline = begin();
    let lines = start("load_balancer", &[]).finish();
    let mut done: Vec<_> = lines.iter().filter_map(|line| line.split_once(" did ")).map(|(_, what)| what).collect();
    let mut expected: Vec<_> =
        (1..=10).flat_map(|client| [1, 2].map(|request| format!("client-{client}-{request}"))).collect();
    done.sort_unstable();
    expected.sort();
    assert_eq!(done, expected, "each once");
    // 2 sockets, and as many of the workers as were there in time.
    assert_eq!(lines.iter().filter(|line| line.starts_with("listening on inproc://")).count(), 2);
    assert!(lines.iter().any(|line| line.ends_with(" is ready")), "{lines:?}");
}

#[test]
fn paranoid_pirate() {
    let _deadline = begin();
    // So patient that nobody is given up only because the machine is busy.
    let timing = ["100", "20"];
    let mut queue = start("paranoid_pirate_queue", &["tcp://127.0.0.1:*", "tcp://127.0.0.1:*", timing[0], timing[1]]);
    let (frontend, backend) = (queue.endpoint(), queue.endpoint());
    let mut workers = ["A", "B"].map(|name| {
        let worker = start("paranoid_pirate_worker", &[&backend, name, timing[0], timing[1]]);
        assert_eq!(queue.line(), format!("{name} is ready"));
        worker
    });
    let lines = start("lazy_pirate", &["client", &frontend, "20", "20000"]).finish();
    let expected: Vec<_> = (1..=20).map(|request| format!("reply: {request}")).collect();
    assert_eq!(lines, expected);
    // A heartbeat makes its worker the last in the queue, so that they need not take turns.
    let mut done: Vec<String> = Vec::new();
    drop(queue);
    for worker in &mut workers {
        loop {
            let line = worker.line();
            if line.ends_with(" hears nothing, connecting again in 100 ms") {
                break;
            }
            done.push(line.split_once(" does ").expect("what it does").1.to_owned());
        }
    }
    done.sort_by_key(|request| request.parse::<u32>().expect("a number"));
    assert_eq!(done, (1..=20).map(|request| request.to_string()).collect::<Vec<_>>(), "each once");
}
