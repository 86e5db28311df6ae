//! Programs that tests run and talk to: the examples, and Python.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Those that run now, so that none outlives a test that was aborted.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn signal(name: &str, process: u32) {
    let _ = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status();
}

/// Ends all programs that tests of this process still run.
pub fn kill_all() {
    for process in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        signal("KILL", process);
    }
}

/// A program that runs beside the test. Dropping ends it.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Program {
    #[track_caller]
    pub fn start(mut command: Command) -> Self {
        let name = format!("{command:?}");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).push(child.id());
        let output = BufReader::new(child.stdout.take().expect("the pipe was asked for"));
        Self { name, child, output }
    }

    fn next_line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.output.read_line(&mut line).expect("programs write text");
        (length > 0).then(|| line.trim_end().to_owned())
    }

    /// The next line that it writes.
    #[track_caller]
    pub fn line(&mut self) -> String {
        match self.next_line() {
            Some(line) => line,
            None => panic!("{} wrote no more and ended: {:?}", self.name, self.child.wait()),
        }
    }

    /// Where it listens, as it says in its first line.
    #[track_caller]
    pub fn endpoint(&mut self) -> String {
        let line = self.line();
        match line.strip_prefix("listening on ") {
            Some(endpoint) => endpoint.to_owned(),
            None => panic!("{} wrote {line:?}", self.name),
        }
    }

    /// Waits for its end, which must be a success, and answers what else it wrote.
    #[track_caller]
    pub fn finish(mut self) -> Vec<String> {
        let lines = std::iter::from_fn(|| self.next_line()).collect();
        let status = self.child.wait().expect("it is our child");
        assert!(status.success(), "{}: {status}, {lines:?}", self.name);
        lines
    }

    /// Sends it a signal, such as `TERM`.
    pub fn signal(&self, name: &str) {
        signal(name, self.child.id());
    }

    /// Stops it as a debugger does: it is still there, and does nothing.
    pub fn freeze(&self) {
        self.signal("STOP");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|process| *process != self.child.id());
    }
}

/// The program of an example, ready to be run; see [`build_examples`].
pub fn example(name: &str) -> Command {
    let folder = profile_folder().join("examples");
    Command::new(folder.join(name).with_extension(std::env::consts::EXE_EXTENSION))
}

/// `target/debug`, or wherever the test's own program is.
fn profile_folder() -> PathBuf {
    let program = std::env::current_exe().expect("the test knows its own program");
    program.ancestors().nth(2).expect("it is in target/debug/deps").to_owned()
}

/// Builds the examples, once, before a test starts its deadline: `cargo test` has done so, but `cargo test --test name` has not.
/// Where they are fresh this takes a moment, but for `cargo test --workspace`, which may build them with other features of what they
/// depend on; `RSZMQ_EXAMPLES_BUILT` says that they need not be looked at.
pub fn build_examples() {
    if std::env::var_os("RSZMQ_EXAMPLES_BUILT").is_some() {
        return;
    }
    static BUILT: OnceLock<bool> = OnceLock::new();
    let _deadline = super::deadline(900);
    assert!(*BUILT.get_or_init(cargo_build_examples), "the examples do not build");
}

fn cargo_build_examples() -> bool {
    let Some(cargo) = std::env::var_os("CARGO") else { return true };
    let profile_folder = profile_folder();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is target/tmp");
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--examples", "--offline", "--no-default-features", "--features", &features()]);
    command.arg("--manifest-path").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    command.arg("--target-dir").arg(target);
    // target/debug, or target/x86_64-unknown-linux-musl/debug
    let parts: Vec<&str> = match profile_folder.strip_prefix(target) {
        Ok(path) => path.iter().filter_map(|part| part.to_str()).collect(),
        Err(_) => return true,
    };
    if let [triple, _] = parts[..] {
        command.args(["--target", triple]);
    }
    let profile = parts.last().copied().unwrap_or("debug");
    command.args(["--profile", if profile == "debug" { "dev" } else { profile }]);
    command.status().expect("cargo runs").success()
}

/// The features that this test was built with: the examples have to be the same.
fn features() -> String {
    macro_rules! enabled {
        ($($name:literal)*) => {
            [$((cfg!(feature = $name), $name)),*]
        };
    }
    let features = enabled!["vendored" "curve" "draft" "pgm" "norm" "gssapi" "bindgen" "json" "bytes"];
    let enabled: Vec<_> = features.iter().filter(|(enabled, _)| *enabled).map(|(_, name)| *name).collect();
    enabled.join(",")
}

/// What a test of the examples begins with: its deadline, once they are built.
pub fn begin() -> super::Deadline {
    build_examples();
    super::deadline(60)
}

/// Starts the example with these arguments and answers all that it printed.
pub fn run(name: &str, args: &[&str]) -> Vec<String> {
    let mut command = example(name);
    command.args(args);
    Program::start(command).finish()
}
