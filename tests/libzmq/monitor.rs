//! What a monitor tells of a connection's life.
//!
//! The tests of `zmq_socket_monitor_versioned` are of the draft API; what they ask for that the stable one has, the events and the
//! endpoint of each transport, is asked here.

use zmq::{Context, ErrorKind, Event, Monitor};

use crate::exchange::{ipv6, tipc};
use crate::support::deadline;
use crate::testutil::bounce;

/// Events come by `inproc` only.
#[test]
fn monitor_invalid_protocol_fails() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let client = context.socket(zmq::DEALER).unwrap();
    let error = client.monitor_at("tcp://127.0.0.1:*", zmq::EVENT_ALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProtocolNotSupported);
    client.monitor_at("inproc://monitor-client", zmq::EVENT_ALL).unwrap();
}

/// All events until the monitor ends, each of that endpoint but the last.
#[track_caller]
fn all(monitor: &Monitor, endpoint: &str) -> Vec<Event> {
    let events: Vec<_> = monitor.iter().map(|event| event.unwrap()).collect();
    for event in &events {
        let expected = if event.event == Event::MonitorStopped { "" } else { endpoint };
        assert_eq!(event.endpoint, expected, "{event}");
    }
    assert_eq!(events.last().unwrap().event, Event::MonitorStopped);
    events.into_iter().map(|event| event.event).collect()
}

/// Connects, talks and closes; the events of both sides are those that there should be, in their order.
#[track_caller]
fn basic(bound: &str, connected: Option<&str>, v6: bool) {
    let context = Context::new().unwrap();
    let client = context.socket(zmq::DEALER).unwrap();
    let server = context.socket(zmq::DEALER).unwrap();
    let client_monitor = client.monitor_at("inproc://monitor-client", zmq::EVENT_ALL).unwrap();
    let server_monitor = server.monitor_at("inproc://monitor-server", zmq::EVENT_ALL).unwrap();
    server.set_ipv6(v6).unwrap();
    server.bind(bound).unwrap();
    let listening = server.last_endpoint().unwrap();
    client.set_ipv6(v6).unwrap();
    let connected = connected.unwrap_or(&listening);
    client.connect(connected).unwrap();
    bounce(&server, &client);
    client.close_linger(0).unwrap();
    server.close_linger(0).unwrap();

    let events = all(&client_monitor, connected);
    let mut rest = &events[..];
    if let [Event::ConnectDelayed { .. }, after @ ..] = rest {
        rest = after;
    }
    // The server may be gone before the client is.
    assert!(
        matches!(
            rest,
            [Event::Connected { .. }, Event::HandshakeSucceeded, Event::MonitorStopped]
                | [Event::Connected { .. }, Event::HandshakeSucceeded, Event::Disconnected { .. }, ..]
        ),
        "{events:?}"
    );
    let events = all(&server_monitor, &listening);
    assert!(
        matches!(events[..], [Event::Listening { .. }, Event::Accepted { .. }, Event::HandshakeSucceeded, _, ..]),
        "{events:?}"
    );
    for event in &events[3..] {
        let end = matches!(event, Event::Closed { .. } | Event::Disconnected { .. } | Event::MonitorStopped);
        assert!(end, "{events:?}");
    }
}

#[test]
fn monitor_basic() {
    let _deadline = deadline(60);
    basic("tcp://127.0.0.1:*", None, false);
}

#[test]
fn monitor_basic_tcp_ipv6() {
    let _deadline = deadline(60);
    if ipv6() {
        basic("tcp://[::1]:*", None, true);
    }
}

#[test]
fn monitor_basic_ipc() {
    let _deadline = deadline(60);
    basic("ipc://*", None, false);
}

#[test]
fn monitor_basic_tipc() {
    let _deadline = deadline(60);
    if let Some((bound, connected)) = tipc() {
        basic(&bound, Some(&connected), false);
    }
}
