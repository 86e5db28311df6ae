//! Processes to be killed, stopped and cut off: the test's own program once more, in a role.

use std::fmt::Display;
use std::io::Write as _;
use std::process::Command;

use crate::support::programs::Program;
use crate::support::test_name;

const ROLE: &str = "RSZMQ_TEST_ROLE";
const ARGUMENTS: &str = "RSZMQ_TEST_ROLE_ARGUMENTS";

/// A role that a process can be started in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Role(&'static str);

/// Says what a process in that role does. A test begins with its roles: the process runs the test up to here.
pub(crate) fn role(name: &'static str, body: impl FnOnce(&[&str])) -> Role {
    if std::env::var(ROLE).as_deref() == Ok(name) {
        // It does not outlive the thread that started it, whatever becomes of that.
        // SAFETY: sets a signal for this process, and reads no memory.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        let arguments = std::env::var(ARGUMENTS).unwrap_or_default();
        body(&arguments.lines().collect::<Vec<_>>());
        std::process::exit(0);
    }
    Role(name)
}

/// Tells the test that started this process a line.
pub(crate) fn say(line: impl Display) {
    // The test harness leaves its own line unfinished. A parent that is gone does not listen.
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "\n@{line}");
    let _ = output.flush();
}

impl Role {
    pub(crate) fn start(self, arguments: &[&str]) -> Peer {
        self.start_by(Command::new(std::env::current_exe().expect("the test knows its own program")), arguments)
    }

    /// Starts it by a command that ends in the path of the test's program.
    pub(crate) fn start_by(self, mut command: Command, arguments: &[&str]) -> Peer {
        command
            .args([&test_name(), "--exact", "--nocapture", "--test-threads=1"])
            .env(ROLE, self.0)
            .env(ARGUMENTS, arguments.join("\n"));
        Peer(Program::start(command))
    }
}

/// A process in a role; dropping kills it, by SIGKILL.
#[derive(Debug)]
pub(crate) struct Peer(Program);

impl Peer {
    /// The next line that it [says](say).
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        loop {
            if let Some(line) = self.0.line().strip_prefix('@') {
                return line.to_owned();
            }
        }
    }

    #[track_caller]
    pub(crate) fn expect(&mut self, line: &str) {
        assert_eq!(self.line(), line);
    }

    /// Ends it in the middle of whatever it does, and waits for that.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// Stops it as a debugger does: it is still there, and does nothing.
    pub(crate) fn freeze(&self) {
        self.0.freeze();
    }

    pub(crate) fn thaw(&self) {
        self.0.signal("CONT");
    }

    /// Waits for its end, which must be a success.
    #[track_caller]
    pub(crate) fn finish(self) {
        self.0.finish();
    }
}
