//! What is out of range is refused with its range, and not by libzmq with a bare EINVAL, or taken for something else.

use std::time::Duration;

use zmq::{Context, ErrorKind, Result, SocketType};

use crate::support::deadline;

#[track_caller]
fn refused(result: Result<()>, text: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.to_string(), text);
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
}

#[test]
fn numbers() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let s = context.socket(zmq::PUB).unwrap();
    refused(s.set_sndhwm(-1), "set SNDHWM: invalid argument (EINVAL); -1 is out of range: at least 0");
    refused(
        s.set(zmq::RCVHWM, i32::MIN),
        "set RCVHWM: invalid argument (EINVAL); -2147483648 is out of range: at least 0",
    );
    refused(s.set_hwm(-5), "set SNDHWM: invalid argument (EINVAL); -5 is out of range: at least 0");
    refused(s.set_rate(0), "set RATE: invalid argument (EINVAL); 0 is out of range: 1 to 2147483");
    refused(s.set_rate(2_147_484), "set RATE: invalid argument (EINVAL); 2147484 is out of range: 1 to 2147483");
    refused(s.set_multicast_hops(256), "set MULTICAST_HOPS: invalid argument (EINVAL); 256 is out of range: 1 to 255");
    refused(
        s.set_multicast_maxtpdu(0),
        "set MULTICAST_MAXTPDU: invalid argument (EINVAL); 0 is out of range: at least 1",
    );
    refused(s.set_backlog(-1), "set BACKLOG: invalid argument (EINVAL); -1 is out of range: at least 0");
    refused(s.set_sndbuf(-2), "set SNDBUF: invalid argument (EINVAL); -2 is out of range: at least -1");
    refused(s.set_rcvbuf(-2), "set RCVBUF: invalid argument (EINVAL); -2 is out of range: at least -1");
    refused(s.set_tos(256), "set TOS: invalid argument (EINVAL); 256 is out of range: 0 to 255");
    refused(
        s.set_maxmsgsize(-2),
        "set MAXMSGSIZE: invalid argument (EINVAL); -2 is out of range: at least 0, or -1 for no limit",
    );
    refused(s.set_immediate(2), "set IMMEDIATE: invalid argument (EINVAL); 2 is out of range: 0 to 1");
    refused(s.set_xpub_nodrop(2), "set XPUB_NODROP: invalid argument (EINVAL); 2 is out of range: 0 to 1");
    refused(s.set_invert_matching(-1), "set INVERT_MATCHING: invalid argument (EINVAL); -1 is out of range: 0 to 1");
    refused(s.set_tcp_keepalive(2), "set TCP_KEEPALIVE: invalid argument (EINVAL); 2 is out of range: -1 to 1");
    for count in [0, -2, 128] {
        let text = format!(
            "set TCP_KEEPALIVE_CNT: invalid argument (EINVAL); {count} is out of range: 1 to 127, or -1 for what the system has"
        );
        refused(s.set_tcp_keepalive_cnt(count), &text);
    }
    refused(s.set_ipc_filter_pid(-1), "set IPC_FILTER_PID: invalid argument (EINVAL); -1 is out of range: at least 0");
    refused(
        s.set_ipc_filter_pid(u32::MAX),
        "set IPC_FILTER_PID: invalid argument (EINVAL); 4294967295 is not a process id",
    );
}

