//! zmq.h of libzmq 4.3.5, name by name: each is either wrapped, or not for a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The header: its stable part, and what is for `ZMQ_BUILD_DRAFT_API`.
fn header() -> Option<(String, String)> {
    let folder = env!("ZMQ_INCLUDE_DIR");
    if folder.is_empty() {
        // An installed libzmq whose pkg-config file does not say; the bundled one always does.
        eprintln!("skipped: it is not known where zmq.h is");
        assert!(!cfg!(feature = "vendored") || std::env::var_os("ZMQ_SYS_USE_PKG_CONFIG").is_some());
        return None;
    }
    let text = std::fs::read_to_string(Path::new(folder).join("zmq.h")).expect("zmq.h is where the build found it");
    let end = text.find("#ifdef ZMQ_BUILD_DRAFT_API").expect("zmq.h ends with its draft part");
    Some((text[..end].to_owned(), text[end..].to_owned()))
}

/// The names of the header's constants: options, kinds, flags and error numbers.
fn constants(header: &str) -> BTreeMap<String, String> {
    let defines = header.lines().filter_map(|line| line.trim().strip_prefix("#define "));
    defines
        .filter_map(|define| {
            let (name, value) = define.split_at(define.find([' ', '(']).unwrap_or(define.len()));
            let constant = name.starts_with("ZMQ_") || (name.starts_with('E') && value.contains("HAUSNUMERO"));
            constant.then(|| (name.to_owned(), value.trim().to_owned()))
        })
        .collect()
}

/// The names of the functions that the header exports.
fn functions(header: &str) -> BTreeSet<String> {
    let declarations = header.split("ZMQ_EXPORT").skip(1);
    declarations
        .filter_map(|text| {
            let text = &text[..text.find(';')?];
            let name = text[..text.find('(')?]
                .split(|c: char| c.is_whitespace() || c == '*')
                .rfind(|part| !part.is_empty())?;
            name.starts_with("zmq_").then(|| name.to_owned())
        })
        .collect()
}

