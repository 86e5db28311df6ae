//! The table of socket options: one row declares everything about one. In the order of their numbers.

use zmq_sys as sys;

use super::codec::{
    Always, Bitmap, Blob, Boolean, ByteCount, Codec, Count, EventsCode, Fd, Filter, Forever, Integer, Limit,
    MechanismCode, Milliseconds, NameTypeCode, OrOff, ProcessId, Proxy, PublicKey, Seconds, SecretKey, Switch, Text,
    TypeCode, UserId,
};
use super::macros::{kinds_doc, socket_options};
use super::{Access, Gettable, OptionOf, OptionValue, Row, Settable, SocketOption};
use crate::error::Result;
use crate::socket::Socket;
use crate::socket::kind::{self, Kind, kind_set};
use crate::version::Version;

/// A number that cannot be negative.
type Natural = Integer<0, { i32::MAX }>;
/// A number from 1.
type Positive = Integer<1, { i32::MAX }>;
/// Any bytes, also none.
type AnyBytes = Blob<0, { usize::MAX }>;

socket_options! {
    /// Which of the context's I/O threads serve the socket's connections: bit 0 is the first thread, 0 (the default) means any.
    ///
    /// Counts for the next `bind` or `connect`, which picks the least busy of the threads; one that selects only threads that do
    /// not exist makes them fail with [`NoThread`](crate::ErrorKind::NoThread).
    AFFINITY(ZMQ_AFFINITY) as Bitmap: rw affinity set_affinity, of all, since 2 0 0;

    /// The name by which a ROUTER knows this socket: 1 to 255 bytes that do not begin with a zero byte.
    ///
    /// To be set before `connect`; every peer of one ROUTER needs another. Without it the ROUTER makes one up for each connection.
    /// Empty by default, and once set it cannot be emptied again.
    ROUTING_ID(ZMQ_ROUTING_ID) as Blob<1, 255>: rw routing_id set_routing_id, of [Req Rep Dealer Router], since 2 0 0;

    /// Receives the messages that begin with this prefix; the empty one is all of them.
    ///
    /// Takes effect at once, on connections that exist, too. A prefix that was given twice has to be
    /// [unsubscribed](crate::UNSUBSCRIBE) twice. Until something is subscribed to, a SUB receives nothing.
    ///
    /// On an XPUB it answers a subscription, and is refused unless [`XPUB_MANUAL`](crate::XPUB_MANUAL) is set: it subscribes the
    /// sender of the subscription message that was received last.
    SUBSCRIBE(ZMQ_SUBSCRIBE) as AnyBytes: w subscribe, of [Sub Xpub], since 2 0 0;

    /// Takes one subscription to this prefix back, at once. It is no error if there was none.
    ///
    /// On an XPUB it is refused unless [`XPUB_MANUAL`](crate::XPUB_MANUAL) is set: it then takes the subscription from the sender of
    /// the message that was received last.
    UNSUBSCRIBE(ZMQ_UNSUBSCRIBE) as AnyBytes: w unsubscribe, of [Sub Xpub], since 2 0 0;

    /// How fast multicast (`pgm`, `epgm`, `norm`) may send: kilobits per second, 1 to 2147483, 100 by default.
    ///
    /// Counts for the next `bind` or `connect`. The default is slow: a faster network needs a higher rate.
    RATE(ZMQ_RATE) as Integer<1, 2_147_483>: rw rate set_rate, of all, since 2 0 0;

    /// For how long multicast (`pgm`, `epgm`) can make up for lost data: 10 s by default; i32 ms or a `Duration`.
    ///
    /// Counts for the next `bind` or `connect`. The memory it takes is this time multiplied by [`RATE`](crate::RATE).
    RECOVERY_IVL(ZMQ_RECOVERY_IVL) as Always: rw recovery_ivl set_recovery_ivl, of all, since 2 0 0;

    /// The size of the kernel's send buffer of each connection in bytes; -1, the system's own, by default.
    ///
    /// Counts for the next `bind` or `connect`. Passed on as `SO_SNDBUF`, of which the system makes what it likes (Linux doubles it).
    SNDBUF(ZMQ_SNDBUF) as Integer<-1, { i32::MAX }>: rw sndbuf set_sndbuf, of all, since 2 0 0;

    /// The size of the kernel's receive buffer of each connection in bytes; -1, the system's own, by default.
    ///
    /// Counts for the next `bind` or `connect`. Passed on as `SO_RCVBUF`, of which the system makes what it likes (Linux doubles it).
    RCVBUF(ZMQ_RCVBUF) as Integer<-1, { i32::MAX }>: rw rcvbuf set_rcvbuf, of all, since 2 0 0;

    /// Whether the frame that was received last has more after it, in the same message.
    ///
    /// A [`Message`](crate::Message) also knows this of itself, and the multipart methods look after it.
    RCVMORE(ZMQ_RCVMORE) as Boolean: r rcvmore, of all, since 2 0 0;

    /// The descriptor that becomes readable when something happened; see the `AsFd` of [`Socket`].
    ///
    /// It does not say what happened: ask [`EVENTS`](crate::EVENTS). Never read, write or close it.
    FD(ZMQ_FD) as Fd: r fd, of all, since 2 1 0;

    /// What the socket is ready for: [`POLLIN`](crate::POLLIN), [`POLLOUT`](crate::POLLOUT), both or none.
    ///
    /// Asking also makes libzmq look after what has arrived meanwhile, and rearms [`FD`](crate::FD).
    EVENTS(ZMQ_EVENTS) as EventsCode: r events, of all, since 2 1 0;

    /// The kind of the socket: what [`socket_type`](Socket::socket_type) answers without asking libzmq.
    TYPE(ZMQ_TYPE) as TypeCode: r, of all, since 2 1 0;

    /// How long libzmq keeps trying to send what is unsent when the socket is closed: i32 ms, a `Duration`, -1 or `None` for ever,
    /// 0 not at all.
    ///
    /// For ever by default; not at all for SUB and XSUB, and where the context is not [`BLOCKY`](crate::BLOCKY). Counts when the
    /// socket, or a connection, is closed; [`Context`](crate::Context) tells what waits for it.
    LINGER(ZMQ_LINGER) as Forever: rw linger set_linger, of all, since 2 1 0;

    /// How long to wait before a lost connection, or one that could not be made, is tried again: 100 ms by default; i32 ms, a
    /// `Duration`, -1 or `None` for never.
    ///
    /// 0 is never, too: libzmq then does not try again. Each wait is a random bit longer. Counts for the next `connect`.
    RECONNECT_IVL(ZMQ_RECONNECT_IVL) as Forever: rw reconnect_ivl set_reconnect_ivl, of all, since 2 1 0;

    /// How many connections may wait to be accepted: 100 by default. The system has a limit of its own.
    ///
    /// Counts for the next `bind`.
    BACKLOG(ZMQ_BACKLOG) as Natural: rw backlog set_backlog, of all, since 2 1 0;

    /// Up to how long [`RECONNECT_IVL`](crate::RECONNECT_IVL) doubles with each try that fails: i32 ms, a `Duration`, 0 or `None` for
    /// no doubling, which is the default.
    ///
    /// One that is shorter than `RECONNECT_IVL` takes its place. Counts for the next `connect`.
    RECONNECT_IVL_MAX(ZMQ_RECONNECT_IVL_MAX) as OrOff: rw reconnect_ivl_max set_reconnect_ivl_max, of all, since 3 1 0;

    /// The largest frame that a peer may send, in bytes; -1 or `None`, no limit, by default. A peer that sends a larger one is
    /// disconnected.
    ///
    /// It is for each frame and not for a whole message, and counts for the next `bind` or `connect`. The handshake has to fit, too:
    /// below some 100 bytes (with CURVE 500) nobody gets in. `inproc` and STREAM have no limit.
    MAXMSGSIZE(ZMQ_MAXMSGSIZE) as Limit: rw maxmsgsize set_maxmsgsize, of all, since 3 1 0;

    /// How many messages wait to be sent to each peer before `send` waits (DEALER, PUSH, REQ, PAIR) or drops: 1000 by default, 0 for
    /// no limit.
    ///
    /// A message of several frames counts once. Takes effect at once. Over `inproc` the limit is this and the peer's
    /// [`RCVHWM`](crate::RCVHWM) together. It is approximate, and the kernel's buffers come on top.
    SNDHWM(ZMQ_SNDHWM) as Natural: rw sndhwm set_sndhwm, of all, since 3 1 0;

    /// How many messages of each peer wait to be received before no more are taken from the connection: 1000 by default, 0 for no
    /// limit.
    ///
    /// A message of several frames counts once. Takes effect at once. A publisher drops for a subscriber whose queues are full.
    RCVHWM(ZMQ_RCVHWM) as Natural: rw rcvhwm set_rcvhwm, of all, since 3 1 0;

    /// How many routers a multicast datagram may pass: 1 to 255, 1 (the local network) by default.
    ///
    /// Counts for the next `bind` or `connect`.
    MULTICAST_HOPS(ZMQ_MULTICAST_HOPS) as Integer<1, 255>: rw multicast_hops set_multicast_hops, of all, since 3 1 0;

    /// How long `recv` waits for a message before it fails with [`Again`](crate::ErrorKind::Again): i32 ms, a `Duration`, -1 or `None`
    /// for ever, which is the default.
    ///
    /// Counts for the next call. `recv_timeout` says it for one call, `try_recv` never waits.
    RCVTIMEO(ZMQ_RCVTIMEO) as Forever: rw rcvtimeo set_rcvtimeo, of all, since 3 1 0;

    /// How long `send` waits for room, or for a peer, before it fails with [`Again`](crate::ErrorKind::Again): i32 ms, a `Duration`, -1
    /// or `None` for ever, which is the default.
    ///
    /// Counts for the next call. `send_timeout` says it for one call, `try_send` never waits.
    SNDTIMEO(ZMQ_SNDTIMEO) as Forever: rw sndtimeo set_sndtimeo, of all, since 3 1 0;

    /// The opposite of [`IPV6`](crate::IPV6), and its old name: deprecated in libzmq. `true` by default.
    IPV4ONLY(ZMQ_IPV4ONLY) as Boolean: rw ipv4only set_ipv4only, of all, since 3 1 0;

    /// The endpoint that was bound or connected last, with wildcards and names of interfaces resolved; empty before the first.
    ///
    /// After `bind("tcp://127.0.0.1:*")` it is what others connect to. After `tcp://*:*` it has the address `0.0.0.0`, which is none to
    /// connect to.
    LAST_ENDPOINT(ZMQ_LAST_ENDPOINT) as Text<0, false>: r last_endpoint, of all, since 3 2 0;

    /// Makes sending to a routing id that no peer has an error, [`HostUnreachable`](crate::ErrorKind::HostUnreachable); by default
    /// (`false`) such a message is dropped.
    ///
    /// If the peer's queue is full, `send` then waits, or fails with [`Again`](crate::ErrorKind::Again), instead of dropping. Takes
    /// effect at once.
    ROUTER_MANDATORY(ZMQ_ROUTER_MANDATORY) as Boolean: w set_router_mandatory, of [Router], since 3 2 1;

    /// Whether TCP looks if the other side is still there when nothing is sent: `Some(true)` or 1, `Some(false)` or 0, and `None` or -1,
    /// as the system has it, by default.
    ///
    /// Counts for the next `bind` or `connect`. [`HEARTBEAT_IVL`](crate::HEARTBEAT_IVL) notices a dead peer sooner.
    TCP_KEEPALIVE(ZMQ_TCP_KEEPALIVE) as Switch: rw tcp_keepalive set_tcp_keepalive, of all, since 3 2 0;

    /// How many keep-alive probes may stay unanswered before the connection is dropped: 1 to 127; -1, the system's own, by default.
    ///
    /// Counts for the next `bind` or `connect`, and only with [`TCP_KEEPALIVE`](crate::TCP_KEEPALIVE).
    TCP_KEEPALIVE_CNT(ZMQ_TCP_KEEPALIVE_CNT) as Count<127>: rw tcp_keepalive_cnt set_tcp_keepalive_cnt, of all, since 3 2 0;

    /// For how long nothing is sent before the first keep-alive probe: i32 **seconds** or a `Duration`, 1 s to 32767 s, rounded up to a
    /// second; -1 or `None`, the system's own, by default.
    ///
    /// Counts for the next `bind` or `connect`, and only with [`TCP_KEEPALIVE`](crate::TCP_KEEPALIVE).
    TCP_KEEPALIVE_IDLE(ZMQ_TCP_KEEPALIVE_IDLE) as Seconds<32_767>: rw tcp_keepalive_idle set_tcp_keepalive_idle, of all, since 3 2 0;

    /// The time from one keep-alive probe to the next: i32 **seconds** or a `Duration`, 1 s to 32767 s, rounded up to a second; -1 or
    /// `None`, the system's own, by default.
    ///
    /// Counts for the next `bind` or `connect`, and only with [`TCP_KEEPALIVE`](crate::TCP_KEEPALIVE).
    TCP_KEEPALIVE_INTVL(ZMQ_TCP_KEEPALIVE_INTVL) as Seconds<32_767>: rw tcp_keepalive_intvl set_tcp_keepalive_intvl, of all, since 3 2 0;

    /// Accepts TCP connections only from this address or network, as `192.168.0.0/16`; each call adds one, the empty text or `None`
    /// removes all.
    ///
    /// Counts for the next `bind`. IPv6 addresses are understood if [`IPV6`](crate::IPV6) was set before. Deprecated in libzmq, which
    /// recommends an authenticator.
    TCP_ACCEPT_FILTER(ZMQ_TCP_ACCEPT_FILTER) as Filter: w set_tcp_accept_filter, of all, since 3 2 0;

    /// Queues messages only for connections that are complete: with `true`, `send` waits, or fails, while there is none. `false`, a
    /// queue for each `connect` from the start, by default.
    ///
    /// Counts for the next `connect`. What is queued for a connection that is then lost is lost with it.
    IMMEDIATE(ZMQ_IMMEDIATE) as Boolean: rw immediate set_immediate, of all, since 4 0 0;

    /// Passes every subscription on to `recv`, also those to a topic that is subscribed to already; by default (`false`) only the first
    /// of each.
    ///
    /// Takes effect at once, and turns [`XPUB_VERBOSER`](crate::XPUB_VERBOSER) off. On a PUB, which receives nothing, it does nothing.
    XPUB_VERBOSE(ZMQ_XPUB_VERBOSE) as Boolean: w set_xpub_verbose, of [Pub Xpub], since 3 2 1;

    /// Turns a ROUTER into a socket for plain TCP, as STREAM is: deprecated in libzmq in favour of that. `false` by default.
    ///
    /// To be set before `bind` and `connect`. It cannot be taken back: setting it to `false` later does not undo it.
    ROUTER_RAW(ZMQ_ROUTER_RAW) as Boolean: w set_router_raw, of [Router], since 4 0 0;

    /// Whether to use IPv6: `false` by default, or what the context says.
    ///
    /// Without it addresses like `[::1]` are refused by `bind`, and never found by `connect`. With it both protocols are used, and
    /// `tcp://*` is bound on both. Counts for the next `bind` or `connect`.
    IPV6(ZMQ_IPV6) as Boolean: rw ipv6 set_ipv6, of all, since 4 0 0;

    /// Which security mechanism guards the socket's connections: what the last of the PLAIN, CURVE and GSSAPI options that was set has
    /// made of it.
    MECHANISM(ZMQ_MECHANISM) as MechanismCode: r mechanism, of all, since 4 0 0;

    /// Makes the socket the server of the PLAIN mechanism: peers have to give a user name and a password, which the authenticator
    /// checks. `false` by default.
    ///
    /// Counts for the next `bind` or `connect`, and decides the mechanism: `false` sets it back to none. Both travel in clear text.
    PLAIN_SERVER(ZMQ_PLAIN_SERVER) as Boolean: rw plain_server set_plain_server, of all, since 4 0 0;

    /// The user name for the PLAIN mechanism: 1 to 255 bytes, empty by default.
    ///
    /// Setting it makes the socket a PLAIN **client**: [`PLAIN_SERVER`](crate::PLAIN_SERVER) is `false` afterwards. The empty text or
    /// `None` sets the mechanism back to none, and leaves the name. Counts for the next `bind` or `connect`.
    PLAIN_USERNAME(ZMQ_PLAIN_USERNAME) as Text<255, true>: rw plain_username set_plain_username, of all, since 4 0 0;

    /// The password for the PLAIN mechanism: 1 to 255 bytes, empty by default.
    ///
    /// Setting it makes the socket a PLAIN **client**: [`PLAIN_SERVER`](crate::PLAIN_SERVER) is `false` afterwards. The empty text or
    /// `None` sets the mechanism back to none, and leaves the password. Counts for the next `bind` or `connect`.
    PLAIN_PASSWORD(ZMQ_PLAIN_PASSWORD) as Text<255, true>: rw plain_password set_plain_password, of all, since 4 0 0;

    /// Makes the socket the server of the CURVE mechanism: it needs [`CURVE_SECRETKEY`](crate::CURVE_SECRETKEY), and its clients the
    /// public key that belongs to it. `false` by default.
    ///
    /// It lets in everyone who knows that public key, unless a [`ThreadAuthenticator`](crate::auth::ThreadAuthenticator) was told who
    /// the clients are; [`require_security`](crate::Socket::require_security) insists on one.
    ///
    /// Counts for the next `bind` or `connect`, and decides the mechanism: `false` sets it back to none.
    CURVE_SERVER(ZMQ_CURVE_SERVER) as Boolean: rw curve_server set_curve_server, of all, since 4 0 0, needs "curve";

    /// The socket's own public key, which a client needs: a [`CurvePublicKey`](crate::CurvePublicKey), 32 bytes, or 40 characters of
    /// Z85. Zeros, no key, by default.
    ///
    /// Counts for the next `bind` or `connect`, and makes CURVE the mechanism.
    CURVE_PUBLICKEY(ZMQ_CURVE_PUBLICKEY) as PublicKey: rw curve_publickey set_curve_publickey, of all, since 4 0 0, needs "curve";

    /// The socket's own secret key, which client and server need: a [`CurveSecretKey`](crate::CurveSecretKey), 32 bytes, or 40
    /// characters of Z85. Zeros, no key, by default.
    ///
    /// Counts for the next `bind` or `connect`, and makes CURVE the mechanism. libzmq keeps a copy in its memory.
    CURVE_SECRETKEY(ZMQ_CURVE_SECRETKEY) as SecretKey: rw curve_secretkey set_curve_secretkey, of all, since 4 0 0, needs "curve";

    /// The public key of the server that a client wants to talk to, and to no other: a [`CurvePublicKey`](crate::CurvePublicKey), 32
    /// bytes, or 40 characters of Z85. Zeros, no key, by default.
    ///
    /// Setting it makes the socket a CURVE **client**: [`CURVE_SERVER`](crate::CURVE_SERVER) is `false` afterwards. Counts for the next
    /// `bind` or `connect`.
    CURVE_SERVERKEY(ZMQ_CURVE_SERVERKEY) as PublicKey: rw curve_serverkey set_curve_serverkey, of all, since 4 0 0, needs "curve";

    /// Sends an empty message on every new connection, so that a ROUTER on the other side learns of this socket. `false` by default.
    ///
    /// Only for peers that are ROUTERs: others, a REP for one, do not expect it. Counts for connections that are made from now on.
    PROBE_ROUTER(ZMQ_PROBE_ROUTER) as Boolean: w set_probe_router, of [Req Dealer Router], since 4 0 0;

    /// Numbers the requests, so that a late reply to an earlier one is dropped instead of taken for the answer. `false` by default.
    ///
    /// The number travels as an additional frame in front, which REP and programs that keep the envelope whole send back. Takes effect
    /// at once.
    REQ_CORRELATE(ZMQ_REQ_CORRELATE) as Boolean: w set_req_correlate, of [Req], since 4 0 0;

    /// Allows the next request before the reply to the last one came: `send` then gives that one up. `false` by default.
    ///
    /// Set [`REQ_CORRELATE`](crate::REQ_CORRELATE), too, or the reply to the one given up may be taken for that to the next. Takes
    /// effect at once.
    REQ_RELAXED(ZMQ_REQ_RELAXED) as Boolean: w set_req_relaxed, of [Req], since 4 0 0;

    /// Keeps only the last message, in each direction, instead of a queue: for a value of which only the newest counts. `false` by
    /// default.
    ///
    /// To be set before `bind` and `connect`; the high water marks do not count then. Messages of several frames do not survive it:
    /// only single frames can be sent.
    CONFLATE(ZMQ_CONFLATE) as Boolean: rw conflate set_conflate, of [Pull Push Sub Pub Dealer], since 4 0 0;

    /// The domain that an [authenticator](crate::auth) is told with each connection: 1 to 255 bytes, empty by default.
    ///
    /// Counts for the next `bind` or `connect`. Without one, connections without a mechanism are not checked at all. Once set it
    /// cannot be emptied again.
    ZAP_DOMAIN(ZMQ_ZAP_DOMAIN) as Text<255, false>: rw zap_domain set_zap_domain, of all, since 4 0 0;

    /// Lets a new connection with a routing id that another one has take it over, and closes the old one: for clients that come back
    /// under their name. By default (`false`) the new one is ignored.
    ///
    /// Counts for connections that are made from now on.
    ROUTER_HANDOVER(ZMQ_ROUTER_HANDOVER) as Boolean: w set_router_handover, of [Router], since 4 1 0;

    /// The type-of-service byte of the IP packets (DSCP in its upper six bits): 0 to 255, 0 by default.
    ///
    /// Counts for the next `bind` or `connect`, over TCP.
    TOS(ZMQ_TOS) as Integer<0, 255>: rw tos set_tos, of all, since 4 1 0;

    /// Accepts `ipc` connections only from the process of this id; each call adds one, `None` removes all.
    ///
    /// Counts for the next `bind`; a process that one of the three filters lets in is let in. Deprecated in libzmq, and only where
    /// the system tells it (Linux).
    IPC_FILTER_PID(ZMQ_IPC_FILTER_PID) as ProcessId: w set_ipc_filter_pid, of all, since 4 1 0;

    /// Accepts `ipc` connections only from processes of this user, by number; each call adds one, `None` removes all.
    ///
    /// Counts for the next `bind`; a process that one of the three filters lets in is let in. Deprecated in libzmq, and only where
    /// the system tells it (not on Windows).
    IPC_FILTER_UID(ZMQ_IPC_FILTER_UID) as UserId: w set_ipc_filter_uid, of all, since 4 1 0;

    /// Accepts `ipc` connections only from processes of this group, by number; each call adds one, `None` removes all.
    ///
    /// Counts for the next `bind`; a process that one of the three filters lets in is let in. Deprecated in libzmq, and only where
    /// the system tells it (not on Windows).
    IPC_FILTER_GID(ZMQ_IPC_FILTER_GID) as UserId: w set_ipc_filter_gid, of all, since 4 1 0;

    /// The routing id that the peer of the next `connect` gets here, so that it can be sent to at once: at least 1 byte, not beginning
    /// with a zero byte.
    ///
    /// For that `connect` only, which refuses an id that this socket has used before; a ROUTER also once it has peers that choose
    /// their own. (libzmq would abort the process if two had the same.)
    CONNECT_ROUTING_ID(ZMQ_CONNECT_ROUTING_ID) as Blob<1, { usize::MAX }>: w set_connect_routing_id, of [Router Stream], since 4 1 0;

    /// Makes the socket the server of the GSSAPI mechanism (Kerberos). `false` by default.
    ///
    /// Counts for the next `bind` or `connect`, and makes GSSAPI the mechanism, also with `false`.
    GSSAPI_SERVER(ZMQ_GSSAPI_SERVER) as Boolean: rw gssapi_server set_gssapi_server, of all, since 4 1 0, needs "gssapi";

    /// The principal whose credentials the socket uses: 1 to 255 bytes, empty, the system's default, by default.
    ///
    /// Counts for the next `bind` or `connect`, and makes GSSAPI the mechanism. Once set it cannot be emptied again.
    GSSAPI_PRINCIPAL(ZMQ_GSSAPI_PRINCIPAL) as Text<255, false>: rw gssapi_principal set_gssapi_principal, of all, since 4 1 0,
        needs "gssapi";

    /// The principal of the server that a client wants to talk to: 1 to 255 bytes, empty by default.
    ///
    /// Setting it makes the socket a GSSAPI **client**: [`GSSAPI_SERVER`](crate::GSSAPI_SERVER) is `false` afterwards. Counts for the
    /// next `bind` or `connect`.
    GSSAPI_SERVICE_PRINCIPAL(ZMQ_GSSAPI_SERVICE_PRINCIPAL) as Text<255, false>:
        rw gssapi_service_principal set_gssapi_service_principal, of all, since 4 1 0, needs "gssapi";

    /// Leaves messages in clear text: GSSAPI then only says who the peers are. `false`, encrypted, by default.
    ///
    /// Counts for the next `bind` or `connect`.
    GSSAPI_PLAINTEXT(ZMQ_GSSAPI_PLAINTEXT) as Boolean: rw gssapi_plaintext set_gssapi_plaintext, of all, since 4 1 0,
        needs "gssapi";

    /// How long a new connection may take to agree on protocol and security before it is given up: 30 s by default; i32 ms, a
    /// `Duration`, 0 or `None` for as long as it likes.
    ///
    /// Counts for the next `bind` or `connect`.
    HANDSHAKE_IVL(ZMQ_HANDSHAKE_IVL) as OrOff: rw handshake_ivl set_handshake_ivl,
        of [Pair Pub Sub Req Rep Dealer Router Pull Push Xpub Xsub], since 4 1 0;

    /// The SOCKS5 proxy that `connect` over TCP goes through: `host:port`, with IPv6 addresses in brackets. The empty text or `None`,
    /// no proxy, by default.
    ///
    /// Counts for the next `connect`. The proxy finds the host: its name is not looked up here.
    ///
    /// With another libzmq than the bundled one, and on Windows, a socket that has connected through a proxy is not closed, and its context
    /// not ended, before the process ends: 4.3.5 aborts if that happens while the proxy does not answer (socks_connecter.cpp, `error`). So use it
    /// for connections that last there; `disconnect` refuses.
    SOCKS_PROXY(ZMQ_SOCKS_PROXY) as Proxy: rw socks_proxy set_socks_proxy, of all, since 4 1 0;

    /// Makes `send` wait, or fail with [`Again`](crate::ErrorKind::Again), if the queue of a subscriber to the message is full; by
    /// default (`false`) it is dropped for that one.
    ///
    /// Takes effect at once. One slow subscriber then holds up all.
    XPUB_NODROP(ZMQ_XPUB_NODROP) as Boolean: w set_xpub_nodrop, of [Pub Xpub], since 4 1 0;

    /// Leaves it to the program what a subscription does: it is only received, and the program answers with
    /// [`SUBSCRIBE`](crate::SUBSCRIBE) or [`UNSUBSCRIBE`](crate::UNSUBSCRIBE), which are for its sender. `false` by default.
    ///
    /// Takes effect at once. Turned off, it cannot be turned on again: libzmq might use a subscriber that has gone meanwhile. A PUB, which
    /// cannot receive, would never send anything, so it is not offered there.
    XPUB_MANUAL(ZMQ_XPUB_MANUAL) as Boolean: w set_xpub_manual, of [Xpub], since 4 2 0;

    /// A message that every new subscriber gets first, if it subscribes to a prefix of it; empty, none, by default.
    ///
    /// Counts for connections that are made from now on, and is sent when the publisher's socket is used next: one that is left alone
    /// does not notice who has come.
    XPUB_WELCOME_MSG(ZMQ_XPUB_WELCOME_MSG) as AnyBytes: w set_xpub_welcome_msg, of [Pub Xpub], since 4 2 0;

    /// Whether an empty message is received for each connection that is made or lost: `true` by default.
    ///
    /// Counts for connections that are made from now on.
    STREAM_NOTIFY(ZMQ_STREAM_NOTIFY) as Boolean: w set_stream_notify, of [Stream], since 4 2 0;

    /// Turns topics round: with `true`, a subscriber receives what it did **not** subscribe to. `false` by default.
    ///
    /// To be set on both sides, before anything is subscribed to. An XSUB, which does not look at topics, has no need of it.
    INVERT_MATCHING(ZMQ_INVERT_MATCHING) as Boolean: rw invert_matching set_invert_matching, of [Pub Sub Xpub], since 4 2 0;

    /// How often to ask each peer whether it is still there: i32 ms, a `Duration`, 0 or `None`, not at all, by default.
    ///
    /// A peer that does not answer within [`HEARTBEAT_TIMEOUT`](crate::HEARTBEAT_TIMEOUT) is disconnected, and connected again. Counts
    /// for the next `bind` or `connect`; peers older than libzmq 4.2 are not asked.
    HEARTBEAT_IVL(ZMQ_HEARTBEAT_IVL) as OrOff: rw heartbeat_ivl set_heartbeat_ivl, of all, since 4 2 0;

    /// After how long without a sign of life the **peer** is to drop the connection: i32 ms or a `Duration` up to 6553599 ms, 0 or
    /// `None`, never, by default.
    ///
    /// libzmq counts in tenths of a second, rounded down: 250 is read back as 200, and less than 100 is never. A peer that is libzmq
    /// itself takes more than 65535 ms for something much shorter, so keep below. Counts for the next `bind` or `connect`, with
    /// [`HEARTBEAT_IVL`](crate::HEARTBEAT_IVL).
    HEARTBEAT_TTL(ZMQ_HEARTBEAT_TTL) as Milliseconds<0, 0, 6_553_599>: rw heartbeat_ttl set_heartbeat_ttl, of all, since 4 2 0;

    /// How long a peer may take to answer a heartbeat before it is disconnected: i32 ms or a `Duration`. `None`, as long as
    /// [`HEARTBEAT_IVL`](crate::HEARTBEAT_IVL), until it is set; it cannot be set back to that.
    ///
    /// 0 is without a limit. Counts for the next `bind` or `connect`.
    HEARTBEAT_TIMEOUT(ZMQ_HEARTBEAT_TIMEOUT) as Always: rw heartbeat_timeout set_heartbeat_timeout, of all, since 4 2 0;

    /// Passes every subscription and every unsubscription on to `recv`, also those that change nothing; by default (`false`) the first
    /// and the last of each topic.
    ///
    /// Takes effect at once; `false` also turns [`XPUB_VERBOSE`](crate::XPUB_VERBOSE) off. On a PUB, which receives nothing, it does
    /// nothing.
    XPUB_VERBOSER(ZMQ_XPUB_VERBOSER) as Boolean: w set_xpub_verboser, of [Pub Xpub], since 4 2 0;

    /// How long a TCP connection may take to be made before it is tried anew: i32 ms, a `Duration`, 0 or `None`, as long as the system
    /// likes (minutes), by default.
    ///
    /// Counts for the next `connect`.
    CONNECT_TIMEOUT(ZMQ_CONNECT_TIMEOUT) as OrOff: rw connect_timeout set_connect_timeout, of all, since 4 2 0;

    /// How long sent data may stay unacknowledged before TCP drops the connection: i32 ms, a `Duration`, 0 or `None`, as long as the
    /// system likes, by default.
    ///
    /// Counts for the next `bind` or `connect`, on Linux and Windows; elsewhere it does nothing.
    TCP_MAXRT(ZMQ_TCP_MAXRT) as OrOff: rw tcp_maxrt set_tcp_maxrt, of all, since 4 2 0;

    /// Whether libzmq lets several threads use the socket at once: `false` for all stable kinds.
    THREAD_SAFE(ZMQ_THREAD_SAFE) as Boolean: r thread_safe, of all, since 4 2 0;

    /// The largest multicast datagram (`pgm`, `epgm`) in bytes: 1500 by default.
    ///
    /// Counts for the next `bind` or `connect`; sender and receiver must agree.
    MULTICAST_MAXTPDU(ZMQ_MULTICAST_MAXTPDU) as Positive: rw multicast_maxtpdu set_multicast_maxtpdu, of all, since 4 2 0;

    /// The size of the buffer of a `vmci` connection in bytes; 0, the system's own, by default.
    ///
    /// Counts for the next `bind` or `connect`.
    VMCI_BUFFER_SIZE(ZMQ_VMCI_BUFFER_SIZE) as ByteCount: w set_vmci_buffer_size, of all, since 4 2 0, needs "vmci";

    /// The least size of the buffer of a `vmci` connection in bytes; 0, the system's own, by default.
    ///
    /// Counts for the next `bind` or `connect`.
    VMCI_BUFFER_MIN_SIZE(ZMQ_VMCI_BUFFER_MIN_SIZE) as ByteCount: w set_vmci_buffer_min_size, of all, since 4 2 0, needs "vmci";

    /// The largest size of the buffer of a `vmci` connection in bytes; 0, the system's own, by default.
    ///
    /// Counts for the next `bind` or `connect`.
    VMCI_BUFFER_MAX_SIZE(ZMQ_VMCI_BUFFER_MAX_SIZE) as ByteCount: w set_vmci_buffer_max_size, of all, since 4 2 0, needs "vmci";

    /// How long a `vmci` connection may take to be made: i32 ms, a `Duration`, -1 or `None`, as long as the system likes, by default.
    ///
    /// Counts for the next `connect`.
    VMCI_CONNECT_TIMEOUT(ZMQ_VMCI_CONNECT_TIMEOUT) as Forever: w set_vmci_connect_timeout, of all, since 4 2 0, needs "vmci";

    /// The listening descriptor that the next `bind` would use; -1, none, by default.
    ///
    /// It is set by `bind_with_fd`, for one `bind`, and not by itself: libzmq would use the same one for every later `bind`, and
    /// close it each time.
    USE_FD(ZMQ_USE_FD) as Integer<-1, { i32::MAX }>: r use_fd, of all, since 4 2 0;

    /// How [`GSSAPI_PRINCIPAL`](crate::GSSAPI_PRINCIPAL) is to be read: [`NameType::HostBased`](crate::NameType::HostBased) by default.
    ///
    /// Counts for the next `bind` or `connect`.
    GSSAPI_PRINCIPAL_NAMETYPE(ZMQ_GSSAPI_PRINCIPAL_NAMETYPE) as NameTypeCode:
        rw gssapi_principal_nametype set_gssapi_principal_nametype, of all, since 4 3 0, needs "gssapi";

    /// How [`GSSAPI_SERVICE_PRINCIPAL`](crate::GSSAPI_SERVICE_PRINCIPAL) is to be read:
    /// [`NameType::HostBased`](crate::NameType::HostBased) by default.
    ///
    /// Counts for the next `bind` or `connect`.
    GSSAPI_SERVICE_PRINCIPAL_NAMETYPE(ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE) as NameTypeCode:
        rw gssapi_service_principal_nametype set_gssapi_service_principal_nametype, of all, since 4 3 0, needs "gssapi";

    /// The network interface, as `eth1`, that connections are bound to, even where the routes say otherwise: 1 to 16 bytes. The empty
    /// text or `None`, any, by default.
    ///
    /// Counts for the next `bind` or `connect` over TCP, on Linux, and needs the right to do so (`CAP_NET_RAW`): without it `bind`
    /// fails, and a `connect` never gets through.
    BINDTODEVICE(ZMQ_BINDTODEVICE) as Text<16, true>: rw bindtodevice set_bindtodevice, of all, since 4 3 0;
}

// Constants, so that the compiler does not come to call the options by these names.

/// The old name of [`ROUTING_ID`].
pub const IDENTITY: ROUTING_ID = ROUTING_ID;
/// The old name of [`CONNECT_ROUTING_ID`].
pub const CONNECT_RID: CONNECT_ROUTING_ID = CONNECT_ROUTING_ID;
/// The old name of [`IMMEDIATE`].
pub const DELAY_ATTACH_ON_CONNECT: IMMEDIATE = IMMEDIATE;
/// An old name of [`ROUTER_MANDATORY`].
pub const FAIL_UNROUTABLE: ROUTER_MANDATORY = ROUTER_MANDATORY;
/// An old name of [`ROUTER_MANDATORY`].
pub const ROUTER_BEHAVIOR: ROUTER_MANDATORY = ROUTER_MANDATORY;
