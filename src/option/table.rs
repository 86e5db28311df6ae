//! The table of socket options: one row declares everything about one.

use zmq_sys as sys;

use super::codec::{Blob, Boolean, Codec, EventsCode, Fd, Forever, Integer, Text, TypeCode};
use super::macros::socket_options;
use super::{Access, Gettable, OptionOf, OptionValue, Row, Settable, SocketOption};
use crate::error::Result;
use crate::socket::Socket;
use crate::socket::kind::{self, Kind, kind_set};
use crate::version::Version;

socket_options! {
    /// The name by which a ROUTER knows this socket: 1 to 255 bytes that do not begin with a zero byte.
    ///
    /// To be set before `connect`; every peer of one ROUTER needs another. Without it the ROUTER makes one up for each connection.
    /// Empty by default.
    ROUTING_ID(ZMQ_ROUTING_ID) as Blob<1, 255>: rw routing_id set_routing_id, of [Req Rep Dealer Router], since 2 0 0;

    /// Receives the messages that begin with this prefix; the empty one is all of them.
    ///
    /// Takes effect at once, on connections that exist, too. A prefix that was given twice has to be
    /// [unsubscribed](crate::UNSUBSCRIBE) twice. Until something is subscribed to, a SUB receives nothing.
    SUBSCRIBE(ZMQ_SUBSCRIBE) as Blob<0, { usize::MAX }>: w subscribe, of [Sub], since 2 0 0;

    /// The descriptor that becomes readable when something happened; see the `AsFd` of [`Socket`].
    FD(ZMQ_FD) as Fd: r fd, of all, since 2 1 0;

    /// What the socket is ready for: [`POLLIN`](crate::POLLIN), [`POLLOUT`](crate::POLLOUT), both or none.
    EVENTS(ZMQ_EVENTS) as EventsCode: r events, of all, since 2 1 0;

    /// The kind of the socket.
    TYPE(ZMQ_TYPE) as TypeCode: r r#type, of all, since 2 1 0;

    /// How long libzmq keeps trying to send what is unsent when the socket is closed: ms, -1 or `None` for ever, 0 not at all.
    LINGER(ZMQ_LINGER) as Forever: rw linger set_linger, of all, since 2 1 0;

    /// How many messages wait to be sent to each peer before `send` waits or drops.
    SNDHWM(ZMQ_SNDHWM) as Integer<0, { i32::MAX }>: rw sndhwm set_sndhwm, of all, since 3 1 0;

    /// How many messages of each peer wait to be received.
    RCVHWM(ZMQ_RCVHWM) as Integer<0, { i32::MAX }>: rw rcvhwm set_rcvhwm, of all, since 3 1 0;

    /// Whether to use IPv6.
    IPV6(ZMQ_IPV6) as Boolean: rw ipv6 set_ipv6, of all, since 4 0 0;

    /// The endpoint that was bound or connected last.
    LAST_ENDPOINT(ZMQ_LAST_ENDPOINT) as Text<0, false>: r last_endpoint, of all, since 3 2 0;
}
