//! `Timers`.

mod support;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use support::deadline;
use zmq::{ErrorKind, TimerId, Timers};

const MS: Duration = Duration::from_millis(1);

/// Executes until `count` closures were called.
fn run(timers: &mut Timers, count: usize) {
    let mut called = 0;
    while called < count {
        std::thread::sleep(timers.timeout().expect("there are timers"));
        called += timers.execute();
    }
}

#[test]
fn they_are_called_in_order_and_again() {
    let _deadline = deadline(60);
    let calls = RefCell::new(Vec::new());
    let mut timers = Timers::new();
    assert_eq!((timers.timeout(), timers.execute(), timers.len()), (None, 0, 0));
    let started = Instant::now();
    timers.add(600 * MS, |_, _| calls.borrow_mut().push("slow")).unwrap();
    timers.add(400 * MS, |_, _| calls.borrow_mut().push("fast")).unwrap();
    assert_eq!(timers.execute(), 0);
    assert!(timers.timeout().unwrap() <= 400 * MS);
    run(&mut timers, 3);
    assert!(started.elapsed() >= 600 * MS);
    drop(timers);
    // The third is whichever a thread that was held up finds due first.
    assert_eq!(calls.into_inner()[..2], ["fast", "slow"]);
}

#[test]
fn one_that_was_missed_is_called_once() {
    let _deadline = deadline(60);
    let mut count = 0;
    let mut timers = Timers::new();
    timers.add(MS, |_, _| count += 1).unwrap();
    std::thread::sleep(20 * MS);
    assert_eq!(timers.timeout(), Some(Duration::ZERO));
    assert_eq!(timers.execute(), 1);
    assert!(timers.timeout().unwrap() > Duration::ZERO || timers.execute() == 1);
    drop(timers);
    assert!(count >= 1);
}

#[test]
fn cancel_reset_and_set_interval() {
    let _deadline = deadline(60);
    let mut timers = Timers::new();
    let id = timers.add(500 * MS, |_, _| {}).unwrap();
    std::thread::sleep(501 * MS);
    timers.reset(id).unwrap();
    assert_eq!(timers.execute(), 0);
    timers.set_interval(id, Duration::from_secs(1000)).unwrap();
    assert!(timers.timeout().unwrap() > Duration::from_secs(900));
    timers.set_interval(id, MS).unwrap();
    run(&mut timers, 1);
    assert!(format!("{timers:?}").contains("len: 1"));
    timers.cancel(id).unwrap();
    assert!(timers.is_empty() && timers.timeout().is_none());
    for error in
        [timers.cancel(id).unwrap_err(), timers.reset(id).unwrap_err(), timers.set_interval(id, MS).unwrap_err()]
    {
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("no such timer"), "{error}");
    }
}

/// `timers interval 0 execute`: a loop without an end in libzmq.
#[test]
fn an_interval_of_nothing_is_refused() {
    let mut timers = Timers::new();
    for wrong in [Duration::ZERO, Duration::MAX] {
        assert_eq!(timers.add(wrong, |_, _| {}).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
    let id = timers.add(MS, |_, _| {}).unwrap();
    assert_eq!(timers.set_interval(id, Duration::ZERO).unwrap_err().kind(), ErrorKind::InvalidArgument);
    // As short as can be, and it ends.
    timers.set_interval(id, Duration::from_nanos(1)).unwrap();
    std::thread::sleep(MS);
    assert_eq!(timers.execute(), 1);
}

/// `timers cancel self in handler`, `timers set_interval self in handler (UB)`.
#[test]
fn a_closure_changes_timers() {
    let _deadline = deadline(60);
    let calls = RefCell::new(Vec::new());
    let others: RefCell<Vec<TimerId>> = RefCell::default();
    let mut timers = Timers::new();
    timers
        .add(5 * MS, |timers, id| {
            calls.borrow_mut().push("once");
            timers.cancel(id).unwrap();
            assert!(timers.cancel(id).is_err());
            for other in others.take() {
                timers.cancel(other).unwrap();
            }
            let added = timers.add(MS, |_, _| calls.borrow_mut().push("added"));
            others.borrow_mut().push(added.unwrap());
        })
        .unwrap();
    // Due at the same time, and cancelled by the one before it.
    let cancelled = timers.add(5 * MS, |_, _| calls.borrow_mut().push("never")).unwrap();
    others.borrow_mut().push(cancelled);
    timers
        .add(6 * MS, |timers, id| {
            calls.borrow_mut().push("slower");
            timers.set_interval(id, Duration::from_secs(1000)).unwrap();
            timers.reset(id).unwrap();
        })
        .unwrap();
    std::thread::sleep(10 * MS);
    assert_eq!(timers.execute(), 2);
    run(&mut timers, 1);
    timers.cancel(others.borrow()[0]).unwrap();
    assert_eq!(timers.len(), 1);
    assert!(timers.timeout().unwrap() > Duration::from_secs(900));
    drop(timers);
    assert_eq!(calls.into_inner(), ["once", "slower", "added"]);
}

#[test]
fn a_closure_that_panics_is_gone_and_the_others_are_not() {
    let _deadline = deadline(60);
    let calls = RefCell::new(Vec::new());
    let mut timers = Timers::new();
    timers.add(MS, |_, _| calls.borrow_mut().push("before")).unwrap();
    let bad = timers.add(MS, |_, _| panic!("a test's own")).unwrap();
    timers.add(MS, |_, _| calls.borrow_mut().push("after")).unwrap();
    std::thread::sleep(5 * MS);
    catch_unwind(AssertUnwindSafe(|| timers.execute())).unwrap_err();
    assert_eq!(*calls.borrow(), ["before"]);
    assert_eq!(timers.len(), 2);
    assert_eq!(timers.cancel(bad).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(timers.timeout(), Some(Duration::ZERO));
    // Due again meanwhile, and still called once.
    std::thread::sleep(5 * MS);
    assert_eq!(timers.execute(), 2);
    let mut calls = calls.borrow().clone();
    calls.sort_unstable();
    assert_eq!(calls, ["after", "before", "before"]);
}

#[test]
fn a_thousand_timers() {
    let _deadline = deadline(60);
    let count = std::cell::Cell::new(0);
    let mut timers = Timers::new();
    let ids: Vec<_> =
        (0..1000u32).map(|n| timers.add(MS * (1 + n % 7), |_, _| count.set(count.get() + 1)).unwrap()).collect();
    std::thread::sleep(8 * MS);
    assert_eq!(timers.execute(), 1000);
    for id in ids.iter().step_by(2) {
        timers.cancel(*id).unwrap();
    }
    std::thread::sleep(8 * MS);
    assert_eq!(timers.execute(), 500);
    drop(timers);
    assert_eq!(count.get(), 1500);
}
