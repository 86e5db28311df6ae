//! Every option that can be set and read: through `set` and `get`, and through its methods.

use std::time::Duration;

use zmq::option::Access;
use zmq::{
    Context, CurvePublicKey, CurveSecretKey, NOTIFY_CONNECT, NOTIFY_DISCONNECT, NameType, NormMode,
    RECONNECT_STOP_CONN_REFUSED, RECONNECT_STOP_HANDSHAKE_FAILED, ReconnectStop, RouterNotify,
};

use crate::support::deadline;

const MAX: i32 = i32::MAX;

fn ms(ms: u64) -> Option<Duration> {
    Some(Duration::from_millis(ms))
}

fn s(s: u64) -> Option<Duration> {
    Some(Duration::from_secs(s))
}

/// `OPTION getter setter of KIND: default { value set => value read, … }`
macro_rules! round_trips {
    ($context:ident $seen:ident $(
        $option:ident $get:ident $set:ident of $kind:ident: $default:expr, { $($value:expr => $read:expr),+ $(,)? }
    )*) => {$({
        $seen.push(stringify!($option));
        let socket = $context.socket(zmq::$kind).unwrap();
        assert_eq!(socket.get(zmq::$option).unwrap(), $default, "default of {}", stringify!($option));
        $(
            let text = concat!(stringify!($option), " = ", stringify!($value));
            let socket = $context.socket(zmq::$kind).unwrap();
            socket.set(zmq::$option, $value).unwrap();
            assert_eq!(socket.get(zmq::$option).unwrap(), $read, "{text}");
            assert_eq!(socket.$get().unwrap(), $read, "{text}");
            let socket = $context.socket(zmq::$kind).unwrap();
            socket.$set($value).unwrap();
            assert_eq!(socket.$get().unwrap(), $read, "{text}");
        )+
    })*};
}

#[test]
fn what_is_set_is_read_back() {
    let _deadline = deadline(120);
    let context = Context::new().unwrap();
    let mut seen = numbers(&context);
    seen.extend(times(&context));
    seen.extend(texts(&context));
    seen.extend(keys(&context));
    seen.extend(kerberos(&context));
    seen.extend(drafts_of_every_build(&context));
    seen.extend(drafts(&context));
    seen.extend(norm(&context));
    seen.sort_unstable();

    let mut all: Vec<_> =
        zmq::socket_options().filter(|row| row.access == Access::ReadWrite).map(|row| row.name).collect();
    all.sort_unstable();
    assert_eq!(seen, all);
}

fn numbers(context: &Context) -> Vec<&'static str> {
    let mut seen = Vec::new();
    round_trips! { context seen
        AFFINITY affinity set_affinity of PAIR: 0, { 1 => 1, 0 => 0, u64::MAX => u64::MAX }
        RATE rate set_rate of PUB: 100, { 1 => 1, 2_147_483 => 2_147_483 }
        SNDBUF sndbuf set_sndbuf of PUSH: -1, { -1 => -1, 0 => 0, MAX => MAX }
        RCVBUF rcvbuf set_rcvbuf of PULL: -1, { -1 => -1, 0 => 0, MAX => MAX }
        BACKLOG backlog set_backlog of REP: 100, { 0 => 0, 1 => 1, MAX => MAX }
        MAXMSGSIZE maxmsgsize set_maxmsgsize of PULL: None, {
            0 => Some(0), 1_000_000 => Some(1_000_000), -1 => None, i64::MAX => Some(i64::MAX as u64),
            Some(5) => Some(5), None => None, Some(u64::MAX) => Some(i64::MAX as u64),
        }
        SNDHWM sndhwm set_sndhwm of PUSH: 1000, { 0 => 0, 1 => 1, MAX => MAX }
        RCVHWM rcvhwm set_rcvhwm of PULL: 1000, { 0 => 0, 1 => 1, MAX => MAX }
        MULTICAST_HOPS multicast_hops set_multicast_hops of PUB: 1, { 1 => 1, 255 => 255 }
        IPV4ONLY ipv4only set_ipv4only of PAIR: true, { false => false, true => true, 0 => false, 1 => true }
        TCP_KEEPALIVE tcp_keepalive set_tcp_keepalive of PAIR: None, {
            1 => Some(true), 0 => Some(false), -1 => None, true => Some(true), false => Some(false),
            Some(true) => Some(true), None => None,
        }
        TCP_KEEPALIVE_CNT tcp_keepalive_cnt set_tcp_keepalive_cnt of PAIR: -1, { 1 => 1, 127 => 127, -1 => -1 }
        IMMEDIATE immediate set_immediate of PUSH: false, { true => true, false => false, 1 => true, 0 => false }
        IPV6 ipv6 set_ipv6 of PAIR: false, { true => true, false => false, 1 => true }
        PLAIN_SERVER plain_server set_plain_server of REP: false, { true => true, false => false, 1 => true }
        CONFLATE conflate set_conflate of PUSH: false, { true => true, false => false, 1 => true }
        TOS tos set_tos of PAIR: 0, { 0 => 0, 255 => 255 }
        INVERT_MATCHING invert_matching set_invert_matching of SUB: false, { true => true, false => false, 1 => true }
        MULTICAST_MAXTPDU multicast_maxtpdu set_multicast_maxtpdu of PUB: 1500, { 1 => 1, MAX => MAX }
    }
    seen
}

