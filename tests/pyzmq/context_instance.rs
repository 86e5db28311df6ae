//! test_context.py: the context that a process shares. Each test has a process of its own.

use zmq::Context;

use crate::support::{child, deadline};

#[test]
fn instance() {
    let _deadline = deadline(60);
    child("instance", 50, || {
        let (first, second) = (Context::instance().unwrap(), Context::instance().unwrap());
        assert_eq!(first, second);
        second.term().unwrap();
        let (third, fourth) = (Context::instance().unwrap(), Context::instance().unwrap());
        assert_ne!(third, second);
        assert!(!third.is_terminated());
        assert_eq!(third, fourth);
    })
    .succeeds();
}

/// All threads that ask at once get one and the same.
#[test]
fn instance_threadsafe() {
    let _deadline = deadline(60);
    child("threads", 50, || {
        let barrier = std::sync::Barrier::new(17);
        std::thread::scope(|scope| {
            let ask = || {
                barrier.wait();
                Context::instance().unwrap()
            };
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(ask)).collect();
            let context = ask();
            for thread in threads {
                assert_eq!(thread.join().unwrap(), context);
            }
        });
    })
    .succeeds();
}

#[test]
#[cfg(unix)]
#[expect(unsafe_code, reason = "the standard library does not fork")]
fn fork_instance() {
    let _deadline = deadline(60);
    child("fork", 50, || {
        let context = Context::instance().unwrap();
        // SAFETY: the child is a copy of the only thread that uses anything it needs.
        let process = unsafe { libc::fork() };
        if process == 0 {
            let own = std::panic::catch_unwind(|| {
                let own = Context::instance().unwrap();
                own.socket(zmq::PUSH).unwrap();
                assert_ne!(own, context);
                own.term().unwrap();
            });
            std::process::exit(i32::from(own.is_err()));
        }
        let mut status = 0;
        // SAFETY: it is our child, and the status a live integer.
        assert_eq!(unsafe { libc::waitpid(process, &mut status, 0) }, process);
        assert_eq!(status, 0, "the child has a context of its own");
        assert!(!context.is_terminated());
        context.socket(zmq::PUSH).unwrap();
        assert_eq!(Context::instance().unwrap(), context);
    })
    .succeeds();
}