/// Whatever libzmq was built with.
#[test]
fn drafts() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let s = context.socket(zmq::ROUTER).unwrap();
    let text = |name: &str, what: &str| format!("set {name}: invalid argument (EINVAL); {what}");
    for size in [i32::MIN, -1, 0, 1, 8, 63, 1_048_577, i32::MAX] {
        let what = format!("{size} is out of range: 64 to 1048576");
        refused(s.set_in_batch_size(size), &text("IN_BATCH_SIZE", &what));
        refused(s.set_out_batch_size(size), &text("OUT_BATCH_SIZE", &what));
    }
    refused(s.set_priority(7), &text("PRIORITY", "7 is out of range: 0 to 6"));
    refused(s.set_busy_poll(-1), &text("BUSY_POLL", "-1 is out of range: 0 to 1000000"));
    refused(s.set_norm_block_size(256), &text("NORM_BLOCK_SIZE", "256 is out of range: 1 to 255"));
    refused(s.set_norm_mode(zmq::NormMode::Other(5)), &text("NORM_MODE", "libzmq does not know Other(5)"));
    refused(
        s.set_router_notify(zmq::RouterNotify::from_raw(5)),
        &text("ROUTER_NOTIFY", "libzmq does not know NOTIFY_CONNECT | 0x4"),
    );
    refused(
        s.set_reconnect_stop(zmq::ReconnectStop::from_raw(-1)),
        &text(
            "RECONNECT_STOP",
            "libzmq does not know RECONNECT_STOP_CONN_REFUSED | RECONNECT_STOP_HANDSHAKE_FAILED | \
             RECONNECT_STOP_AFTER_DISCONNECT | 0xfffffff8",
        ),
    );
    let name = |name: &str| {
        let what = format!("{name:?} is no name of a property: it begins with X-, goes on after it, and has no colon");
        text("METADATA", &what)
    };
    for (property, bad) in [("X-:v", "X-"), ("Name:value", "Name"), (":value", ""), ("x-name:value", "x-name")] {
        refused(s.set_metadata(property), &name(bad));
    }
    refused(s.set_metadata(("X-a:b", "c")), &name("X-a:b"));
    refused(s.set_metadata("X-Name"), &text("METADATA", "a property is a name and a value, as X-Name:value"));
    refused(s.set_metadata("X-Name:"), &text("METADATA", "the value cannot be empty"));
    refused(s.set_metadata(("X-Name", "a\0b")), &text("METADATA", "the property cannot have a NUL in it"));
    let long = format!("X-{}", "n".repeat(254));
    refused(s.set_metadata((&long, "v")), &text("METADATA", "the name has 256 bytes: at most 255"));
    let long = "v".repeat(65_533);
    refused(s.set_metadata(("X-a", &long)), &text("METADATA", "the property has 65536 bytes: at most 65535"));
    let long = "u".repeat(256);
    refused(s.set_socks_username(&long), &text("SOCKS_USERNAME", "the text has 256 bytes: at most 255"));
}

#[test]
fn times() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let s = context.socket(zmq::DEALER).unwrap();
    refused(s.set_linger(-2), "set LINGER: invalid argument (EINVAL); -2 is out of range: at least -1");
    refused(s.set_rcvtimeo(-2), "set RCVTIMEO: invalid argument (EINVAL); -2 is out of range: at least -1");
    refused(s.set_reconnect_ivl(-2), "set RECONNECT_IVL: invalid argument (EINVAL); -2 is out of range: at least -1");
    refused(
        s.set_reconnect_ivl_max(-1),
        "set RECONNECT_IVL_MAX: invalid argument (EINVAL); -1 is out of range: at least 0",
    );
    refused(s.set_handshake_ivl(-1), "set HANDSHAKE_IVL: invalid argument (EINVAL); -1 is out of range: at least 0");
    // libzmq takes -99 to -1 for 0, and hands what it cannot count in 16 bits back.
    refused(
        s.set_heartbeat_ttl(-50),
        "set HEARTBEAT_TTL: invalid argument (EINVAL); -50 is out of range: 0 to 6553599",
    );
    let text = "set HEARTBEAT_TTL: invalid argument (EINVAL); 6553600 is out of range: 0 to 6553599";
    refused(s.set_heartbeat_ttl(6_553_600), text);
    refused(s.set_heartbeat_ttl(Duration::from_micros(6_553_599_001)), text);
    let text = "set HEARTBEAT_TIMEOUT: invalid argument (EINVAL); it always is a time: None is no value for it";
    refused(s.set_heartbeat_timeout(None), text);
    refused(
        s.set_heartbeat_timeout(-1),
        "set HEARTBEAT_TIMEOUT: invalid argument (EINVAL); -1 is out of range: at least 0",
    );
    refused(
        s.set_connect_timeout(-1),
        "set CONNECT_TIMEOUT: invalid argument (EINVAL); -1 is out of range: at least 0",
    );
    let text = |value| {
        format!(
            "set TCP_KEEPALIVE_IDLE: invalid argument (EINVAL); {value} is out of range: 1 to 32767, or -1 for what the system has"
        )
    };
    refused(s.set_tcp_keepalive_idle(0), &text("0"));
    refused(s.set_tcp_keepalive_idle(Duration::ZERO), &text("0"));
    refused(s.set_tcp_keepalive_idle(32_768), &text("32768"));
    refused(s.set_tcp_keepalive_idle(Duration::MAX), &text("2147483647"));
}