fn times(context: &Context) -> Vec<&'static str> {
    let mut seen = Vec::new();
    let nearly_2 = Duration::from_micros(1001);
    round_trips! { context seen
        RECOVERY_IVL recovery_ivl set_recovery_ivl of PUB: ms(10_000), {
            0 => ms(0), MAX => ms(MAX as u64), nearly_2 => ms(2), Some(nearly_2) => ms(2),
        }
        LINGER linger set_linger of PUSH: None, {
            -1 => None, 0 => ms(0), MAX => ms(MAX as u64), nearly_2 => ms(2), Duration::from_nanos(1) => ms(1),
            Duration::ZERO => ms(0), Duration::MAX => ms(MAX as u64), Some(nearly_2) => ms(2), None => None,
        }
        RECONNECT_IVL reconnect_ivl set_reconnect_ivl of REQ: ms(100), {
            -1 => None, 0 => ms(0), MAX => ms(MAX as u64), nearly_2 => ms(2), None => None,
        }
        RECONNECT_IVL_MAX reconnect_ivl_max set_reconnect_ivl_max of REQ: None, {
            0 => None, 1 => ms(1), MAX => ms(MAX as u64), nearly_2 => ms(2), None => None, Duration::ZERO => None,
        }
        RCVTIMEO rcvtimeo set_rcvtimeo of PULL: None, {
            -1 => None, 0 => ms(0), MAX => ms(MAX as u64), nearly_2 => ms(2), None => None,
        }
        SNDTIMEO sndtimeo set_sndtimeo of PUSH: None, {
            -1 => None, 0 => ms(0), MAX => ms(MAX as u64), nearly_2 => ms(2), None => None,
        }
        TCP_KEEPALIVE_IDLE tcp_keepalive_idle set_tcp_keepalive_idle of PAIR: None, {
            -1 => None, 1 => s(1), 32_767 => s(32_767), nearly_2 => s(1), Duration::from_millis(1001) => s(2), None => None,
        }
        TCP_KEEPALIVE_INTVL tcp_keepalive_intvl set_tcp_keepalive_intvl of PAIR: None, {
            -1 => None, 1 => s(1), 32_767 => s(32_767), nearly_2 => s(1), Some(nearly_2) => s(1), None => None,
        }
        HANDSHAKE_IVL handshake_ivl set_handshake_ivl of DEALER: ms(30_000), {
            0 => None, 1 => ms(1), MAX => ms(MAX as u64), nearly_2 => ms(2), None => None,
        }
        HEARTBEAT_IVL heartbeat_ivl set_heartbeat_ivl of DEALER: None, {
            0 => None, 1 => ms(1), MAX => ms(MAX as u64), nearly_2 => ms(2), None => None,
        }
        HEARTBEAT_TTL heartbeat_ttl set_heartbeat_ttl of DEALER: None, {
            0 => None, 99 => None, 100 => ms(100), 250 => ms(200), 6_553_599 => ms(6_553_500),
            Duration::from_micros(199_001) => ms(200), None => None,
        }
        HEARTBEAT_TIMEOUT heartbeat_timeout set_heartbeat_timeout of DEALER: None, {
            0 => ms(0), 1 => ms(1), MAX => ms(MAX as u64), nearly_2 => ms(2), Some(nearly_2) => ms(2),
        }
        CONNECT_TIMEOUT connect_timeout set_connect_timeout of REQ: None, {
            0 => None, 1 => ms(1), MAX => ms(MAX as u64), nearly_2 => ms(2), None => None,
        }
        TCP_MAXRT tcp_maxrt set_tcp_maxrt of REQ: None, {
            0 => None, 1 => ms(1), MAX => ms(MAX as u64), nearly_2 => ms(2), None => None,
        }
    }
    seen
}

