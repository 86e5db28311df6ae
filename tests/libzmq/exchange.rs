//! What the tests of connections need besides `testutil`: that nothing comes through, and what a machine may not have.

use std::net::TcpListener;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use zmq::{Kind, Socket};

use crate::testutil::{SILENCE, has_tipc, skip, tipc_type};

/// Nothing gets from one to the other, either way.
#[track_caller]
pub(crate) fn bounce_fails<S: Kind, C: Kind>(server: &Socket<S>, client: &Socket<C>) {
    let (server, client) = (server.as_dynamic(), client.as_dynamic());
    for (from, to) in [(client, server), (server, client)] {
        if let Err(error) = from.send_multipart_timeout(["lost", "lost"], SILENCE) {
            assert!(error.is_again(), "{error}");
        }
        let error = to.recv_timeout(SILENCE).expect_err("nothing comes");
        assert!(error.is_again(), "{error}");
    }
}

/// Whether there is an IPv6 loopback; says so if not.
pub(crate) fn ipv6() -> bool {
    let there = TcpListener::bind("[::1]:0").is_ok();
    if !there {
        skip("this machine has no IPv6");
    }
    there
}

/// Where to bind a service of TIPC and what to connect to, each time another; `None`, and a line that says so, without TIPC.
pub(crate) fn tipc() -> Option<(String, String)> {
    has_tipc().then(|| {
        let service = tipc_type();
        (format!("tipc://{{{service},0,0}}"), format!("tipc://{{{service},0}}@0.0.0"))
    })
}

/// A port that nobody listens on, and that the system gives nobody who does not ask for it by its number.
pub(crate) fn free_port() -> u16 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    // Below those that Linux chooses from by default.
    const PORTS: Range<u32> = 20_000..32_000;
    loop {
        let step = std::process::id() * 97 + COUNT.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(PORTS.start + step % (PORTS.end - PORTS.start)).expect("it is below 65536");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
