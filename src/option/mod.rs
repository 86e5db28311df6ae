//! Options of sockets and contexts: one table each, and how a value crosses to C.
//!
//! A row of the table (`table.rs`) becomes a constant (`zmq::LINGER`), which is both the value to pass and the type to write, a
//! getter and a setter (`linger`, `set_linger`), and a [`Row`] for whoever wants to walk them all.

pub mod codec;
pub(crate) mod context;
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
pub trait SocketOption {
    /// How its value is written.
    type Codec: Codec;

    /// What the table says about it.
    const ROW: Row;
}

/// The option is one of sockets of the kind `K`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an option of {K} sockets",
    label = "{K} sockets do not have the option `{Self}`",
    note = "the option's documentation lists the kinds that have it"
)]
pub trait OptionOf<K>: SocketOption {}

/// The option can be set.
#[diagnostic::on_unimplemented(
    message = "the option `{Self}` cannot be set",
    label = "`{Self}` can only be read: use `get`"
)]
pub trait Settable: SocketOption {}

/// The option can be read.
#[diagnostic::on_unimplemented(
    message = "the option `{Self}` cannot be read",
    label = "libzmq lets `{Self}` only be set"
)]
pub trait Gettable: SocketOption {}