/// Constants that are not in the option table, and what they are here. What can be named is, so that it exists.
fn wrapped_constants() -> Vec<(&'static str, String)> {
    macro_rules! wrapped {
        ($($name:ident => $item:expr),* $(,)?) => {
            vec![$((stringify!($name), { let _ = $item; stringify!($item).to_owned() })),*]
        };
    }
    wrapped! {
        ZMQ_IO_THREADS => zmq::IO_THREADS,
        ZMQ_MAX_SOCKETS => zmq::MAX_SOCKETS,
        ZMQ_SOCKET_LIMIT => zmq::SOCKET_LIMIT,
        ZMQ_THREAD_PRIORITY => zmq::THREAD_PRIORITY,
        ZMQ_THREAD_SCHED_POLICY => zmq::THREAD_SCHED_POLICY,
        ZMQ_MAX_MSGSZ => zmq::MAX_MSGSZ,
        ZMQ_MSG_T_SIZE => zmq::MSG_T_SIZE,
        ZMQ_THREAD_AFFINITY_CPU_ADD => zmq::THREAD_AFFINITY_CPU_ADD,
        ZMQ_THREAD_AFFINITY_CPU_REMOVE => zmq::THREAD_AFFINITY_CPU_REMOVE,
        ZMQ_THREAD_NAME_PREFIX => zmq::THREAD_NAME_PREFIX,
        ZMQ_BLOCKY => zmq::BLOCKY,
        ZMQ_ZERO_COPY_RECV => zmq::ZERO_COPY_RECV,
        ZMQ_PAIR => zmq::PAIR,
        ZMQ_PUB => zmq::PUB,
        ZMQ_SUB => zmq::SUB,
        ZMQ_REQ => zmq::REQ,
        ZMQ_REP => zmq::REP,
        ZMQ_DEALER => zmq::DEALER,
        ZMQ_ROUTER => zmq::ROUTER,
        ZMQ_PULL => zmq::PULL,
        ZMQ_PUSH => zmq::PUSH,
        ZMQ_XPUB => zmq::XPUB,
        ZMQ_XSUB => zmq::XSUB,
        ZMQ_STREAM => zmq::STREAM,
        ZMQ_IDENTITY => zmq::IDENTITY,
        ZMQ_CONNECT_RID => zmq::CONNECT_RID,
        ZMQ_DELAY_ATTACH_ON_CONNECT => zmq::DELAY_ATTACH_ON_CONNECT,
        ZMQ_FAIL_UNROUTABLE => zmq::FAIL_UNROUTABLE,
        ZMQ_ROUTER_BEHAVIOR => zmq::ROUTER_BEHAVIOR,
        ZMQ_MORE => zmq::Message::more,
        ZMQ_SRCFD => zmq::Message::source_fd,
        ZMQ_DONTWAIT => zmq::DONTWAIT,
        ZMQ_SNDMORE => zmq::SNDMORE,
        ZMQ_NULL => zmq::Mechanism::Null,
        ZMQ_PLAIN => zmq::Mechanism::Plain,
        ZMQ_CURVE => zmq::Mechanism::Curve,
        ZMQ_GSSAPI => zmq::Mechanism::Gssapi,
        ZMQ_GSSAPI_NT_HOSTBASED => zmq::NameType::HostBased,
        ZMQ_GSSAPI_NT_USER_NAME => zmq::NameType::UserName,
        ZMQ_GSSAPI_NT_KRB5_PRINCIPAL => zmq::NameType::Krb5Principal,
        ZMQ_POLLIN => zmq::POLLIN,
        ZMQ_POLLOUT => zmq::POLLOUT,
        ZMQ_POLLERR => zmq::POLLERR,
        ZMQ_POLLPRI => zmq::POLLPRI,
        ZMQ_NOTIFY_CONNECT => zmq::NOTIFY_CONNECT,
        ZMQ_NOTIFY_DISCONNECT => zmq::NOTIFY_DISCONNECT,
        ZMQ_RECONNECT_STOP_CONN_REFUSED => zmq::RECONNECT_STOP_CONN_REFUSED,
        ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED => zmq::RECONNECT_STOP_HANDSHAKE_FAILED,
        ZMQ_RECONNECT_STOP_AFTER_DISCONNECT => zmq::RECONNECT_STOP_AFTER_DISCONNECT,
        ZMQ_NORM_FIXED => zmq::NormMode::Fixed,
        ZMQ_NORM_CC => zmq::NormMode::Cc,
        ZMQ_NORM_CCL => zmq::NormMode::Ccl,
        ZMQ_NORM_CCE => zmq::NormMode::Cce,
        ZMQ_NORM_CCE_ECNONLY => zmq::NormMode::CceEcnOnly,
        ZMQ_EVENT_CONNECTED => zmq::EVENT_CONNECTED,
        ZMQ_EVENT_CONNECT_DELAYED => zmq::EVENT_CONNECT_DELAYED,
        ZMQ_EVENT_CONNECT_RETRIED => zmq::EVENT_CONNECT_RETRIED,
        ZMQ_EVENT_LISTENING => zmq::EVENT_LISTENING,
        ZMQ_EVENT_BIND_FAILED => zmq::EVENT_BIND_FAILED,
        ZMQ_EVENT_ACCEPTED => zmq::EVENT_ACCEPTED,
        ZMQ_EVENT_ACCEPT_FAILED => zmq::EVENT_ACCEPT_FAILED,
        ZMQ_EVENT_CLOSED => zmq::EVENT_CLOSED,
        ZMQ_EVENT_CLOSE_FAILED => zmq::EVENT_CLOSE_FAILED,
        ZMQ_EVENT_DISCONNECTED => zmq::EVENT_DISCONNECTED,
        ZMQ_EVENT_MONITOR_STOPPED => zmq::EVENT_MONITOR_STOPPED,
        ZMQ_EVENT_ALL => zmq::EVENT_ALL,
        ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL => zmq::EVENT_HANDSHAKE_FAILED_NO_DETAIL,
        ZMQ_EVENT_HANDSHAKE_SUCCEEDED => zmq::EVENT_HANDSHAKE_SUCCEEDED,
        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL => zmq::EVENT_HANDSHAKE_FAILED_PROTOCOL,
        ZMQ_EVENT_HANDSHAKE_FAILED_AUTH => zmq::EVENT_HANDSHAKE_FAILED_AUTH,
        ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED => zmq::ProtocolError::ZMTP_UNSPECIFIED,
        ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND => zmq::ProtocolError::ZMTP_UNEXPECTED_COMMAND,
        ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE => zmq::ProtocolError::ZMTP_INVALID_SEQUENCE,
        ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE => zmq::ProtocolError::ZMTP_KEY_EXCHANGE,
        ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED => zmq::ProtocolError::ZMTP_MALFORMED_COMMAND_UNSPECIFIED,
        ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE => zmq::ProtocolError::ZMTP_MALFORMED_COMMAND_MESSAGE,
        ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO => zmq::ProtocolError::ZMTP_MALFORMED_COMMAND_HELLO,
        ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE => zmq::ProtocolError::ZMTP_MALFORMED_COMMAND_INITIATE,
        ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR => zmq::ProtocolError::ZMTP_MALFORMED_COMMAND_ERROR,
        ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY => zmq::ProtocolError::ZMTP_MALFORMED_COMMAND_READY,
        ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME => zmq::ProtocolError::ZMTP_MALFORMED_COMMAND_WELCOME,
        ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA => zmq::ProtocolError::ZMTP_INVALID_METADATA,
        ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC => zmq::ProtocolError::ZMTP_CRYPTOGRAPHIC,
        ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH => zmq::ProtocolError::ZMTP_MECHANISM_MISMATCH,
        ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED => zmq::ProtocolError::ZAP_UNSPECIFIED,
        ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY => zmq::ProtocolError::ZAP_MALFORMED_REPLY,
        ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID => zmq::ProtocolError::ZAP_BAD_REQUEST_ID,
        ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION => zmq::ProtocolError::ZAP_BAD_VERSION,
        ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE => zmq::ProtocolError::ZAP_INVALID_STATUS_CODE,
        ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA => zmq::ProtocolError::ZAP_INVALID_METADATA,
        ZMQ_PROTOCOL_ERROR_WS_UNSPECIFIED => zmq::ProtocolError::WS_UNSPECIFIED,
        EFSM => zmq::ErrorKind::WrongState,
        ENOCOMPATPROTO => zmq::ErrorKind::IncompatibleProtocol,
        ETERM => zmq::ErrorKind::ContextTerminated,
        EMTHREAD => zmq::ErrorKind::NoThread,
        ENOTSUP => zmq::ErrorKind::NotSupported,
        EPROTONOSUPPORT => zmq::ErrorKind::ProtocolNotSupported,
        EADDRINUSE => zmq::ErrorKind::AddressInUse,
        EADDRNOTAVAIL => zmq::ErrorKind::AddressNotAvailable,
        ENOTSOCK => zmq::ErrorKind::NotASocket,
        EHOSTUNREACH => zmq::ErrorKind::HostUnreachable,
        ENOBUFS => zmq::ErrorKind::Other(zmq_sys::ENOBUFS),
        ENETDOWN => zmq::ErrorKind::Other(zmq_sys::ENETDOWN),
        ECONNREFUSED => zmq::ErrorKind::Other(zmq_sys::ECONNREFUSED),
        EINPROGRESS => zmq::ErrorKind::Other(zmq_sys::EINPROGRESS),
        EMSGSIZE => zmq::ErrorKind::Other(zmq_sys::EMSGSIZE),
        EAFNOSUPPORT => zmq::ErrorKind::Other(zmq_sys::EAFNOSUPPORT),
        ENETUNREACH => zmq::ErrorKind::Other(zmq_sys::ENETUNREACH),
        ECONNABORTED => zmq::ErrorKind::Other(zmq_sys::ECONNABORTED),
        ECONNRESET => zmq::ErrorKind::Other(zmq_sys::ECONNRESET),
        ENOTCONN => zmq::ErrorKind::Other(zmq_sys::ENOTCONN),
        ETIMEDOUT => zmq::ErrorKind::Other(zmq_sys::ETIMEDOUT),
        ENETRESET => zmq::ErrorKind::Other(zmq_sys::ENETRESET),
    }
}

