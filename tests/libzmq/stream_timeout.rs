//! A peer that says nothing is given up after HANDSHAKE_IVL.

use zmq::{Context, Dealer, Event, Monitor, Socket};

use crate::expect::{next, watch};
use crate::support::{Transport, deadline};

/// A DEALER that gives its peers a tenth of a second, and what is seen of it.
fn impatient(context: &Context) -> (Socket<Dealer>, Monitor) {
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_linger(0).unwrap();
    assert_eq!(dealer.handshake_ivl().unwrap().map(|time| time.as_millis()), Some(30_000));
    dealer.set_handshake_ivl(100).unwrap();
    assert_eq!(dealer.handshake_ivl().unwrap().map(|time| time.as_millis()), Some(100));
    let monitor = watch(&dealer, zmq::EVENT_CONNECTED | zmq::EVENT_DISCONNECTED | zmq::EVENT_ACCEPTED);
    (dealer, monitor)
}

#[test]
fn stream_handshake_timeout_accept() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (dealer, monitor) = impatient(&context);
    let stream = context.socket(zmq::STREAM).unwrap();
    stream.set_linger(0).unwrap();
    stream.connect(&Transport::Tcp.bind(&dealer)).unwrap();
    assert!(matches!(next(&monitor), Event::Accepted { .. }));
    assert!(matches!(next(&monitor), Event::Disconnected { .. }));
}

#[test]
fn stream_handshake_timeout_connect() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (dealer, monitor) = impatient(&context);
    let stream = context.socket(zmq::STREAM).unwrap();
    stream.set_linger(0).unwrap();
    dealer.connect(&Transport::Tcp.bind(&stream)).unwrap();
    assert!(matches!(next(&monitor), Event::Connected { .. }));
    assert!(matches!(next(&monitor), Event::Disconnected { .. }));
}
