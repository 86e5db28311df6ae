//! ZeroMQ for Rust, over the real libzmq 4.3.5.
#![deny(unsafe_code)]

mod context;
mod curve;
mod endpoint;
mod error;
mod message;
mod multipart;
pub mod option;
#[allow(unsafe_code, reason = "all unsafe code of the crate is here, argued")]
mod raw;
mod socket;
mod timeout;
mod version;
pub mod z85;

pub use context::{Context, DROP_TIMEOUT};
pub use curve::{CurvePublicKey, CurveSecretKey, curve_keypair, curve_public};
pub use error::{Error, ErrorKind, Operation, Result};
pub use message::{Message, ZERO_COPY_THRESHOLD};
pub use multipart::IntoMultipart;
pub use option::context::{
    BLOCKY, IO_THREADS, MAX_MSGSZ, MAX_SOCKETS, MSG_T_SIZE, SOCKET_LIMIT, THREAD_AFFINITY_CPU_ADD,
    THREAD_AFFINITY_CPU_REMOVE, THREAD_NAME_PREFIX, THREAD_PRIORITY, THREAD_SCHED_POLICY,
};
pub use option::table::*;
pub use option::{Mechanism, NameType, POLLERR, POLLIN, POLLOUT, POLLPRI, PollEvents};
pub use socket::kind::{
    DEALER, Dealer, Dynamic, IntoKind, Kind, PAIR, PUB, PULL, PUSH, Pair, Pub, Publisher, Pull, Push, REP, REQ, ROUTER,
    Receiver, Rep, Req, Router, STREAM, SUB, Sender, SocketType, Stream, Sub, XPUB, XSUB, Xpub, Xsub,
};
pub use socket::{
    DONTWAIT, Flags, Iter, MultipartIter, Received, SNDMORE, SendError, SendMultipartError, Socket, socket_options,
};
pub use timeout::Timeout;
pub use version::{Version, has, strerror, version};
