//! The second part of the table of socket options: those that `zmq.h` has among its drafts.
//!
//! What some of them need is in a libzmq that was built with its draft API alone; the others are in every build. They are here all
//! the same, whatever the features: an installed libzmq is asked when the program runs.
//!
//! Not here: ZAP_ENFORCE_DOMAIN, with which a PLAIN server without a domain aborts (plain_server.cpp): `require_security` sets it;
//! MULTICAST_LOOP, which is for RADIO and DGRAM; and the five of `wss`, which aborts for a key or certificate that is none
//! (ws_listener.cpp, wss_engine.cpp).

mod value;

use super::codec::{Blob, Boolean, Codec, Integer, NormModeCode, NotifyCode, Property, StopCode, Text};
use super::macros::{kinds_doc, socket_options};
use super::{Access, Gettable, OptionOf, OptionValue, Row, Settable, SocketOption};
use crate::error::Result;
use crate::socket::Socket;
use crate::socket::kind::{self, Kind, kind_set};
use crate::version::Version;

pub use value::{
    NOTIFY_CONNECT, NOTIFY_DISCONNECT, NormMode, RECONNECT_STOP_AFTER_DISCONNECT, RECONNECT_STOP_CONN_REFUSED,
    RECONNECT_STOP_HANDSHAKE_FAILED, ReconnectStop, RouterNotify,
};

/// Any bytes, also none.
type AnyBytes = Blob<0, { usize::MAX }>;
/// How many bytes are collected for one call of the system.
///
/// Up to 8, libzmq reads the header of a frame into memory of the decoder, and then takes what follows in that memory for the frame
/// (v2_decoder.cpp, `size_ready`). And it aborts if there is no memory for a buffer (encoder.hpp, decoder_allocators.cpp): of up to
/// 1 MiB even a thousand messages that wait, each alone in its own, are no more than address space.
type Batch = Integer<64, 1_048_576>;