#[test]
fn texts() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let s = context.socket(zmq::DEALER).unwrap();
    let long = "x".repeat(256);
    refused(s.set_routing_id(&long), "set ROUTING_ID: invalid argument (EINVAL); the value has 256 bytes: 1 to 255");
    refused(s.set_routing_id(""), "set ROUTING_ID: invalid argument (EINVAL); the value has 0 bytes: 1 to 255");
    refused(
        s.set_routing_id(b"\0me"),
        "set ROUTING_ID: invalid argument (EINVAL); a routing id cannot begin with a zero byte: such ids are those that a \
         ROUTER makes up",
    );
    refused(
        s.set_plain_username(&long),
        "set PLAIN_USERNAME: invalid argument (EINVAL); the text has 256 bytes: at most 255",
    );
    refused(
        s.set_plain_password("a\0b"),
        "set PLAIN_PASSWORD: invalid argument (EINVAL); the text cannot have a NUL in it",
    );
    refused(
        s.set_zap_domain(""),
        "set ZAP_DOMAIN: invalid argument (EINVAL); the text cannot be empty: libzmq has no way to clear it",
    );
    refused(s.set_zap_domain(&long), "set ZAP_DOMAIN: invalid argument (EINVAL); the text has 256 bytes: at most 255");
    refused(
        s.set_bindtodevice("a23456789-1234567"),
        "set BINDTODEVICE: invalid argument (EINVAL); the text has 17 bytes: at most 16",
    );
    for proxy in ["localhost", "localhost:", ":1080", "localhost:0", "localhost:65536", "localhost:+1", "localhost:1x"]
    {
        refused(
            s.set_socks_proxy(proxy),
            "set SOCKS_PROXY: invalid argument (EINVAL); the proxy is a host and a port, as localhost:1080",
        );
    }
    for bits in ["", "8x", "-1", "+8"] {
        let text = format!(
            "set TCP_ACCEPT_FILTER: invalid argument (EINVAL); {bits:?} is not the length of a network: a number, as in 10.0.0.0/8"
        );
        refused(s.set_tcp_accept_filter(format!("10.0.0.0/{bits}")), &text);
    }
    for filter in ["10.0.0.0/33", "nosuch", "fe80::/64"] {
        refused(
            s.set_tcp_accept_filter(filter),
            "set TCP_ACCEPT_FILTER: invalid argument (EINVAL); it takes an IP address, or a network as 10.0.0.0/8; IPv6 \
             addresses if IPV6 was set before",
        );
    }
    let router = context.socket(zmq::ROUTER).unwrap();
    refused(
        router.set_connect_routing_id(""),
        "set CONNECT_ROUTING_ID: invalid argument (EINVAL); the value has 0 bytes: at least 1",
    );
}

