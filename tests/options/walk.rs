//! Each row of the table, and each kind of socket: does the linked library say the same?

use std::collections::BTreeSet;
use std::ffi::{c_int, c_void};

use zmq::option::{Access, Row};
use zmq::{Dynamic, Socket, SocketType};

use crate::support::deadline;

/// What the library takes and the crate does not offer.
const TAKEN_BUT_NOT_OFFERED: &[(&str, &[SocketType], &str)] = {
    use SocketType::*;
    &[
        ("ROUTER_MANDATORY", &[Rep], "libzmq's REP is derived from its ROUTER, and has no use for it"),
        ("ROUTER_RAW", &[Rep], "libzmq's REP is derived from its ROUTER, and has no use for it"),
        ("ROUTER_HANDOVER", &[Rep], "libzmq's REP is derived from its ROUTER, and has no use for it"),
        ("CONNECT_ROUTING_ID", &[Rep], "libzmq's REP is derived from its ROUTER, and has no use for it"),
        ("PROBE_ROUTER", &[Rep], "libzmq's REP is derived from its ROUTER, and has no use for it"),
        ("ROUTING_ID", &[Pair, Pub, Sub, Pull, Push, Xpub, Xsub, Stream], "no peer of theirs looks at it"),
        (
            "CONFLATE",
            &[Pair, Req, Rep, Router, Xpub, Xsub, Stream],
            "libzmq keeps it and looks at it for the others only",
        ),
        ("INVERT_MATCHING", &[Pair, Req, Rep, Dealer, Router, Pull, Push, Xsub, Stream], "they do not look at topics"),
        ("HANDSHAKE_IVL", &[Stream], "plain TCP has no handshake"),
        ("XPUB_MANUAL", &[Pub], "a PUB cannot receive subscriptions, so it would never send anything"),
        ("USE_FD", SocketType::ALL, "it is set by bind_with_fd, which hands the descriptor over"),
        ("ROUTER_NOTIFY", &[Rep], "libzmq's REP is derived from its ROUTER, and would take the news for a request"),
        ("METADATA", &[Stream], "plain TCP has no handshake"),
        ("XPUB_MANUAL_LAST_VALUE", &[Pub], "a PUB cannot receive subscriptions, so it would never send anything"),
        (
            "HELLO_MSG",
            &[Pair, Pub, Sub, Req, Rep, Pull, Push, Xpub, Xsub, Stream],
            "REQ and REP would break their own protocol with it, and the others libzmq does not send it for",
        ),
        (
            "DISCONNECT_MSG",
            &[Pair, Pub, Sub, Req, Rep, Dealer, Pull, Push, Xpub, Xsub, Stream],
            "a REP would take it for a request, and the others libzmq does not receive it for",
        ),
        (
            "HICCUP_MSG",
            &[Pair, Pub, Sub, Req, Rep, Router, Pull, Push, Xpub, Xsub, Stream],
            "a REQ would take it for an answer, and the others libzmq does not receive it for",
        ),
    ]
};

/// What the library tells and the crate does not offer.
const TOLD_BUT_NOT_OFFERED: &[(&str, SocketType)] = &[
    // It is 0 then, and cannot be set.
    ("ROUTER_NOTIFY", SocketType::Router),
];

fn excused(row: &Row, kind: SocketType) -> bool {
    TAKEN_BUT_NOT_OFFERED.iter().any(|(name, kinds, _)| *name == row.name && kinds.contains(&kind))
}

/// Whether the library lets the option be set, to any value that options have.
fn takes(socket: &Socket<Dynamic>, number: c_int) -> bool {
    let set = |data: *const c_void, size: usize| {
        // SAFETY: the socket is open and on this thread; `data` is `size` readable bytes, or null with 0.
        unsafe { zmq_sys::zmq_setsockopt(socket.as_ptr(), number, data, size) == 0 }
    };
    let bytes = |value: &[u8]| set(value.as_ptr().cast(), value.len());
    bytes(&0i32.to_ne_bytes())
        || bytes(&1i32.to_ne_bytes())
        || bytes(&[1; 8])
        || bytes(b"127.0.0.1")
        || bytes(b"X-Name:value")
        || bytes(&[1; 32])
        || set(std::ptr::null(), 0)
}

/// Whether the library lets the option be read, as any type that options have.
fn gives(socket: &Socket<Dynamic>, number: c_int) -> bool {
    [4, 8, 32, 256].into_iter().any(|capacity: usize| {
        let mut buffer = [0u64; 32];
        let mut size = capacity;
        // SAFETY: the socket is open and on this thread; the buffer has at least `size` bytes, and is aligned for each type.
        unsafe { zmq_sys::zmq_getsockopt(socket.as_ptr(), number, buffer.as_mut_ptr().cast(), &raw mut size) == 0 }
    })
}

fn in_the_library(row: &Row) -> bool {
    let recent = row.since <= zmq::version();
    let built = row.needs.iter().all(|capability| zmq::has(capability));
    // Which processes connect is told by Linux, and users and groups also by the BSDs.
    let told = match row.name {
        "IPC_FILTER_PID" => cfg!(target_os = "linux"),
        "IPC_FILTER_UID" | "IPC_FILTER_GID" => cfg!(unix),
        _ => true,
    };
    recent && built && told
}

#[test]
fn the_table_says_what_the_library_does() {
    let _deadline = deadline(120);
    let mut needed = BTreeSet::new();
    for row in zmq::socket_options() {
        let context = zmq::Context::new().unwrap();
        for &kind in SocketType::ALL {
            let socket = context.socket(kind).unwrap();
            if kind == SocketType::Xpub && row.name.ends_with("SUBSCRIBE") {
                socket.set(zmq::XPUB_MANUAL, true).unwrap();
            }
            let offered = row.applies_to(kind) && in_the_library(row);
            let (get, set) = match row.access {
                Access::ReadWrite => (offered, offered),
                Access::ReadOnly => (offered, false),
                Access::WriteOnly => (false, offered),
                other => panic!("{other:?} is new"),
            };
            let (gives, takes) = (gives(&socket, row.number), takes(&socket, row.number));
            if excused(row, kind) && in_the_library(row) {
                assert!(takes && !set, "{} of {kind} needs no excuse any more", row.name);
                needed.insert(row.name);
                continue;
            }
            let told = TOLD_BUT_NOT_OFFERED.iter().any(|(name, only)| *name == row.name && kind != *only);
            assert_eq!(gives, get || told && in_the_library(row), "reading {} of {kind}", row.name);
            assert_eq!(takes, set, "setting {} of {kind}", row.name);
        }
    }
    let in_the_library = |name: &str| zmq::socket_options().any(|row| row.name == name && in_the_library(row));
    let listed = TAKEN_BUT_NOT_OFFERED.iter().map(|(name, ..)| *name).filter(|name| in_the_library(name));
    let listed: BTreeSet<_> = listed.collect();
    assert_eq!(needed, listed, "an excuse for what is no option");
    assert!(TAKEN_BUT_NOT_OFFERED.iter().all(|(_, _, reason)| !reason.is_empty()));
}

#[test]
fn the_table_is_ordered_and_has_each_number_once() {
    let numbers: Vec<_> = zmq::socket_options().map(|row| row.number).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    assert_eq!(numbers.first().zip(numbers.last()), Some((&4, &124)));
    let first_draft = zmq::socket_options().position(|row| row.draft).unwrap();
    assert!(zmq::socket_options().skip(first_draft).all(|row| row.draft && row.number > 92));
}