socket_options! {
    /// Whether TCP within the machine takes a shorter way: `false` by default.
    ///
    /// Counts for the next `bind` or `connect`, on Windows, which has given it up; elsewhere it does nothing.
    LOOPBACK_FASTPATH(ZMQ_LOOPBACK_FASTPATH = 94) as Boolean: rw loopback_fastpath set_loopback_fastpath, of all, since 4 2 4;

    /// Something that each peer is told with the handshake, where [`Message::property`](crate::Message::property) reads it: a name and
    /// a value, `("X-Name", "value")` or `"X-Name:value"`, at most 65535 bytes.
    ///
    /// The name begins with `X-`. Each call adds one; of two of the same name the first counts, and none can be taken back. Counts for
    /// the next `bind` or `connect`; `inproc` has no handshake.
    METADATA(ZMQ_METADATA = 95) as Property: w set_metadata, of [Pair Pub Sub Req Rep Dealer Router Pull Push Xpub Xsub], since 4 2 4;

    /// Which of its peers' doings a ROUTER is told: a set of [`NOTIFY_CONNECT`] and [`NOTIFY_DISCONNECT`], none by default.
    ///
    /// The news is a message of two frames, the peer's routing id and an empty one: it looks the same for both. Counts for the next
    /// `bind` or `connect`; `inproc` peers are not told of.
    ROUTER_NOTIFY(ZMQ_ROUTER_NOTIFY = 97) as NotifyCode: rw router_notify set_router_notify, of [Router], since 4 3 0, needs "draft";

    /// As [`XPUB_MANUAL`](crate::XPUB_MANUAL); and what is sent next after a subscription was received goes to its sender alone, if it
    /// is subscribed: for who sends a newcomer the last value. `false` by default.
    ///
    /// Takes effect at once; `false` turns `XPUB_MANUAL` off as well.
    XPUB_MANUAL_LAST_VALUE(ZMQ_XPUB_MANUAL_LAST_VALUE = 98) as Boolean: w set_xpub_manual_last_value, of [Xpub], since 4 3 2;

    /// The user name for the [`SOCKS_PROXY`](crate::SOCKS_PROXY): at most 255 bytes. The empty text or `None`, no authentication, by
    /// default.
    ///
    /// Counts for the next `connect`.
    SOCKS_USERNAME(ZMQ_SOCKS_USERNAME = 99) as Text<255, true>: rw socks_username set_socks_username, of all, since 4 3 2;

    /// The password for the [`SOCKS_PROXY`](crate::SOCKS_PROXY): at most 255 bytes, empty by default.
    ///
    /// Counts for the next `connect`, with [`SOCKS_USERNAME`]. It travels in clear text.
    SOCKS_PASSWORD(ZMQ_SOCKS_PASSWORD = 100) as Text<255, true>: rw socks_password set_socks_password, of all, since 4 3 2;

    /// How many bytes a connection takes from the system at once: 64 to 1048576, 8192 by default.
    ///
    /// In the libzmq that this crate builds, but for Windows, 8192 stands for more where there is more: up to 131072, by way of a second
    /// buffer, which a connection has as long as that goes on. What is set otherwise is what it is.
    ///
    /// With more, as 65536, one call brings many messages of a few hundred bytes up to some ten thousand, if the peer sends as many at
    /// once ([`OUT_BATCH_SIZE`] there) and the kernel's buffers hold them ([`RCVBUF`](crate::RCVBUF)). Messages that come one by one are
    /// neither faster nor slower: what is there is taken, and nothing waited for. What has come at once is handed on at once, so the
    /// first of it waits until the last is decoded. Counts for the next `bind` or `connect`; `inproc` has no connections.
    ///
    /// It costs **memory**: each connection has a buffer of the size, and 40 bytes more for every 33 of it, 18 KiB by default and 142 KiB
    /// with 65536. A frame of more than 33 bytes that fits into what is left of the buffer stays there, and keeps *all of it* until it is
    /// dropped, while the connection goes on with another. So of frames that come alone each has a buffer of its own, of which the
    /// system gives memory only for the parts that were written; and a program that keeps a few frames out of many should copy them,
    /// or set [`ZERO_COPY_RECV`](crate::ZERO_COPY_RECV) to `false`. A frame that does not fit gets memory of its own.
    IN_BATCH_SIZE(ZMQ_IN_BATCH_SIZE = 101) as Batch: rw in_batch_size set_in_batch_size, of all, since 4 3 2, needs "draft";

    /// How many bytes a connection hands to the system at once: 64 to 1048576, 8192 by default.
    ///
    /// In the libzmq that this crate builds, but for Windows, 8192 stands for more where more waits: up to 32768. What is set otherwise is
    /// what it is.
    ///
    /// With more, as 65536, many messages of a few hundred bytes up to some ten thousand go with one call, if so many wait to be sent.
    /// A lone message goes at once as before: nothing is waited for. Of a burst the first goes when as many as the size says are
    /// collected, or all that wait. Counts for the next `bind` or `connect`; `inproc` has no connections. The peer should have an
    /// [`IN_BATCH_SIZE`] to match, and the kernel's buffers hold it ([`SNDBUF`](crate::SNDBUF)).
    ///
    /// Each connection has a buffer of the size. Into it all is copied but what is as large as the buffer, or larger: that is sent from
    /// where it is. So for frames of 8 KiB and more there are fewer calls, and more that is copied.
    OUT_BATCH_SIZE(ZMQ_OUT_BATCH_SIZE = 102) as Batch: rw out_batch_size set_out_batch_size, of all, since 4 3 2, needs "draft";

    /// Takes only the first frame of a message for a subscription; by default (`false`) each that begins with a byte of 0 or 1.
    ///
    /// Takes effect at once. On an XSUB it is about what is sent, else about what is received.
    ONLY_FIRST_SUBSCRIBE(ZMQ_ONLY_FIRST_SUBSCRIBE = 108) as Boolean: w set_only_first_subscribe, of [Pub Xpub Xsub], since 4 3 3;

    /// When a connection that fails is given up instead of tried again: a set of [`RECONNECT_STOP_CONN_REFUSED`],
    /// [`RECONNECT_STOP_HANDSHAKE_FAILED`] and [`RECONNECT_STOP_AFTER_DISCONNECT`], none by default.
    ///
    /// What waits to be sent there is then lost, and nobody told but a [`Monitor`](crate::Monitor). Counts for the next `connect`.
    RECONNECT_STOP(ZMQ_RECONNECT_STOP = 109) as StopCode: rw reconnect_stop set_reconnect_stop, of all, since 4 3 3;

    /// A message of one frame that each new peer gets first, also after a connection was lost; empty, none, by default.
    ///
    /// Counts for the next `bind` or `connect`. A ROUTER sends it without a routing id.
    HELLO_MSG(ZMQ_HELLO_MSG = 110) as AnyBytes: w set_hello_msg, of [Dealer Router], since 4 3 3, needs "draft";

    /// A message of one frame that is received in the name of each peer that has connected and is gone; empty, none, by default.
    ///
    /// Counts for the next `bind`. [`ROUTER_NOTIFY`] does it with an empty one.
    DISCONNECT_MSG(ZMQ_DISCONNECT_MSG = 111) as AnyBytes: w set_disconnect_msg, of [Router], since 4 3 3, needs "draft";

    /// Which packets the system sends first: 0 to 6, 0 by default. More would need a right of its own (`CAP_NET_ADMIN`), without which
    /// libzmq aborts the process (ip.cpp).
    ///
    /// Counts for the next `bind` or `connect`, over TCP and on Linux (`SO_PRIORITY`).
    PRIORITY(ZMQ_PRIORITY = 112) as Integer<0, 6>: rw priority set_priority, of all, since 4 3 4, needs "draft";

    /// For how many **microseconds** the system looks for packets before it sleeps: up to 1000000, 0 by default.
    ///
    /// Counts for the next `bind` or `connect` over TCP, on Linux (`SO_BUSY_POLL`) with a network card that can do it; more than
    /// `net.core.busy_read` takes a right (`CAP_NET_ADMIN`), without which it does nothing. libzmq 4.3.5 cannot be asked for it.
    BUSY_POLL(ZMQ_BUSY_POLL = 113) as Integer<0, 1_000_000>: w set_busy_poll, of all, since 4 3 5, needs "draft";

    /// A message of one frame that is received when a connection that this socket has made is lost, before it is tried again; empty,
    /// none, by default.
    ///
    /// Counts for the next `connect`; not over `inproc`.
    HICCUP_MSG(ZMQ_HICCUP_MSG = 114) as AnyBytes: w set_hiccup_msg, of [Dealer], since 4 3 5, needs "draft";

    /// Passes every unsubscription on to the publishers; by default (`false`) only the last of each topic.
    ///
    /// Takes effect at once.
    XSUB_VERBOSE_UNSUBSCRIBE(ZMQ_XSUB_VERBOSE_UNSUBSCRIBE = 115) as Boolean: w set_xsub_verbose_unsubscribe, of [Xsub],
        since 4 3 5, needs "draft";

    /// To how many different topics this socket is subscribed; or, of a publisher, all its subscribers together.
    ///
    /// A publisher learns of subscriptions when it is used: ask [`EVENTS`](crate::EVENTS) before, or
    /// [`wait_for_subscriptions`](Socket::wait_for_subscriptions).
    TOPICS_COUNT(ZMQ_TOPICS_COUNT = 116) as Integer<0, { i32::MAX }>: r topics_count, of [Pub Sub Xpub Xsub], since 4 3 5;

    /// How `norm` adapts to the network: [`NormMode::Cc`] by default.
    ///
    /// Counts for the next `bind` or `connect`.
    NORM_MODE(ZMQ_NORM_MODE = 117) as NormModeCode: rw norm_mode set_norm_mode, of all, since 4 3 5, needs "draft" and "norm";

    /// Whether a receiver asks the sender alone for what it has missed, and not all of the group: `false` by default.
    ///
    /// Counts for the next `bind` or `connect`.
    NORM_UNICAST_NACK(ZMQ_NORM_UNICAST_NACK = 118) as Boolean: rw norm_unicast_nack set_norm_unicast_nack, of all,
        since 4 3 5, needs "draft" and "norm";

    /// The memory of a `norm` connection in **KiB**, for each direction: 1 to 1048576, 2048 by default.
    ///
    /// Counts for the next `bind` or `connect`. It is how far back a sender can repeat what was lost.
    NORM_BUFFER_SIZE(ZMQ_NORM_BUFFER_SIZE = 119) as Integer<1, 1_048_576>: rw norm_buffer_size set_norm_buffer_size, of all,
        since 4 3 5, needs "draft" and "norm";

    /// How many bytes a `norm` packet carries: 1 to 65000, 1400 by default.
    ///
    /// Counts for the next `bind` or `connect`. NORM's headers come on top; the network should not have to cut it.
    NORM_SEGMENT_SIZE(ZMQ_NORM_SEGMENT_SIZE = 120) as Integer<1, 65_000>: rw norm_segment_size set_norm_segment_size, of all,
        since 4 3 5, needs "draft" and "norm";

    /// How many packets make a block of `norm`, which is what [`NORM_NUM_PARITY`] is for: 1 to 255, 16 by default.
    ///
    /// Counts for the next `bind` or `connect`. A block has at least one packet more than there are for repair.
    NORM_BLOCK_SIZE(ZMQ_NORM_BLOCK_SIZE = 121) as Integer<1, 255>: rw norm_block_size set_norm_block_size, of all,
        since 4 3 5, needs "draft" and "norm";

    /// How many packets for repair `norm` makes for each block: 0 to 254, 4 by default.
    ///
    /// Counts for the next `bind` or `connect`. They are sent when something was lost; [`NORM_NUM_AUTOPARITY`] of them always.
    NORM_NUM_PARITY(ZMQ_NORM_NUM_PARITY = 122) as Integer<0, 254>: rw norm_num_parity set_norm_num_parity, of all,
        since 4 3 5, needs "draft" and "norm";

    /// How many packets for repair `norm` sends with each block unasked: 0 to 254, 0 by default.
    ///
    /// Counts for the next `bind` or `connect`.
    NORM_NUM_AUTOPARITY(ZMQ_NORM_NUM_AUTOPARITY = 123) as Integer<0, 254>: rw norm_num_autoparity set_norm_num_autoparity, of all,
        since 4 3 5, needs "draft" and "norm";

    /// Whether a `norm` sender drops what is old for what is new when its buffer is full: `false`, it waits, by default.
    ///
    /// Counts for the next `bind` or `connect`.
    NORM_PUSH(ZMQ_NORM_PUSH = 124) as Boolean: rw norm_push set_norm_push, of all, since 4 3 5, needs "draft" and "norm";
}
