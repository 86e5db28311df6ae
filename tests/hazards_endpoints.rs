//! What libzmq 4.3.5 makes of odd endpoints and descriptors, and what is answered here instead: see `hazards.rs`.
#![cfg(target_os = "linux")]

mod support;

use std::net::{TcpListener, UdpSocket};
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::Duration;

use ErrorKind::{
    AddressInUse, AddressNotAvailable, IncompatibleProtocol, InvalidArgument, NameTooLong, NoDevice, NoThread,
    NotFound, ProtocolNotSupported,
};
use support::{TempPath, child, deadline, temp_dir, unique};
use zmq::{Context, ErrorKind};

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// What is expected: `None` that it works.
type Answer = Option<ErrorKind>;

const FINE: Answer = None;
const WRONG: Answer = Some(InvalidArgument);

/// The endpoint, what `bind` answers, what `connect` answers. `PORT` becomes a free port. "libzmq:" is where it answers otherwise.
const TABLE: &[(&str, Answer, Answer)] = &[
    ("", WRONG, WRONG),
    ("tcp", WRONG, WRONG),
    ("tcp:", WRONG, WRONG),
    ("tcp://", WRONG, WRONG),
    ("://x", WRONG, WRONG),
    ("tcp://127.0.0.1", WRONG, WRONG),
    ("tcp://127.0.0.1:", WRONG, WRONG),
    ("tcp://127.0.0.1:*", FINE, WRONG),
    // libzmq: connects to port 0, and never arrives.
    ("tcp://127.0.0.1:0", FINE, WRONG),
    // libzmq: port 4465.
    ("tcp://127.0.0.1:70001", WRONG, WRONG),
    // libzmq: port 65535.
    ("tcp://127.0.0.1:-1", WRONG, WRONG),
    // libzmq: port 45001.
    ("tcp://127.0.0.1:45001abc", WRONG, WRONG),
    ("tcp://127.0.0.1:abc", WRONG, WRONG),
    ("tcp://127.0.0.1:!", WRONG, WRONG),
    ("tcp://127.0.0.1: 45001", WRONG, WRONG),
    // libzmq: port 59391.
    ("tcp://127.0.0.1:99999999999", WRONG, WRONG),
    // libzmq: takes it.
    ("tcp://127.0.0.1:PORT/", WRONG, WRONG),
    ("tcp://*:*", FINE, WRONG),
    ("tcp://*:PORT", FINE, WRONG),
    ("tcp://0.0.0.0:*", FINE, WRONG),
    ("tcp://lo:*", FINE, WRONG),
    ("tcp://nosuchif0:*", Some(NoDevice), WRONG),
    ("tcp://localhost:*", FINE, WRONG),
    ("tcp://localhost:PORT", FINE, FINE),
    ("tcp://8.8.8.8:PORT", Some(AddressNotAvailable), FINE),
    ("tcp://[::1]:*", Some(NoDevice), WRONG),
    // libzmq: connects, and never arrives, without the option IPV6.
    ("tcp://[::1]:PORT", Some(NoDevice), WRONG),
    ("tcp://::1:PORT", Some(NoDevice), WRONG),
    // libzmq: connects to nowhere.
    ("tcp://:PORT", WRONG, WRONG),
    ("tcp://_x:PORT", Some(NoDevice), WRONG),
    ("tcp://a b:1", Some(NoDevice), WRONG),
    ("tcp://127.0.0.1:*;127.0.0.1:PORT", FINE, FINE),
    ("tcp://127.0.0.1:0;127.0.0.1:PORT", FINE, FINE),
    ("tcp://lo:0;127.0.0.1:PORT", FINE, FINE),
    ("TCP://127.0.0.1:PORT", Some(ProtocolNotSupported), Some(ProtocolNotSupported)),
    ("ipc://", WRONG, WRONG),
    ("ipc://@", WRONG, WRONG),
    ("ipc://@rszmq-test-PORT", FINE, FINE),
    // libzmq: connects to a file of that name.
    ("ipc://*", FINE, WRONG),
    ("ipc://*foo", FINE, WRONG),
    ("ipc:///nonexistent/dir/x", Some(NotFound), FINE),
    ("ipc:///proc/x", Some(NotFound), FINE),
    ("inproc://", WRONG, WRONG),
    ("inproc://x", FINE, FINE),
    ("inproc://a/b c*@", FINE, FINE),
    ("udp://127.0.0.1:PORT", Some(IncompatibleProtocol), Some(IncompatibleProtocol)),
    ("vmci://*:*", Some(ProtocolNotSupported), Some(ProtocolNotSupported)),
    ("foo://bar", Some(ProtocolNotSupported), Some(ProtocolNotSupported)),
];

