//! What a person is told about each of the usual mistakes.

mod support;

use std::time::{Duration, Instant};

use support::{deadline, eventually};
use zmq::{Context, Error, ErrorKind, SendError};

/// Holds the kind and the whole text of an error against what they should be; `...` in the text stands for anything.
#[track_caller]
fn says(error: impl Into<Error>, kind: ErrorKind, text: &str) {
    let error = error.into();
    assert_eq!(error.kind(), kind, "{error}");
    let shown = error.to_string();
    let mut rest = shown.as_str();
    let mut parts = text.split("...").peekable();
    if let Some(start) = parts.next() {
        rest = rest.strip_prefix(start).unwrap_or_else(|| panic!("{shown:?}\nshould begin with\n{start:?}"));
    }
    while let Some(part) = parts.next() {
        let at = rest.find(part).unwrap_or_else(|| panic!("{shown:?}\nshould contain\n{part:?}"));
        rest = &rest[at + part.len()..];
        if parts.peek().is_none() && part.is_empty() {
            rest = "";
        }
    }
    assert_eq!(rest, "", "{shown:?}\nshould end as\n{text:?}");
}

#[test]
fn bind_to_a_taken_port() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    let first = context.socket(zmq::REP).unwrap();
    first.bind("tcp://127.0.0.1:*").unwrap();
    let taken = first.last_endpoint().unwrap();
    let error = context.socket(zmq::REP).unwrap().bind(&taken).unwrap_err();
    assert_eq!(error.target(), Some(taken.as_str()));
    let text = format!("bind {taken}: address already in use (EADDRINUSE); another socket,... is bound to it;...");
    says(error, ErrorKind::AddressInUse, &text);
    says(
        {
            first.bind("inproc://taken").unwrap();
            context.socket(zmq::REP).unwrap().bind("inproc://taken").unwrap_err()
        },
        ErrorKind::AddressInUse,
        "bind inproc://taken: address already in use (EADDRINUSE); another socket of this context is bound to that name",
    );
}

#[test]
fn bind_to_what_is_not_here() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::REP).unwrap();
    says(
        socket.bind("tcp://nosuchif0:5555").unwrap_err(),
        ErrorKind::NoDevice,
        "bind tcp://nosuchif0:5555: no such device (ENODEV); bind takes *, the name of a network interface, or...",
    );
    says(
        socket.bind("tcp://192.0.2.77:5555").unwrap_err(),
        ErrorKind::AddressNotAvailable,
        "bind tcp://192.0.2.77:5555: cannot assign requested address (EADDRNOTAVAIL); that is not an address of...",
    );
    says(
        socket.bind("ipc:///nonexistent/directory/socket").unwrap_err(),
        ErrorKind::NotFound,
        "bind ipc:///nonexistent/directory/socket: no such endpoint, file or directory (ENOENT); the directory of...",
    );
    // An errno that is in no list keeps its number and the system's words.
    let error = socket.bind("ipc:///etc/passwd/socket").unwrap_err();
    assert_eq!(error.errno(), libc::ENOTDIR);
    says(error, ErrorKind::Other(libc::ENOTDIR), "bind ipc:///etc/passwd/socket: Not a directory (ENOTDIR)");
}

#[test]
fn endpoints_that_are_none() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::REQ).unwrap();
    says(
        socket.connect("tcp://127.0.0.1").unwrap_err(),
        ErrorKind::InvalidArgument,
        "connect tcp://127.0.0.1: invalid argument (EINVAL); the port is missing: tcp://host:5555",
    );
    says(
        socket.connect("localhost:5555").unwrap_err(),
        ErrorKind::InvalidArgument,
        "connect localhost:5555: invalid argument (EINVAL); an endpoint is transport://address, such as...",
    );
    says(
        socket.connect("tcp://localhost:70001").unwrap_err(),
        ErrorKind::InvalidArgument,
        "connect tcp://localhost:70001: invalid argument (EINVAL); \"70001\" is not a port: 1 to 65535",
    );
    says(
        socket.connect("tcp://local\0host:5555").unwrap_err(),
        ErrorKind::InvalidArgument,
        "connect tcp://local\\0host:5555: invalid argument (EINVAL); an endpoint cannot have a NUL in it",
    );
    says(
        socket.connect("foo://bar").unwrap_err(),
        ErrorKind::ProtocolNotSupported,
        "connect foo://bar: protocol not supported (EPROTONOSUPPORT); the transports are tcp, ipc, inproc...",
    );
    says(
        socket.connect("TCP://127.0.0.1:5555").unwrap_err(),
        ErrorKind::ProtocolNotSupported,
        "connect TCP://127.0.0.1:5555: protocol not supported (EPROTONOSUPPORT); transports are written in lower case: tcp://",
    );
    says(
        socket.disconnect("tcp://127.0.0.1:9").unwrap_err(),
        ErrorKind::NotFound,
        "disconnect tcp://127.0.0.1:9: no such endpoint, file or directory (ENOENT); the socket has no such endpoint;...",
    );
}