/// Functions and what they are here.
const WRAPPED: &[(&str, &str)] = &[
    ("zmq_bind", "Socket::bind"),
    ("zmq_close", "Socket::close, and drop"),
    ("zmq_connect", "Socket::connect"),
    ("zmq_ctx_get", "Context::get"),
    ("zmq_ctx_new", "Context::new"),
    ("zmq_ctx_set", "Context::set"),
    ("zmq_ctx_shutdown", "Context::shutdown"),
    ("zmq_ctx_term", "Context::term, and drop"),
    ("zmq_curve_keypair", "curve_keypair"),
    ("zmq_curve_public", "curve_public"),
    ("zmq_disconnect", "Socket::disconnect"),
    ("zmq_errno", "Error::errno"),
    ("zmq_getsockopt", "Socket::get"),
    ("zmq_has", "has"),
    ("zmq_msg_close", "drop of Message"),
    ("zmq_msg_copy", "Message::clone"),
    ("zmq_msg_data", "Message as [u8]"),
    ("zmq_msg_get", "Message::source_fd"),
    ("zmq_msg_gets", "Message::property"),
    ("zmq_msg_init", "Message::new"),
    ("zmq_msg_init_data", "Message::from_owner"),
    ("zmq_msg_init_size", "Message::with_size"),
    ("zmq_msg_more", "Message::more"),
    ("zmq_msg_recv", "Socket::recv"),
    ("zmq_msg_send", "Socket::send"),
    ("zmq_msg_size", "Message as [u8]"),
    ("zmq_poll", "Socket::poll and Poller"),
    ("zmq_recv", "Socket::recv_buf"),
    ("zmq_setsockopt", "Socket::set"),
    ("zmq_socket", "Context::socket"),
    ("zmq_socket_monitor", "Socket::monitor"),
    ("zmq_strerror", "strerror"),
    ("zmq_unbind", "Socket::unbind"),
    ("zmq_version", "version"),
];

