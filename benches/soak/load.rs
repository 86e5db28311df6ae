//! What all the loads share: counting, stopping, and where sockets are bound.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use zmq::{Context, Kind, Socket};

pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// What waits for longer is lost: long enough for a machine with other things to do.
const LOST_AFTER: Duration = Duration::from_secs(60);

/// Everything that runs.
#[derive(Debug, Default)]
pub(crate) struct Run {
    stop: AtomicBool,
    faults: Mutex<Vec<String>>,
}

impl Run {
    pub(crate) fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Something was lost or wrong: nothing more has to be known.
    pub(crate) fn fault(&self, fault: String) {
        eprintln!("FAULT: {fault}");
        self.faults.lock().expect("nobody panics here").push(fault);
        self.stop();
    }

    pub(crate) fn faults(&self) -> usize {
        self.faults.lock().expect("nobody panics here").len()
    }
}

/// One kind of traffic, again and again.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) name: String,
    pub(crate) transport: Transport,
    sent: AtomicU64,
    received: AtomicU64,
    bytes: AtomicU64,
    rounds: AtomicU64,
}

impl Load {
    pub(crate) fn new(name: &str, transport: Transport) -> Self {
        let zero = || AtomicU64::new(0);
        let name = format!("{name} {}", transport.name());
        Self { name, transport, sent: zero(), received: zero(), bytes: zero(), rounds: zero() }
    }

    pub(crate) fn sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    /// A message came, and is the right one.
    pub(crate) fn received(&self, length: usize) {
        self.received.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(length as u64, Ordering::Relaxed);
    }

    pub(crate) fn round(&self) {
        self.rounds.fetch_add(1, Ordering::Relaxed);
    }

    /// Messages sent, received and checked, their bytes, and rounds.
    pub(crate) fn counts(&self) -> [u64; 4] {
        [&self.sent, &self.received, &self.bytes, &self.rounds].map(|count| count.load(Ordering::Relaxed))
    }
}

/// A context whose sockets give up what does not come.
pub(crate) fn context() -> zmq::Result<Context> {
    let context = Context::new()?;
    context.setsockopt(zmq::RCVTIMEO, LOST_AFTER)?;
    context.setsockopt(zmq::SNDTIMEO, LOST_AFTER)?;
    Ok(context)
}

/// Waits until it is so.
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) -> Outcome {
    let started = Instant::now();
    while !done() {
        if started.elapsed() > LOST_AFTER {
            return Err(format!("{what}: not within {LOST_AFTER:?}").into());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// The answer of a thread; a panic is no reason to end all the others.
pub(crate) fn joined(thread: std::thread::ScopedJoinHandle<'_, Result<(), String>>) -> Outcome {
    match thread.join() {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => Err("a thread panicked".into()),
    }
}

/// Errors cross threads as text.
pub(crate) fn as_text(work: impl FnOnce() -> Outcome) -> Result<(), String> {
    work().map_err(|error| error.to_string())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Tcp,
    Ipc,
    Inproc,
    Ws,
}

impl Transport {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Ipc => "ipc",
            Self::Inproc => "inproc",
            Self::Ws => "ws",
        }
    }

    /// Binds the socket, and answers where it is.
    pub(crate) fn bind<K: Kind>(self, socket: &Socket<K>) -> zmq::Result<Place> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let unique = format!("rszmq-soak-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut path = None;
        let endpoint = match self {
            Self::Tcp => "tcp://127.0.0.1:*".to_owned(),
            Self::Ws => "ws://127.0.0.1:*".to_owned(),
            Self::Inproc => format!("inproc://{unique}"),
            Self::Ipc => {
                let file = std::env::temp_dir().join(unique);
                let endpoint = format!("ipc://{}", file.display());
                path = Some(file);
                endpoint
            }
        };
        socket.bind(&endpoint)?;
        Ok(Place { endpoint: socket.last_endpoint()?, path })
    }
}

/// Where a socket is bound. The file of an `ipc` endpoint is removed in the end: libzmq leaves it.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) endpoint: String,
    path: Option<PathBuf>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            let _ = std::fs::remove_file(path);
        }
    }
}
