//! The context that a process shares.

use std::sync::{Arc, Weak};

use super::{Context, Inner};
use crate::error::Result;
use crate::raw::PerProcess;

static INSTANCE: PerProcess<Weak<Inner>> = PerProcess::new();

impl Context {
    /// The context that the parts of a program share without passing it around, as pyzmq's `zmq.Context.instance()`.
    ///
    /// All calls answer the same one for as long as any handle or socket of it lives. There is a new one after it was terminated,
    /// and in a forked child.
    ///
    /// ```
    /// let (one, two) = (zmq::Context::instance()?, zmq::Context::instance()?);
    /// assert_eq!(one, two);
    /// one.term()?;
    /// assert_ne!(zmq::Context::instance()?, two);
    /// # Ok::<(), zmq::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn instance() -> Result<Self> {
        // The one that is replaced is dropped outside: its drop may wait.
        let mut replaced = None;
        let context = INSTANCE.with(|instance| {
            if let Some(inner) = instance.as_ref().and_then(Weak::upgrade) {
                let context = Self(inner);
                if !context.is_terminated() {
                    return Ok(context);
                }
                replaced = Some(context);
            }
            let context = Self::new()?;
            *instance = Some(Arc::downgrade(&context.0));
            Ok(context)
        });
        drop(replaced);
        context
    }
}
