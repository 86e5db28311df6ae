//! What a subscriber's monitor tells when its publisher goes, and when it comes again.
//!
//! RECONNECT_STOP is of the draft API, but in every build since 4.3.4.

use std::time::Duration;

use zmq::{Context, Event, Monitor, Pub, ReconnectStop, Socket, Sub, Version};

use crate::support::{Transport, deadline, eventually};
use crate::testutil::{SILENCE, skip};

/// Whether libzmq can be told so.
fn reconnect_stop(subscriber: &Socket<Sub>, when: ReconnectStop) -> bool {
    if zmq::version() < Version::new(4, 3, 4) {
        skip("RECONNECT_STOP came with libzmq 4.3.4");
        return false;
    }
    subscriber.set_reconnect_stop(when).unwrap();
    true
}

/// A subscriber that was connected, and its publisher.
struct Connected {
    context: Context,
    publisher: Option<Socket<Pub>>,
    subscriber: Socket<Sub>,
    monitor: Monitor,
    endpoint: String,
    interval: Duration,
}

fn next(monitor: &Monitor) -> Event {
    monitor.recv_timeout(10_000).unwrap().unwrap().event
}

#[track_caller]
fn connects(monitor: &Monitor) {
    assert!(matches!(next(monitor), Event::ConnectDelayed { .. }));
    assert!(matches!(next(monitor), Event::Connected { .. }));
}

#[track_caller]
fn silent(monitor: &Monitor) {
    let answer = monitor.recv_timeout(SILENCE);
    assert!(answer.as_ref().is_err_and(|error| error.is_again()), "{answer:?}");
}

impl Connected {
    fn new(interval: Duration) -> Self {
        Self::with(interval, |_| true).expect("it was not refused")
    }

    /// `None` if `prepare` refuses.
    fn with(interval: Duration, prepare: impl FnOnce(&Socket<Sub>) -> bool) -> Option<Self> {
        let context = Context::new().unwrap();
        let publisher = context.socket(zmq::PUB).unwrap();
        let endpoint = Transport::Tcp.bind(&publisher);
        let subscriber = context.socket(zmq::SUB).unwrap();
        if !prepare(&subscriber) {
            return None;
        }
        let monitor = subscriber.monitor(zmq::EVENT_ALL).unwrap();
        subscriber.set_reconnect_ivl(interval).unwrap();
        subscriber.connect(&endpoint).unwrap();
        connects(&monitor);
        assert_eq!(next(&monitor), Event::HandshakeSucceeded);
        Some(Self { context, publisher: Some(publisher), subscriber, monitor, endpoint, interval })
    }

    /// The publisher goes: the subscriber's monitor tells that, and when it will try again.
    fn lose(&mut self) {
        self.publisher.take().unwrap().close_linger(0).unwrap();
        self.is_lost();
    }

    fn is_lost(&self) {
        assert!(matches!(next(&self.monitor), Event::Disconnected { .. }));
        match next(&self.monitor) {
            // A random bit is added, up to as much again (tcp_connecter.cpp, stream_connecter_base.cpp).
            Event::ConnectRetried { interval } => assert!((self.interval..self.interval * 2).contains(&interval)),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn reconnect_default() {
    let _deadline = deadline(60);
    let mut connected = Connected::new(Duration::from_secs(60));
    connected.lose();
    silent(&connected.monitor);
    connected.subscriber.close().unwrap();
}

#[test]
fn reconnect_success() {
    let _deadline = deadline(60);
    let mut connected = Connected::new(Duration::from_millis(500));
    connected.lose();

    let publisher = connected.context.socket(zmq::PUB).unwrap();
    eventually("the address is free again", || publisher.bind(&connected.endpoint).ok());
    assert!(matches!(next(&connected.monitor), Event::ConnectDelayed { .. }));
    loop {
        match next(&connected.monitor) {
            Event::Connected { .. } => break,
            // It tried before the publisher was there, on a machine that is busy.
            Event::Closed { .. } | Event::ConnectRetried { .. } | Event::ConnectDelayed { .. } => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(next(&connected.monitor), Event::HandshakeSucceeded);
    silent(&connected.monitor);
}

/// It tries once more, is refused, and tries no more.
#[test]
fn reconnect_stop_on_refused() {
    let _deadline = deadline(60);
    let prepare = |subscriber: &Socket<Sub>| reconnect_stop(subscriber, zmq::RECONNECT_STOP_CONN_REFUSED);
    let Some(mut connected) = Connected::with(Duration::from_millis(10), prepare) else { return };
    connected.lose();
    loop {
        assert!(matches!(next(&connected.monitor), Event::ConnectDelayed { .. }));
        match next(&connected.monitor) {
            Event::Closed { .. } => break,
            // On a machine that is busy the publisher, which is closed in the background, was still there.
            Event::Connected { .. } => connected.is_lost(),
            other => panic!("{other}"),
        }
    }
    silent(&connected.monitor);
}

/// Who does not shake hands in time is not tried again.
#[test]
fn reconnect_stop_on_handshake_failed() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    // It talks plain TCP, and says nothing.
    let dummy = context.socket(zmq::STREAM).unwrap();
    let endpoint = Transport::Tcp.bind(&dummy);
    let subscriber = context.socket(zmq::SUB).unwrap();
    if !reconnect_stop(&subscriber, zmq::RECONNECT_STOP_HANDSHAKE_FAILED) {
        return;
    }
    let monitor = subscriber.monitor(zmq::EVENT_ALL).unwrap();
    subscriber.set_reconnect_ivl(10).unwrap();
    subscriber.set_handshake_ivl(200).unwrap();
    subscriber.connect(&endpoint).unwrap();
    connects(&monitor);
    assert!(matches!(next(&monitor), Event::HandshakeFailedNoDetail { .. }));
    assert!(matches!(next(&monitor), Event::Disconnected { .. }));
    silent(&monitor);
}