#[test]
fn keys() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let s = context.socket(zmq::DEALER).unwrap();
    let text = |length| {
        format!(
            "set CURVE_SERVERKEY: invalid argument (EINVAL); a CURVE key is 32 bytes, or 40 characters of Z85, not {length}"
        )
    };
    refused(s.set_curve_serverkey("short"), &text(5));
    refused(s.set_curve_serverkey([0; 31]), &text(31));
    refused(s.set_curve_serverkey("x".repeat(41)), &text(41));
    assert!(s.set_curve_serverkey("\"".repeat(40)).is_err());
    // libzmq would have overwritten half of the old key by then.
    if zmq::has("curve") {
        let (public, _) = zmq::curve_keypair().unwrap();
        s.set_curve_publickey(public).unwrap();
        let broken = format!("{}\"", &public.to_z85()[..39]);
        assert_eq!(s.set_curve_publickey(&broken).unwrap_err().kind(), ErrorKind::InvalidArgument);
        assert_eq!(s.curve_publickey().unwrap(), public);
    }
}

#[test]
fn what_this_libzmq_was_built_without() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let s = context.socket(zmq::DEALER).unwrap();
    for (result, name, needs) in [
        (s.set_vmci_buffer_size(1), "VMCI_BUFFER_SIZE", "vmci"),
        (s.set_vmci_connect_timeout(None), "VMCI_CONNECT_TIMEOUT", "vmci"),
        (s.set_gssapi_server(true), "GSSAPI_SERVER", "gssapi"),
        (s.set_gssapi_principal_nametype(zmq::NameType::UserName), "GSSAPI_PRINCIPAL_NAMETYPE", "gssapi"),
    ] {
        if zmq::has(needs) {
            result.unwrap();
            continue;
        }
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let text = format!("set {name}: not in this libzmq; this libzmq was built without {needs} (see zmq::has)");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn what_a_libzmq_without_drafts_does_not_have() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let old = zmq::version() < zmq::Version::new(4, 3, 5);
    for (result, name) in [
        (router.set_in_batch_size(65_536), "IN_BATCH_SIZE"),
        (router.set_out_batch_size(65_536), "OUT_BATCH_SIZE"),
        (router.set_hello_msg("hello"), "HELLO_MSG"),
        (router.set_priority(1), "PRIORITY"),
        (router.router_notify().map(drop), "ROUTER_NOTIFY"),
    ] {
        if zmq::has("draft") && !old {
            result.unwrap();
            continue;
        }
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        let what = if name == "ROUTER_NOTIFY" { "get" } else { "set" };
        let text = format!(
            "{what} {name}: not in this libzmq; this libzmq was built without its draft API (see zmq::has); the bundled \
             one has it with the feature `draft`"
        );
        assert!(error.to_string() == text || old, "{error}");
    }
}

#[test]
fn what_the_kind_does_not_have() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let push = context.socket(SocketType::Push).unwrap();
    refused(
        push.subscribe("x"),
        "set SUBSCRIBE: invalid argument (EINVAL); PUSH sockets do not have the option SUBSCRIBE",
    );
    // These libzmq, or the crate itself, would keep until later, or for ever.
    refused(
        push.set(zmq::ROUTING_ID, "me"),
        "set ROUTING_ID: invalid argument (EINVAL); PUSH sockets do not have the option ROUTING_ID",
    );
    refused(
        push.set(zmq::CONNECT_ROUTING_ID, "peer"),
        "set CONNECT_ROUTING_ID: invalid argument (EINVAL); PUSH sockets do not have the option CONNECT_ROUTING_ID",
    );
    let error = push.get(zmq::ROUTING_ID).unwrap_err();
    assert_eq!(
        error.to_string(),
        "get ROUTING_ID: invalid argument (EINVAL); PUSH sockets do not have the option ROUTING_ID"
    );
    push.set(zmq::CONFLATE, true).unwrap();
    refused(
        context.socket(zmq::XPUB).unwrap().subscribe("x"),
        "set SUBSCRIBE: invalid argument (EINVAL); an XPUB takes it only while XPUB_MANUAL is set",
    );
}

#[test]
fn a_terminated_context_has_no_options() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::PULL).unwrap();
    context.shutdown().unwrap();
    assert!(socket.recv().unwrap_err().is_terminated());
    let error = socket.set_rcvhwm(1).unwrap_err();
    assert_eq!(error.to_string(), "set RCVHWM: context was terminated (ETERM)");
    assert!(socket.rcvhwm().unwrap_err().is_terminated());
}
