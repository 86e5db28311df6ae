//! What the context's own threads were told, tried out before libzmq starts them: it aborts the process where the system refuses.

use std::ffi::c_int;

use super::lock;
use crate::error::{Error, Operation, Result};
use crate::raw::{try_affinity, try_scheduling};

/// THREAD_SCHED_POLICY and THREAD_PRIORITY as they were set; libzmq does not tell the latter. -1 is "not set".
#[derive(Debug, Clone, Copy)]
pub(super) struct ThreadOptions {
    policy: c_int,
    priority: c_int,
}

impl Default for ThreadOptions {
    fn default() -> Self {
        Self { policy: -1, priority: -1 }
    }
}

/// An option of the context's threads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ThreadOption {
    Policy,
    Priority,
    Affinity,
}

impl super::Context {
    /// Sets an option after trying whether the system allows what it asks for.
    pub(crate) fn set_thread_option(
        &self,
        name: &'static str,
        number: c_int,
        kind: ThreadOption,
        value: c_int,
    ) -> Result<()> {
        if !self.0.life.is_ours() {
            return Err(Error::forked(Operation::ContextSet).with_target(name));
        }
        let mut options = lock(&self.0.threads);
        let wanted = match kind {
            ThreadOption::Policy => ThreadOptions { policy: value, ..*options },
            ThreadOption::Priority => ThreadOptions { priority: value, ..*options },
            ThreadOption::Affinity => *options,
        };
        let tried = match kind {
            ThreadOption::Affinity => try_affinity(value),
            // A policy that has priorities is refused without one, so it waits for its priority and is tried then.
            ThreadOption::Policy if wanted.priority == -1 && !needs_no_priority(value) => Ok(()),
            _ => try_scheduling(wanted.policy, wanted.priority),
        };
        tried.map_err(|errno| {
            let help = match kind {
                ThreadOption::Affinity => format!("the system does not let a thread run on CPU {value}"),
                _ => format!(
                    "the system does not let a thread have policy {} with priority {}",
                    wanted.policy, wanted.priority
                ),
            };
            Error::new(Operation::ContextSet, errno).with_target(name).with_help(help)
        })?;
        self.0.life.set(name, number, value)?;
        *options = wanted;
        Ok(())
    }

    /// What has to be right before the first socket starts the threads.
    pub(crate) fn check_threads(&self) -> Result<()> {
        let options = *lock(&self.0.threads);
        if options.policy == -1 || needs_no_priority(options.policy) || options.priority != -1 {
            return Ok(());
        }
        try_scheduling(options.policy, options.priority).map_err(|errno| {
            let help = format!("the scheduling policy {} needs a priority: set THREAD_PRIORITY, too", options.policy);
            Error::new(Operation::Socket, errno).with_help(help)
        })
    }
}

#[cfg(unix)]
fn needs_no_priority(policy: c_int) -> bool {
    policy != libc::SCHED_FIFO && policy != libc::SCHED_RR
}

#[cfg(not(unix))]
fn needs_no_priority(_policy: c_int) -> bool {
    true
}
