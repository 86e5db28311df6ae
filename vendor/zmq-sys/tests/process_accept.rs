//! A process that has no descriptor left for a connection does without it, and has it later.
//!
//! One test a file: it takes all descriptors of the process.
#![cfg(all(target_os = "linux", zmq_vendored))]

mod support;

use std::fs::File;
use std::io::Read as _;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use support::Context;
use support::deadline::Deadline;
use zmq_sys::ZMQ_PULL;

#[test]
fn an_ipc_listener_outlives_a_lack_of_descriptors() {
    let _deadline = Deadline::seconds(30);
    let context = Context::new();
    let server = context.socket(ZMQ_PULL);
    let endpoint = server.bind("ipc://*").expect("bind");
    let path = endpoint.strip_prefix("ipc://").expect("a path");

    let limit = libc::rlimit { rlim_cur: 200, rlim_max: 200 };
    // SAFETY: the pointer is to a live `rlimit`; the process is this test's own.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
    let mut taken: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    assert_eq!(File::open("/dev/null").expect_err("no descriptor is left").raw_os_error(), Some(libc::EMFILE));
    taken.pop();
    let mut client = UnixStream::connect(path).expect("it waits in the listener's queue");

    // The listener is told of it all the time, and cannot accept it. Where it aborts, it does so at once.
    client.set_read_timeout(Some(Duration::from_millis(300))).expect("a timeout");
    let mut greeting = [0; 10];
    assert!(client.read(&mut greeting).is_err(), "there was no descriptor to accept it with");

    drop(taken);
    client.set_read_timeout(None).expect("no timeout");
    client.read_exact(&mut greeting).expect("the greeting of ZMTP");
    assert_eq!((greeting[0], greeting[9]), (0xff, 0x7f));
}
