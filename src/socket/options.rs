//! Setting and reading options.

use super::Socket;
use super::kind::Kind;
use crate::error::{Operation, Result};
use crate::option::codec::Codec;
use crate::option::{Gettable, OptionOf, OptionValue, Row, Settable, table};

impl<K: Kind> Socket<K> {
    /// Sets an option: `socket.set(zmq::SNDHWM, 1000)`, as pyzmq's `socket.setsockopt(zmq.SNDHWM, 1000)`. Each option also has a
    /// method: `socket.set_sndhwm(1000)`.
    ///
    /// What the socket's kind does not have, cannot be set, or takes another type, does not compile.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for a value out of range, [`Unsupported`](crate::ErrorKind::Unsupported)
    /// for an option that the linked libzmq is too old for or was built without.
    ///
    /// C: `zmq_setsockopt`.
    pub fn set<O, V>(&self, option: O, value: V) -> Result<()>
    where
        O: Settable + OptionOf<K>,
        V: OptionValue<O::Codec>,
    {
        let _ = option;
        O::ROW.check_kind(Operation::Set, self.core().kind())?;
        let value = value.encode().map_err(|fault| fault.explain(Operation::Set, O::ROW.name))?;
        self.core().set(&O::ROW, &value)
    }

    /// Reads an option: `socket.get(zmq::LINGER)`, as pyzmq's `socket.getsockopt(zmq.LINGER)`. Each option also has a method:
    /// `socket.linger()`.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](crate::ErrorKind::Unsupported) for an option that the linked libzmq is too old for or was built without.
    ///
    /// C: `zmq_getsockopt`.
    pub fn get<O>(&self, option: O) -> Result<<O::Codec as Codec>::Value>
    where
        O: Gettable + OptionOf<K>,
    {
        let _ = option;
        O::ROW.check_kind(Operation::Get, self.core().kind())?;
        self.core().get::<O::Codec>(&O::ROW)
    }

    /// Sets both high water marks, [`SNDHWM`](crate::SNDHWM) and [`RCVHWM`](crate::RCVHWM), as pyzmq's `socket.hwm = value`.
    ///
    /// # Errors
    ///
    /// As for [`set`](Self::set).
    pub fn set_hwm(&self, messages: i32) -> Result<()> {
        self.set_sndhwm(messages)?;
        self.set_rcvhwm(messages)
    }

    /// The send high water mark, as pyzmq's `socket.hwm`.
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    pub fn hwm(&self) -> Result<i32> {
        self.sndhwm()
    }

    /// The routing id, under its old name: see [`routing_id`](Self::routing_id).
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    pub fn identity(&self) -> Result<Vec<u8>>
    where
        crate::ROUTING_ID: OptionOf<K>,
    {
        self.routing_id()
    }

    /// Sets the routing id, under its old name: see [`set_routing_id`](Self::set_routing_id).
    ///
    /// # Errors
    ///
    /// As for [`set`](Self::set).
    pub fn set_identity<V>(&self, identity: V) -> Result<()>
    where
        crate::ROUTING_ID: OptionOf<K>,
        V: OptionValue<<crate::ROUTING_ID as crate::option::SocketOption>::Codec>,
    {
        self.set_routing_id(identity)
    }
}

/// All options of sockets, in the order of their numbers: for programs that list or configure them.
pub fn socket_options() -> impl Iterator<Item = &'static Row> {
    table::ROWS.iter()
}
