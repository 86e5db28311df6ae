//! A context that makes sockets for tasks.

use std::fmt;
use std::future::{Future, poll_fn};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use super::runtime::Runtime;
use super::socket::Socket;
use crate::context;
use crate::error::{Error, Operation, Result};
use crate::socket::kind::IntoKind;
use crate::timeout::Timeout;

/// A context whose sockets are for tasks of the runtime `R`; else a [`zmq::Context`](crate::Context), whose other methods it has. (Of
/// these `term_timeout` waits, and makes the executor wait: put a timeout of the runtime's around [`term`](Self::term).)
///
/// # Its end
///
/// Dropping the last handle never makes the executor wait: what sockets have not sent by then is left to a thread in the background,
/// and lost if the process ends before. A program that must not lose it awaits [`term`](Self::term) at its end. (A context that was made
/// from a blocking one waits in its drop as that does, for at most [`DROP_TIMEOUT`](crate::DROP_TIMEOUT).)
///
/// pyzmq: `zmq.asyncio.Context`.
pub struct Context<R: Runtime> {
    context: context::Context,
    runtime: PhantomData<fn(R)>,
}

impl<R: Runtime> Context<R> {
    /// Makes a context.
    ///
    /// # Errors
    ///
    /// As for [`zmq::Context::new`](crate::Context::new).
    pub fn new() -> Result<Self> {
        let context = context::Context::new()?;
        context.set_drop_timeout(0);
        Ok(context.into())
    }

    /// Makes a context with so many I/O threads.
    ///
    /// # Errors
    ///
    /// As for [`zmq::Context::with_io_threads`](crate::Context::with_io_threads).
    pub fn with_io_threads(io_threads: i32) -> Result<Self> {
        let context = context::Context::with_io_threads(io_threads)?;
        context.set_drop_timeout(0);
        Ok(context.into())
    }

    /// The context that the whole process shares, which is the blocking sockets', too.
    ///
    /// # Errors
    ///
    /// As for [`zmq::Context::instance`](crate::Context::instance).
    pub fn instance() -> Result<Self> {
        context::Context::instance().map(Self::from)
    }

    /// Makes a socket.
    ///
    /// # Errors
    ///
    /// As for [`zmq::Context::socket`](crate::Context::socket).
    pub fn socket<T: IntoKind>(&self, kind: T) -> Result<Socket<T::Kind, R>> {
        self.context.socket(kind).map(Socket::from)
    }

    /// Ends the context: the calls of its sockets fail, and it waits until they are closed and what they have to send is sent. See
    /// [`zmq::Context::term`](crate::Context::term); here a thread of its own does the waiting.
    ///
    /// Dropped before it is ready, the rest goes on in the background.
    ///
    /// # Errors
    ///
    /// As for [`zmq::Context::term`](crate::Context::term), and if there is no thread to be had.
    pub fn term(&self) -> impl Future<Output = Result<()>> + Send + use<R> {
        let context = self.context.clone();
        elsewhere(move || context.term())
    }

    /// As [`term`](Self::term), but sockets that are still open are closed with this [`LINGER`](crate::LINGER) when they are dropped; see
    /// [`zmq::Context::destroy`](crate::Context::destroy), also for what pyzmq's does otherwise.
    ///
    /// # Errors
    ///
    /// As for [`zmq::Context::destroy`](crate::Context::destroy), and if there is no thread to be had.
    pub fn destroy<T: Into<Timeout>>(&self, linger: T) -> impl Future<Output = Result<()>> + Send + use<R, T> {
        let (context, linger) = (self.context.clone(), linger.into());
        elsewhere(move || {
            let destroyed = context.destroy(linger);
            // Sockets are closed with that LINGER; but whoever drops the last does not wait for it.
            context.set_drop_timeout(0);
            destroyed
        })
    }

    /// The blocking context, which is the same one.
    pub fn into_blocking(self) -> context::Context {
        self.context
    }
}

/// Runs `work`, which waits, in a thread of its own.
fn elsewhere<W>(work: W) -> impl Future<Output = Result<()>> + Send + use<W>
where
    W: FnOnce() -> Result<()> + Send + 'static,
{
    #[derive(Default)]
    struct Shared {
        answer: Option<Result<()>>,
        waker: Option<Waker>,
    }
    let shared = Arc::new(Mutex::new(Shared::default()));
    let answers = Arc::clone(&shared);
    let thread = std::thread::Builder::new().name("zmq-term".into()).spawn(move || {
        let answer = work();
        let mut shared = answers.lock().unwrap_or_else(PoisonError::into_inner);
        shared.answer = Some(answer);
        let waker = shared.waker.take();
        drop(shared);
        if let Some(waker) = waker {
            waker.wake();
        }
    });
    async move {
        thread.map_err(|error| Error::from_io(Operation::ContextTerm, &error))?;
        poll_fn(|cx| {
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            match shared.answer.take() {
                Some(answer) => Poll::Ready(answer),
                None => {
                    shared.waker = Some(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}

impl<R: Runtime> From<context::Context> for Context<R> {
    fn from(context: context::Context) -> Self {
        Self { context, runtime: PhantomData }
    }
}

impl<R: Runtime> Clone for Context<R> {
    fn clone(&self) -> Self {
        self.context.clone().into()
    }
}

/// The methods of a blocking context are those of this one. None waits but `term_timeout`.
impl<R: Runtime> Deref for Context<R> {
    type Target = context::Context;

    fn deref(&self) -> &context::Context {
        &self.context
    }
}

impl<R: Runtime> fmt::Debug for Context<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.context.fmt(f)
    }
}
