//! A forked child drops what it inherited and makes its own.
#![allow(unsafe_code, reason = "fork is the system's")]

use zmq::Context;

use crate::support::{Transport, child, deadline};
use crate::testutil::PATIENCE;

const COUNT: usize = 5;

#[test]
fn fork() {
    let _deadline = deadline(60);
    child("", 50, || {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let endpoint = Transport::Tcp.bind(&pull);
        // SAFETY: the child goes on as a copy of this thread, the only one here that could hold a lock that it needs.
        let forked = unsafe { libc::fork() };
        assert!(forked >= 0, "fork works");
        if forked == 0 {
            let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                drop((pull, context));
                let context = Context::new().unwrap();
                let push = context.socket(zmq::PUSH).unwrap();
                push.connect(&endpoint).unwrap();
                for _ in 0..COUNT {
                    push.send("Hello").unwrap();
                }
                push.close().unwrap();
                context.term().unwrap();
            }));
            std::process::exit(i32::from(sent.is_err()));
        }
        for _ in 0..COUNT {
            assert_eq!(pull.recv_timeout(PATIENCE).unwrap(), "Hello");
        }
        let mut status = 0;
        // SAFETY: it is our child, and the status a live integer.
        assert_eq!(unsafe { libc::waitpid(forked, &raw mut status, 0) }, forked);
        assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0, "{status:#x}");
        pull.close().unwrap();
        context.term().unwrap();
    })
    .succeeds();
}
