//! Sockets for tasks: what `zmq.asyncio` is to pyzmq.
//!
//! The types here are for every runtime, and have the documentation; they are used by the names that they have in the module of a
//! runtime, behind the feature of that name:
//!
//! | runtime | module | feature |
//! | --- | --- | --- |
//! | tokio | [`zmq::tokio`](crate::tokio) | `tokio` |
//! | smol, and any other executor | [`zmq::async_io`](crate::async_io) | `async-io` |
//! | none: an event loop of one's own | [`Manual`], with the types here | `async` |
//!
//! Unix only, so far.
//!
//! # What is promised
//!
//! - What can be done is done at once when a future is first polled, and not before (pyzmq's begin when they are made: see [`Socket`]); only
//!   what has to wait is registered with the runtime.
//! - No wake-up is lost, whichever task calls what: see [`Socket`], also for what may be shared, and cancelled.
//! - Nothing here blocks the executor: sockets are dropped without waiting, and the end of a [`Context`] is awaited.
//! - A context that is terminated ends every wait, with [`ContextTerminated`](crate::ErrorKind::ContextTerminated).

#[cfg(feature = "async-io")]
pub mod async_io;
mod authenticator;
mod budget;
mod call;
mod context;
mod monitor;
mod poller;
mod ready;
mod recv;
mod retry;
mod runtime;
mod send;
mod socket;
mod stream;
#[cfg(feature = "tokio")]
pub mod tokio;
mod wakers;

pub use authenticator::Authenticator;
pub use context::Context;
pub use monitor::{Monitor, MonitorStream};
pub use poller::{PollSource, Poller, ReadySet};
pub use runtime::{Manual, Runtime};
pub use socket::Socket;
pub use stream::{Frames, Messages, MultipartSink, Sink};
