//! Timers. Null pointers to timers and to callbacks are what C has; here the type system leaves no room for them.

use std::cell::Cell;
use std::time::{Duration, Instant};

use zmq::{ErrorKind, Timers};

use crate::support::deadline;

const FULL: Duration = Duration::from_millis(100);

/// Sleeps until a timer is due, and calls it.
fn sleep_and_execute(timers: &mut Timers<'_>) {
    while let Some(rest) = timers.timeout().filter(|rest| !rest.is_zero()) {
        std::thread::sleep(rest);
    }
    assert_eq!(timers.execute(), 1);
}

/// How long ago that was at most, as libzmq sees it: its times are cut to milliseconds, and one that it has looked up stands for
/// half a million ticks of the processor (clock.cpp, `now_ms`), so that a timer may begin up to 1.5 ms before it was made.
fn passed(since: Instant) -> Duration {
    since.elapsed() + Duration::from_millis(2)
}

#[test]
fn timers() {
    let _deadline = deadline(60);
    let invoked = Cell::new(false);
    let started = Instant::now();
    let mut timers = Timers::new();
    let id = timers.add(FULL, |_, _| invoked.set(true)).unwrap();
    // Only a machine that slept itself may have come so far.
    let too_early = |invoked: &Cell<bool>, due: Duration| assert!(!invoked.get() || passed(started) >= due);

    timers.execute();
    too_early(&invoked, FULL);
    std::thread::sleep(timers.timeout().unwrap() / 2);
    timers.execute();
    too_early(&invoked, FULL);
    if !invoked.get() {
        sleep_and_execute(&mut timers);
    }
    assert!(invoked.take());
    assert!(passed(started) >= FULL);

    // Again, by itself; and later than that after a reset.
    let half = timers.timeout().unwrap() / 2;
    std::thread::sleep(half);
    timers.execute();
    too_early(&invoked, 2 * FULL);
    invoked.set(false);
    let reset = Instant::now();
    timers.reset(id).unwrap();
    std::thread::sleep(half);
    timers.execute();
    assert!(!invoked.get() || passed(reset) >= FULL);
    if !invoked.get() {
        sleep_and_execute(&mut timers);
    }
    assert!(invoked.take());
    assert!(passed(reset) >= FULL);

    let sooner = Instant::now();
    timers.set_interval(id, Duration::from_millis(50)).unwrap();
    assert!(timers.timeout().unwrap() <= Duration::from_millis(50));
    sleep_and_execute(&mut timers);
    assert!(invoked.take());
    assert!(passed(sooner) >= Duration::from_millis(50));

    let rest = timers.timeout().unwrap();
    timers.cancel(id).unwrap();
    std::thread::sleep(rest * 2);
    assert_eq!(timers.execute(), 0);
    assert!(!invoked.get());
}

#[test]
fn corner_cases() {
    let _deadline = deadline(30);
    // In C the largest number there is; here one that is too large to reckon with is an error.
    const LONG: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let mut timers = Timers::new();
    assert_eq!(timers.add(Duration::MAX, |_, _| ()).unwrap_err().kind(), ErrorKind::InvalidArgument);
    // An id is made by `add` alone; one that is gone is as near as it gets to one that never was.
    let gone = timers.add(LONG, |_, _| ()).unwrap();
    timers.cancel(gone).unwrap();
    let errors = [
        timers.cancel(gone).unwrap_err(),
        timers.set_interval(gone, LONG).unwrap_err(),
        timers.reset(gone).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
    assert_eq!(timers.timeout(), None, "where there are no timers, none is due");
}