/// What is not wrapped: a name, or the beginning of names, and why not.
const EXCUSED: &[(&str, &str)] = &[
    ("ZMQ_VERSION*", "what was compiled against; version() is what is linked"),
    ("ZMQ_MAKE_VERSION", "a macro: Version::new and its order"),
    ("ZMQ_EXPORT", "for C's linkers"),
    ("ZMQ_DEFINED_STDINT", "for old C compilers"),
    ("ZMQ_HAUSNUMERO", "where libzmq's own error numbers begin; ErrorKind has them by name"),
    ("ZMQ_IO_THREADS_DFLT", "what Context::io_threads answers at first"),
    ("ZMQ_MAX_SOCKETS_DFLT", "what Context::max_sockets answers at first"),
    ("ZMQ_THREAD_PRIORITY_DFLT", "the priority threads have unless it is set"),
    ("ZMQ_THREAD_SCHED_POLICY_DFLT", "what Context::thread_sched_policy answers at first"),
    ("ZMQ_XREQ", "the old name of DEALER"),
    ("ZMQ_XREP", "the old name of ROUTER"),
    ("ZMQ_NOBLOCK", "the old name of DONTWAIT"),
    ("ZMQ_SHARED", "whether frames share a buffer is looked after: nothing safe writes to one"),
    ("ZMQ_GROUP_MAX_LENGTH", "for RADIO and DISH, which are draft"),
    ("ZMQ_POLLITEMS_DFLT", "how many items libzmq polls without allocating: an implementation detail"),
    ("ZMQ_HAS_CAPABILITIES", "whether there is zmq_has, which has() answers without"),
    ("ZMQ_STREAMER", "a kind of zmq_device"),
    ("ZMQ_FORWARDER", "a kind of zmq_device"),
    ("ZMQ_QUEUE", "a kind of zmq_device"),
    ("ZMQ_HAVE_TIMERS", "a mark without a value, for Timers"),
    ("zmq_timers_*", "Timers, which is Rust: in C, closures must not change timers, and an interval of 0 never ends"),
    ("zmq_proxy", "proxy, which is Rust: in C it loses frames to signals, and cannot be ended"),
    ("zmq_proxy_steerable", "proxy_steerable, which is Rust: 4.3.5 mixes up PAUSE and RESUME, older ones abort"),
    ("zmq_device", "deprecated: proxy"),
    ("zmq_init", "deprecated: Context::with_io_threads"),
    ("zmq_term", "deprecated: Context::term"),
    ("zmq_ctx_destroy", "deprecated: Context::term"),
    ("zmq_sendmsg", "deprecated: Socket::send"),
    ("zmq_recvmsg", "deprecated: Socket::recv"),
    ("zmq_sendiov", "deprecated: Socket::send_multipart"),
    ("zmq_recviov", "deprecated: Socket::recv_multipart"),
    ("zmq_send", "a Message is sent: short ones are as cheap, and none is copied twice"),
    ("zmq_send_const", "Message::from_static"),
    ("zmq_msg_move", "moving a Message is Rust's own"),
    ("zmq_msg_set", "there is no property that could be set"),
    ("zmq_z85_*", "z85::encode and z85::decode, which are Rust and check what libzmq does not"),
    ("zmq_atomic_counter_*", "std::sync::atomic"),
    ("zmq_stopwatch_*", "std::time::Instant"),
    ("zmq_sleep", "std::thread::sleep"),
    ("zmq_threadstart", "std::thread::spawn"),
    ("zmq_threadclose", "JoinHandle::join"),
    // The drafts.
    ("ZMQ_SERVER", "a draft kind"),
    ("ZMQ_CLIENT", "a draft kind"),
    ("ZMQ_RADIO", "a draft kind"),
    ("ZMQ_DISH", "a draft kind"),
    ("ZMQ_GATHER", "a draft kind"),
    ("ZMQ_SCATTER", "a draft kind"),
    ("ZMQ_DGRAM", "a draft kind"),
    ("ZMQ_PEER", "a draft kind"),
    ("ZMQ_CHANNEL", "a draft kind"),
    (
        "ZMQ_ZAP_ENFORCE_DOMAIN",
        "set by Socket::require_security: by itself it has a PLAIN server without a domain abort",
    ),
    ("ZMQ_MULTICAST_LOOP", "for RADIO and DGRAM, which are draft kinds"),
    ("ZMQ_WSS_*", "libzmq aborts for a key or certificate that is none"),
    ("ZMQ_MSG_PROPERTY_*", "names for Message::property, which has some of them as methods"),
    ("ZMQ_EVENT_PIPES_STATS", "what zmq_socket_monitor_pipes_stats asks for"),
    ("ZMQ_CURRENT_EVENT_VERSION*", "for zmq_socket_monitor_versioned"),
    ("ZMQ_EVENT_ALL_V*", "for zmq_socket_monitor_versioned"),
    ("ZMQ_HAVE_POLLER", "a mark without a value, for zmq_poller_*"),
    ("zmq_ctx_set_ext", "Context::set; it takes texts, which only THREAD_NAME_PREFIX has a use for"),
    ("zmq_ctx_get_ext", "Context::get"),
    ("zmq_join", "for DISH, a draft kind"),
    ("zmq_leave", "for DISH, a draft kind"),
    ("zmq_connect_peer", "for PEER, a draft kind"),
    ("zmq_msg_set_routing_id", "for SERVER and PEER, draft kinds"),
    ("zmq_msg_routing_id", "for SERVER and PEER, draft kinds"),
    ("zmq_msg_set_group", "for RADIO, a draft kind"),
    ("zmq_msg_group", "for DISH, a draft kind"),
    ("zmq_msg_init_buffer", "Message::from"),
    ("zmq_poller_*", "Poller, which is over zmq_poll"),
    ("zmq_socket_get_peer_state", "Socket::try_send_multipart says who has room"),
    ("zmq_socket_monitor_versioned", "Socket::monitor; the later version tells the endpoints of both sides"),
    ("zmq_socket_monitor_pipes_stats", "how full queues are is not told"),
    ("zmq_ppoll", "Socket::poll; a signal that must not be missed writes to a pipe that is polled"),
];

