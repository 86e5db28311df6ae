//! Sockets until there can be no more.

use zmq::{Context, ErrorKind};

use crate::support::{child, deadline, eventually};

/// Makes sockets until that fails, and once more ten times; then closes them, and makes one.
fn fill(context: &Context) -> usize {
    let mut sockets = Vec::new();
    let error = loop {
        match context.socket(zmq::PAIR) {
            Ok(socket) => sockets.push(socket),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::TooManyOpen, "{error}");
    for _ in 0..10 {
        assert_eq!(context.socket(zmq::PAIR).unwrap_err().kind(), ErrorKind::TooManyOpen);
    }
    let count = sockets.len();
    for socket in sockets {
        socket.close().unwrap();
    }
    eventually("a socket can be made again", || context.socket(zmq::PAIR).ok());
    count
}

/// Lets this process, the child of a test, have at most so many files, and answers how many it may have.
fn limit_files(most: u64) -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a live `rlimit`.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
    limit.rlim_cur = most.min(limit.rlim_max);
    // SAFETY: a live `rlimit`.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
    limit.rlim_cur
}

/// As many as the system lets a process have, in a process that may have fewer files than the context could have sockets.
#[test]
fn system_max() {
    const FILES: u64 = 1000;
    const SOCKETS: i32 = 2 * 65_536;
    let _deadline = deadline(120);
    child("system", 100, || {
        let files = limit_files(FILES);
        let context = Context::new().unwrap();
        context.set(zmq::MAX_SOCKETS, SOCKETS).unwrap();
        let count = fill(&context);
        // Each has a descriptor at least, and few have another besides.
        assert!((files / 2..files).contains(&(count as u64)), "{count}");
        context.term().unwrap();
    })
    .succeeds();
}

/// No more than MAX_SOCKETS is by default, and fewer if the process may not have the files.
#[test]
fn zmq_default_max() {
    const FILES: u64 = 4096;
    let _deadline = deadline(120);
    child("default", 100, || {
        let files = limit_files(FILES);
        let context = Context::new().unwrap();
        let most = usize::try_from(context.get(zmq::MAX_SOCKETS).unwrap()).unwrap();
        assert_eq!(most, 1023);
        let count = fill(&context);
        assert!(count == most || files < FILES && (1..most).contains(&count), "{count}");
        context.term().unwrap();
    })
    .succeeds();
}
