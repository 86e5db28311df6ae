//! How long to wait: milliseconds, a `Duration`, or for ever.

use std::time::{Duration, Instant};

/// How long a call may wait.
///
/// Every method that waits takes `impl Into<Timeout>`: an `i32` of milliseconds with -1 for ever, as pyzmq and libzmq have it, a
/// [`Duration`], or an `Option<Duration>` with `None` for ever.
///
/// ```
/// use std::time::Duration;
/// use zmq::Timeout;
///
/// assert_eq!(Timeout::from(1500), Timeout::from(Duration::from_millis(1500)));
/// assert_eq!(Timeout::from(-1), Timeout::FOREVER);
/// assert_eq!(Timeout::from(None), Timeout::FOREVER);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timeout(Option<Duration>);

impl Timeout {
    /// No limit: `-1` or `None`.
    pub const FOREVER: Self = Self(None);

    /// The limit, `None` if there is none.
    pub fn as_duration(self) -> Option<Duration> {
        self.0
    }

    /// Milliseconds as libzmq and pyzmq have them, -1 for ever: rounded up, so that a wait is never shorter than asked for, and
    /// no longer than an `i32` can say (24 days).
    pub fn as_millis(self) -> i32 {
        self.0.map_or(-1, millis)
    }

    /// When the wait is over, `None` if never.
    pub(crate) fn deadline(self) -> Option<Instant> {
        Instant::now().checked_add(self.0?)
    }

    /// What is left until a deadline.
    pub(crate) fn until(deadline: Option<Instant>) -> Self {
        Self(deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())))
    }

    pub(crate) fn is_zero(self) -> bool {
        self.0 == Some(Duration::ZERO)
    }
}

/// A duration in whole milliseconds, rounded up, at most `i32::MAX`.
pub(crate) fn millis(duration: Duration) -> i32 {
    i32::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX)
}

impl From<i32> for Timeout {
    fn from(milliseconds: i32) -> Self {
        Self(u64::try_from(milliseconds).ok().map(Duration::from_millis))
    }
}

impl From<Duration> for Timeout {
    fn from(duration: Duration) -> Self {
        Self(Some(duration))
    }
}

impl From<Option<Duration>> for Timeout {
    fn from(duration: Option<Duration>) -> Self {
        Self(duration)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Timeout, millis};

    #[test]
    fn rounds_up_and_saturates() {
        assert_eq!(millis(Duration::from_nanos(1)), 1);
        assert_eq!(millis(Duration::from_micros(1_000)), 1);
        assert_eq!(millis(Duration::from_micros(1_001)), 2);
        assert_eq!(millis(Duration::MAX), i32::MAX);
        assert_eq!(Timeout::from(-7).as_millis(), -1);
        assert_eq!(Timeout::from(0).as_millis(), 0);
    }
}
