//! No descriptors left: every call works or says so, nothing aborts, and when there are some again all goes on.

use std::fs::File;

use tempfile::TempDir;
use zmq::{Context, Error, ErrorKind, Event, Monitor, POLLIN, Poller, Result, Socket};

use crate::process::{descriptors, impatient, next, until};
use crate::role::{role, say};
use crate::support::{Transport, child, deadline, eventually, temp_dir, unique};

/// All descriptors that this process may have, but for some; dropping gives them back.
pub(crate) struct Scarcity(Vec<File>);

impl Scarcity {
    /// Leaves that many.
    pub(crate) fn leaving(free: usize) -> Self {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: writes the limit.
        assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
        limit.rlim_cur = descriptors() as libc::rlim_t + 64;
        // SAFETY: reads the limit; the process is a child of the test's own.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
        let mut files: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        files.truncate(files.len().checked_sub(free).expect("as many as that"));
        Self(files)
    }

    fn give(&mut self, count: usize) {
        self.0.truncate(self.0.len() - count);
    }
}

/// What is there before descriptors become few: a pair that talks.
pub(crate) struct World {
    pub(crate) context: Context,
    rep: Socket<zmq::Rep>,
    req: Socket<zmq::Req>,
    /// It may be connected to one endpoint several times, which a DEALER is not.
    pub(crate) spare: Socket<zmq::Push>,
    sink: Socket<zmq::Pull>,
    /// Of the spare socket.
    pub(crate) monitor: Monitor,
    pub(crate) endpoint: String,
    /// To remove one takes a descriptor.
    folder: TempDir,
    runtime: tokio::runtime::Runtime,
}

impl World {
    pub(crate) fn new() -> Self {
        let context = Context::new().unwrap();
        let (rep, req) = Transport::Tcp.pair(&context, zmq::REP, zmq::REQ);
        let (spare, sink) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
        let endpoint = Transport::Tcp.bind(&sink);
        impatient(&spare);
        let monitor = spare.monitor(zmq::EVENT_CONNECTED | zmq::EVENT_CONNECT_RETRIED).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let this = Self { context, rep, req, spare, sink, monitor, endpoint, folder: temp_dir(), runtime };
        this.talk();
        this
    }

    #[track_caller]
    pub(crate) fn talk(&self) {
        self.req.send("still there?").unwrap();
        self.rep.recv_timeout(20_000).unwrap();
        self.rep.send("yes").unwrap();
        self.req.recv_timeout(20_000).unwrap();
    }

    /// Connects the spare socket, and waits for what its I/O thread makes of that.
    pub(crate) fn connect(&self, endpoint: &str) -> Result<()> {
        while next(&self.monitor).is_some() {}
        self.spare.connect(endpoint)?;
        until(&self.monitor, |_| true);
        self.spare.disconnect(endpoint)
    }

    fn bind(&self, kind: impl zmq::IntoKind, endpoint: &str) -> Result<()> {
        self.context.socket(kind)?.bind(endpoint)
    }
}

type Call = fn(&World) -> Result<()>;

const CALLS: [(&str, Call); 15] = [
    ("a context", |_| Context::new().map(drop)),
    ("the first socket of a context", |_| Context::new()?.socket(zmq::PULL).map(drop)),
    ("a socket", |world| world.context.socket(zmq::PULL).map(drop)),
    ("bind by tcp", |world| world.bind(zmq::PULL, "tcp://127.0.0.1:*")),
    ("bind by tcp to an interface", |world| world.bind(zmq::PULL, "tcp://lo:*")),
    // Each time another path, since the last one is given back by and by.
    ("bind by ipc", |world| world.bind(zmq::PULL, &format!("ipc://{}/{}", world.folder.path().display(), unique("x")))),
    ("bind by ipc anywhere", |world| world.bind(zmq::PULL, "ipc://*")),
    ("bind by inproc", |world| world.bind(zmq::PULL, &Transport::Inproc.endpoint())),
    ("connect", |world| world.connect(&world.endpoint)),
    ("connect to a name", |world| world.connect(&world.endpoint.replace("127.0.0.1", "localhost"))),
    ("a monitor", |world| world.req.monitor(zmq::EVENT_ALL).map(drop)),
    ("a poller", |world| {
        let mut poller = Poller::new();
        poller.register(&world.rep, POLLIN)?;
        poller.register(&world.spare, POLLIN)?;
        poller.poll(0).map(drop)
    }),
    ("an authenticator", |world| {
        let mut auth = zmq::auth::ThreadAuthenticator::new(&world.context);
        auth.start()?;
        auth.stop()
    }),
    ("a proxy with a thread", |world| {
        let proxy = zmq::ThreadProxy::new(&world.context, zmq::PULL, zmq::PUSH)?;
        proxy.bind_in("tcp://127.0.0.1:*")?;
        proxy.start()?.stop().map(drop)
    }),
    ("async sockets", |world| {
        world.runtime.block_on(async {
            let context = zmq::tokio::Context::from(world.context.clone());
            let (pull, push) = (context.socket(zmq::PULL)?, context.socket(zmq::PUSH)?);
            let endpoint = Transport::Inproc.endpoint();
            pull.bind(&endpoint)?;
            push.connect(&endpoint)?;
            push.send("x").await.map_err(Error::from)?;
            pull.recv().await.map(drop)
        })
    }),
];