#[test]
fn a_transport_that_this_libzmq_lacks() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PUB).unwrap();
    let error = socket.bind("vmci://*:5555").unwrap_err();
    assert!(!zmq::has("vmci"), "no libzmq that is tested has it");
    says(
        error,
        ErrorKind::ProtocolNotSupported,
        "bind vmci://*:5555: protocol not supported (EPROTONOSUPPORT); this libzmq was built without vmci",
    );
    if !zmq::has("pgm") {
        says(
            socket.bind("pgm://eth0;239.192.1.1:5555").unwrap_err(),
            ErrorKind::ProtocolNotSupported,
            "bind pgm://eth0;239.192.1.1:5555: protocol not supported (EPROTONOSUPPORT); this libzmq was built without PGM;...",
        );
    }
}

#[test]
fn turns_of_req_and_rep() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    let (rep, req) = support::Transport::Inproc.pair(&context, zmq::REP, zmq::REQ);
    says(
        req.recv().unwrap_err(),
        ErrorKind::WrongState,
        "recv REQ: operation cannot be accomplished in current state (EFSM);... send first (DEALER and ROUTER have no lockstep)",
    );
    req.send("first").unwrap();
    let refused = req.send("second").unwrap_err();
    assert_eq!(refused.message, "second");
    says(
        refused,
        ErrorKind::WrongState,
        "send REQ: operation cannot be accomplished in current state (EFSM);... recv first... DEALER and ROUTER have no lockstep)",
    );
    says(
        rep.send("too early").unwrap_err(),
        ErrorKind::WrongState,
        "send REP: operation cannot be accomplished in current state (EFSM); a REP answers what it received: recv first...",
    );
    rep.recv().unwrap();
    says(rep.recv().unwrap_err(), ErrorKind::WrongState, "recv REP: operation...send the reply first...");
}

#[test]
fn a_terminated_context() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PUSH).unwrap();
    context.shutdown().unwrap();
    let error = eventually("the socket hears of the shutdown", || socket.try_send("x").err().filter(|e| !e.is_again()));
    assert_eq!(error.message, "x");
    says(error, ErrorKind::ContextTerminated, "send: context was terminated (ETERM)");
    says(
        context.socket(zmq::PUSH).unwrap_err(),
        ErrorKind::ContextTerminated,
        "socket: context was terminated (ETERM)",
    );
}

#[test]
fn timeouts_expire() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    let push = context.socket(zmq::PUSH).unwrap();
    push.set_sndtimeo(50).unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_rcvtimeo(Duration::from_millis(50)).unwrap();

    let started = Instant::now();
    let refused = push.send(vec![7u8; 100_000]).unwrap_err();
    assert!(started.elapsed() >= Duration::from_millis(45), "{:?}", started.elapsed());
    assert_eq!(refused.message.len(), 100_000);
    says(
        refused,
        ErrorKind::Again,
        "send: resource temporarily unavailable (EAGAIN); no peer is connected, or none has room for the message",
    );
    let started = Instant::now();
    let error = pull.recv().unwrap_err();
    assert!(started.elapsed() >= Duration::from_millis(45), "{:?}", started.elapsed());
    says(error, ErrorKind::Again, "recv: resource temporarily unavailable (EAGAIN); no message is there");
}

#[test]
fn a_router_and_an_unknown_peer() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    router.set_router_mandatory(true).unwrap();
    let refused = router.send_multipart(["nobody", "body"]).unwrap_err();
    assert_eq!(refused.parts, ["nobody", "body"]);
    says(
        refused,
        ErrorKind::HostUnreachable,
        "send ROUTER: host unreachable (EHOSTUNREACH); no peer has the routing id that the first frame says:...",
    );
}

#[test]
fn values_that_are_none() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::DEALER).unwrap();
    says(
        socket.set_sndhwm(-5).unwrap_err(),
        ErrorKind::InvalidArgument,
        "set SNDHWM: invalid argument (EINVAL); -5 is out of range: at least 0",
    );
    says(
        socket.set(zmq::TCP_KEEPALIVE, 2).unwrap_err(),
        ErrorKind::InvalidArgument,
        "set TCP_KEEPALIVE: invalid argument (EINVAL); 2 is out of range: -1 to 1",
    );
    says(
        socket.set_routing_id(vec![b'x'; 256]).unwrap_err(),
        ErrorKind::InvalidArgument,
        "set ROUTING_ID: invalid argument (EINVAL); the value has 256 bytes: 1 to 255",
    );
    says(
        socket.set_curve_serverkey("too short").unwrap_err(),
        ErrorKind::InvalidArgument,
        "set CURVE_SERVERKEY: invalid argument (EINVAL); a CURVE key is 32 bytes, or 40 characters of Z85, not 9",
    );
    says(
        context.set(zmq::IO_THREADS, -1).unwrap_err(),
        ErrorKind::InvalidArgument,
        "set context option IO_THREADS: invalid argument (EINVAL); -1 is out of range: at least 0",
    );
}

