//! Which connections a message is queued for: those that were asked for, or with IMMEDIATE only those that were made. Over TIPC.
#![cfg(target_os = "linux")]

use zmq::{Context, Event, Pull, Push, Socket};

use crate::support::{deadline, eventually};
use crate::testutil::{PATIENCE, has_tipc, silent, tipc_type, wait_for_event};

const COUNT: usize = 10;

/// Where to bind, and where to connect to; `None` without TIPC.
fn service() -> Option<(String, String)> {
    has_tipc().then(|| {
        let service = tipc_type();
        (format!("tipc://{{{service},0,0}}"), format!("tipc://{{{service},0}}@0.0.0"))
    })
}

/// A PUSH that is connected to two services, of which only the second is there.
fn half_connected(context: &Context, immediate: bool) -> Option<(Socket<Push>, Socket<Pull>)> {
    let ((bound, present), (_, absent)) = (service()?, service()?);
    let to = context.socket(zmq::PULL).unwrap();
    to.bind(&bound).unwrap();
    let from = context.socket(zmq::PUSH).unwrap();
    from.set_linger(0).unwrap();
    from.set_immediate(immediate).unwrap();
    from.connect(&absent).unwrap();
    from.connect(&present).unwrap();
    Some((from, to))
}

/// Half of the messages wait for the service that is not there.
#[test]
fn send_one_connected_one_unconnected() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let Some((from, to)) = half_connected(&context, false) else { return };
    for _ in 0..COUNT {
        from.send("Hello").unwrap();
    }
    for _ in 0..COUNT / 2 {
        to.recv_timeout(PATIENCE).unwrap();
    }
    silent(&to);
}

/// None waits.
#[test]
fn send_one_connected_one_unconnected_with_delay() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let Some((from, to)) = half_connected(&context, true) else { return };
    for _ in 0..COUNT {
        from.send("Hello").unwrap();
    }
    for _ in 0..COUNT {
        to.recv_timeout(PATIENCE).unwrap();
    }
    silent(&to);
}

/// When the connection is lost there is nobody to queue for, until it is there again.
#[test]
fn send_disconnected_with_delay() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let Some((bound, present)) = service() else { return };
    let backend = context.socket(zmq::DEALER).unwrap();
    let frontend = context.socket(zmq::DEALER).unwrap();
    frontend.set_linger(0).unwrap();
    frontend.set_immediate(true).unwrap();
    let monitor = frontend.monitor(zmq::EVENT_DISCONNECTED).unwrap();
    backend.bind(&bound).unwrap();
    frontend.connect(&present).unwrap();
    backend.send("Hello").unwrap();
    frontend.recv_timeout(PATIENCE).unwrap();
    frontend.try_send("Hello").unwrap();

    backend.close_linger(0).unwrap();
    wait_for_event(&monitor, |event| matches!(event, Event::Disconnected { .. }));
    // The socket itself hears of it a little later.
    eventually("sending is refused", || frontend.try_send("Hello").err().filter(|error| error.is_again()));

    let backend = context.socket(zmq::DEALER).unwrap();
    backend.set_linger(0).unwrap();
    eventually("the service is free again", || backend.bind(&bound).ok());
    backend.send("Hello").unwrap();
    frontend.recv_timeout(PATIENCE).unwrap();
    frontend.try_send("Hello").unwrap();
}
