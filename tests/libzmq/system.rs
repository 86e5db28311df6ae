//! What the machine has to have for the other tests.

use std::os::fd::{FromRawFd as _, OwnedFd};

use zmq::Context;

use crate::support::{child, deadline};
use crate::testutil::skip;

const MAX_SOCKETS: usize = 1000;

#[test]
fn localhost() {
    let _deadline = deadline(30);
    let dealer = Context::new().unwrap().socket(zmq::DEALER).unwrap();
    dealer.bind("tcp://127.0.0.1:*").expect("127.0.0.1 is there");
}

/// As many descriptors as the process may have; more, if it may ask for that.
fn descriptors() -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is a valid place for the answer.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    limit.rlim_cur = limit.rlim_max.min(4096).max(limit.rlim_cur);
    // SAFETY: `limit` is initialised.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    limit.rlim_cur
}

/// In a process of its own: the others need descriptors, too.
#[test]
fn max_sockets() {
    let _deadline = deadline(60);
    child("max_sockets", 40, || {
        let limit = descriptors();
        if limit < 1200 {
            return skip(&format!("the process may have {limit} descriptors only"));
        }
        let sockets: Vec<OwnedFd> = (0..MAX_SOCKETS)
            .map(|_| {
                // SAFETY: no preconditions.
                let socket = unsafe { libc::socket(libc::AF_INET, libc::SOCK_STREAM, libc::IPPROTO_TCP) };
                assert!(socket >= 0, "{}", std::io::Error::last_os_error());
                // SAFETY: it was just made, and is nobody else's.
                unsafe { OwnedFd::from_raw_fd(socket) }
            })
            .collect();
        assert_eq!(sockets.len(), MAX_SOCKETS);
        // And libzmq still makes one besides.
        Context::new().unwrap().socket(zmq::PAIR).unwrap();
    })
    .succeeds();
}
