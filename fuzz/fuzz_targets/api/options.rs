//! Every option of the table, with values that are right and wrong.

use zmq::{Dynamic, Socket};

use crate::input::Input;
use crate::known;

/// Sets them one by one: `NAME, … as type`, the value made from the input.
macro_rules! set {
    ($socket:ident, $chosen:ident; $($($name:ident)+ => $value:expr;)+) => {{
        let mut count = 0;
        $($(
            if $chosen == count {
                known($socket.set(zmq::$name, $value));
            }
            count += 1;
        )+)+
        count
    }};
}

/// Reads all that can be read.
macro_rules! get {
    ($socket:ident; $($name:ident)+) => {{
        $(if let Some(value) = known($socket.get(zmq::$name)) { let _ = format!("{value:?}"); })+
    }};
}

pub fn set(socket: &Socket<Dynamic>, input: &mut Input<'_>) {
    // How many there are, when none is chosen.
    static COUNT: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    let count = *COUNT.get_or_init(|| set_one(socket, usize::MAX, &mut Input(&[])));
    let chosen = usize::from(input.byte()) % count;
    set_one(socket, chosen, input);
}

fn set_one(socket: &Socket<Dynamic>, chosen: usize, input: &mut Input<'_>) -> usize {
    set! { socket, chosen;
        RATE SNDBUF RCVBUF BACKLOG SNDHWM RCVHWM MULTICAST_HOPS TOS MULTICAST_MAXTPDU TCP_KEEPALIVE_CNT
            => input.number() as i32;
        RECOVERY_IVL RECONNECT_IVL_MAX HANDSHAKE_IVL HEARTBEAT_IVL HEARTBEAT_TTL HEARTBEAT_TIMEOUT CONNECT_TIMEOUT
            TCP_MAXRT TCP_KEEPALIVE TCP_KEEPALIVE_IDLE TCP_KEEPALIVE_INTVL RECONNECT_IVL
            => input.number() as i32;
        // What would wait too long here is not wrong, but only slow.
        LINGER RCVTIMEO SNDTIMEO => (input.number() as i32).clamp(-2, 3).max(if input.flag() { 0 } else { -2 }).min(3);
        MAXMSGSIZE => input.number();
        AFFINITY => input.number() as u64;
        IPV4ONLY IMMEDIATE IPV6 PLAIN_SERVER CURVE_SERVER CONFLATE ROUTER_MANDATORY XPUB_VERBOSE XPUB_VERBOSER
            PROBE_ROUTER REQ_CORRELATE REQ_RELAXED ROUTER_HANDOVER XPUB_NODROP STREAM_NOTIFY
            INVERT_MATCHING ROUTER_RAW XPUB_MANUAL
            => input.flag();
        ROUTING_ID SUBSCRIBE UNSUBSCRIBE XPUB_WELCOME_MSG CONNECT_ROUTING_ID CURVE_PUBLICKEY CURVE_SECRETKEY CURVE_SERVERKEY
            => input.piece();
        PLAIN_USERNAME PLAIN_PASSWORD ZAP_DOMAIN TCP_ACCEPT_FILTER => input.text();
        BINDTODEVICE => input.pick(&["", "lo", "nothing", "a name that is too long"]);
        // Nobody listens at the last.
        SOCKS_PROXY => input.pick(&["", "x", ":1", "a:b:c:", "127.0.0.1:0", "127.0.0.1:1"]);
        IPC_FILTER_UID IPC_FILTER_GID => input.pick(&[0, 1, u32::MAX]);
        IPC_FILTER_PID => input.pick(&[1, std::process::id()]);
    }
}

pub fn get(socket: &Socket<Dynamic>) {
    get! { socket;
        AFFINITY ROUTING_ID RATE RECOVERY_IVL SNDBUF RCVBUF RCVMORE FD EVENTS TYPE LINGER RECONNECT_IVL BACKLOG
        RECONNECT_IVL_MAX MAXMSGSIZE SNDHWM RCVHWM MULTICAST_HOPS RCVTIMEO SNDTIMEO IPV4ONLY LAST_ENDPOINT TCP_KEEPALIVE
        TCP_KEEPALIVE_CNT TCP_KEEPALIVE_IDLE TCP_KEEPALIVE_INTVL IMMEDIATE IPV6 MECHANISM PLAIN_SERVER PLAIN_USERNAME
        PLAIN_PASSWORD CURVE_SERVER CURVE_PUBLICKEY CURVE_SECRETKEY CURVE_SERVERKEY CONFLATE ZAP_DOMAIN TOS HANDSHAKE_IVL
        SOCKS_PROXY INVERT_MATCHING HEARTBEAT_IVL HEARTBEAT_TTL HEARTBEAT_TIMEOUT CONNECT_TIMEOUT TCP_MAXRT THREAD_SAFE
        MULTICAST_MAXTPDU USE_FD BINDTODEVICE
    }
}
