//! That a socket is not shared between threads, in words.

use super::Socket;
use super::kind::Kind;

/// Implemented by nothing: it is there for what the compiler says then, which else are nine errors about `Cell`.
#[diagnostic::on_unimplemented(
    message = "a zmq::Socket cannot be used by two threads at once",
    label = "this shares it",
    note = "make a socket for each thread from the same `zmq::Context`, or move it, or put it into a `Mutex`; tasks share those of \
            `zmq::tokio`"
)]
pub trait SharedBetweenThreads {}

// SAFETY: no kind implements the trait, so no socket is `Sync`.
#[expect(unsafe_code, reason = "to say what is not, one has to say when it would be")]
unsafe impl<K: Kind + SharedBetweenThreads> Sync for Socket<K> {}