#[test]
fn too_many_sockets() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    context.set_max_sockets(2).unwrap();
    let _two = (context.socket(zmq::PAIR).unwrap(), context.socket(zmq::PAIR).unwrap());
    says(
        context.socket(zmq::PAIR).unwrap_err(),
        ErrorKind::TooManyOpen,
        "socket: too many open files or sockets (EMFILE); the context has its 2 sockets: see the context option MAX_SOCKETS",
    );
}

#[cfg(unix)]
#[test]
fn no_descriptors_left() {
    let _deadline = deadline(60);
    fn exhaust() -> Vec<std::fs::File> {
        let limit = libc::rlimit { rlim_cur: 64, rlim_max: 64 };
        // SAFETY: a live `rlimit`; the process is the child of this test.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
        std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect()
    }
    support::child("the first context", 20, || {
        let _files = exhaust();
        says(
            Context::new().unwrap_err(),
            ErrorKind::TooManyOpen,
            "context: too many open files or sockets (EMFILE); the process has no file descriptors left: see ulimit -n",
        );
    })
    .succeeds();
    support::child("the first socket", 20, || {
        let context = Context::new().unwrap();
        let files = exhaust();
        says(
            context.socket(zmq::PAIR).unwrap_err(),
            ErrorKind::TooManyOpen,
            "socket: too many open files or sockets (EMFILE); the first socket of a context needs ... file descriptors,...",
        );
        drop(files);
        context.socket(zmq::PAIR).unwrap();
    })
    .succeeds();
    support::child("a later socket", 20, || {
        let context = Context::new().unwrap();
        let first = context.socket(zmq::PAIR).unwrap();
        let files = exhaust();
        says(
            context.socket(zmq::PAIR).unwrap_err(),
            ErrorKind::TooManyOpen,
            "socket: too many open files or sockets (EMFILE);... no file descriptors left (see ulimit -n)...",
        );
        says(
            first.bind("tcp://127.0.0.1:*").unwrap_err(),
            ErrorKind::TooManyOpen,
            "bind tcp://127.0.0.1:*: too many open files or sockets (EMFILE); the process has no file descriptors left:...",
        );
        drop(files);
        first.bind("tcp://127.0.0.1:*").unwrap();
    })
    .succeeds();
}

#[test]
fn what_was_received_is_not_lost() {
    let _deadline = deadline(20);
    let context = Context::new().unwrap();
    let (one, two) = support::Transport::Inproc.pair(&context, zmq::PAIR, zmq::PAIR);
    one.send(b"caf\xe9").unwrap();
    let error = two.recv_string().unwrap_err();
    assert_eq!(error.to_string(), "recv: invalid UTF-8: incomplete utf-8 byte sequence from index 3");
    assert_eq!(error.into_message().unwrap(), b"caf\xe9");
    one.send_multipart(["a", "b", "c"]).unwrap();
    let error = two.recv_frames::<2>().unwrap_err();
    assert_eq!(error.to_string(), "recv: unexpected number of frames; the message has 3 frames, 2 were asked for");
    assert_eq!(error.into_frames().unwrap(), ["a", "b", "c"]);
}

#[test]
fn errors_go_where_errors_go() {
    fn question_mark() -> zmq::Result<()> {
        let context = Context::new()?;
        Ok(context.socket(zmq::PUSH)?.try_send("x")?)
    }
    fn boxed() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let context = Context::new()?;
        context.socket(zmq::PUSH)?.try_send("x")?;
        Ok(())
    }
    fn io() -> std::io::Result<()> {
        let context = Context::new()?;
        context.socket(zmq::PUSH)?.try_send("x")?;
        Ok(())
    }
    assert!(question_mark().unwrap_err().is_again());
    assert!(boxed().unwrap_err().downcast::<SendError>().unwrap().is_again());
    let error = io().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    assert!(error.into_inner().unwrap().downcast::<Error>().unwrap().is_again());
    // What a `main` that returns the error shows.
    assert!(
        format!("{:?}", question_mark().unwrap_err()).starts_with("send: resource temporarily unavailable (EAGAIN)")
    );
}
