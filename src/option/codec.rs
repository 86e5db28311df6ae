//! How one option value crosses: which Rust types it is set from, what it is read as, and which values are in range.
//!
//! Each codec is a type without values; a row of the table names one. What is checked here is what libzmq would refuse with a
//! bare EINVAL, or take and do something else with.

use std::ffi::c_int;
use std::time::Duration;

use super::row::{Encoded, Fault};
use super::value::{Mechanism, NameType, PollEvents};
use crate::curve::{CurvePublicKey, CurveSecretKey};
use crate::message::Message;
use crate::socket::kind::SocketType;
use crate::timeout::millis;

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
#[diagnostic::on_unimplemented(
    message = "an option of type `{C}` cannot be set to a `{Self}`",
    label = "not a value for an option of type `{C}`",
    note = "numbers are i32, switches bool, times i32 milliseconds, Duration or Option<Duration>, texts &str"
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

fn decode_long(bytes: &[u8]) -> Result<u64, Fault> {
    match bytes.try_into() {
        Ok(bytes) => Ok(u64::from_ne_bytes(bytes)),
        Err(_) => Err(Fault::new(format!("libzmq answered {} bytes for a 64-bit number", bytes.len()))),
    }
}

fn in_range(value: c_int, min: c_int, max: c_int) -> Result<Encoded, Fault> {
    if (min..=max).contains(&value) {
        return Ok(Encoded::int(value));
    }
    Err(Fault::new(match max {
        c_int::MAX => format!("{value} is out of range: at least {min}"),
        _ => format!("{value} is out of range: {min} to {max}"),
    }))
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

/// A set of bits.
#[derive(Debug)]
pub struct Bitmap;

impl Codec for Bitmap {
    type Value = u64;
    const CAPACITY: usize = 8;

    fn decode(bytes: &[u8]) -> Result<u64, Fault> {
        decode_long(bytes)
    }
}

impl OptionValue<Bitmap> for u64 {
    fn encode(self) -> Result<Encoded, Fault> {
        Ok(Encoded::bytes(self.to_ne_bytes()))
    }
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

/// There is no value that means `None`.
const NO_NONE: i32 = i32::MIN;

/// A time in milliseconds from `MIN` to `MAX`, where `NONE` is what `None` is written as: -1 for "for ever", 0 for "off".
///
/// Durations are rounded up to a millisecond; one that is too long becomes the longest.
#[derive(Debug)]
pub struct Milliseconds<const NONE: i32, const MIN: i32, const MAX: i32>;

/// -1 is for ever.
pub type Forever = Milliseconds<-1, -1, { i32::MAX }>;
/// 0 is off.
pub type OrOff = Milliseconds<0, 0, { i32::MAX }>;
/// Always a time.
pub type Always = Milliseconds<NO_NONE, 0, { i32::MAX }>;

impl<const NONE: i32, const MIN: i32, const MAX: i32> Codec for Milliseconds<NONE, MIN, MAX> {
    type Value = Option<Duration>;
    const CAPACITY: usize = size_of::<c_int>();

    fn decode(bytes: &[u8]) -> Result<Option<Duration>, Fault> {
        let value = decode_int(bytes)?;
        // A negative value that is not `NONE` is none either: HEARTBEAT_TIMEOUT answers -1 until it is set.
        Ok(u64::try_from(value).ok().filter(|_| value != NONE).map(Duration::from_millis))
    }
}

impl<const NONE: i32, const MIN: i32, const MAX: i32> OptionValue<Milliseconds<NONE, MIN, MAX>> for i32 {
    fn encode(self) -> Result<Encoded, Fault> {
        in_range(self, MIN, MAX)
    }
}

impl<const NONE: i32, const MIN: i32, const MAX: i32> OptionValue<Milliseconds<NONE, MIN, MAX>> for Duration {
    fn encode(self) -> Result<Encoded, Fault> {
        in_range(millis(self).min(MAX), MIN, MAX)
    }
}

impl<const NONE: i32, const MIN: i32, const MAX: i32> OptionValue<Milliseconds<NONE, MIN, MAX>> for Option<Duration> {
    fn encode(self) -> Result<Encoded, Fault> {
        match self {
            Some(duration) => encode_as::<Milliseconds<NONE, MIN, MAX>, _>(duration),
            None if NONE >= MIN => Ok(Encoded::int(NONE)),
            None => Err(Fault::new("None is no value for it: it takes a time")),
        }
    }
}

/// A time in whole seconds, rounded up; `None` or -1 is the operating system's.
#[derive(Debug)]
pub struct Seconds;

impl Codec for Seconds {
    type Value = Option<Duration>;
    const CAPACITY: usize = size_of::<c_int>();

    fn decode(bytes: &[u8]) -> Result<Option<Duration>, Fault> {
        decode_int(bytes).map(|value| u64::try_from(value).ok().map(Duration::from_secs))
    }
}

impl OptionValue<Seconds> for i32 {
    fn encode(self) -> Result<Encoded, Fault> {
        // The kernel refuses 0, silently for the user: the connection never comes up.
        if self == 0 {
            return Err(Fault::new("0 is out of range: at least 1, or -1 for what the operating system has"));
        }
        in_range(self, -1, i32::MAX)
    }
}

impl OptionValue<Seconds> for Duration {
    fn encode(self) -> Result<Encoded, Fault> {
        let seconds = self.as_secs() + u64::from(self.subsec_nanos() > 0);
        encode_as::<Seconds, _>(i32::try_from(seconds).unwrap_or(i32::MAX))
    }
}

impl OptionValue<Seconds> for Option<Duration> {
    fn encode(self) -> Result<Encoded, Fault> {
        self.map_or(Ok(Encoded::int(-1)), encode_as::<Seconds, Duration>)
    }
}

/// Text of at most `MAX` bytes; if `CLEAR`, the empty text or `None` clears the option.
#[derive(Debug)]
pub struct Text<const MAX: usize, const CLEAR: bool>;

impl<const MAX: usize, const CLEAR: bool> Codec for Text<MAX, CLEAR> {
    type Value = String;
    const CAPACITY: usize = 256;

    fn decode(bytes: &[u8]) -> Result<String, Fault> {
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        String::from_utf8(text.to_vec()).map_err(|_| Fault::new("the value is no UTF-8"))
    }
}

fn encode_text(text: &str, max: usize, clear: bool) -> Result<Encoded, Fault> {
    if text.contains('\0') {
        return Err(Fault::new("the text cannot have a NUL in it"));
    }
    match text.len() {
        0 if clear => Ok(Encoded::CLEAR),
        0 => Err(Fault::new("the text cannot be empty: libzmq has no way to clear it")),
        length if length > max => Err(Fault::new(format!("the text has {length} bytes: at most {max}"))),
        _ => Ok(Encoded::bytes(text)),
    }
}

macro_rules! text_from {
    ($($type:ty)*) => {$(
        impl<const MAX: usize, const CLEAR: bool> OptionValue<Text<MAX, CLEAR>> for $type {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_text(self.as_ref(), MAX, CLEAR)
            }
        }
    )*};
}

text_from! { &str &String String }

impl<const MAX: usize> OptionValue<Text<MAX, true>> for Option<&str> {
    fn encode(self) -> Result<Encoded, Fault> {
        encode_text(self.unwrap_or_default(), MAX, true)
    }
}

/// From `MIN` to `MAX` bytes.
#[derive(Debug)]
pub struct Blob<const MIN: usize, const MAX: usize>;

impl<const MIN: usize, const MAX: usize> Codec for Blob<MIN, MAX> {
    type Value = Vec<u8>;
    const CAPACITY: usize = 256;

    fn decode(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        Ok(bytes.to_vec())
    }
}

fn encode_blob(bytes: &[u8], min: usize, max: usize) -> Result<Encoded, Fault> {
    if (min..=max).contains(&bytes.len()) {
        return Ok(Encoded::bytes(bytes));
    }
    Err(Fault::new(format!("the value has {} bytes: {min} to {max}", bytes.len())))
}

macro_rules! blob_from {
    ($($type:ty)*) => {$(
        impl<const MIN: usize, const MAX: usize> OptionValue<Blob<MIN, MAX>> for $type {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_blob(self.as_ref(), MIN, MAX)
            }
        }
    )*};
}