fn texts(context: &Context) -> Vec<&'static str> {
    let mut seen = Vec::new();
    let longest = "x".repeat(255);
    let device = "a".repeat(16);
    round_trips! { context seen
        ROUTING_ID routing_id set_routing_id of DEALER: b"", {
            "me" => b"me", b"me" => b"me", [1, 0, 255] => [1, 0, 255], vec![1] => [1], String::from("me") => b"me",
            &longest => longest.as_bytes(), zmq::Message::from("me") => b"me", &b"me"[..] => b"me",
        }
        PLAIN_USERNAME plain_username set_plain_username of REQ: "", {
            "admin" => "admin", &longest => longest, String::from("ä") => "ä", Some("x") => "x", "" => "", None => "",
        }
        PLAIN_PASSWORD plain_password set_plain_password of REQ: "", {
            "secret" => "secret", &longest => longest, longest.clone() => longest, Some("x") => "x", "" => "", None => "",
        }
        ZAP_DOMAIN zap_domain set_zap_domain of REP: "", { "global" => "global", &longest => longest }
        SOCKS_PROXY socks_proxy set_socks_proxy of REQ: "", {
            "localhost:1080" => "localhost:1080", "[::1]:65535" => "[::1]:65535", "" => "", None => "",
            String::from("10.0.0.1:1") => "10.0.0.1:1",
        }
        BINDTODEVICE bindtodevice set_bindtodevice of PAIR: "", {
            "eth0" => "eth0", &device => device, "" => "", Some("lo") => "lo", None => "",
        }
    }
    seen
}

fn keys(context: &Context) -> Vec<&'static str> {
    let mut seen = Vec::new();
    if !zmq::has("curve") {
        return vec!["CURVE_SERVER", "CURVE_PUBLICKEY", "CURVE_SECRETKEY", "CURVE_SERVERKEY"];
    }
    let (public, secret) = zmq::curve_keypair().unwrap();
    let (text, secret_text) = (public.to_z85(), secret.to_z85());
    let none = CurvePublicKey::from_bytes([0; 32]);
    round_trips! { context seen
        CURVE_SERVER curve_server set_curve_server of REP: false, { true => true, false => false, 1 => true }
        CURVE_PUBLICKEY curve_publickey set_curve_publickey of REQ: none, {
            public => public, &public => public, &text => public, text.clone() => public, text.as_str() => public,
            *public.as_bytes() => public, public.as_bytes() => public, text.as_bytes() => public,
        }
        CURVE_SECRETKEY curve_secretkey set_curve_secretkey of REQ: CurveSecretKey::from_bytes([0; 32]), {
            &secret => secret, secret.clone() => secret, &secret_text => secret, secret.as_bytes() => secret,
        }
        CURVE_SERVERKEY curve_serverkey set_curve_serverkey of REQ: none, { public => public, &text => public }
    }
    seen
}

fn kerberos(context: &Context) -> Vec<&'static str> {
    let mut seen = Vec::new();
    if !zmq::has("gssapi") {
        return zmq::socket_options().filter(|row| row.needs.contains(&"gssapi")).map(|row| row.name).collect();
    }
    round_trips! { context seen
        GSSAPI_SERVER gssapi_server set_gssapi_server of REP: false, { true => true, false => false }
        GSSAPI_PRINCIPAL gssapi_principal set_gssapi_principal of REP: "", { "me" => "me" }
        GSSAPI_SERVICE_PRINCIPAL gssapi_service_principal set_gssapi_service_principal of REQ: "", { "you" => "you" }
        GSSAPI_PLAINTEXT gssapi_plaintext set_gssapi_plaintext of REP: false, { true => true, false => false }
        GSSAPI_PRINCIPAL_NAMETYPE gssapi_principal_nametype set_gssapi_principal_nametype of REP: NameType::HostBased, {
            NameType::UserName => NameType::UserName, NameType::Krb5Principal => NameType::Krb5Principal,
        }
        GSSAPI_SERVICE_PRINCIPAL_NAMETYPE gssapi_service_principal_nametype set_gssapi_service_principal_nametype of REQ:
        NameType::HostBased, { NameType::UserName => NameType::UserName }
    }
    seen
}

/// The names of the options that can be set and read and of which that is true.
fn names(of: impl Fn(&zmq::option::Row) -> bool) -> Vec<&'static str> {
    let rows = zmq::socket_options().filter(|row| row.access == Access::ReadWrite && of(row));
    rows.map(|row| row.name).collect()
}

