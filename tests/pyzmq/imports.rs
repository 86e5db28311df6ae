//! test_imports.py: every name in pyzmq's `zmq.__all__` (`names.txt`) is here under that name, under another, or is left out for a
//! reason.

use zmq::{ErrorKind, Mechanism, ProtocolError};

/// Each is a value of the crate by the same name, or this does not compile.
macro_rules! same_values {
    ($($name:ident)*) => {
        [$({
            let _ = zmq::$name;
            stringify!($name)
        }),*]
    };
}

/// Each is a type, or a module of functions, by the same name.
macro_rules! same_types {
    ($($name:ident)*) => {
        [$({
            #[allow(unused_imports, reason = "that it can be imported is the test")]
            use zmq::$name;
            stringify!($name)
        }),*]
    };
}

/// Each is an associated value of another type.
macro_rules! values_of {
    ($type:ident: $($name:ident)*) => {
        [$((concat!("PROTOCOL_ERROR_", stringify!($name)), $type::$name.as_raw())),*]
    };
}

fn same() -> Vec<&'static str> {
    let values = same_values! {
        IO_THREADS MAX_SOCKETS SOCKET_LIMIT THREAD_PRIORITY THREAD_SCHED_POLICY MAX_MSGSZ MSG_T_SIZE
        THREAD_AFFINITY_CPU_ADD THREAD_AFFINITY_CPU_REMOVE THREAD_NAME_PREFIX EVENT_CONNECTED
        EVENT_CONNECT_DELAYED EVENT_CONNECT_RETRIED EVENT_LISTENING EVENT_BIND_FAILED EVENT_ACCEPTED
        EVENT_ACCEPT_FAILED EVENT_CLOSED EVENT_CLOSE_FAILED EVENT_DISCONNECTED EVENT_MONITOR_STOPPED
        EVENT_HANDSHAKE_FAILED_NO_DETAIL EVENT_HANDSHAKE_SUCCEEDED EVENT_HANDSHAKE_FAILED_PROTOCOL
        EVENT_HANDSHAKE_FAILED_AUTH EVENT_ALL DONTWAIT SNDMORE POLLIN POLLOUT POLLERR POLLPRI AFFINITY
        ROUTING_ID SUBSCRIBE UNSUBSCRIBE RATE RECOVERY_IVL SNDBUF RCVBUF RCVMORE FD EVENTS TYPE LINGER
        RECONNECT_IVL BACKLOG RECONNECT_IVL_MAX MAXMSGSIZE SNDHWM RCVHWM MULTICAST_HOPS RCVTIMEO SNDTIMEO
        LAST_ENDPOINT ROUTER_MANDATORY TCP_KEEPALIVE TCP_KEEPALIVE_CNT TCP_KEEPALIVE_IDLE TCP_KEEPALIVE_INTVL
        IMMEDIATE XPUB_VERBOSE ROUTER_RAW IPV6 MECHANISM PLAIN_SERVER PLAIN_USERNAME PLAIN_PASSWORD
        CURVE_SERVER CURVE_PUBLICKEY CURVE_SECRETKEY CURVE_SERVERKEY PROBE_ROUTER REQ_CORRELATE REQ_RELAXED
        CONFLATE ZAP_DOMAIN ROUTER_HANDOVER TOS CONNECT_ROUTING_ID GSSAPI_SERVER GSSAPI_PRINCIPAL
        GSSAPI_SERVICE_PRINCIPAL GSSAPI_PLAINTEXT HANDSHAKE_IVL SOCKS_PROXY XPUB_NODROP BLOCKY XPUB_MANUAL
        XPUB_WELCOME_MSG STREAM_NOTIFY INVERT_MATCHING HEARTBEAT_IVL HEARTBEAT_TTL HEARTBEAT_TIMEOUT
        XPUB_VERBOSER CONNECT_TIMEOUT TCP_MAXRT THREAD_SAFE MULTICAST_MAXTPDU VMCI_BUFFER_SIZE
        VMCI_BUFFER_MIN_SIZE VMCI_BUFFER_MAX_SIZE VMCI_CONNECT_TIMEOUT USE_FD GSSAPI_PRINCIPAL_NAMETYPE
        GSSAPI_SERVICE_PRINCIPAL_NAMETYPE BINDTODEVICE IDENTITY CONNECT_RID TCP_ACCEPT_FILTER IPC_FILTER_PID
        IPC_FILTER_UID IPC_FILTER_GID IPV4ONLY DELAY_ATTACH_ON_CONNECT FAIL_UNROUTABLE ROUTER_BEHAVIOR PAIR
        PUB SUB REQ REP DEALER ROUTER PULL PUSH XPUB XSUB STREAM LOOPBACK_FASTPATH METADATA ROUTER_NOTIFY
        XPUB_MANUAL_LAST_VALUE SOCKS_USERNAME SOCKS_PASSWORD IN_BATCH_SIZE OUT_BATCH_SIZE ONLY_FIRST_SUBSCRIBE
        RECONNECT_STOP HELLO_MSG DISCONNECT_MSG PRIORITY BUSY_POLL HICCUP_MSG XSUB_VERBOSE_UNSUBSCRIBE TOPICS_COUNT
        NORM_MODE NORM_UNICAST_NACK NORM_BUFFER_SIZE NORM_SEGMENT_SIZE NORM_BLOCK_SIZE NORM_NUM_PARITY
        NORM_NUM_AUTOPARITY NORM_PUSH RECONNECT_STOP_CONN_REFUSED RECONNECT_STOP_HANDSHAKE_FAILED
        RECONNECT_STOP_AFTER_DISCONNECT NOTIFY_CONNECT NOTIFY_DISCONNECT
    };
    let types = same_types! {
        Event SocketType Context Message Poller select Socket proxy proxy_steerable strerror has curve_keypair
        curve_public NormMode ReconnectStop RouterNotify
    };
    [&values[..], &types].concat()
}

