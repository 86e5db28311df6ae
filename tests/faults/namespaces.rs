//! A network of a test's own: two network namespaces with a cable between them, which can be cut.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::role::{Peer, Role};
use crate::support::programs::Program;
use crate::support::{test_name, unique};

/// The names of the two namespaces, where the test runs in the left one.
const NETWORK: &str = "RSZMQ_TEST_NETWORK";

pub(crate) const LEFT: &str = "10.77.0.1";
pub(crate) const RIGHT: &str = "10.77.0.2";

/// Two namespaces: the test is in the left one, roles may be in the right one.
#[derive(Debug)]
pub(crate) struct Network {
    left: String,
    right: String,
}

/// Runs `body` in a network of its own, as this test once more in a process there. Where there can be none the test says so in
/// one line.
pub(crate) fn in_a_network(body: impl FnOnce(&Network)) {
    if let Ok(names) = std::env::var(NETWORK) {
        let (left, right) = names.split_once(' ').expect("two names");
        let network = Network { left: left.to_owned(), right: right.to_owned() };
        body(&network);
        // Who made it takes it away.
        std::mem::forget(network);
        return;
    }
    match Network::new() {
        Ok(network) => {
            let mut command = network.enter(&network.left);
            command.args([&test_name(), "--exact", "--nocapture", "--test-threads=1"]);
            command.env(NETWORK, format!("{} {}", network.left, network.right));
            let lines = Program::start(command).finish();
            assert!(lines.iter().any(|line| line.contains("1 passed")), "{lines:?}");
        }
        Err(reason) => skip(&reason),
    }
}

/// One line that says why the test is not made here, where that may be.
pub(crate) fn skip(reason: &str) {
    let required = std::env::var_os("RSZMQ_REQUIRE_INTEROP").is_some_and(|value| value != "0");
    assert!(!required, "RSZMQ_REQUIRE_INTEROP is set, and {reason}");
    // Not `println!`, which the test harness holds back.
    let _ = writeln!(std::io::stderr(), "skipped: {}: {reason}", test_name());
}

/// Prints what a child has to say to whoever runs the tests: that it is skipped, or what it has measured.
pub(crate) fn pass_on(output: &str) {
    for line in output.lines().filter(|line| line.starts_with("skipped: ") || line.starts_with("measured: ")) {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}

impl Network {
    fn new() -> Result<Self, String> {
        let this = Self { left: unique("rszmq-left"), right: unique("rszmq-right") };
        let (left, right) = (this.left.as_str(), this.right.as_str());
        ip(&["netns", "add", left])?;
        ip(&["netns", "add", right])?;
        ip(&["-n", left, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", right])?;
        for (side, address) in [(left, LEFT), (right, RIGHT)] {
            ip(&["-n", side, "address", "add", &format!("{address}/24"), "dev", "cable"])?;
            for device in ["lo", "cable"] {
                ip(&["-n", side, "link", "set", device, "up"])?;
            }
        }
        Ok(this)
    }

    /// The test's program, to be run in that namespace.
    fn enter(&self, side: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", side]);
        command.arg(std::env::current_exe().expect("the test knows its own program"));
        command
    }

    pub(crate) fn start_on_the_right(&self, role: Role, arguments: &[&str]) -> Peer {
        role.start_by(self.enter(&self.right), arguments)
    }

    /// Runs `ip` with these arguments on that side.
    #[track_caller]
    fn ip(&self, side: &str, arguments: &str) {
        let arguments: Vec<&str> = ["-n", side].into_iter().chain(arguments.split(' ')).collect();
        ip(&arguments).unwrap();
    }

    #[track_caller]
    pub(crate) fn left_ip(&self, arguments: &str) {
        self.ip(&self.left, arguments);
    }

    #[track_caller]
    pub(crate) fn right_ip(&self, arguments: &str) {
        self.ip(&self.right, arguments);
    }

    /// Takes the cable out: nobody is told, and nothing comes through.
    #[track_caller]
    pub(crate) fn cut(&self) {
        self.right_ip("link set cable down");
    }

    #[track_caller]
    pub(crate) fn heal(&self) {
        self.right_ip("link set cable up");
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for side in [&self.left, &self.right] {
            let _ = ip(&["netns", "del", side]);
        }
    }
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(arguments).stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("ip {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => Err(format!("ip: {error}")),
    }
}