fn drafts_of_every_build(context: &Context) -> Vec<&'static str> {
    let mut seen = Vec::new();
    if zmq::version() < zmq::Version::new(4, 3, 3) {
        return names(|row| row.draft && row.needs.is_empty());
    }
    let longest = "x".repeat(255);
    round_trips! { context seen
        LOOPBACK_FASTPATH loopback_fastpath set_loopback_fastpath of PAIR: false, { true => true, false => false, 1 => true }
        SOCKS_USERNAME socks_username set_socks_username of REQ: "", {
            "me" => "me", &longest => longest, "" => "", None => "", Some("x") => "x",
        }
        SOCKS_PASSWORD socks_password set_socks_password of REQ: "", {
            "secret" => "secret", &longest => longest, "" => "", None => "", String::from("x") => "x",
        }
        RECONNECT_STOP reconnect_stop set_reconnect_stop of REQ: ReconnectStop::NONE, {
            RECONNECT_STOP_CONN_REFUSED => RECONNECT_STOP_CONN_REFUSED,
            RECONNECT_STOP_CONN_REFUSED | RECONNECT_STOP_HANDSHAKE_FAILED =>
                RECONNECT_STOP_CONN_REFUSED | RECONNECT_STOP_HANDSHAKE_FAILED,
            ReconnectStop::NONE => ReconnectStop::NONE,
        }
    }
    seen
}

fn drafts(context: &Context) -> Vec<&'static str> {
    let mut seen = Vec::new();
    if !zmq::has("draft") || zmq::version() < zmq::Version::new(4, 3, 5) {
        return names(|row| row.needs == ["draft"]);
    }
    let both = NOTIFY_CONNECT | NOTIFY_DISCONNECT;
    round_trips! { context seen
        ROUTER_NOTIFY router_notify set_router_notify of ROUTER: RouterNotify::NONE, {
            NOTIFY_CONNECT => NOTIFY_CONNECT, both => both, RouterNotify::NONE => RouterNotify::NONE,
        }
        IN_BATCH_SIZE in_batch_size set_in_batch_size of PULL: 8192, { 64 => 64, 65_536 => 65_536, 1_048_576 => 1_048_576 }
        OUT_BATCH_SIZE out_batch_size set_out_batch_size of PUSH: 8192, { 64 => 64, 65_536 => 65_536, 1_048_576 => 1_048_576 }
        PRIORITY priority set_priority of PAIR: 0, { 0 => 0, 6 => 6 }
    }
    seen
}

fn norm(context: &Context) -> Vec<&'static str> {
    let mut seen = Vec::new();
    if !zmq::has("draft") || !zmq::has("norm") || zmq::version() < zmq::Version::new(4, 3, 5) {
        return names(|row| row.needs == ["draft", "norm"]);
    }
    round_trips! { context seen
        NORM_MODE norm_mode set_norm_mode of PUB: NormMode::Cc, {
            NormMode::Fixed => NormMode::Fixed, NormMode::Ccl => NormMode::Ccl, NormMode::Cce => NormMode::Cce,
            NormMode::CceEcnOnly => NormMode::CceEcnOnly,
        }
        NORM_UNICAST_NACK norm_unicast_nack set_norm_unicast_nack of SUB: false, { true => true, false => false }
        NORM_BUFFER_SIZE norm_buffer_size set_norm_buffer_size of PUB: 2048, { 1 => 1, 1_048_576 => 1_048_576 }
        NORM_SEGMENT_SIZE norm_segment_size set_norm_segment_size of PUB: 1400, { 1 => 1, 65_000 => 65_000 }
        NORM_BLOCK_SIZE norm_block_size set_norm_block_size of PUB: 16, { 1 => 1, 255 => 255 }
        NORM_NUM_PARITY norm_num_parity set_norm_num_parity of PUB: 4, { 0 => 0, 254 => 254 }
        NORM_NUM_AUTOPARITY norm_num_autoparity set_norm_num_autoparity of PUB: 0, { 0 => 0, 254 => 254 }
        NORM_PUSH norm_push set_norm_push of PUB: false, { true => true, false => false }
    }
    seen
}

