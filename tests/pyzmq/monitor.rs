//! test_monitor.py, both of `zmq` and of `zmq.asyncio`.

use zmq::{ErrorKind, Event, Monitor, MonitorEvent};

use crate::support::{Transport, deadline};
use crate::{PATIENCE, context};

/// The next event; there must be one.
#[track_caller]
fn next(monitor: &Monitor) -> MonitorEvent {
    monitor.recv_timeout(PATIENCE).unwrap().expect("the monitor goes on")
}

#[test]
fn monitor() {
    let _deadline = deadline(60);
    let context = context();
    let (rep, req) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    let endpoint = Transport::Tcp.bind(&req);
    let wanted = zmq::EVENT_CONNECT_DELAYED | zmq::EVENT_CONNECTED | zmq::EVENT_MONITOR_STOPPED;
    let events = rep.monitor_at("inproc://monitor.rep", wanted).unwrap();
    rep.connect(&endpoint).unwrap();
    let mut event = next(&events);
    if matches!(event.event, Event::ConnectDelayed { .. }) {
        assert_eq!(event.endpoint, endpoint);
        event = next(&events);
    }
    assert!(event.event == zmq::EVENT_CONNECTED, "{event:?}");
    assert_eq!(event.endpoint, endpoint);
    rep.disable_monitor();
    assert!(next(&events).event == zmq::EVENT_MONITOR_STOPPED);
    assert!(events.recv_timeout(PATIENCE).unwrap().is_none(), "nothing more comes");
}

/// pyzmq answers the same socket again; here there is one `Monitor`, and who has it shares it.
#[test]
fn monitor_repeat() {
    let _deadline = deadline(60);
    let context = context();
    let socket = context.socket(zmq::PULL).unwrap();
    let events = socket.monitor(zmq::EVENT_ALL).unwrap();
    assert_eq!(socket.monitor(zmq::EVENT_ALL).unwrap_err().kind(), ErrorKind::InvalidArgument);
    socket.disable_monitor();
    assert_eq!(next(&events).event, Event::MonitorStopped);
    drop(events);
    socket.monitor(zmq::EVENT_ALL).expect("once it is dropped there can be another");
}

#[test]
fn monitor_connected() {
    let _deadline = deadline(60);
    let context = context();
    let (rep, req) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    let endpoint = Transport::Tcp.bind(&req);
    let events = rep.monitor(zmq::EVENT_ALL).unwrap();
    rep.connect(&endpoint).unwrap();
    let mut event = next(&events);
    if matches!(event.event, Event::ConnectDelayed { .. }) {
        assert_eq!(event.endpoint, endpoint);
        event = next(&events);
    }
    assert!(matches!(event.event, Event::Connected { .. }), "{event:?}");
    assert_eq!(event.endpoint, endpoint);
}

/// All three once more, awaited.
#[test]
#[cfg(unix)]
fn monitor_asyncio() {
    let _deadline = deadline(60);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let context = zmq::tokio::Context::new().unwrap();
        let (rep, req) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
        req.bind("tcp://127.0.0.1:*").unwrap();
        let endpoint = req.last_endpoint().unwrap();
        let events = rep.monitor(zmq::EVENT_ALL).unwrap();
        assert_eq!(rep.monitor(zmq::EVENT_ALL).unwrap_err().kind(), ErrorKind::InvalidArgument);
        rep.connect(&endpoint).unwrap();
        loop {
            let event = events.recv().await.unwrap().expect("the monitor goes on");
            assert_eq!(event.endpoint, endpoint);
            if event.event == Event::CONNECTED {
                break;
            }
            assert!(event.event == Event::CONNECT_DELAYED, "{event:?}");
        }
        rep.disable_monitor().unwrap();
        while events.recv().await.unwrap().expect("the monitor says its end").event != Event::MonitorStopped {}
        assert!(events.recv().await.unwrap().is_none());
    });
}
