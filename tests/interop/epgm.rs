//! PUB/SUB by multicast, in a network namespace: its `lo` alone is enough, and nothing leaves the machine.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::python::{python_example, required};
use crate::support::programs::{Program, build_examples, example};
use crate::support::{deadline, unique};

const ENDPOINT: &str = "epgm://127.0.0.1;239.192.1.1:5555";

/// A network namespace with multicast.
struct Namespace(String);

impl Namespace {
    fn new() -> Result<Self, String> {
        let this = Self(unique("rszmq"));
        ip(&["netns", "add", &this.0])?;
        for command in ["link set lo up multicast on", "route add 224.0.0.0/4 dev lo"] {
            let inside = ["-n", &this.0].into_iter().chain(command.split(' '));
            ip(&inside.collect::<Vec<_>>())?;
        }
        Ok(this)
    }

    /// Starts the program of that command in the namespace.
    fn start(&self, program: &Command, args: &[&str]) -> Program {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0]).arg(program.get_program()).args(program.get_args()).args(args);
        Program::start(command)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = ip(&["netns", "del", &self.0]);
    }
}

fn ip(args: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(args).stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("ip {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => Err(format!("ip: {error}")),
    }
}

/// The system's Python, if it has a pyzmq with pgm: that of the wheels has none, Debian's python3-zmq does.
fn python_with_pgm() -> Option<&'static Path> {
    let python = Path::new("/usr/bin/python3");
    let check = "import sys, zmq; sys.exit(not zmq.has('pgm'))";
    let answer = Command::new(python).args(["-c", check]).stderr(Stdio::null()).status();
    answer.is_ok_and(|status| status.success()).then_some(python)
}

/// `PUB` sends numbered ticks, `SUB` receives five of them in a row.
#[test]
fn multicast() {
    build_examples();
    let _deadline = deadline(60);
    let namespace = if zmq::has("pgm") { Namespace::new() } else { Err("this libzmq has no pgm".to_owned()) };
    let namespace = match namespace {
        Ok(namespace) => namespace,
        Err(reason) => {
            // The bundled libzmq has it only with the feature.
            let expected = zmq::has("pgm") || cfg!(feature = "pgm") || !cfg!(feature = "vendored");
            assert!(!(expected && required("RSZMQ_REQUIRE_PGM")), "RSZMQ_REQUIRE_PGM is set, and {reason}");
            // Not `println!`, which the test harness holds back.
            let _ = writeln!(std::io::stderr(), "skipped: the test of epgm: {reason}");
            return;
        }
    };
    let ours = example("epgm");
    let theirs = python_with_pgm().map(|python| python_example(python, "epgm"));
    let mut pairs = vec![(&ours, &ours)];
    if let Some(theirs) = &theirs {
        pairs.extend([(&ours, theirs), (theirs, &ours)]);
    }
    for (publisher, subscriber) in pairs {
        let subscriber = namespace.start(subscriber, &["subscriber", ENDPOINT, "5"]);
        let _publisher = namespace.start(publisher, &["publisher", ENDPOINT]);
        let lines = subscriber.finish();
        // OpenPGM remarks on the network among them.
        let ticks = lines.iter().filter_map(|line| line.strip_prefix("tick: "));
        let ticks: Vec<u32> = ticks.map(|tick| tick.parse().expect("a number")).collect();
        assert_eq!(ticks.len(), 5, "{lines:?}");
        assert!(ticks.windows(2).all(|pair| pair[1] == pair[0] + 1), "{ticks:?}");
    }
}
