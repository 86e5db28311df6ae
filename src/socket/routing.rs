//! Routing ids that a ROUTER or STREAM gives to the peers it connects to (CONNECT_ROUTING_ID).
//!
//! libzmq aborts the process if a connection is made under an id that a peer already has (router.cpp and stream.cpp,
//! `identify_peer`), and a ROUTER's peers choose theirs themselves. So an id can be given only where no peer can have it.

use std::collections::HashSet;

use super::kind::SocketType;
use crate::error::{Error, Operation, Result};

#[derive(Debug, Default)]
pub(crate) struct ConnectIds {
    next: Option<Vec<u8>>,
    /// libzmq has been told of one, which it keeps until a connection is made.
    given: bool,
    used: HashSet<Vec<u8>>,
    /// There may be peers with ids that are not ours.
    strangers: bool,
}

impl ConnectIds {
    /// Peers can have come before we looked: the socket is from a raw handle.
    pub(super) fn of_unknown_past() -> Self {
        Self { strangers: true, ..Self::default() }
    }

    /// The id for the next connection.
    pub(super) fn set_next(&mut self, id: &[u8]) {
        self.next = Some(id.to_owned());
    }

    pub(super) fn next(&self) -> Option<&[u8]> {
        self.next.as_deref()
    }

    /// Whether the next connection may have the id that was set.
    pub(super) fn check(&mut self, kind: SocketType, endpoint: &str) -> Result<()> {
        let checked = self.checked(kind, endpoint);
        // It was for that connection only.
        if checked.is_err() && !self.given {
            self.next = None;
        }
        checked
    }

    fn checked(&self, kind: SocketType, endpoint: &str) -> Result<()> {
        let Some(id) = &self.next else { return Ok(()) };
        let refuse =
            |help: &'static str| Err(Error::invalid(Operation::Connect, help).with_target(endpoint.to_owned()));
        if id.first() == Some(&0) {
            return refuse("CONNECT_ROUTING_ID cannot begin with a zero byte: such ids are libzmq's own");
        }
        if self.used.contains(id) {
            return refuse("CONNECT_ROUTING_ID was used before on this socket: each connection needs an id of its own");
        }
        if kind == SocketType::Router && self.strangers {
            return refuse(
                "this ROUTER has peers that choose their own routing id (it was bound, or connected without \
                 CONNECT_ROUTING_ID); one of them may have this id, which libzmq does not survive: \
                 use a ROUTER of its own for connections whose id you choose",
            );
        }
        Ok(())
    }

    /// libzmq has the id.
    pub(super) fn given(&mut self) {
        self.given = true;
    }

    /// A connection was made.
    pub(super) fn connected(&mut self) {
        self.given = false;
        match self.next.take() {
            Some(id) => drop(self.used.insert(id)),
            None => self.strangers = true,
        }
    }

    /// The socket was bound: peers may come.
    pub(super) fn bound(&mut self) {
        self.strangers = true;
    }
}
