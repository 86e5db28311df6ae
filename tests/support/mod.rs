//! What the tests share: deadlines, children, and connected sockets.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of it")]

pub mod programs;
pub mod zmtp;

use std::cell::RefCell;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use zmq::{Context, IntoKind, Kind, Socket};

/// The name of the test that runs on this thread.
pub fn test_name() -> String {
    std::thread::current().name().unwrap_or("main").to_owned()
}

/// So many seconds, or more where the machine is made slower: `RSZMQ_PATIENCE` says how many times.
fn patience(seconds: u64) -> Duration {
    let times = std::env::var("RSZMQ_PATIENCE").map_or(1, |times| times.parse().expect("a number"));
    Duration::from_secs(seconds) * times
}

/// Aborts the process, with the name of the test, unless it is dropped in time: a bug here is usually a hang.
#[must_use = "the deadline ends when it is dropped"]
pub fn deadline(seconds: u64) -> Deadline {
    let name = test_name();
    let (done, wait) = channel::<()>();
    std::thread::spawn(move || {
        if wait.recv_timeout(patience(seconds)) == Err(RecvTimeoutError::Timeout) {
            // Not `eprintln!`, which the test harness may hold back.
            let _ = writeln!(std::io::stderr(), "\ntest {name} took longer than {seconds} s");
            programs::kill_all();
            std::process::abort();
        }
    });
    Deadline(done)
}

