//! How one option value crosses: which Rust types it is set from, what it is read as, and which values are in range.
//!
//! Each codec is a type without values; a row of the table names one. What is checked here is what libzmq would refuse with a
//! bare EINVAL, or take and do something else with.

mod bytes;
mod code;
mod draft;
mod key;
mod number;
mod time;

use std::ffi::c_int;

pub use bytes::{Blob, Filter, Proxy, Text};
pub(crate) use code::Descriptor;
pub use code::{EventsCode, Fd, MechanismCode, NameTypeCode, ProcessId, TypeCode, UserId};
pub use draft::{NormModeCode, NotifyCode, Property, StopCode};
pub use key::{PublicKey, SecretKey};
pub use number::{Bitmap, Boolean, ByteCount, Count, Integer, Limit, Switch};
pub use time::{Always, Forever, Milliseconds, OrOff, Seconds};

use super::row::{Encoded, Fault};

/// How the value of an option is written to and read from libzmq.
pub trait Codec: 'static {
    /// What `get` answers.
    type Value: 'static;

    /// How many bytes to offer libzmq for the value; it wants exactly the size for numbers and keys, and enough for the rest.
    #[doc(hidden)]
    const CAPACITY: usize;

    #[doc(hidden)]
    fn decode(bytes: &[u8]) -> Result<Self::Value, Fault>;
}

/// The types that an option of codec `C` can be set from.
///
/// ```compile_fail,E0277
/// # let context = zmq::Context::new().unwrap();
/// context.socket(zmq::PAIR).unwrap().set(zmq::SNDHWM, "x"); // it takes a number
/// ```
#[diagnostic::on_unimplemented(
    message = "this option cannot be set to a `{Self}`",
    label = "not a value of this option",
    note = "numbers are i32, switches bool, times i32 milliseconds, Duration or Option<Duration>, texts &str; \
            the option's documentation says which it takes"
)]
pub trait OptionValue<C: Codec> {
    #[doc(hidden)]
    fn encode(self) -> Result<Encoded, Fault>;
}

/// Encodes for a codec that nothing else says.
fn encode_as<C: Codec, V: OptionValue<C>>(value: V) -> Result<Encoded, Fault> {
    value.encode()
}

fn decode_int(bytes: &[u8]) -> Result<c_int, Fault> {
    match bytes.try_into() {
        Ok(bytes) => Ok(c_int::from_ne_bytes(bytes)),
        Err(_) => Err(Fault::new(format!("libzmq answered {} bytes for an int", bytes.len()))),
    }
}