blob_from! { &[u8] Vec<u8> &Vec<u8> &str String &String Message &Message }

impl<const MIN: usize, const MAX: usize, const N: usize> OptionValue<Blob<MIN, MAX>> for &[u8; N] {
    fn encode(self) -> Result<Encoded, Fault> {
        encode_blob(self, MIN, MAX)
    }
}

impl<const MIN: usize, const MAX: usize, const N: usize> OptionValue<Blob<MIN, MAX>> for [u8; N] {
    fn encode(self) -> Result<Encoded, Fault> {
        encode_blob(&self, MIN, MAX)
    }
}

macro_rules! key_codec {
    ($(#[doc = $doc:literal] $codec:ident of $key:ident;)*) => {$(
        #[doc = $doc]
        #[derive(Debug)]
        pub struct $codec;

        impl Codec for $codec {
            type Value = $key;
            const CAPACITY: usize = 32;

            fn decode(bytes: &[u8]) -> Result<$key, Fault> {
                $key::from_either(bytes).map_err(|_| Fault::new("libzmq answered something that is no key"))
            }
        }

        impl OptionValue<$codec> for &$key {
            fn encode(self) -> Result<Encoded, Fault> {
                Ok(Encoded::bytes(*self.as_bytes()))
            }
        }

        impl OptionValue<$codec> for $key {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_as::<$codec, _>(&self)
            }
        }

        impl OptionValue<$codec> for &[u8] {
            fn encode(self) -> Result<Encoded, Fault> {
                let key = $key::from_either(self);
                encode_as::<$codec, _>(key.map_err(|error| Fault::new(error.help().unwrap_or_default().to_owned()))?)
            }
        }

        key_codec! { $codec from &str String &String Vec<u8> &Vec<u8> }

        impl<const N: usize> OptionValue<$codec> for &[u8; N] {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_as::<$codec, &[u8]>(&self[..])
            }
        }

        impl<const N: usize> OptionValue<$codec> for [u8; N] {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_as::<$codec, &[u8]>(&self[..])
            }
        }
    )*};
    ($codec:ident from $($type:ty)*) => {$(
        impl OptionValue<$codec> for $type {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_as::<$codec, &[u8]>(self.as_ref())
            }
        }
    )*};
}

key_codec! {
    /// A CURVE public key: as a [`CurvePublicKey`], 32 bytes, or 40 characters of Z85.
    PublicKey of CurvePublicKey;
    /// A CURVE secret key: as a [`CurveSecretKey`], 32 bytes, or 40 characters of Z85.
    SecretKey of CurveSecretKey;
}

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

impl OptionValue<UserId> for u32 {
    fn encode(self) -> Result<Encoded, Fault> {
        Ok(Encoded::bytes(self.to_ne_bytes()))
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