/// See [`deadline`].
#[derive(Debug)]
pub struct Deadline(#[allow(dead_code, reason = "dropping it is what counts")] Sender<()>);

const CHILD: &str = "RSZMQ_TEST_CHILD";

/// Runs `body` in a process of its own, so that an abort, a crash or a hang of libzmq is an answer and not the end of all
/// tests. The process is this test once more, in which only the call with this label does something.
pub fn child(label: &str, seconds: u64, body: impl FnOnce()) -> Outcome {
    if let Ok(wanted) = std::env::var(CHILD) {
        if wanted != label {
            return Outcome { label: label.to_owned(), ended: None };
        }
        body();
        std::process::exit(0);
    }
    let mut child = Command::new(std::env::current_exe().expect("the test knows its own program"))
        .args([&test_name(), "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, label)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the child starts");
    let readers = [reader(child.stdout.take()), reader(child.stderr.take())];
    let started = Instant::now();
    let status = loop {
        match child.try_wait().expect("the child can be waited for") {
            Some(status) => break Some(status),
            None if started.elapsed() > patience(seconds) => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    // A grandchild may keep the pipes open; what was written until now is all that counts then.
    let output = readers.into_iter().map(|reader| reader.join().expect("the reader does not panic")).collect();
    Outcome { label: label.to_owned(), ended: Some((status, output)) }
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.expect("the pipe was asked for").read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// How a [`child`] ended.
#[derive(Debug)]
#[must_use = "say what is expected of the child"]
pub struct Outcome {
    label: String,
    /// `None` in the child itself; else the status, `None` if it had to be killed, and what it wrote.
    ended: Option<(Option<ExitStatus>, String)>,
}

impl Outcome {
    /// Fails the test unless the child came to its end.
    #[track_caller]
    pub fn succeeds(self) -> String {
        let Some((status, output)) = self.ended else { return String::new() };
        match status {
            Some(status) if status.success() => output,
            Some(status) => panic!("child {:?}: {status}\n{output}", self.label),
            None => panic!("child {:?} hung\n{output}", self.label),
        }
    }

    /// Fails the test unless the child aborted, as documented for what cannot be an error.
    #[cfg(unix)]
    #[track_caller]
    pub fn aborts(self) -> String {
        use std::os::unix::process::ExitStatusExt as _;
        let Some((status, output)) = self.ended else { return String::new() };
        let signal = status.and_then(|status| status.signal());
        assert_eq!(signal, Some(libc::SIGABRT), "child {:?}: {status:?}\n{output}", self.label);
        output
    }

    /// Fails the test unless the child ended with that code.
    #[track_caller]
    pub fn exits(self, code: i32) -> String {
        let Some((status, output)) = self.ended else { return String::new() };
        assert_eq!(status.and_then(|status| status.code()), Some(code), "child {:?}\n{output}", self.label);
        output
    }
}

/// How two sockets of a test are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Tcp,
    Ipc,
    Inproc,
}

pub const TRANSPORTS: [Transport; 3] = [Transport::Tcp, Transport::Ipc, Transport::Inproc];

/// A name that nothing else uses, in this process or another. The number of a process is not enough: in a container the next one may
/// have the same, and what the last one left.
pub fn unique(prefix: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    static RANDOM: LazyLock<u32> = LazyLock::new(|| RandomState::new().hash_one(0) as u32);
    // Both, since a fork has what was chosen before it.
    format!("{prefix}-{}-{:08x}-{}", std::process::id(), *RANDOM, COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A directory of the test's own; it is removed in the end, with all that is in it.
pub fn temp_dir() -> TempDir {
    tempfile::Builder::new().prefix("rszmq-").tempdir().expect("a directory can be made")
}

/// A path at which nothing is; whatever comes there is removed in the end.
#[derive(Debug)]
pub struct TempPath {
    path: PathBuf,
    _inside: TempDir,
}

impl TempPath {
    pub fn new() -> Self {
        let inside = temp_dir();
        Self { path: inside.path().join("socket"), _inside: inside }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn ipc(&self) -> String {
        format!("ipc://{}", self.path.display())
    }
}

impl Default for TempPath {
    fn default() -> Self {
        Self::new()
    }
}

thread_local! {
    /// Those of `ipc` endpoints, to be removed when the test's thread ends: libzmq leaves them.
    static PATHS: RefCell<Vec<TempPath>> = const { RefCell::new(Vec::new()) };
}

impl Transport {
    /// An endpoint to bind to.
    pub fn endpoint(self) -> String {
        match self {
            Self::Tcp => "tcp://127.0.0.1:*".to_owned(),
            Self::Ipc => {
                let path = TempPath::new();
                let endpoint = path.ipc();
                PATHS.with_borrow_mut(|paths| paths.push(path));
                endpoint
            }
            Self::Inproc => format!("inproc://{}", unique("test")),
        }
    }

    /// Binds the socket and answers what to connect to.
    #[track_caller]
    pub fn bind<K: Kind>(self, socket: &Socket<K>) -> String {
        socket.bind(&self.endpoint()).expect("the test's endpoint is free");
        socket.last_endpoint().expect("a bound socket has an endpoint")
    }

    /// Two connected sockets; the first is bound.
    #[track_caller]
    pub fn pair<A: IntoKind, B: IntoKind>(
        self,
        context: &Context,
        bound: A,
        connected: B,
    ) -> (Socket<A::Kind>, Socket<B::Kind>) {
        let bound = context.socket(bound).expect("a socket can be made");
        let connected = context.socket(connected).expect("a socket can be made");
        connected.connect(&self.bind(&bound)).expect("the endpoint is right");
        (bound, connected)
    }
}

/// Waits until a publisher has got the subscriptions. Before libzmq 4.3.5 only an XPUB can tell.
pub fn subscribed<K: zmq::Publisher>(publisher: &Socket<K>, topics: usize) {
    match publisher.wait_for_subscriptions(topics, 5000) {
        Err(error) if error.kind() == zmq::ErrorKind::Unsupported => {
            for _ in 0..topics {
                publisher.as_dynamic().recv_timeout(5000).unwrap();
            }
        }
        answer => assert_eq!(answer.unwrap(), topics),
    }
}

/// Tries again and again until `done` answers something, for at most 10 s.
#[track_caller]
pub fn eventually<T>(what: &str, mut done: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = done() {
            return answer;
        }
        assert!(started.elapsed() < patience(10), "{what}: not within 10 s");
        std::thread::sleep(Duration::from_millis(1));
    }
}