/// `# Endpoints: what bind and connect answer`.
#[test]
fn the_table_of_endpoints() {
    let _deadline = deadline(60);
    for (endpoint, bind, connect) in TABLE {
        let context = Context::new().unwrap();
        let endpoint = endpoint.replace("PORT", &free_port().to_string());
        let socket = context.socket(zmq::REP).unwrap();
        let answer = socket.bind(&endpoint);
        // Before 4.3.5 no names were looked up for bind.
        let no_names = endpoint.starts_with("tcp://localhost") && zmq::version() < zmq::Version::new(4, 3, 5);
        let bind = if no_names { Some(NoDevice) } else { *bind };
        assert_eq!(answer.as_ref().err().map(zmq::Error::kind), bind, "bind {endpoint:?}: {answer:?}");
        if let Err(error) = answer {
            assert!(error.to_string().starts_with(&format!("bind {endpoint}:")) || endpoint.is_empty(), "{error}");
        }
        let socket = context.socket(zmq::REQ).unwrap();
        let answer = socket.connect(&endpoint);
        assert_eq!(answer.as_ref().err().map(zmq::Error::kind), *connect, "connect {endpoint:?}: {answer:?}");
    }
}

/// Of a WebSocket's address libzmq takes the path for a part of the host's when it has a colon or a semicolon in it, or several slashes.
#[test]
fn paths_of_websockets() {
    // The path, what `bind` answers with a port and with `*`, and what `connect` does.
    const PATHS: &[(&str, Answer, Answer, Answer)] = &[
        ("", FINE, FINE, FINE),
        ("/", FINE, FINE, FINE),
        ("/a", FINE, FINE, FINE),
        ("/a?b=c%20d", FINE, FINE, FINE),
        ("/a/b", FINE, WRONG, FINE),
        // libzmq: connects, and never arrives.
        ("/a:b", FINE, FINE, WRONG),
        ("/a;b", FINE, FINE, WRONG),
        ("/a;127.0.0.1:PORT", FINE, FINE, WRONG),
        ("/a:PORT/b", WRONG, WRONG, WRONG),
        ("/a;127.0.0.1:PORT/b", WRONG, WRONG, WRONG),
    ];
    if !zmq::has("ws") {
        println!("left out: this libzmq has no ws");
        return;
    }
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let kind = |answer: zmq::Result<()>| answer.err().map(|error| error.kind());
    for (path, bind, bind_any, connect) in PATHS {
        let path = path.replace("PORT", &free_port().to_string());
        let server = context.socket(zmq::REP).unwrap();
        server.set_rcvtimeo(20_000).unwrap();
        let port = free_port();
        let endpoint = format!("ws://127.0.0.1:{port}{path}");
        assert_eq!(kind(server.bind(&endpoint)), *bind, "bind {endpoint}");
        if bind.is_some() {
            server.bind(&format!("ws://127.0.0.1:{port}")).unwrap();
        }
        let client = context.socket(zmq::REQ).unwrap();
        assert_eq!(kind(client.connect(&endpoint)), *connect, "connect {endpoint}");
        if connect.is_none() {
            client.send("there").unwrap();
            assert_eq!(server.recv().unwrap(), "there", "{endpoint}");
        }
        let any = format!("ws://127.0.0.1:*{path}");
        assert_eq!(kind(server.bind(&any)), *bind_any, "bind {any}");
        if bind_any.is_none() {
            server.unbind(&any).unwrap();
        }
    }
    let socket = context.socket(zmq::REP).unwrap();
    // libzmq: port 65535.
    assert_eq!(kind(socket.bind("ws://127.0.0.1:-1/.;;1:*")), WRONG);
    socket.set_ipv6(true).unwrap();
    // libzmq: port 46123 of ::1.
    assert_eq!(kind(socket.bind("ws://::1/a:46123/b")), WRONG);
}

