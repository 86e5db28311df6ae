//! Sockets for tasks of tokio.
//!
//! The types of [`zmq::asynchronous`](crate::asynchronous), which has their documentation, with [`Tokio`] as the runtime. pyzmq's
//! `zmq.asyncio`.
//!
//! ```
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> zmq::Result<()> {
//!     let context = zmq::tokio::Context::new()?;
//!     let server = context.socket(zmq::REP)?;
//!     server.bind("tcp://127.0.0.1:*")?;
//!     let client = context.socket(zmq::REQ)?;
//!     client.connect(&server.last_endpoint()?)?;
//!
//!     tokio::spawn(async move {
//!         while let Ok(name) = server.recv_string().await {
//!             server.send(format!("Hello, {name}")).await?;
//!         }
//!         zmq::Result::<()>::Ok(())
//!     });
//!     client.send("World").await?;
//!     assert_eq!(client.recv_string().await?, "Hello, World");
//!     Ok(())
//! }
//! ```
//!
//! (`zmq::Result::<()>::Ok(())` says which error the task has, which the compiler cannot know from `?` alone.)
//!
//! A socket may be made anywhere, and used by tasks of any runtime, also of several after one another: it registers with the one whose
//! task waited last. (So where tasks of two runtimes share one, both runtimes have to be running.) That needs its I/O driver (`enable_io`), and its timer (`enable_time`) where timeouts are set; without them tokio
//! panics. `enable_all` has both.

use std::io;
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use ::tokio::io::Interest;
use ::tokio::io::unix::AsyncFd;
use ::tokio::runtime::{Handle, Id};
use ::tokio::task::coop::poll_proceed;

use super::runtime::{Driver, Runtime, Sleep};
use crate::raw::KeptDescriptor;

/// Which runtime this is.
fn here() -> io::Result<Id> {
    let handle = Handle::try_current()
        .map_err(|_| io::Error::other("there is no tokio runtime here; for other executors there is zmq::async_io"))?;
    Ok(handle.id())
}

/// The runtime of tokio.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Tokio {}

impl Runtime for Tokio {}

impl Driver for Tokio {
    type Source = (AsyncFd<KeptDescriptor>, Id);

    fn register(descriptor: KeptDescriptor) -> io::Result<Self::Source> {
        let runtime = here()?;
        #[allow(
            deprecated,
            reason = "what replaces it is newer than the tokio that is asked for; what it asks for is kept"
        )]
        let registration = AsyncFd::with_interest(descriptor, Interest::READABLE)?;
        Ok((registration, runtime))
    }

    fn is_current((_, runtime): &Self::Source) -> bool {
        here().is_ok_and(|here| here == *runtime)
    }

    fn poll_edge((source, _): &Self::Source, cx: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        let mut guard = ready!(source.poll_read_ready(cx))?;
        guard.clear_ready();
        Poll::Ready(Ok(()))
    }

    #[inline]
    fn poll_fairly<T>(cx: &mut TaskContext<'_>, work: impl FnOnce(&mut TaskContext<'_>) -> Poll<T>) -> Poll<T> {
        let budget = ready!(poll_proceed(cx));
        let answer = work(cx);
        if answer.is_ready() {
            budget.made_progress();
        }
        answer
    }

    fn sleep(duration: Duration) -> io::Result<Sleep> {
        here()?;
        Ok(Box::pin(::tokio::time::sleep(duration)))
    }
}

/// See [`asynchronous::Context`](super::Context).
pub type Context = super::Context<Tokio>;
/// See [`asynchronous::Socket`](super::Socket).
pub type Socket<K> = super::Socket<K, Tokio>;
/// See [`asynchronous::Poller`](super::Poller).
pub type Poller<'a> = super::Poller<'a, Tokio>;
/// See [`asynchronous::Monitor`](super::Monitor).
pub type Monitor = super::Monitor<Tokio>;
/// See [`asynchronous::Authenticator`](super::Authenticator).
pub type Authenticator = super::Authenticator<Tokio>;
