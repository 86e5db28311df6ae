//! A forked child that uses and closes an inherited socket leaves its parent alone.
//!
//! One test a file: the child is a copy of the whole process.
#![cfg(all(target_os = "linux", zmq_vendored))]

mod support;

use std::ffi::c_int;

use support::deadline::Deadline;
use support::{Context, Socket};
use zmq_sys::{ZMQ_PULL, ZMQ_PUSH};

/// By the C library, which tells whoever wants to know, and by the kernel alone.
const WAYS: [fn() -> libc::pid_t; 2] = [
    // SAFETY: the child calls libzmq on sockets that no other thread of the parent uses, and ends with `_exit`.
    || unsafe { libc::fork() },
    // SAFETY: as before; without a flag for shared memory it is a fork.
    || unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) as libc::pid_t },
];

fn exchange(server: &Socket<'_>, client: &Socket<'_>, text: &[u8]) {
    client.send(text).expect("send");
    assert_eq!(server.recv().expect("recv").bytes(), text);
}

#[test]
fn a_child_that_closes_inherited_sockets_is_harmless() {
    let _deadline = Deadline::seconds(60);
    for fork in WAYS {
        let context = Context::new();
        let (server, client) = (context.socket(ZMQ_PULL), context.socket(ZMQ_PUSH));
        client.connect(&server.bind("tcp://127.0.0.1:*").expect("bind")).expect("connect");
        exchange(&server, &client, b"before");

        let child = fork();
        assert_ne!(child, -1, "{}", std::io::Error::last_os_error());
        if child == 0 {
            // SAFETY: the signal ends the child, should it hang.
            unsafe { libc::alarm(20) };
            // Whether the child's calls succeed is not the point.
            let _sent = client.send(b"from the child");
            let _closed = (client.close(), server.close());
            // SAFETY: ends the child at once, running nothing of the parent's.
            unsafe { libc::_exit(0) };
        }

        let mut status: c_int = -1;
        // SAFETY: waits for a child of this process, and the pointer is to an int.
        let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!(waited, child, "{}", std::io::Error::last_os_error());
        assert!(libc::WIFEXITED(status), "the child was killed by signal {}", libc::WTERMSIG(status));
        assert_eq!(libc::WEXITSTATUS(status), 0);

        for text in [b"after 1", b"after 2", b"after 3"] {
            exchange(&server, &client, text);
        }
    }
}
