//! The transports of the bundled libzmq, and the options that depend on what it was compiled with.
#![cfg(all(target_os = "linux", zmq_vendored))]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use support::Context;
use support::deadline::Deadline;
use zmq_sys::{EPROTONOSUPPORT, ZMQ_BINDTODEVICE, ZMQ_IPC_FILTER_UID, ZMQ_IPV6, ZMQ_PULL, ZMQ_PUSH, ZMQ_RCVTIMEO};

fn effective_uid() -> libc::uid_t {
    // SAFETY: takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

#[test]
fn an_interface_name_binds() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let endpoint = context.socket(ZMQ_PULL).bind("tcp://lo:*").expect("getifaddrs knows the loopback interface");
    let port = endpoint.strip_prefix("tcp://127.0.0.1:").expect("the address of lo");
    assert_ne!(port.parse(), Ok(0_u16), "{endpoint}");
}

#[test]
fn an_ipv6_scope_is_an_interface_name() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let socket = context.socket(ZMQ_PULL);
    socket.set(ZMQ_IPV6, 1).expect("IPV6");
    // A machine without IPv6 says so otherwise; a libzmq without if_nametoindex calls the endpoint malformed.
    assert_ne!(socket.bind("tcp://[fe80::1%lo]:*"), Err(libc::EINVAL));
    assert_eq!(socket.bind("tcp://[fe80::1%nosuchif]:*"), Err(libc::EINVAL));
}

#[test]
fn a_wildcard_ipc_endpoint_is_private_and_removed() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let socket = context.socket(ZMQ_PULL);
    let endpoint = socket.bind("ipc://*").expect("bind");
    let file = Path::new(endpoint.strip_prefix("ipc://").expect("an ipc endpoint")).to_owned();
    let directory = file.parent().expect("a directory").to_owned();
    assert!(file.exists(), "{endpoint}");
    let mode = fs::metadata(&directory).expect("the directory").permissions().mode();
    assert_eq!(mode & 0o7777, 0o700, "{endpoint}");

    drop(socket);
    // Terminating waits for the reaper, which removes both.
    drop(context);
    assert!(!file.exists(), "{endpoint}");
    assert!(!directory.exists(), "{endpoint}");
}

#[test]
fn an_ipc_peer_has_credentials() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let (server, client) = (context.socket(ZMQ_PULL), context.socket(ZMQ_PUSH));
    client.connect(&server.bind("ipc://*").expect("bind")).expect("connect");
    client.send(b"hello").expect("send");
    let message = server.recv().expect("recv");
    // SAFETY: takes nothing and cannot fail.
    let gid = unsafe { libc::getegid() };
    let expected = format!(":{}:{gid}:{}", effective_uid(), std::process::id());
    let address = message.text(c"Peer-Address").expect("Peer-Address");
    assert!(address.ends_with(&expected), "{address} does not end with {expected}");
}

#[test]
fn an_ipc_filter_lets_its_user_in_and_others_not() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    for (uid, lets_in) in [(effective_uid(), true), (effective_uid() + 1, false)] {
        let (server, client) = (context.socket(ZMQ_PULL), context.socket(ZMQ_PUSH));
        server.set_bytes(ZMQ_IPC_FILTER_UID, &uid.to_ne_bytes()).expect("IPC_FILTER_UID");
        server.set(ZMQ_RCVTIMEO, if lets_in { 5000 } else { 200 }).expect("RCVTIMEO");
        client.connect(&server.bind("ipc://*").expect("bind")).expect("connect");
        client.send(b"hello").expect("send");
        assert_eq!(server.recv().is_ok(), lets_in, "uid {uid}");
    }
}

#[test]
fn a_socket_binds_to_a_device() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let socket = context.socket(ZMQ_PULL);
    socket.set_bytes(ZMQ_BINDTODEVICE, b"lo").expect("BINDTODEVICE");
    // Old kernels want a privilege for it. Without SO_BINDTODEVICE it would be ENOTSUP.
    let bound = socket.bind("tcp://127.0.0.1:*");
    assert!(bound.is_ok() || bound == Err(libc::EPERM), "{bound:?}");
}

#[test]
#[cfg(target_env = "gnu")]
fn tipc_is_known() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    // Whether the kernel has the module is another matter.
    let bound = context.socket(ZMQ_PULL).bind("tipc://{5560,0,0}");
    assert_ne!(bound, Err(EPROTONOSUPPORT));
    assert_eq!(context.socket(ZMQ_PULL).bind("nonsense://x"), Err(EPROTONOSUPPORT));
}

#[test]
fn websockets_work() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let (server, client) = (context.socket(ZMQ_PULL), context.socket(ZMQ_PUSH));
    let endpoint = server.bind("ws://127.0.0.1:*").expect("bind");
    client.connect(&endpoint).expect("connect");
    let sent = vec![b'x'; 100_000];
    client.send(&sent).expect("send");
    assert_eq!(server.recv().expect("recv").bytes(), sent);
}