/// `tipc://…` leaves errno as it was when it refuses an address, so that any error can be seen there.
#[test]
fn tipc_addresses_that_are_none() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::REP).unwrap();
    let expected = if zmq::has("tipc") { InvalidArgument } else { ProtocolNotSupported };
    for endpoint in ["tipc://bad", "tipc://{", "tipc://{1", "tipc://{1,2", "tipc://<1.2.3", "tipc://é"] {
        // What is left over from before.
        let _ = socket.try_recv();
        assert_eq!(socket.bind(endpoint).unwrap_err().kind(), expected, "{endpoint}");
        let _ = socket.unbind("tcp://127.0.0.1:1");
        assert_eq!(socket.connect(endpoint).unwrap_err().kind(), expected, "{endpoint}");
    }
}

#[test]
fn endpoints_that_are_very_long() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    for length in [300, 5_000, 200_000] {
        let socket = context.socket(zmq::REP).unwrap();
        let name = "a".repeat(length);
        assert_eq!(socket.bind(&format!("tcp://{name}:5555")).unwrap_err().kind(), NoDevice);
        assert_eq!(socket.connect(&format!("tcp://{name}:5555")).unwrap_err().kind(), InvalidArgument);
        assert_eq!(socket.bind(&format!("ipc:///tmp/{name}")).unwrap_err().kind(), NameTooLong);
        assert_eq!(socket.connect(&format!("ipc:///tmp/{name}")).unwrap_err().kind(), NameTooLong);
        let endpoint = format!("inproc://{name}");
        socket.bind(&endpoint).unwrap();
        assert_eq!(socket.last_endpoint().unwrap(), endpoint);
        socket.connect(&endpoint).unwrap();
    }
    let dir = temp_dir();
    let longest = format!("{}/", dir.path().display());
    let longest = format!("{longest}{}", "y".repeat(107 - longest.len()));
    let socket = context.socket(zmq::REP).unwrap();
    socket.bind(&format!("ipc://{longest}")).unwrap();
    assert_eq!(socket.last_endpoint().unwrap(), format!("ipc://{longest}"));
    std::fs::remove_file(&longest).unwrap();
    assert_eq!(socket.bind(&format!("ipc://{longest}z")).unwrap_err().kind(), NameTooLong);
}

#[test]
fn thousands_of_endpoints() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::DEALER).unwrap();
    for number in 0..5_000 {
        socket.bind(&format!("inproc://{number}")).unwrap();
        socket.connect(&format!("inproc://{number}")).unwrap();
    }
    for number in 0..5_000 {
        socket.unbind(&format!("inproc://{number}")).unwrap();
        socket.disconnect(&format!("inproc://{number}")).unwrap();
    }
    socket.close_linger(0).unwrap();
    context.term().unwrap();
}

/// `ipc bind onto regular file deletes it`, `ipc bind dup steals; abstract dup`.
#[test]
fn an_ipc_bind_removes_nothing_of_others() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let path = TempPath::new();
    std::fs::write(path.path(), "precious").unwrap();
    let socket = context.socket(zmq::REP).unwrap();
    let error = socket.bind(&path.ipc()).unwrap_err();
    assert_eq!(error.kind(), AddressInUse);
    assert!(error.to_string().contains("a file of that name that is no socket"), "{error}");
    assert_eq!(std::fs::read_to_string(path.path()).unwrap(), "precious");
    std::fs::remove_file(path.path()).unwrap();

    let listener = UnixListener::bind(path.path()).unwrap();
    let error = socket.bind(&path.ipc()).unwrap_err();
    assert!(error.to_string().contains("another socket, perhaps of another program, is bound to it"), "{error}");
    // The listener is still there, and nobody bothered it.
    listener.set_nonblocking(true).unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    UnixStream::connect(path.path()).unwrap();

    // What a program that is gone left over is taken.
    drop(listener);
    assert!(path.path().exists());
    socket.bind(&path.ipc()).unwrap();
    let other = context.socket(zmq::REP).unwrap();
    assert_eq!(other.bind(&path.ipc()).unwrap_err().kind(), AddressInUse);
    let client = context.socket(zmq::REQ).unwrap();
    client.connect(&path.ipc()).unwrap();
    client.send("still bound").unwrap();
    assert_eq!(socket.recv().unwrap(), "still bound");

    let link = TempPath::new();
    std::os::unix::fs::symlink(path.path(), link.path()).unwrap();
    assert_eq!(other.bind(&link.ipc()).unwrap_err().kind(), AddressInUse, "a link is no socket");

    let name = format!("ipc://@{}", unique("rszmq-test"));
    socket.bind(&name).unwrap();
    assert_eq!(other.bind(&name).unwrap_err().kind(), AddressInUse);
}

