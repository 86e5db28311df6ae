//! Options of sockets and contexts: one table each, and how a value crosses to C.
//!
//! A row of the table (`table.rs`) becomes a constant (`zmq::LINGER`), which is both the value to pass and the type to write, a
//! getter and a setter (`linger`, `set_linger`), and a [`Row`] for whoever wants to walk them all.

pub mod codec;
pub(crate) mod context;
pub(crate) mod draft;
mod macros;
mod row;
pub(crate) mod table;
pub(crate) mod value;

pub use codec::OptionValue;
pub use context::{ContextOption, ContextValue, GettableInContext, SettableInContext};
pub use row::{Access, Row};
#[doc(hidden)]
pub use row::{Encoded, Fault};
pub use value::{Mechanism, NameType, POLLERR, POLLIN, POLLOUT, POLLPRI, PollEvents};

use codec::Codec;

/// An option of sockets: `zmq::LINGER` and its like.
#[diagnostic::on_unimplemented(message = "`{Self}` is not an option of sockets", label = "not an option of sockets")]
pub trait SocketOption {
    /// How its value is written.
    type Codec: Codec;

    /// What the table says about it.
    const ROW: Row;
}

/// The option is one of sockets of the kind `K`.
///
/// ```compile_fail,E0277
/// # let context = zmq::Context::new().unwrap();
/// context.socket(zmq::PUSH).unwrap().set(zmq::SUBSCRIBE, "x"); // only a SUB, or an XPUB, subscribes
/// ```
///
/// ```compile_fail,E0277
/// # let context = zmq::Context::new().unwrap();
/// context.socket(zmq::DEALER).unwrap().subscribe("x"); // only a SUB, or an XPUB, subscribes
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an option of {K} sockets",
    label = "{K} sockets do not have the option `{Self}`",
    note = "the option's documentation lists the kinds that have it"
)]
pub trait OptionOf<K>: SocketOption {}

/// The option can be set.
///
/// ```compile_fail,E0277
/// # let context = zmq::Context::new().unwrap();
/// context.socket(zmq::PAIR).unwrap().set(zmq::RCVMORE, true); // can only be read
/// ```
#[diagnostic::on_unimplemented(
    message = "the option `{Self}` cannot be set on a socket",
    label = "`{Self}` can only be read, or is an option of contexts"
)]
pub trait Settable: SocketOption {}

/// The option can be read.
///
/// ```compile_fail,E0277
/// # let context = zmq::Context::new().unwrap();
/// context.socket(zmq::ROUTER).unwrap().get(zmq::ROUTER_MANDATORY); // can only be set
/// ```
#[diagnostic::on_unimplemented(
    message = "the option `{Self}` cannot be read from a socket",
    label = "`{Self}` can only be set, or is an option of contexts"
)]
pub trait Gettable: SocketOption {}
