//! The exchange of two frames each way that many of libzmq's tests end with, and what a machine may not have.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use zmq::{Context, Kind, Receiver, Sender, Socket};

use crate::support::test_name;

/// What goes there and back.
const CONTENT: &str = "12345678ABCDEFGH12345678abcdefgh";

/// For how long nothing must come where silence is to be shown.
pub(crate) const SILENCE: Duration = Duration::from_millis(150);

/// Two frames from the client to the server, and two back.
#[track_caller]
pub(crate) fn bounce<S: Sender + Receiver, C: Sender + Receiver>(server: &Socket<S>, client: &Socket<C>) {
    client.send_multipart([CONTENT; 2]).unwrap();
    assert_eq!(server.recv_multipart().unwrap(), [CONTENT; 2]);
    server.send_multipart([CONTENT; 2]).unwrap();
    assert_eq!(client.recv_multipart().unwrap(), [CONTENT; 2]);
}

/// Nothing gets from one to the other, either way.
#[track_caller]
pub(crate) fn bounce_fails<S: Kind, C: Kind>(server: &Socket<S>, client: &Socket<C>) {
    let (server, client) = (server.as_dynamic(), client.as_dynamic());
    for (from, to) in [(client, server), (server, client)] {
        if let Err(error) = from.send_multipart_timeout([CONTENT; 2], SILENCE) {
            assert!(error.is_again(), "{error}");
        }
        let error = to.recv_timeout(SILENCE).expect_err("nothing comes");
        assert!(error.is_again(), "{error}");
    }
}

/// Says in one line why a test did nothing.
pub(crate) fn skip(reason: &str) {
    // Not `println!`, which the test harness holds back.
    let _ = writeln!(std::io::stderr(), "skipped: {}: {reason}", test_name());
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
pub(crate) fn tipc(context: &Context) -> Option<(String, String)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    // Those below 64 are the kernel's own. All processes of a machine share the others.
    let service = 64 * (1 + std::process::id() % 1_000_000) + COUNT.fetch_add(1, Ordering::Relaxed);
    let bound = format!("tipc://{{{service},0,0}}");
    if !zmq::has("tipc") {
        skip("this libzmq has no TIPC");
        return None;
    }
    if let Err(error) = context.socket(zmq::PAIR).unwrap().bind(&bound) {
        skip(&format!("this machine has no TIPC: {error}"));
        return None;
    }
    Some((bound, format!("tipc://{{{service},0}}@0.0.0")))
}
