//! C's enums, ids of the system, and descriptors.

use std::ffi::c_int;

use super::number::in_range;
use super::{Codec, Encoded, Fault, OptionValue, decode_int, encode_as};
use crate::option::value::{Mechanism, NameType, PollEvents};
use crate::socket::kind::SocketType;

macro_rules! read_int {
    ($(#[doc = $doc:literal] $codec:ident -> $value:ty, $from:expr;)*) => {$(
        #[doc = $doc]
        #[derive(Debug)]
        pub struct $codec;

        impl Codec for $codec {
            type Value = $value;
            const CAPACITY: usize = size_of::<c_int>();

            fn decode(bytes: &[u8]) -> Result<$value, Fault> {
                decode_int(bytes).map($from)
            }
        }
    )*};
}

read_int! {
    /// A security mechanism.
    MechanismCode -> Mechanism, Mechanism::from_raw;
    /// A kind of socket.
    TypeCode -> SocketType, SocketType::from_raw;
    /// What a socket is ready for.
    EventsCode -> PollEvents, |raw| PollEvents::from_raw(raw as i16);
    /// How GSSAPI reads a name.
    NameTypeCode -> NameType, NameType::from_raw;
    /// A process id.
    ProcessId -> i32, |raw| raw;
    /// A user or group id.
    UserId -> u32, |raw: c_int| u32::from_ne_bytes(raw.to_ne_bytes());
}

impl OptionValue<NameTypeCode> for NameType {
    fn encode(self) -> Result<Encoded, Fault> {
        in_range(self.as_raw(), 0, 2)
    }
}

impl OptionValue<ProcessId> for i32 {
    fn encode(self) -> Result<Encoded, Fault> {
        in_range(self, 0, i32::MAX)
    }
}

/// What `std::process::id` answers.
impl OptionValue<ProcessId> for u32 {
    fn encode(self) -> Result<Encoded, Fault> {
        encode_as::<ProcessId, _>(i32::try_from(self).map_err(|_| Fault::new(format!("{self} is not a process id")))?)
    }
}

impl OptionValue<ProcessId> for Option<u32> {
    fn encode(self) -> Result<Encoded, Fault> {
        self.map_or(Ok(Encoded::CLEAR), encode_as::<ProcessId, u32>)
    }
}

impl OptionValue<UserId> for u32 {
    fn encode(self) -> Result<Encoded, Fault> {
        Ok(Encoded::bytes(self.to_ne_bytes()))
    }
}

impl OptionValue<UserId> for Option<u32> {
    fn encode(self) -> Result<Encoded, Fault> {
        self.map_or(Ok(Encoded::CLEAR), encode_as::<UserId, u32>)
    }
}

/// The number of a file descriptor; on Windows of a socket.
#[cfg(unix)]
pub(crate) type Descriptor = std::os::fd::RawFd;
/// The number of a file descriptor; on Windows of a socket.
#[cfg(windows)]
pub(crate) type Descriptor = std::os::windows::io::RawSocket;

/// A file descriptor, by its number.
#[derive(Debug)]
pub struct Fd;

impl Codec for Fd {
    type Value = Descriptor;
    const CAPACITY: usize = size_of::<Descriptor>();

    fn decode(bytes: &[u8]) -> Result<Descriptor, Fault> {
        match bytes.try_into() {
            Ok(bytes) => Ok(Descriptor::from_ne_bytes(bytes)),
            Err(_) => Err(Fault::new("libzmq answered something that is no descriptor")),
        }
    }
}
