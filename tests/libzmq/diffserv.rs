//! The type of service of the packets.
#![allow(unsafe_code, reason = "only the system knows what it was told")]

use zmq::{Context, Event};

use crate::support::{Transport, deadline};
use crate::testutil::{bounce, wait_for_event};

/// What the system says of the connection that an event names.
#[cfg(target_os = "linux")]
#[track_caller]
fn tos_of(event: Event) -> i32 {
    let (Event::Accepted { fd } | Event::Connected { fd }) = event else { panic!("{event:?}") };
    let mut tos: libc::c_int = 0;
    let mut size: libc::socklen_t = 4;
    // SAFETY: both pointers are to live variables, the second says how large the first is. The connection is open until its socket
    // is closed, and else the call fails.
    let answer = unsafe { libc::getsockopt(fd, libc::IPPROTO_IP, libc::IP_TOS, (&raw mut tos).cast(), &raw mut size) };
    assert_eq!(answer, 0);
    tos
}

/// libzmq's test leaves the look at the packets to Wireshark; here the system is asked.
#[test]
fn diffserv() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (server, client) = (context.socket(zmq::PAIR).unwrap(), context.socket(zmq::PAIR).unwrap());
    let (serving, connecting) = (server.monitor(zmq::EVENT_ALL).unwrap(), client.monitor(zmq::EVENT_ALL).unwrap());
    server.set_tos(0x28).unwrap();
    let endpoint = Transport::Tcp.bind(&server);
    assert_eq!(server.tos().unwrap(), 0x28);
    client.set_tos(0x58).unwrap();
    client.connect(&endpoint).unwrap();
    assert_eq!(client.tos().unwrap(), 0x58);
    bounce(&server, &client);

    let accepted = wait_for_event(&serving, |event| matches!(event, Event::Accepted { .. }));
    let connected = wait_for_event(&connecting, |event| matches!(event, Event::Connected { .. }));
    #[cfg(target_os = "linux")]
    assert_eq!((tos_of(accepted), tos_of(connected)), (0x28, 0x58));
    let _ = (accepted, connected);
}
