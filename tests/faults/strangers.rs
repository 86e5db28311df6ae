//! What others do to connections: whoever is on the way changes bytes, and whoever comes says nothing, or too much.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use zmq::{Context, Event};

use crate::process::{until, until_connected, until_disconnected};
use crate::support::{Transport, deadline};

fn copy(mut from: TcpStream, mut to: TcpStream, mut changed: Option<usize>) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let bytes = &mut buffer[..length];
        if let Some(at) = &mut changed {
            if let Some(byte) = bytes.get_mut(*at) {
                *byte ^= 1;
                changed = None;
            } else {
                *at -= length;
            }
        }
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

/// Passes on to `endpoint` what comes to the endpoint that it answers, and changes one bit in the byte at that place in the first
/// connection. It does so until the process ends.
fn who_changes_a_bit(endpoint: &str, place: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = format!("tcp://{}", listener.local_addr().unwrap());
    let address = endpoint.strip_prefix("tcp://").unwrap().to_owned();
    thread::spawn(move || {
        for (number, client) in listener.incoming().enumerate() {
            let (client, server) = (client.unwrap(), TcpStream::connect(&address).unwrap());
            let (back, forth) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || copy(forth, server, (number == 0).then_some(place)));
            thread::spawn(move || copy(back, client, None));
        }
    });
    own
}

/// TCP's own checksum finds only most of what happens on the way, and nothing that is done on purpose.
#[test]
fn a_changed_bit_is_noticed_by_curve_only() {
    let _deadline = deadline(60);
    // A libzmq of the system's keeps the connection, and receives nothing from it, if a monitor is told that the bit was changed.
    for curve in [false, true].into_iter().filter(|curve| !curve || cfg!(zmq_vendored) && zmq::has("curve")) {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        let push = context.socket(zmq::PUSH).unwrap();
        push.set_reconnect_ivl(20).unwrap();
        if curve {
            let (server_key, server_secret) = zmq::curve_keypair().unwrap();
            let (key, secret) = zmq::curve_keypair().unwrap();
            pull.set_curve_server(true).unwrap();
            pull.set_curve_secretkey(&server_secret).unwrap();
            push.set_curve_serverkey(server_key).unwrap();
            push.set_curve_publickey(key).unwrap();
            push.set_curve_secretkey(&secret).unwrap();
        }
        let monitor = pull.monitor(zmq::EVENT_ALL).unwrap();
        let endpoint = Transport::Tcp.bind(&pull);
        // The handshake is shorter, with CURVE too.
        push.connect(&who_changes_a_bit(&endpoint, 4000)).unwrap();
        until_connected(&monitor, 1);
        push.send([b'x'; 8000]).unwrap();
        if curve {
            until(&monitor, |event| {
                matches!(event, Event::HandshakeFailedProtocol { .. } | Event::Disconnected { .. })
            });
            until_connected(&monitor, 1);
            push.send("the next").unwrap();
            assert_eq!(pull.recv().unwrap(), "the next");
        } else {
            let received = pull.recv().unwrap();
            assert_eq!(received.len(), 8000);
            assert_eq!(received.iter().filter(|byte| **byte != b'x').count(), 1);
        }
    }
}

/// Who connects again is received from while its old connection has something left.
#[test]
fn what_comes_by_two_connections_is_mixed() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    let monitor = pull.monitor(zmq::EVENT_ALL).unwrap();
    let endpoint = Transport::Tcp.bind(&pull);
    for messages in [0..5, 5..10] {
        let push = context.socket(zmq::PUSH).unwrap();
        push.connect(&endpoint).unwrap();
        until_connected(&monitor, 1);
        for number in messages {
            push.send(number.to_string()).unwrap();
        }
        push.close().unwrap();
        until_disconnected(&monitor);
    }
    let received: Vec<u32> = (0..10).map(|_| pull.recv_string().unwrap().parse().unwrap()).collect();
    let of = |range: std::ops::Range<u32>| received.iter().copied().filter(move |number| range.contains(number));
    assert!(of(0..5).eq(0..5) && of(5..10).eq(5..10), "{received:?}");
    assert!(!received.is_sorted(), "{received:?}");
}

#[test]
fn who_does_not_shake_hands_is_shown_out() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_handshake_ivl(100).unwrap();
    let endpoint = Transport::Tcp.bind(&pull);
    let address = endpoint.strip_prefix("tcp://").unwrap();
    let started = Instant::now();
    let mut strangers: Vec<_> = (0..100).map(|_| TcpStream::connect(address).unwrap()).collect();
    for stranger in &mut strangers {
        // What the socket says, and the end.
        let _ = stranger.read_to_end(&mut Vec::new());
    }
    assert!(started.elapsed() < Duration::from_secs(20), "the default is 30 s");
}

/// So a message of many frames may still be of any size.
#[test]
fn maxmsgsize_bounds_each_frame() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_maxmsgsize(100).unwrap();
    let monitor = pull.monitor(zmq::EVENT_ALL).unwrap();
    let endpoint = Transport::Tcp.bind(&pull);
    let push = context.socket(zmq::PUSH).unwrap();
    push.connect(&endpoint).unwrap();
    push.send_multipart(vec![[0; 100]; 1000]).unwrap();
    assert_eq!(pull.recv_multipart().unwrap().len(), 1000);
    push.send([0; 101]).unwrap();
    until_disconnected(&monitor);
    assert!(pull.try_recv().unwrap().is_none());
}
