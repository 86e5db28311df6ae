//! Thousands of connections to one socket.

use std::collections::HashSet;

use zmq::Context;

use crate::namespaces::{pass_on, skip};
use crate::process::{descriptors, resident, stress};
use crate::role::{role, say};
use crate::support::{Transport, child, deadline, eventually};

const HARD: usize = 500;

/// Allows this process so many descriptors, if it may have them.
fn allow(descriptors: usize) -> bool {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: writes the limit.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
    limit.rlim_cur = descriptors as libc::rlim_t;
    // Root may have more.
    limit.rlim_max = limit.rlim_max.max(limit.rlim_cur);
    // SAFETY: reads the limit.
    unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) == 0 }
}

/// Each has its connection, its id and its answer, and when they are gone nothing is left of them.
#[test]
fn ten_thousand_connections_to_one_socket() {
    let _deadline = deadline(300);
    let clients = role("clients", |arguments| {
        let count: usize = arguments[2].parse().unwrap();
        assert!(allow(count + HARD));
        let context = Context::new().unwrap();
        // A DEALER would not connect to one endpoint more than once: a PUSH does.
        let push = context.socket(zmq::PUSH).unwrap();
        push.set_linger(-1).unwrap();
        for _ in 0..count {
            push.connect(arguments[0]).unwrap();
        }
        say("connected");
        for n in 0..count {
            push.send(n.to_string()).unwrap();
        }
        say("sent");
        std::thread::park();
    });
    for transport in [Transport::Tcp, Transport::Ipc] {
        let connections = 10_000 * stress();
        let output = child(&format!("{transport:?}"), 200, || {
            if !allow(connections + HARD) {
                return skip(&format!("a process may not have {} descriptors", connections + HARD));
            }
            let context = Context::new().unwrap();
            let pull = context.socket(zmq::PULL).unwrap();
            pull.set_backlog(4096).unwrap();
            let monitor = pull.monitor(zmq::EVENT_HANDSHAKE_SUCCEEDED | zmq::EVENT_DISCONNECTED).unwrap();
            let endpoint = transport.bind(&pull);
            let (open, memory) = (descriptors(), resident());
            let mut peer = clients.start(&[&endpoint, "", &connections.to_string()]);
            peer.expect("connected");
            crate::process::until_connected(&monitor, connections);
            let each = (resident() - memory) / connections;
            peer.expect("sent");
            let mut seen = HashSet::new();
            while seen.len() < connections {
                assert!(seen.insert(pull.recv_timeout(60_000).unwrap().to_vec()), "none comes twice");
            }
            assert!(descriptors() >= open + connections);
            peer.kill();
            for _ in 0..connections {
                crate::process::until_disconnected(&monitor);
            }
            // The queues of who is gone go when the socket is used: to ask for its events is enough.
            let left = eventually("nothing is left of them", || {
                pull.events().unwrap();
                let left = resident().saturating_sub(memory);
                (descriptors() <= open && left < connections * each / 3).then_some(left)
            });
            println!("\nmeasured: {transport:?}: {connections} connections, {each} bytes each, {left} bytes in all after them");
        })
        .succeeds();
        pass_on(&output);
    }
}
