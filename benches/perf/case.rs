//! What is measured: one of libzmq's perf programs, or two that talk to each other, with messages of one size.

use std::fmt;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

/// What takes longer than this has hung.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Tcp,
    Ipc,
    Inproc,
}

pub(crate) const TRANSPORTS: [Transport; 3] = [Transport::Tcp, Transport::Ipc, Transport::Inproc];

impl Transport {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Ipc => "ipc",
            Self::Inproc => "inproc",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// `local_thr` and `remote_thr`, or `inproc_thr`: messages a second.
    Throughput,
    /// `local_lat` and `remote_lat`, or `inproc_lat`: microseconds for one way.
    Latency,
    /// `proxy_thr`: messages a second.
    Proxy,
}

impl Measure {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Throughput => "throughput",
            Self::Latency => "latency",
            Self::Proxy => "proxy throughput",
        }
    }

    pub(crate) const fn unit(self) -> &'static str {
        if matches!(self, Self::Latency) { "us" } else { "msg/s" }
    }

    /// The rest of the line in which the programs say it. (Of the throughput in messages some leave the decimals out, of which there are
    /// few if the messages are large.)
    const fn said(self) -> &'static str {
        if matches!(self, Self::Latency) { " [us]" } else { " [Mb/s]" }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) measure: Measure,
    pub(crate) transport: Transport,
    pub(crate) curve: bool,
    pub(crate) size: usize,
}

/// As `tcp latency with CURVE, 64 B`.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let curve = if self.curve { " with CURVE" } else { "" };
        write!(f, "{} {}{curve}, {}", self.transport.name(), self.measure.name(), Bytes(self.size))
    }
}

/// How many bytes, as `64 KiB`.
pub(crate) struct Bytes(pub(crate) usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            size if size % (1 << 20) == 0 => write!(f, "{} MiB", size >> 20),
            size if size % (1 << 10) == 0 => write!(f, "{} KiB", size >> 10),
            size => write!(f, "{size} B"),
        }
    }
}

/// Answers the command for a program with these arguments, and whether it is to use CURVE.
pub(crate) type Start = dyn Fn(&str, &[String], bool) -> Command;

/// Whose programs they are.
pub(crate) struct Library {
    pub(crate) name: String,
    pub(crate) command: Box<Start>,
    /// Whether each program stays on one core; see `on_core`.
    pub(crate) pinned: bool,
    /// Whether it has what the case asks for.
    pub(crate) can: Box<dyn Fn(&Case) -> bool>,
}

impl Case {
    /// How many messages take the library about so long.
    pub(crate) fn count(&self, library: &Library, seconds: f64) -> usize {
        let bytes = (32 << 20) / self.size;
        let (few, most) = match self.measure {
            Measure::Latency => (bytes.clamp(4, 500), 100_000),
            _ => (bytes.clamp(8, 50_000), 3_000_000),
        };
        let mut count = few;
        // A few take longer each, since everything is new: so the first answer is too small.
        for _ in 0..2 {
            let Some(figure) = self.run(library, count) else { break };
            let each = if self.measure == Measure::Latency { 2e-6 * figure } else { 1.0 / figure };
            count = ((seconds / each) as usize).clamp(few.min(20), most);
        }
        count
    }

    /// Runs the programs and answers the figure that they say; `None` if they fail or hang.
    pub(crate) fn run(&self, library: &Library, count: usize) -> Option<f64> {
        let arguments = [self.size.to_string(), count.to_string()];
        let start = |name: &str, endpoint: Option<&str>, core: Option<usize>| {
            let arguments: Vec<String> = endpoint.into_iter().map(str::to_owned).chain(arguments.clone()).collect();
            let command = (library.command)(name, &arguments, self.curve);
            let mut command = on_core(command, core.filter(|_| library.pinned));
            if (self.measure, self.transport) == (Measure::Throughput, Transport::Inproc) {
                keep_memory(&mut command);
            }
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()
        };
        let (local, remote) = match (self.measure, self.transport) {
            (Measure::Proxy, _) => return self.figure(start("proxy_thr", None, None)?),
            (Measure::Throughput, Transport::Inproc) => return self.figure(start("inproc_thr", None, Some(0))?),
            (Measure::Latency, Transport::Inproc) => return self.figure(start("inproc_lat", None, Some(0))?),
            (Measure::Throughput, _) => ("local_thr", "remote_thr"),
            (Measure::Latency, _) => ("local_lat", "remote_lat"),
        };
        let endpoint = self.endpoint();
        let local = start(local, Some(&endpoint), Some(0))?;
        // To try again in vain takes some of them long, and it would be counted as latency.
        std::thread::sleep(Duration::from_millis(30));
        let remote = start(remote, Some(&endpoint), Some(1));
        let Some(remote) = remote else {
            end(local);
            return None;
        };
        let (telling, other) = if self.measure == Measure::Latency { (remote, local) } else { (local, remote) };
        let figure = self.figure(telling);
        // libzmq's sleeps for a second at its end; others wait for ever, since they would lose what they have not sent.
        end(other);
        if let Some(path) = endpoint.strip_prefix("ipc://") {
            let _ = std::fs::remove_file(path);
        }
        figure
    }

    /// One that is free now: libzmq's programs cannot be asked for the port that they found.
    fn endpoint(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        if self.transport == Transport::Ipc {
            let name = format!("rszmq-bench-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
            return format!("ipc://{}", std::env::temp_dir().join(name).display());
        }
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
        format!("tcp://127.0.0.1:{port}")
    }

    /// Reads what the program says until it ends.
    fn figure(&self, mut program: Child) -> Option<f64> {
        let (send, said) = channel();
        let mut stdout = program.stdout.take().expect("a pipe");
        std::thread::spawn(move || {
            let mut text = String::new();
            let _ = stdout.read_to_string(&mut text);
            let _ = send.send(text);
        });
        let said = said.recv_timeout(PATIENCE).ok();
        end(program);
        let said = said?;
        let line = said.lines().find_map(|line| line.strip_suffix(self.measure.said()))?;
        let figure: f64 = line.rsplit_once(": ")?.1.trim().parse().ok()?;
        match self.measure {
            Measure::Latency => Some(figure),
            _ => Some(figure * 1e6 / 8.0 / self.size as f64),
        }
    }
}

fn end(mut program: Child) {
    let _ = program.kill();
    let _ = program.wait();
}

/// Has glibc's `malloc` keep what was freed. Left alone it gives it back to the system and takes it anew, or does not, by the chance of where
/// a message lies and when threads are switched: up to five times as much as all the rest that a message costs by inproc, in one run and not
/// in the next, whoever's program it is.
fn keep_memory(command: &mut Command) {
    command.env("MALLOC_TRIM_THRESHOLD_", (1_u64 << 30).to_string());
    // As high as it goes by itself. To set the other one stops it.
    command.env("MALLOC_MMAP_THRESHOLD_", (32_u64 << 20).to_string());
}

/// Has a program run on that core, if there is `taskset`: each of two on one of its own, and both threads of one on the same, so that what
/// they cost is measured. Else it is mostly where the system happens to put the threads, from one moment to the next.
fn on_core(command: Command, core: Option<usize>) -> Command {
    let taskset = Path::new("/usr/bin/taskset");
    let Some(core) = core.filter(|_| taskset.exists()) else { return command };
    let mut pinned = Command::new(taskset);
    pinned.args(["-c", &core.to_string()]).arg(command.get_program()).args(command.get_args());
    pinned
}
