//! Which functions of the C library the bundled libzmq calls: what no other test can see from outside.
#![cfg(all(target_os = "linux", zmq_vendored))]

use std::fs;
use std::path::Path;

/// Whether the archive names `symbol` in the string table of one of its objects.
fn names(archive: &[u8], symbol: &str) -> bool {
    let wanted = [b"\0", symbol.as_bytes(), b"\0"].concat();
    archive.windows(wanted.len()).any(|window| window == wanted)
}

#[test]
fn the_better_function_is_called() {
    let archive = fs::read(Path::new(env!("RSZMQ_SYS_LIB")).join("libzmq.a")).expect("the archive");
    let called = [
        "accept4",
        "clock_gettime",
        "epoll_create1",
        "eventfd",
        "getifaddrs",
        "getpid",
        "if_nametoindex",
        "madvise",
        "mkdtemp",
        "posix_memalign",
        "pselect",
        "pthread_setaffinity_np",
        "pthread_setname_np",
    ];
    for symbol in called {
        assert!(names(&archive, symbol), "{symbol} is not called");
    }
    for symbol in ["epoll_create", "mkstemp"] {
        assert!(!names(&archive, symbol), "{symbol} is called");
    }
}