fn excuse_covers(excuse: &str, name: &str) -> bool {
    excuse.strip_suffix('*').map_or(excuse == name, |beginning| name.starts_with(beginning))
}

#[test]
fn every_name_of_the_header_is_wrapped_or_excused() {
    let Some((stable, draft)) = header() else { return };
    let drafts = constants(&draft);
    let constants: BTreeMap<_, _> = constants(&stable).into_iter().chain(drafts.clone()).collect();
    let functions: BTreeSet<_> = functions(&stable).into_iter().chain(functions(&draft)).collect();
    assert!(constants.len() > 150 && functions.len() > 60, "{} and {} were found", constants.len(), functions.len());
    let names: BTreeSet<&str> = constants.keys().chain(&functions).map(String::as_str).collect();

    let options: Vec<_> = zmq::socket_options().map(|row| (format!("ZMQ_{}", row.name), row)).collect();
    for (name, row) in &options {
        // An older libzmq's header has fewer.
        match constants.get(name) {
            Some(value) => {
                assert_eq!(value.parse(), Ok(row.number), "{name}");
                assert_eq!(drafts.contains_key(name), row.draft, "{name}");
            }
            None => assert!(zmq::version() < row.since, "{name} is not in the header"),
        }
    }
    let wrapped_constants = wrapped_constants();
    let options = options.iter().map(|(name, _)| name.as_str());
    let wrapped: BTreeSet<&str> = options
        .chain(wrapped_constants.iter().map(|(name, _)| *name))
        .chain(WRAPPED.iter().map(|(name, _)| *name))
        .collect();
    let value = |name: &str| {
        let text = constants.get(name)?;
        text.strip_prefix("0x").map_or_else(|| text.parse(), |digits| i32::from_str_radix(digits, 16)).ok()
    };
    for (name, ours) in [
        ("ZMQ_ZERO_COPY_RECV", 10),
        ("ZMQ_NOTIFY_CONNECT", zmq::NOTIFY_CONNECT.as_raw()),
        ("ZMQ_NOTIFY_DISCONNECT", zmq::NOTIFY_DISCONNECT.as_raw()),
        ("ZMQ_RECONNECT_STOP_CONN_REFUSED", zmq::RECONNECT_STOP_CONN_REFUSED.as_raw()),
        ("ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED", zmq::RECONNECT_STOP_HANDSHAKE_FAILED.as_raw()),
        ("ZMQ_NORM_FIXED", zmq::NormMode::Fixed.as_raw()),
        ("ZMQ_NORM_CC", zmq::NormMode::Cc.as_raw()),
        ("ZMQ_NORM_CCL", zmq::NormMode::Ccl.as_raw()),
        ("ZMQ_NORM_CCE", zmq::NormMode::Cce.as_raw()),
        ("ZMQ_NORM_CCE_ECNONLY", zmq::NormMode::CceEcnOnly.as_raw()),
    ] {
        assert_eq!(value(name).unwrap_or(ours), ours, "{name}");
    }

    let excused = |name: &str| EXCUSED.iter().any(|(excuse, _)| excuse_covers(excuse, name));
    let forgotten: Vec<_> = names.iter().filter(|name| !wrapped.contains(*name) && !excused(name)).collect();
    assert!(forgotten.is_empty(), "neither wrapped nor excused: {forgotten:?}");

    if zmq::version() >= zmq::Version::new(4, 3, 5) {
        let gone: Vec<_> = wrapped.iter().filter(|name| !names.contains(*name)).collect();
        assert!(gone.is_empty(), "wrapped and not in the header: {gone:?}");
        for (excuse, reason) in EXCUSED {
            assert!(names.iter().any(|name| excuse_covers(excuse, name)), "{excuse} ({reason}) is not in the header");
            assert!(!wrapped.contains(excuse), "{excuse} is wrapped and needs no excuse");
        }
    }
}
