//! Numbers and switches.

use std::ffi::c_int;

use super::{Codec, Encoded, Fault, OptionValue, decode_int, encode_as};

fn decode_long(bytes: &[u8]) -> Result<u64, Fault> {
    match bytes.try_into() {
        Ok(bytes) => Ok(u64::from_ne_bytes(bytes)),
        Err(_) => Err(Fault::new(format!("libzmq answered {} bytes for a 64-bit number", bytes.len()))),
    }
}

pub(super) fn in_range(value: c_int, min: c_int, max: c_int) -> Result<Encoded, Fault> {
    if (min..=max).contains(&value) {
        return Ok(Encoded::int(value));
    }
    Err(Fault::new(match max {
        c_int::MAX => format!("{value} is out of range: at least {min}"),
        _ => format!("{value} is out of range: {min} to {max}"),
    }))
}

/// For what is -1, the system's own, or from 1: 0 is refused by the kernel, and then the connection silently never comes up.
pub(super) fn from_one(value: c_int, max: c_int) -> Result<Encoded, Fault> {
    if value == -1 || (1..=max).contains(&value) {
        return Ok(Encoded::int(value));
    }
    Err(Fault::new(format!("{value} is out of range: 1 to {max}, or -1 for what the system has")))
}

/// A number from `MIN` to `MAX`.
#[derive(Debug)]
pub struct Integer<const MIN: i32, const MAX: i32>;

impl<const MIN: i32, const MAX: i32> Codec for Integer<MIN, MAX> {
    type Value = i32;
    const CAPACITY: usize = size_of::<c_int>();

    fn decode(bytes: &[u8]) -> Result<i32, Fault> {
        decode_int(bytes)
    }
}

impl<const MIN: i32, const MAX: i32> OptionValue<Integer<MIN, MAX>> for i32 {
    fn encode(self) -> Result<Encoded, Fault> {
        in_range(self, MIN, MAX)
    }
}

/// A number from 1 to `MAX`, or -1 for the system's own.
#[derive(Debug)]
pub struct Count<const MAX: i32>;

impl<const MAX: i32> Codec for Count<MAX> {
    type Value = i32;
    const CAPACITY: usize = size_of::<c_int>();

    fn decode(bytes: &[u8]) -> Result<i32, Fault> {
        decode_int(bytes)
    }
}

impl<const MAX: i32> OptionValue<Count<MAX>> for i32 {
    fn encode(self) -> Result<Encoded, Fault> {
        from_one(self, MAX)
    }
}

/// On or off; 1 and 0 do, too.
#[derive(Debug)]
pub struct Boolean;

impl Codec for Boolean {
    type Value = bool;
    const CAPACITY: usize = size_of::<c_int>();

    fn decode(bytes: &[u8]) -> Result<bool, Fault> {
        decode_int(bytes).map(|value| value != 0)
    }
}

impl OptionValue<Boolean> for bool {
    fn encode(self) -> Result<Encoded, Fault> {
        Ok(Encoded::int(c_int::from(self)))
    }
}

impl OptionValue<Boolean> for i32 {
    fn encode(self) -> Result<Encoded, Fault> {
        in_range(self, 0, 1)
    }
}

/// On, off, or as the operating system has it: `Some(true)` or 1, `Some(false)` or 0, `None` or -1.
#[derive(Debug)]
pub struct Switch;

impl Codec for Switch {
    type Value = Option<bool>;
    const CAPACITY: usize = size_of::<c_int>();

    fn decode(bytes: &[u8]) -> Result<Option<bool>, Fault> {
        decode_int(bytes).map(|value| (value >= 0).then_some(value != 0))
    }
}

impl OptionValue<Switch> for bool {
    fn encode(self) -> Result<Encoded, Fault> {
        Ok(Encoded::int(c_int::from(self)))
    }
}

impl OptionValue<Switch> for Option<bool> {
    fn encode(self) -> Result<Encoded, Fault> {
        Ok(Encoded::int(self.map_or(-1, c_int::from)))
    }
}

impl OptionValue<Switch> for i32 {
    fn encode(self) -> Result<Encoded, Fault> {
        in_range(self, -1, 1)
    }
}

macro_rules! long_codec {
    ($(#[doc = $doc:literal] $codec:ident;)*) => {$(
        #[doc = $doc]
        #[derive(Debug)]
        pub struct $codec;

        impl Codec for $codec {
            type Value = u64;
            const CAPACITY: usize = 8;

            fn decode(bytes: &[u8]) -> Result<u64, Fault> {
                decode_long(bytes)
            }
        }

        impl OptionValue<$codec> for u64 {
            fn encode(self) -> Result<Encoded, Fault> {
                Ok(Encoded::bytes(self.to_ne_bytes()))
            }
        }
    )*};
}

long_codec! {
    /// A set of bits.
    Bitmap;
    /// A number of bytes.
    ByteCount;
}

/// A number of bytes, `None` or -1 for no limit.
#[derive(Debug)]
pub struct Limit;

impl Codec for Limit {
    type Value = Option<u64>;
    const CAPACITY: usize = 8;

    fn decode(bytes: &[u8]) -> Result<Option<u64>, Fault> {
        decode_long(bytes).map(|value| (value <= i64::MAX as u64).then_some(value))
    }
}

impl OptionValue<Limit> for i64 {
    fn encode(self) -> Result<Encoded, Fault> {
        if self < -1 {
            return Err(Fault::new(format!("{self} is out of range: at least 0, or -1 for no limit")));
        }
        Ok(Encoded::bytes(self.to_ne_bytes()))
    }
}

impl OptionValue<Limit> for Option<u64> {
    fn encode(self) -> Result<Encoded, Fault> {
        match self {
            None => encode_as::<Limit, _>(-1i64),
            Some(limit) => encode_as::<Limit, _>(i64::try_from(limit).unwrap_or(i64::MAX)),
        }
    }
}
