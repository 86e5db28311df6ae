//! What a subscriber's monitor tells when its publisher goes, and when it comes again.
//!
//! RECONNECT_STOP, which the C++ file's other two tests set, is of the draft API.

use std::time::Duration;

use zmq::{Context, Event, Monitor, Pub, Socket, Sub};

use crate::support::{Transport, deadline, eventually};
use crate::testutil::SILENCE;

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
fn silent(monitor: &Monitor) {
    let answer = monitor.recv_timeout(SILENCE);
    assert!(answer.as_ref().is_err_and(|error| error.is_again()), "{answer:?}");
}

impl Connected {
    fn new(interval: Duration) -> Self {
        let context = Context::new().unwrap();
        let publisher = context.socket(zmq::PUB).unwrap();
        let endpoint = Transport::Tcp.bind(&publisher);
        let subscriber = context.socket(zmq::SUB).unwrap();
        let monitor = subscriber.monitor(zmq::EVENT_ALL).unwrap();
        subscriber.set_reconnect_ivl(interval).unwrap();
        subscriber.connect(&endpoint).unwrap();
        assert!(matches!(next(&monitor), Event::ConnectDelayed { .. }));
        assert!(matches!(next(&monitor), Event::Connected { .. }));
        assert_eq!(next(&monitor), Event::HandshakeSucceeded);
        Self { context, publisher: Some(publisher), subscriber, monitor, endpoint, interval }
    }

    /// The publisher goes: the subscriber's monitor tells that, and when it will try again.
    fn lose(&mut self) {
        self.publisher.take().unwrap().close_linger(0).unwrap();
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
