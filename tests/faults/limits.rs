//! Memory, threads and sockets that are not to be had.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use zmq::{Context, ErrorKind, Event, Message};

use crate::namespaces::{pass_on, skip};
use crate::process::{MIB, impatient, until};
use crate::support::{Transport, child, deadline, eventually, zmtp};

#[cfg(target_env = "gnu")]
type Resource = libc::__rlimit_resource_t;
#[cfg(not(target_env = "gnu"))]
type Resource = libc::c_int;

fn set_limit(what: Resource, value: usize) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: writes the limit.
    assert_eq!(unsafe { libc::getrlimit(what, &raw mut limit) }, 0);
    limit.rlim_cur = value as libc::rlim_t;
    // SAFETY: reads the limit; the process is a child of the test's own.
    assert_eq!(unsafe { libc::setrlimit(what, &raw const limit) }, 0, "{}", std::io::Error::last_os_error());
}

/// The addresses that this process has in use, in bytes.
fn addresses() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').next().and_then(|pages| pages.parse::<usize>().ok()).unwrap() * 4096
}

/// A message that there is no memory for is an error; what there is memory for goes on.
#[test]
fn a_message_that_there_is_no_memory_for_is_an_error() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let (push, pull) = Transport::Tcp.pair(&context, zmq::PUSH, zmq::PULL);
        push.send("before").unwrap();
        assert_eq!(pull.recv_timeout(20_000).unwrap(), "before");
        set_limit(libc::RLIMIT_AS, addresses() + 100 * MIB);
        for size in [200 * MIB, 1 << 40, usize::MAX / 2, usize::MAX] {
            assert_eq!(Message::with_size(size).unwrap_err().kind(), ErrorKind::OutOfMemory, "{size}");
        }
        push.send(Message::with_size(10 * MIB).unwrap()).unwrap();
        assert_eq!(pull.recv_timeout(20_000).unwrap().len(), 10 * MIB);
    })
    .succeeds();
}

/// A peer that announces more than there is memory for loses its connection; nobody else notices.
#[test]
fn a_peer_that_announces_more_than_there_is_memory_for_is_disconnected() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let (pull, push) = Transport::Tcp.pair(&context, zmq::PULL, zmq::PUSH);
        push.send("before").unwrap();
        assert_eq!(pull.recv_timeout(20_000).unwrap(), "before");
        let monitor = pull.monitor(zmq::EVENT_DISCONNECTED).unwrap();
        set_limit(libc::RLIMIT_AS, addresses() + 100 * MIB);
        for size in [200 * MIB as u64, 1 << 40, i64::MAX as u64, u64::MAX] {
            let endpoint = pull.last_endpoint().unwrap();
            let mut peer = TcpStream::connect(endpoint.strip_prefix("tcp://").unwrap()).unwrap();
            zmtp::shake_hands(&mut peer, 0, "PUSH", &[]);
            peer.write_all(&[zmtp::LONG]).unwrap();
            peer.write_all(&size.to_be_bytes()).unwrap();
            until(&monitor, |event| matches!(event, Event::Disconnected { .. }));
            let _ = peer.read_to_end(&mut Vec::new());
            push.send("still here").unwrap();
            assert_eq!(pull.recv_timeout(20_000).unwrap(), "still here");
        }
    })
    .succeeds();
}

/// No thread more: what needs one says so, and a context that is dropped does not wait in one that it cannot have.
#[test]
fn threads_that_are_not_to_be_had_are_an_error() {
    let _deadline = deadline(60);
    let output = child("", 50, || {
        let context = Context::new().unwrap();
        let (push, pull) = Transport::Tcp.pair(&context, zmq::PUSH, zmq::PULL);
        impatient(&push);
        // Root has no limit of threads, and nobody else is that user.
        // SAFETY: takes numbers only.
        if unsafe { libc::setresuid(64_321, 64_321, 64_321) } != 0 {
            return skip("only root can become somebody else");
        }
        set_limit(libc::RLIMIT_NPROC, 1);
        let fresh = Context::new().unwrap();
        let error = fresh.socket(zmq::PULL).unwrap_err();
        assert_eq!(error.errno(), libc::EAGAIN, "{error}");
        assert!(error.to_string().contains("starts 2 threads"), "{error}");
        let mut auth = zmq::auth::ThreadAuthenticator::new(&context);
        let error = auth.start().unwrap_err();
        assert_eq!(error.errno(), libc::EAGAIN, "{error}");
        let proxy = zmq::ThreadProxy::new(&context, zmq::PULL, zmq::PUSH).unwrap();
        let error = proxy.start().unwrap_err();
        assert_eq!(error.errno(), libc::EAGAIN, "{error}");
        // What there is goes on.
        let monitor = push.monitor(zmq::EVENT_ALL).unwrap();
        context.socket(zmq::PULL).unwrap().bind("tcp://127.0.0.1:*").unwrap();
        push.send("still here").unwrap();
        assert_eq!(pull.recv_timeout(20_000).unwrap(), "still here");
        let term = context.term_timeout(100).unwrap_err();
        assert!(term.is_again(), "{term}");
        drop((auth, monitor, push, pull, fresh, context));
        set_limit(libc::RLIMIT_NPROC, 1000);
        let again = Context::new().unwrap();
        let (push, pull) = Transport::Tcp.pair(&again, zmq::PUSH, zmq::PULL);
        push.send("again").unwrap();
        assert_eq!(pull.recv_timeout(20_000).unwrap(), "again");
    })
    .succeeds();
    pass_on(&output);
}

/// MAX_SOCKETS: the next is refused, and a socket that was closed makes room when its messages are gone.
#[test]
fn a_context_that_is_full_takes_sockets_when_others_are_closed() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    context.set_max_sockets(3).unwrap();
    let mut sockets: Vec<_> = (0..3).map(|_| context.socket(zmq::PUSH).unwrap()).collect();
    let error = context.socket(zmq::PUSH).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooManyOpen);
    assert!(error.to_string().contains("the context has its 3 sockets"), "{error}");
    // A monitor takes two.
    assert_eq!(sockets[0].monitor(zmq::EVENT_ALL).unwrap_err().kind(), ErrorKind::TooManyOpen);
    let unsent = sockets.pop().unwrap();
    unsent.set_linger(500).unwrap();
    unsent.connect("tcp://127.0.0.1:9").unwrap();
    unsent.send("nobody is there").unwrap();
    drop(unsent);
    assert_eq!(context.socket(zmq::PUSH).unwrap_err().kind(), ErrorKind::TooManyOpen, "it lingers");
    eventually("there is room", || context.socket(zmq::PUSH).ok());
}
