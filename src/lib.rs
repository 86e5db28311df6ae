//! ZeroMQ for Rust, over the real libzmq 4.3.5: to Rust what pyzmq is to Python.
//!
//! What a person knows from pyzmq, the ØMQ Guide and libzmq's manual pages carries over, name by name; what Python finds at run
//! time, the compiler finds here: that a PULL cannot send, that only a SUB subscribes, that a socket belongs to one thread at a time.
//!
//! ```
//! fn main() -> zmq::Result<()> {
//!     let context = zmq::Context::new()?;
//!     let server = context.socket(zmq::REP)?;
//!     server.bind("tcp://127.0.0.1:*")?;
//!     let client = context.socket(zmq::REQ)?;
//!     client.connect(&server.last_endpoint()?)?;
//!
//!     client.send("Hello")?;
//!     let request = server.recv_string()?;
//!     server.send(format!("{request}, World"))?;
//!     assert_eq!(client.recv_string()?, "Hello, World");
//!     Ok(())
//! }
//! ```
//!
//! # Where things are
//!
//! | what | where |
//! | --- | --- |
//! | making, sharing and ending a context | [`Context`] |
//! | bind, connect, send, recv, poll | [`Socket`] |
//! | the kinds of sockets | [`REQ`], [`REP`], [`PUB`], [`SUB`], [`PUSH`], [`PULL`], [`DEALER`], [`ROUTER`], [`PAIR`], [`XPUB`], [`XSUB`], [`STREAM`]; [`Dynamic`] for one known at run time |
//! | several sockets at once | [`Poller`], [`select`] |
//! | passing messages on | [`proxy()`], [`Proxy`], [`monitored_queue`], [`ThreadProxy`] |
//! | what happens on a socket's connections | [`Socket::monitor`], [`Monitor`], [`Event`] |
//! | closures that are called after a time | [`Timers`] |
//! | options | [`Socket::set`], [`Socket::get`], a method for each, the constants below, [`socket_options`] for all |
//! | frames, what is sent without a copy, who sent it | [`Message`], [`IntoMultipart`] |
//! | what can go wrong | [`Error`], [`ErrorKind`], [`SendError`], which gives the message back |
//! | sockets for tasks of tokio, smol, or another executor | `zmq::tokio`, `zmq::async_io`, `zmq::asynchronous`, behind features |
//! | who may connect: certificates, the authenticator | [`auth`], [`Socket::require_security`] |
//! | keys and their text form | [`curve_keypair`], [`z85`] |
//! | what the linked libzmq has | [`version()`], [`has`] |
//! | what people ask most, answered | [`questions`] |
//! | what happens when everything around fails | [`faults`] |
//!
//! # Choosing a pattern
//!
//! | kinds | for |
//! | --- | --- |
//! | REQ – REP | questions and answers, strictly in turn |
//! | DEALER – ROUTER | the same without turns: many clients, many servers, routed by identity |
//! | PUB – SUB | news for whoever subscribed to the topic; dropped for who does not keep up |
//! | XPUB – XSUB | the same where subscriptions are seen and passed on: proxies |
//! | PUSH – PULL | work for whoever is free, and its results |
//! | PAIR | two threads that belong together |
//! | STREAM | plain TCP |
//!
//! # libzmq
//!
//! By default libzmq 4.3.5 is built with the crate and linked statically, with CURVE and WebSockets; a C++ compiler and `make`
//! are all it takes. To link the one that the system has, found by pkg-config: `default-features = false`.
//!
//! | feature | default | what |
//! | --- | --- | --- |
//! | `vendored` | yes | build libzmq 4.3.5; without it, link the system's |
//! | `curve` | yes | CURVE, by libsodium |
//! | `json` | yes | [`Socket::send_json`] and [`Socket::recv_json`], by serde_json |
//! | `tokio` | no | `zmq::tokio`: sockets for tasks of tokio |
//! | `async-io` | no | `zmq::async_io`: sockets for tasks of smol and other executors |
//! | `async` | no | `zmq::asynchronous` alone, for an event loop of one's own; the two above have it |
//! | `bytes` | no | [`Message`] from and to `bytes::Bytes`, without a copy |
//! | `pgm`, `norm`, `gssapi` | no | multicast and Kerberos, with the system's OpenPGM, NORM and krb5 |
//! | `draft` | no | libzmq with its draft API: options as [`IN_BATCH_SIZE`] and [`OUT_BATCH_SIZE`], which say so; and its raw bindings |
//! | `bindgen` | no | makes the bindings anew, from the header that is linked |
#![deny(unsafe_code)]

