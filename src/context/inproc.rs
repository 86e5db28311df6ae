//! Which `inproc` names were connected to and never bound.
//!
//! `zmq_ctx_term` makes a socket for each connection that still waits for its bind, and aborts the process if it may not make
//! one more (ctx.cpp, `terminate`). So the waiting connections are settled before, in a way that can fail; for that their names
//! have to be known.

use std::collections::{HashMap, HashSet};

/// The names of a context, as far as they went through this crate.
#[derive(Debug, Default)]
pub(crate) struct InprocNames {
    bound: HashMap<String, usize>,
    waiting: HashSet<String>,
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

    pub(crate) fn connect(&mut self, name: &str) {
        if !self.bound.contains_key(name) {
            self.waiting.insert(name.to_owned());
        }
    }

    pub(super) fn take_waiting(&mut self) -> HashSet<String> {
        std::mem::take(&mut self.waiting)
    }

    pub(super) fn put_back(&mut self, waiting: impl IntoIterator<Item = String>) {
        self.waiting.extend(waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::InprocNames;

    #[test]
    fn only_what_was_never_bound_waits() {
        let mut names = InprocNames::default();
        names.connect("late");
        names.connect("never");
        names.bind("late");
        names.connect("late");
        names.unbind("late");
        names.connect("gone");
        let mut waiting: Vec<_> = names.take_waiting().into_iter().collect();
        waiting.sort();
        assert_eq!(waiting, ["gone", "never"]);
    }
}
