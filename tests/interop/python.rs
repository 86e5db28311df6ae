//! The Python environment, and programs in it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::support::programs::{Program, build_examples};
use crate::support::{Deadline, deadline};

/// What a test with Python begins with: its deadline, once everything that takes long the first time is there; `None`, after one
/// printed line, if there is no Python.
pub(crate) fn begin() -> Option<Deadline> {
    build_examples();
    let _setting_up = deadline(900);
    python().map(|_| deadline(60))
}

/// The environment's interpreter, with pyzmq; `None`, after one printed line, if there can be none.
pub(crate) fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    let python = PYTHON.get_or_init(|| match environment() {
        Ok(python) => Some(python),
        Err(reason) => {
            // Not `println!`, which the test harness holds back.
            let _ = writeln!(std::io::stderr(), "skipped: the tests with pyzmq: {reason}");
            None
        }
    });
    if python.is_none() && required("RSZMQ_REQUIRE_INTEROP") {
        panic!("RSZMQ_REQUIRE_INTEROP is set, and there is no pyzmq");
    }
    python.as_deref()
}

pub(crate) fn required(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| value != "0")
}

fn environment() -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is target/tmp");
    let folder = target.join("python");
    let python = folder.join("bin/python");
    if has_pyzmq(&python) {
        return Ok(python);
    }
    // Made beside it and then moved, in one step: another process may be at it, too, or this one may be stopped half-way.
    let new = target.join(format!("python-{}", std::process::id()));
    let made = make(&new).and_then(|()| {
        let _ = fs::remove_dir_all(&folder);
        match fs::rename(&new, &folder) {
            Ok(()) => Ok(()),
            Err(_) if has_pyzmq(&python) => Ok(()),
            Err(error) => Err(format!("{}: {error}", folder.display())),
        }
    });
    let _ = fs::remove_dir_all(&new);
    made.map(|()| python)
}

fn has_pyzmq(python: &Path) -> bool {
    Command::new(python)
        .args(["-c", "import zmq"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn make(folder: &Path) -> Result<(), String> {
    run(Command::new("python3").args(["-m", "venv"]).arg(folder), "no python3 with venv")?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "pyzmq>=25"]);
    run(&mut pip, "pip cannot install pyzmq")
}

fn run(command: &mut Command, problem: &str) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{problem}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let output = [output.stdout, output.stderr].concat();
    let output = String::from_utf8_lossy(&output);
    let last = output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
    Err(format!("{problem}: {last}"))
}

/// Which of the two runs a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    Python,
}

impl Language {
    /// Starts an example program, in Rust or in Python.
    #[track_caller]
    pub(crate) fn start(self, name: &str, args: &[&str]) -> Program {
        let mut command = match self {
            Self::Rust => crate::support::programs::example(name),
            Self::Python => python_example(python().expect("it was asked for before"), name),
        };
        command.args(args);
        Program::start(command)
    }
}

pub(crate) fn python_example(python: &Path, name: &str) -> Command {
    let mut command = Command::new(python);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/python").join(name).with_extension("py");
    // Without -u what it prints would wait for its end; without -B it would leave files in the sources.
    command.arg("-uB").arg(path);
    command
}

/// A few lines of Python that talk to the test, with `context` and a connected or bound `socket` of that kind.
#[derive(Debug)]
pub(crate) struct Script<'a> {
    pub(crate) kind: &'a str,
    /// Where to connect to, or to bind to.
    pub(crate) endpoint: &'a str,
    pub(crate) binds: bool,
    /// What is done to the socket before.
    pub(crate) setup: &'a str,
    pub(crate) body: &'a str,
    pub(crate) args: &'a [&'a str],
}

const PRELUDE: &str = "\
import sys, time, zmq
kind, how, endpoint, setup, body, *args = sys.argv[1:]
context = zmq.Context()
socket = context.socket(getattr(zmq, kind))
exec(setup)
if how == 'bind':
    socket.bind(endpoint)
    print(f'listening on {socket.last_endpoint.decode()}')
else:
    socket.connect(endpoint)
exec(body)
socket.close()
context.term()
";

impl Script<'_> {
    #[track_caller]
    pub(crate) fn start(&self) -> Program {
        let mut command = Command::new(python().expect("it was asked for before"));
        let how = if self.binds { "bind" } else { "connect" };
        command.args(["-uBc", PRELUDE, self.kind, how, self.endpoint, self.setup, self.body]).args(self.args);
        Program::start(command)
    }
}
