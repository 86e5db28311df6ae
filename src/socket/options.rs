//! Setting and reading options.

use super::Socket;
use super::kind::Kind;
use crate::error::{Errno, Error, Operation, Result};
use crate::option::codec::Codec;
use crate::option::{Gettable, OptionOf, OptionValue, Row, Settable, draft, table};

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
    #[doc(alias = "zmq_setsockopt")]
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
    #[doc(alias = "zmq_getsockopt")]
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

    /// Reads an option that this crate does not know, by its number in `zmq.h`: one of a newer libzmq, or a draft. `size` is how many
    /// bytes libzmq has for it (4 for an `int`), or has at most; the answer is as many as it gave.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// # let context = zmq::Context::new()?;
    /// # let socket = context.socket(zmq::PULL)?;
    /// match socket.get_by_number(1234, size_of::<i32>()) {
    ///     Ok(value) => println!("{value:?}"),
    ///     Err(error) => println!("{error}"),            // this libzmq has none of that number
    /// }
    /// # assert_eq!(socket.get_by_number(1234, 4).unwrap_err().kind(), zmq::ErrorKind::InvalidArgument);
    /// let error = socket.get_by_number(24, 4).unwrap_err();
    /// assert_eq!(error.to_string(), "get option 24: invalid argument (EINVAL); its name is RCVHWM: get it by that");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if libzmq has no such option, or it has another size, and for one that this
    /// crate knows: the error says by which name.
    ///
    /// C: `zmq_getsockopt`. pyzmq: `socket.getsockopt(number)`.
    #[doc(alias = "zmq_getsockopt")]
    #[doc(alias = "getsockopt")]
    pub fn get_by_number(&self, number: i32, size: usize) -> Result<Vec<u8>> {
        let operation = Operation::Get;
        check_unknown(operation, number)?;
        let mut value = vec![0; size.min(LONGEST)];
        let length =
            self.core().get_into(number, &mut value).map_err(|errno| self.explain(operation, number, errno))?;
        value.truncate(length);
        Ok(value)
    }

    /// Sets an option that this crate does not know, by its number in `zmq.h`: one of a newer libzmq, or a draft. `value` is what C
    /// gives: `&1_i32.to_ne_bytes()` for an `int`.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if libzmq has no such option, or does not take the value, and for one that
    /// this crate knows, and looks after: the error says by which name.
    ///
    /// # Safety
    ///
    /// What libzmq does with the bytes this crate cannot know: they may be taken for a pointer, or a descriptor. The caller knows the
    /// option, that the linked libzmq has it by this number, and that the value is one that it takes and survives. It does not make the
    /// socket one that threads may share, nor have libzmq call back.
    ///
    /// C: `zmq_setsockopt`. pyzmq: `socket.setsockopt(number, value)`.
    #[doc(alias = "zmq_setsockopt")]
    #[doc(alias = "setsockopt")]
    #[expect(unsafe_code, reason = "what the option does is the caller's to know")]
    pub unsafe fn set_by_number(&self, number: i32, value: &[u8]) -> Result<()> {
        let operation = Operation::Set;
        check_unknown(operation, number)?;
        let core = self.core();
        core.retry(|| core.raw().set(number, Some(value))).map_err(|errno| self.explain(operation, number, errno))
    }

    fn explain(&self, operation: Operation, number: i32, errno: Errno) -> Error {
        let error = self.core().error(operation, errno).with_target(format!("option {number}"));
        if errno == Errno::INVALID { error.with_help("libzmq has none of that number, kind or size") } else { error }
    }
}

/// Longer than any option.
const LONGEST: usize = 1 << 20;

/// ZMQ_ZAP_ENFORCE_DOMAIN, a draft that is in every libzmq since 4.3. Without a domain libzmq does not survive it (plain_server.cpp).
const ZAP_ENFORCE_DOMAIN: i32 = 93;

/// Refuses what the table has: its checks keep libzmq from what it does not survive.
fn check_unknown(operation: Operation, number: i32) -> Result<()> {
    let help = match socket_options().find(|row| row.number == number) {
        Some(row) => format!("its name is {}: {operation} it by that", row.name),
        None if number == ZAP_ENFORCE_DOMAIN => "it is ZAP_ENFORCE_DOMAIN, which require_security sets".to_owned(),
        None => return Ok(()),
    };
    Err(Error::invalid(operation, help).with_target(format!("option {number}")))
}

/// All options of sockets, in the order of their numbers: for programs that list or configure them.
pub fn socket_options() -> impl Iterator<Item = &'static Row> {
    table::ROWS.iter().chain(draft::ROWS)
}