/// An errno that is in no list: `bind("ipc:///etc/passwd/x")`.
#[test]
fn an_unusual_errno_is_kept() {
    let context = Context::new().unwrap();
    let error = context.socket(zmq::REP).unwrap().bind("ipc:///etc/passwd/x").unwrap_err();
    assert_eq!((error.kind(), error.errno()), (ErrorKind::Other(libc::ENOTDIR), libc::ENOTDIR));
    assert_eq!(error.to_string(), "bind ipc:///etc/passwd/x: Not a directory (ENOTDIR)");
}

/// `inproc bind dup; connect-before-bind`, `tcp bind dup / privileged`.
#[test]
fn binding_what_is_bound() {
    let context = Context::new().unwrap();
    let (one, two) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REP).unwrap());
    for endpoint in ["inproc://taken", "tcp://127.0.0.1:*"] {
        one.bind(endpoint).unwrap();
        let bound = one.last_endpoint().unwrap();
        assert_eq!(two.bind(&bound).unwrap_err().kind(), AddressInUse);
        assert_eq!(one.bind(&bound).unwrap_err().kind(), AddressInUse);
        one.unbind(&bound).unwrap();
        support::eventually("it is free again", || two.bind(&bound).ok());
    }
}

/// `unbind wildcard by original string`, `unbind(localhost) for 127.0.0.1 bind; via disconnect()`, `disconnect twice / unbind
/// unknown`, `inproc DEALER connected twice + dup tcp connect`.
#[test]
fn unbinding_and_disconnecting() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::DEALER).unwrap();
    for endpoint in ["tcp://*:*", "tcp://127.0.0.1:*", "tcp://lo:*", "ipc://*"] {
        socket.bind(endpoint).unwrap();
        socket.unbind(endpoint).unwrap();
        assert_eq!(socket.unbind(endpoint).unwrap_err().kind(), NotFound, "{endpoint}");
        socket.bind(endpoint).unwrap();
        socket.unbind(&socket.last_endpoint().unwrap()).unwrap();
        assert_eq!(socket.unbind(endpoint).unwrap_err().kind(), NotFound, "{endpoint}");
    }
    let port = free_port();
    socket.bind(&format!("tcp://127.0.0.1:{port}")).unwrap();
    socket.unbind(&format!("tcp://localhost:{port}")).unwrap();
    socket.bind("inproc://here").unwrap();
    socket.disconnect("inproc://here").unwrap();
    assert_eq!(socket.unbind("inproc://here").unwrap_err().kind(), NotFound);

    for unknown in ["tcp://127.0.0.1:1", "inproc://nowhere", "ipc:///nowhere"] {
        assert_eq!(socket.unbind(unknown).unwrap_err().kind(), NotFound, "{unknown}");
        assert_eq!(socket.disconnect(unknown).unwrap_err().kind(), NotFound, "{unknown}");
    }
    for wrong in ["bad", "", "tcp:/x"] {
        assert_eq!(socket.disconnect(wrong).unwrap_err().kind(), InvalidArgument, "{wrong}");
    }
    assert_eq!(socket.disconnect("foo://bar").unwrap_err().kind(), ProtocolNotSupported);

    for endpoint in ["inproc://twice", &format!("tcp://127.0.0.1:{port}")] {
        socket.connect(endpoint).unwrap();
        socket.connect(endpoint).unwrap();
        socket.disconnect(endpoint).unwrap();
        assert_eq!(socket.disconnect(endpoint).unwrap_err().kind(), NotFound, "one disconnect ends both");
    }
}