#[cfg(all(feature = "async", unix))]
pub mod asynchronous;
pub mod auth;
mod bits;
mod context;
mod curve;
mod endpoint;
mod error;
/// What happens when peers, networks, disks, limits, clocks and processes fail.
#[doc = include_str!("faults.md")]
pub mod faults {}
mod message;
mod monitor;
mod multipart;
pub mod option;
mod poller;
mod proxy;
#[allow(unsafe_code, reason = "all unsafe code of the crate is here, argued")]
mod raw;
/// The answers to what people ask most.
#[doc = include_str!("questions.md")]
pub mod questions {}
mod socket;
mod timeout;
mod timers;
mod version;
mod wake;
mod worker;
pub mod z85;

#[cfg(all(feature = "async-io", unix))]
pub use asynchronous::async_io;
#[cfg(all(feature = "tokio", unix))]
pub use asynchronous::tokio;
pub use context::{Context, DROP_TIMEOUT};
pub use curve::{CurvePublicKey, CurveSecretKey, curve_keypair, curve_public};
pub use error::{Error, ErrorKind, Operation, Result};
pub use message::{Message, ZERO_COPY_THRESHOLD};
pub use monitor::{
    EVENT_ACCEPT_FAILED, EVENT_ACCEPTED, EVENT_ALL, EVENT_BIND_FAILED, EVENT_CLOSE_FAILED, EVENT_CLOSED,
    EVENT_CONNECT_DELAYED, EVENT_CONNECT_RETRIED, EVENT_CONNECTED, EVENT_DISCONNECTED, EVENT_HANDSHAKE_FAILED_AUTH,
    EVENT_HANDSHAKE_FAILED_NO_DETAIL, EVENT_HANDSHAKE_FAILED_PROTOCOL, EVENT_HANDSHAKE_SUCCEEDED, EVENT_LISTENING,
    EVENT_MONITOR_STOPPED, Event, Monitor, MonitorEvent, MonitorEvents, MonitorIter, ProtocolError,
};
pub use multipart::IntoMultipart;
pub use option::context::{
    BLOCKY, IO_THREADS, MAX_MSGSZ, MAX_SOCKETS, MSG_T_SIZE, SOCKET_LIMIT, THREAD_AFFINITY_CPU_ADD,
    THREAD_AFFINITY_CPU_REMOVE, THREAD_NAME_PREFIX, THREAD_PRIORITY, THREAD_SCHED_POLICY, ZERO_COPY_RECV,
};
pub use option::draft::*;
pub use option::table::*;
pub use option::{Mechanism, NameType, POLLERR, POLLIN, POLLOUT, POLLPRI, PollEvents};
pub use poller::{PollSource, Poller, Ready, ReadyIter, select};
#[cfg(unix)]
pub use proxy::{ProcessProxy, RunningProcess, run_process_proxies};
pub use proxy::{
    Proxy, ProxyHandle, ProxyStatistics, RunningProxy, ThreadProxy, Traffic, monitored_queue, proxy, proxy_steerable,
};
pub use socket::kind::{
    DEALER, Dealer, Dynamic, IntoKind, Kind, PAIR, PUB, PULL, PUSH, Pair, Pub, Publisher, Pull, Push, REP, REQ, ROUTER,
    Receiver, Rep, Req, Router, STREAM, SUB, Sender, SocketType, Stream, Sub, XPUB, XSUB, Xpub, Xsub,
};
pub use socket::{
    DONTWAIT, Flags, Iter, MultipartIter, NOBLOCK, Received, SNDMORE, SendError, SendMultipartError, Socket,
    socket_options,
};
pub use timeout::Timeout;
pub use timers::{TimerId, Timers};
pub use version::{Version, has, strerror, version};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
