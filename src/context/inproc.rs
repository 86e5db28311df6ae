//! Which `inproc` names were connected to and never bound.
//!
//! `zmq_ctx_term` makes a socket for each connection that still waits for its bind, and aborts the process if it may not make
//! one more (ctx.cpp, `terminate`). So the waiting connections are settled before, in a way that can fail; for that their names
//! have to be known.

use std::collections::HashMap;

/// Where ZAP requests go (ZeroMQ RFC 27).
pub(crate) const ZAP_NAME: &str = "zeromq.zap.01";

/// The names of a context, as far as they went through this crate.
#[derive(Debug, Default)]
pub(crate) struct InprocNames {
    bound: HashMap<String, usize>,
    waiting: HashMap<String, Waiting>,
}

/// The connections that wait for a name.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Waiting {
    /// There is a ROUTER or REP among them, to which libzmq sends the routing id of whoever binds.
    wants_id: bool,
}

impl InprocNames {
    pub(crate) fn bind(&mut self, name: &str) {
        self.waiting.remove(name);
        *self.bound.entry(name.to_owned()).or_default() += 1;
    }

    pub(crate) fn unbind(&mut self, name: &str) {
        if let Some(count) = self.bound.get_mut(name) {
            *count -= 1;
            if *count == 0 {
                self.bound.remove(name);
            }
        }
    }

    pub(crate) fn connect(&mut self, name: &str, wants_id: bool) {
        if !self.bound.contains_key(name) {
            self.waiting.entry(name.to_owned()).or_default().wants_id |= wants_id;
        }
    }

    /// Whether a socket of this crate is bound to the name.
    pub(crate) fn is_bound(&self, name: &str) -> bool {
        self.bound.contains_key(name)
    }

    /// Whether a connection may wait for the name.
    pub(crate) fn is_waited_for(&self, name: &str) -> bool {
        self.waiting.contains_key(name)
    }

    /// Whether a ROUTER or REP may wait for the name.
    pub(crate) fn is_to_send_id(&self, name: &str) -> bool {
        self.waiting.get(name).is_some_and(|waiting| waiting.wants_id)
    }

    pub(super) fn take_waiting(&mut self) -> HashMap<String, Waiting> {
        std::mem::take(&mut self.waiting)
    }

    pub(super) fn put_back(&mut self, waiting: impl IntoIterator<Item = (String, Waiting)>) {
        self.waiting.extend(waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::InprocNames;

    #[test]
    fn only_what_was_never_bound_waits() {
        let mut names = InprocNames::default();
        names.connect("late", true);
        names.connect("never", true);
        names.connect("never", false);
        names.bind("late");
        names.connect("late", true);
        names.unbind("late");
        names.connect("gone", false);
        assert!(names.is_to_send_id("never") && !names.is_to_send_id("gone") && !names.is_to_send_id("late"));
        let mut waiting: Vec<_> = names.take_waiting().into_keys().collect();
        waiting.sort();
        assert_eq!(waiting, ["gone", "never"]);
    }
}