/// `IO_THREADS=0 tcp bind/connect`, `AFFINITY bit w/o thread`.
#[test]
fn without_an_io_thread() {
    let _deadline = deadline(30);
    let context = Context::with_io_threads(0).unwrap();
    let (one, two) = (context.socket(zmq::PAIR).unwrap(), context.socket(zmq::PAIR).unwrap());
    let error = one.bind("tcp://127.0.0.1:*").unwrap_err();
    assert_eq!(error.kind(), NoThread);
    assert!(error.to_string().contains("IO_THREADS"), "{error}");
    assert_eq!(one.connect("tcp://127.0.0.1:9").unwrap_err().kind(), NoThread);
    one.bind("inproc://works").unwrap();
    two.connect("inproc://works").unwrap();
    two.send("x").unwrap();
    assert_eq!(one.recv().unwrap(), "x");

    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PAIR).unwrap();
    socket.set(zmq::AFFINITY, 1 << 40).unwrap();
    assert_eq!(socket.bind("tcp://127.0.0.1:*").unwrap_err().kind(), NoThread);
}

fn pipe() -> [OwnedFd; 2] {
    let mut ends = [-1; 2];
    // SAFETY: writes two descriptors to the array.
    assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
    // SAFETY: they were just opened, and nobody else has them.
    ends.map(|end| unsafe { OwnedFd::from_raw_fd(end) })
}

/// Descriptors that cannot be accepted on: libzmq takes each, and aborts in its I/O thread.
#[test]
fn descriptors_that_are_no_listeners() {
    let _deadline = deadline(30);
    child("", 20, || {
        let context = Context::new().unwrap();
        let rep = context.socket(zmq::REP).unwrap();
        let path = TempPath::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (one, other) = UnixStream::pair().unwrap();
        let [reader, writer] = pipe();
        let wrong: [(&str, OwnedFd); 9] = [
            ("tcp://127.0.0.1:*", UdpSocket::bind("127.0.0.1:0").unwrap().into()),
            ("tcp://127.0.0.1:*", std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap().into()),
            ("tcp://127.0.0.1:*", one.into()),
            ("ipc://*", other.into()),
            ("tcp://127.0.0.1:*", reader),
            ("ipc://*", writer),
            ("tcp://127.0.0.1:*", std::fs::File::open("/dev/null").unwrap().into()),
            ("tcp://127.0.0.1:*", UnixListener::bind(path.path()).unwrap().into()),
            ("ipc://*", listener.try_clone().unwrap().into()),
        ];
        for (endpoint, descriptor) in wrong {
            let shown = format!("{endpoint} {descriptor:?}");
            let error = rep.bind_with_fd(endpoint, descriptor).expect_err(&shown);
            assert_eq!(error.kind(), InvalidArgument, "{shown}: {error}");
        }
        for endpoint in ["inproc://x", "udp://127.0.0.1:5", "x", ""] {
            assert!(rep.bind_with_fd(endpoint, listener.try_clone().unwrap().into()).is_err(), "{endpoint}");
        }
        // After all that the socket binds as ever, to descriptors of its own.
        rep.bind("tcp://127.0.0.1:*").unwrap();
        let bound = rep.last_endpoint().unwrap();
        assert_ne!(bound, format!("tcp://{}", listener.local_addr().unwrap()));
        let req = context.socket(zmq::REQ).unwrap();
        req.connect(&bound).unwrap();
        req.send("x").unwrap();
        assert_eq!(rep.recv_timeout(5000).unwrap(), "x");
    })
    .succeeds();
}

/// A listener that blocks would stop the I/O thread, and with it the context.
#[test]
fn a_listener_that_blocks_is_made_not_to() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let path = TempPath::new();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("tcp://{}", tcp.local_addr().unwrap());
    let unix = UnixListener::bind(path.path()).unwrap();
    let listeners: [(String, OwnedFd); 2] = [(endpoint, tcp.into()), (path.ipc(), unix.into())];
    for (endpoint, listener) in listeners {
        let rep = context.socket(zmq::REP).unwrap();
        rep.bind_with_fd(&endpoint, listener).unwrap();
        for _ in 0..2 {
            let req = context.socket(zmq::REQ).unwrap();
            req.connect(&endpoint).unwrap();
            req.send("x").unwrap();
            assert_eq!(rep.recv_timeout(5000).unwrap(), "x");
            rep.send("y").unwrap();
            assert_eq!(req.recv_timeout(Duration::from_secs(5)).unwrap(), "y");
        }
    }
}
