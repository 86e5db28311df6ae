//! Times.

use std::ffi::c_int;
use std::time::Duration;

use super::number::{from_one, in_range};
use super::{Codec, Encoded, Fault, OptionValue, decode_int, encode_as};
use crate::timeout::millis;

/// There is no value that means `None`.
const NO_NONE: i32 = i32::MIN;

/// A time in milliseconds from `MIN` to `MAX`, where `NONE` is what `None` is written as: -1 for "for ever", 0 for "off".
///
/// Durations are rounded up to a millisecond; one that is longer than an `i32` can say (24 days) becomes that.
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
        in_range(millis(self), MIN, MAX)
    }
}

impl<const NONE: i32, const MIN: i32, const MAX: i32> OptionValue<Milliseconds<NONE, MIN, MAX>> for Option<Duration> {
    fn encode(self) -> Result<Encoded, Fault> {
        match self {
            Some(duration) => encode_as::<Milliseconds<NONE, MIN, MAX>, _>(duration),
            None if NONE >= MIN => Ok(Encoded::int(NONE)),
            None => Err(Fault::new("it always is a time: None is no value for it")),
        }
    }
}

/// A time of 1 to `MAX` whole seconds, rounded up; `None` or -1 is the system's own.
#[derive(Debug)]
pub struct Seconds<const MAX: i32>;

impl<const MAX: i32> Codec for Seconds<MAX> {
    type Value = Option<Duration>;
    const CAPACITY: usize = size_of::<c_int>();

    fn decode(bytes: &[u8]) -> Result<Option<Duration>, Fault> {
        decode_int(bytes).map(|value| u64::try_from(value).ok().map(Duration::from_secs))
    }
}

impl<const MAX: i32> OptionValue<Seconds<MAX>> for i32 {
    fn encode(self) -> Result<Encoded, Fault> {
        from_one(self, MAX)
    }
}

impl<const MAX: i32> OptionValue<Seconds<MAX>> for Duration {
    fn encode(self) -> Result<Encoded, Fault> {
        let seconds = self.as_secs().saturating_add(u64::from(self.subsec_nanos() > 0));
        from_one(i32::try_from(seconds).unwrap_or(i32::MAX), MAX)
    }
}

impl<const MAX: i32> OptionValue<Seconds<MAX>> for Option<Duration> {
    fn encode(self) -> Result<Encoded, Fault> {
        self.map_or(Ok(Encoded::int(-1)), encode_as::<Seconds<MAX>, Duration>)
    }
}