/// By another name: the type of `Error` says which number, `Mechanism` which mechanism, and so on.
fn other() -> Vec<&'static str> {
    let errors = [
        ("Again", ErrorKind::Again),
        ("ContextTerminated", ErrorKind::ContextTerminated),
        ("InterruptedSystemCall", ErrorKind::InterruptedSystemCall),
        ("ZMQBindError", ErrorKind::AddressInUse),
        ("ZMQVersionError", ErrorKind::Unsupported),
        ("ZMQError", ErrorKind::Other(0)),
        ("ZMQBaseError", ErrorKind::Other(0)),
        ("EAGAIN", ErrorKind::Again),
        ("EINVAL", ErrorKind::InvalidArgument),
        ("ENOTSUP", ErrorKind::NotSupported),
        ("EPROTONOSUPPORT", ErrorKind::ProtocolNotSupported),
        ("EADDRINUSE", ErrorKind::AddressInUse),
        ("EADDRNOTAVAIL", ErrorKind::AddressNotAvailable),
        ("ENOTSOCK", ErrorKind::NotASocket),
        ("EHOSTUNREACH", ErrorKind::HostUnreachable),
        ("EFSM", ErrorKind::WrongState),
        ("ENOCOMPATPROTO", ErrorKind::IncompatibleProtocol),
        ("ETERM", ErrorKind::ContextTerminated),
        ("EMTHREAD", ErrorKind::NoThread),
    ];
    // `Error::errno` has these; the numbers themselves are those of `libc`.
    let numbers = [
        "EFAULT",
        "ENOBUFS",
        "ENETDOWN",
        "ECONNREFUSED",
        "EINPROGRESS",
        "EMSGSIZE",
        "EAFNOSUPPORT",
        "ENETUNREACH",
        "ECONNABORTED",
        "ECONNRESET",
        "ENOTCONN",
        "ETIMEDOUT",
        "ENETRESET",
    ];
    let protocol_errors = values_of! { ProtocolError:
        WS_UNSPECIFIED ZMTP_UNSPECIFIED ZMTP_UNEXPECTED_COMMAND ZMTP_INVALID_SEQUENCE ZMTP_KEY_EXCHANGE
        ZMTP_MALFORMED_COMMAND_UNSPECIFIED ZMTP_MALFORMED_COMMAND_MESSAGE ZMTP_MALFORMED_COMMAND_HELLO
        ZMTP_MALFORMED_COMMAND_INITIATE ZMTP_MALFORMED_COMMAND_ERROR ZMTP_MALFORMED_COMMAND_READY
        ZMTP_MALFORMED_COMMAND_WELCOME ZMTP_INVALID_METADATA ZMTP_CRYPTOGRAPHIC ZMTP_MECHANISM_MISMATCH
        ZAP_UNSPECIFIED ZAP_MALFORMED_REPLY ZAP_BAD_REQUEST_ID ZAP_BAD_VERSION ZAP_INVALID_STATUS_CODE
        ZAP_INVALID_METADATA
    };
    let mechanisms = [
        ("NULL", Mechanism::Null),
        ("PLAIN", Mechanism::Plain),
        ("CURVE", Mechanism::Curve),
        ("GSSAPI", Mechanism::Gssapi),
    ];
    let mut names: Vec<_> = errors.iter().map(|(name, _)| *name).chain(numbers).collect();
    names.extend(protocol_errors.iter().map(|(name, _)| *name));
    names.extend(mechanisms.iter().map(|(name, _)| *name));
    let rest = [
        ("COPY_THRESHOLD", "ZERO_COPY_THRESHOLD"),
        ("NOBLOCK", "NOBLOCK"),
        ("HWM", "Socket::set_hwm"),
        ("MORE", "Message::more"),
        ("SHARED", "nothing: what is shared is copied when it is written to"),
        ("SRCFD", "Message::source_fd"),
        ("PollEvent", "PollEvents, which has its constants"),
        ("SecurityMechanism", "Mechanism, which has them as variants"),
        ("SocketOption", "option::SocketOption, socket_options"),
        ("ContextOption", "option::ContextOption"),
        ("MessageOption", "methods of Message"),
        ("Errno", "ErrorKind, Error::errno"),
        ("DeviceType", "the kinds of a proxy's sockets"),
        ("STREAMER", "PULL and PUSH"),
        ("FORWARDER", "XSUB and XPUB"),
        ("QUEUE", "ROUTER and DEALER"),
        ("device", "proxy"),
        ("XREQ", "DEALER"),
        ("XREP", "ROUTER"),
        ("Frame", "Message"),
        ("MessageTracker", "Message::from_owner, whose owner is dropped"),
        ("NotDone", "as MessageTracker"),
        ("_FINISHED_TRACKER", "as MessageTracker"),
        ("zmq_version", "version"),
        ("zmq_version_info", "version"),
        ("Stopwatch", "std::time::Instant"),
        ("zmq_poll", "Poller"),
        ("zmq_errno", "Error::errno"),
        ("NORM_FIXED", "NormMode::Fixed"),
        ("NORM_CC", "NormMode::Cc"),
        ("NORM_CCL", "NormMode::Ccl"),
        ("NORM_CCE", "NormMode::Cce"),
        ("NORM_CCE_ECNONLY", "NormMode::CceEcnOnly"),
        ("IPC_PATH_MAX_LEN", "nothing: the error says how long a path may be"),
    ];
    names.extend(rest.map(|(name, _)| name));
    names
}