#[test]
fn every_call_works_or_says_that_no_descriptors_are_left() {
    let _deadline = deadline(100);
    for (what, call) in CALLS {
        child(what, 30, || {
            let world = World::new();
            let mut refused = 0;
            for free in 0..24 {
                // libzmq's threads close what was used before by and by.
                let scarcity = Scarcity::leaving(free);
                let answer = call(&world);
                world.talk();
                drop(scarcity);
                if let Err(error) = answer {
                    assert_eq!(error.kind(), ErrorKind::TooManyOpen, "{what} with {free}: {error}");
                    refused += 1;
                }
            }
            // With as many as there are usually it works.
            eventually(what, || call(&world).ok());
            world.talk();
            println!("{what}: refused {refused} times of 24");
        })
        .succeeds();
    }
}

/// The connection waits until it can be accepted; the monitor says why it is not yet.
#[test]
fn connections_that_cannot_be_accepted_wait_for_a_descriptor() {
    let _deadline = deadline(60);
    let client = role("client", |arguments| {
        let context = Context::new().unwrap();
        let req = context.socket(zmq::REQ).unwrap();
        req.connect(arguments[0]).unwrap();
        req.send("let me in").unwrap();
        say(req.recv_string().unwrap());
    });
    // By ipc a libzmq that is linked aborts.
    let transports = [Transport::Tcp, Transport::Ipc];
    for transport in transports.into_iter().take(if cfg!(zmq_vendored) { 2 } else { 1 }) {
        child(&format!("{transport:?}"), 25, || {
            let world = World::new();
            let rep = world.context.socket(zmq::REP).unwrap();
            let monitor = rep.monitor(zmq::EVENT_ACCEPT_FAILED).unwrap();
            let endpoint = transport.bind(&rep);
            // Starting a process takes some.
            let mut scarcity = Scarcity::leaving(12);
            let mut peer = client.start(&[&endpoint]);
            scarcity.0.extend(std::iter::from_fn(|| File::open("/dev/null").ok()));
            // What is connected already works.
            until(&monitor, |event| matches!(event, Event::AcceptFailed { errno: libc::EMFILE | libc::ENFILE }));
            world.talk();
            assert!(rep.recv_timeout(50).unwrap_err().is_again());
            scarcity.give(2);
            assert_eq!(rep.recv_timeout(20_000).unwrap(), "let me in");
            rep.send("welcome").unwrap();
            peer.expect("welcome");
        })
        .succeeds();
    }
}

/// The end of a context needs none.
#[test]
fn a_context_ends_with_no_descriptors_left() {
    let _deadline = deadline(30);
    child("", 20, || {
        let world = World::new();
        let mut scarcity = Scarcity::leaving(0);
        assert_eq!(Context::new().unwrap_err().kind(), ErrorKind::TooManyOpen);
        let World { context, rep, req, spare, sink, monitor, .. } = world;
        drop((rep, req, spare, sink, monitor));
        context.term_timeout(10_000).unwrap();
        // A first socket asks for more than a context then has.
        scarcity.give(4);
        let again = eventually("its descriptors can be had", || Context::new().ok()?.socket(zmq::PULL).ok());
        drop(again);
    })
    .succeeds();
}