#[test]
fn options_that_can_only_be_read() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::REP).unwrap();
    assert_eq!(socket.get(zmq::TYPE).unwrap(), zmq::SocketType::Rep);
    assert_eq!(socket.get(zmq::MECHANISM).unwrap(), zmq::Mechanism::Null);
    assert!(!socket.get(zmq::RCVMORE).unwrap() && !socket.rcvmore().unwrap());
    assert!(!socket.get(zmq::THREAD_SAFE).unwrap() && !socket.thread_safe().unwrap());
    assert_eq!(socket.get(zmq::USE_FD).unwrap(), -1);
    assert_eq!(socket.use_fd().unwrap(), -1);
    assert_eq!(socket.events().unwrap(), zmq::PollEvents::NONE);
    assert_eq!(socket.get(zmq::FD).unwrap(), socket.fd().unwrap());
    assert_eq!(socket.last_endpoint().unwrap(), "");
    let name = format!("inproc://{}", "n".repeat(291));
    socket.bind(&name).unwrap();
    assert_eq!(socket.last_endpoint().unwrap(), name);
    assert_eq!(socket.get(zmq::LAST_ENDPOINT).unwrap().len(), 300);
}

#[test]
fn options_that_can_only_be_set() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    router.set_router_mandatory(true).unwrap();
    router.set_router_handover(1).unwrap();
    router.set_probe_router(false).unwrap();
    router.set_connect_routing_id("peer").unwrap();
    router.set_tcp_accept_filter("127.0.0.1").unwrap();
    router.set_tcp_accept_filter("10.0.0.0/8").unwrap();
    router.set_tcp_accept_filter("").unwrap();
    router.set_tcp_accept_filter(None).unwrap();
    router.set_ipv6(true).unwrap();
    router.set_tcp_accept_filter("fe80::/64").unwrap();
    if cfg!(target_os = "linux") {
        router.set_ipc_filter_pid(std::process::id()).unwrap();
        router.set_ipc_filter_pid(1).unwrap();
        router.set_ipc_filter_uid(0).unwrap();
        router.set_ipc_filter_gid(u32::MAX).unwrap();
        router.set_ipc_filter_pid(None).unwrap();
        router.set_ipc_filter_uid(None).unwrap();
        router.set_ipc_filter_gid(None).unwrap();
    }
}

#[test]
fn old_names_are_the_same_options() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set(zmq::IDENTITY, "me").unwrap();
    assert_eq!(dealer.get(zmq::ROUTING_ID).unwrap(), b"me");
    assert_eq!(dealer.identity().unwrap(), b"me");
    dealer.set(zmq::DELAY_ATTACH_ON_CONNECT, true).unwrap();
    assert!(dealer.immediate().unwrap());
    dealer.set(zmq::IPV4ONLY, false).unwrap();
    assert!(dealer.ipv6().unwrap());
    dealer.set_hwm(7).unwrap();
    assert_eq!((dealer.sndhwm().unwrap(), dealer.rcvhwm().unwrap(), dealer.hwm().unwrap()), (7, 7, 7));
    let router = context.socket(zmq::ROUTER).unwrap();
    router.set(zmq::FAIL_UNROUTABLE, true).unwrap();
    router.set(zmq::ROUTER_BEHAVIOR, 1).unwrap();
    router.set(zmq::CONNECT_RID, "peer").unwrap();
}

#[test]
fn the_mechanism_is_what_was_set_last() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::REQ).unwrap();
    socket.set_plain_server(true).unwrap();
    assert_eq!((socket.mechanism().unwrap(), socket.plain_server().unwrap()), (zmq::Mechanism::Plain, true));
    // A client's option ends being a server.
    socket.set_plain_username("me").unwrap();
    assert_eq!((socket.mechanism().unwrap(), socket.plain_server().unwrap()), (zmq::Mechanism::Plain, false));
    socket.set_plain_username("").unwrap();
    assert_eq!((socket.mechanism().unwrap(), &*socket.plain_username().unwrap()), (zmq::Mechanism::Null, "me"));
    if zmq::has("curve") {
        socket.set_curve_server(true).unwrap();
        assert_eq!(socket.mechanism().unwrap(), zmq::Mechanism::Curve);
        socket.set_curve_serverkey(zmq::curve_keypair().unwrap().0).unwrap();
        assert!(!socket.curve_server().unwrap());
    }
}

#[test]
fn defaults_that_depend_on_the_kind() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    for &kind in zmq::SocketType::ALL {
        let expected = match kind {
            zmq::SocketType::Sub | zmq::SocketType::Xsub => ms(0),
            _ => None,
        };
        assert_eq!(context.socket(kind).unwrap().linger().unwrap(), expected, "{kind}");
    }
}