/// Kinds and options of libzmq's drafts that the safe API does not have (`tests/header.rs` says why), and what is Python's own.
fn left_out() -> Vec<&'static str> {
    let draft_kinds = ["CLIENT", "SERVER", "RADIO", "DISH", "GATHER", "SCATTER", "DGRAM", "PEER", "CHANNEL"];
    let draft_options = [
        "ZAP_ENFORCE_DOMAIN",
        "MULTICAST_LOOP",
        "WSS_KEY_PEM",
        "WSS_CERT_PEM",
        "WSS_TRUST_PEM",
        "WSS_HOSTNAME",
        "WSS_TRUST_SYSTEM",
    ];
    let draft_values =
        ["EVENT_ALL_V1", "EVENT_PIPES_STATS", "EVENT_ALL_V2", "DRAFT_API", "PYZMQ_DRAFT_API", "DraftFDWarning"];
    let of_python = [
        "Enum",
        "IntEnum",
        "IntFlag",
        "Flag",
        "get_includes",
        "pyzmq_version",
        "pyzmq_version_info",
        "__version__",
        "__revision__",
        "SyncContext",
        "SyncSocket",
    ];
    [&draft_kinds[..], &draft_options, &draft_values, &of_python].concat()
}

#[test]
fn all_exports() {
    let mut accounted: Vec<&str> = [same(), other(), left_out()].concat();
    let mut wanted: Vec<&str> = include_str!("names.txt").lines().filter(|line| !line.starts_with('#')).collect();
    accounted.sort_unstable();
    wanted.sort_unstable();
    let missing: Vec<_> = wanted.iter().filter(|name| !accounted.contains(name)).collect();
    let unknown: Vec<_> = accounted.iter().filter(|name| !wanted.contains(name)).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:?}, unknown: {unknown:?}");
    assert_eq!(accounted, wanted, "each once");
}

/// The names of pyzmq's `test_core`, `test_devices` and `test_utils`.
#[test]
fn core() {
    use zmq::auth::{Authenticator, ThreadAuthenticator};
    #[allow(unused_imports, reason = "that they can be imported is the test")]
    use zmq::{
        Context, Message, Poller, ProcessProxy, Socket, ThreadProxy, monitored_queue, option, proxy, proxy_steerable,
        version, z85,
    };
    assert!(size_of::<(Context, Authenticator, ThreadAuthenticator)>() > 0);
}
