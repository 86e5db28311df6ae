//! Sockets for tasks of smol, and of every other executor: what waits is the thread of `async-io`.
//!
//! The types of [`zmq::asynchronous`](crate::asynchronous), which has their documentation, with [`AsyncIo`] as the runtime.
//!
//! ```
//! # fn main() -> zmq::Result<()> {
//! async_io::block_on(async {
//!     let context = zmq::async_io::Context::new()?;
//!     let server = context.socket(zmq::REP)?;
//!     server.bind("tcp://127.0.0.1:*")?;
//!     let client = context.socket(zmq::REQ)?;
//!     client.connect(&server.last_endpoint()?)?;
//!
//!     client.send("Hello").await?;
//!     assert_eq!(server.recv_string().await?, "Hello");
//!     Ok(())
//! })
//! # }
//! ```

use std::io;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use ::async_io::{Async, Timer};

use super::runtime::{Driver, Runtime, Sleep};
use crate::raw::KeptDescriptor;

/// The reactor of `async-io`.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum AsyncIo {}

impl Runtime for AsyncIo {}

impl Driver for AsyncIo {
    type Source = Async<KeptDescriptor>;

    fn register(descriptor: KeptDescriptor) -> io::Result<Self::Source> {
        // libzmq has made it so.
        Async::new_nonblocking(descriptor)
    }

    fn is_current(_source: &Self::Source) -> bool {
        // There is one for the whole process.
        true
    }

    fn poll_edge(source: &Self::Source, cx: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        source.poll_readable(cx)
    }

    #[inline]
    fn poll_fairly<T>(cx: &mut TaskContext<'_>, work: impl FnOnce(&mut TaskContext<'_>) -> Poll<T>) -> Poll<T> {
        super::budget::poll_fairly(cx, work)
    }

    fn sleep(duration: Duration) -> io::Result<Sleep> {
        Ok(Box::pin(async move {
            Timer::after(duration).await;
        }))
    }
}

/// See [`asynchronous::Context`](super::Context).
pub type Context = super::Context<AsyncIo>;
/// See [`asynchronous::Socket`](super::Socket).
pub type Socket<K> = super::Socket<K, AsyncIo>;
/// See [`asynchronous::Poller`](super::Poller).
pub type Poller<'a> = super::Poller<'a, AsyncIo>;
/// See [`asynchronous::Monitor`](super::Monitor).
pub type Monitor = super::Monitor<AsyncIo>;
/// See [`asynchronous::Authenticator`](super::Authenticator).
pub type Authenticator = super::Authenticator<AsyncIo>;
