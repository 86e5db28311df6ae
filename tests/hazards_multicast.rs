//! Multicast addresses that libzmq would take, and abort the process for on its own thread (session_base.cpp, `start_connecting`).
#![cfg(unix)]

mod support;

use std::net::UdpSocket;
use std::time::Duration;

use support::{child, deadline};
use zmq::{Context, ErrorKind, SocketType};

/// Connects and binds in a process of its own, and waits for as long as libzmq may need to notice.
#[track_caller]
fn refused(endpoint: &str, expected: ErrorKind) {
    child(endpoint, 20, || {
        for kind in [SocketType::Pub, SocketType::Sub] {
            for connect in [true, false] {
                let context = Context::new().unwrap();
                let socket = context.socket(kind).unwrap();
                let answer = if connect { socket.connect(endpoint) } else { socket.bind(endpoint) };
                std::thread::sleep(Duration::from_millis(100));
                let error = answer.unwrap_err();
                assert_eq!(error.kind(), expected, "{error}");
            }
        }
    })
    .succeeds();
}

/// `norm` has no check of addresses at all.
#[test]
fn norm_addresses_that_are_none() {
    let _deadline = deadline(120);
    if !zmq::has("norm") {
        return;
    }
    for endpoint in [
        "norm://x",
        "norm://;",
        "norm://224.1.2.3",
        "norm://:5555",
        "norm://*:5555",
        "norm://224.1.2.3:0",
        "norm://[::1]:5555",
        "norm://nobody.invalid:5555",
        "norm://1,127.0.0.1;x:1",
    ] {
        refused(endpoint, ErrorKind::InvalidArgument);
    }
    refused("norm://nothing9;224.1.2.3:5555", ErrorKind::NoDevice);
    let taken = UdpSocket::bind("0.0.0.0:0").unwrap();
    refused(&format!("norm://127.0.0.1:{}", taken.local_addr().unwrap().port()), ErrorKind::AddressInUse);
}

/// libzmq says EAGAIN of it.
#[test]
fn a_group_without_a_port() {
    let _deadline = deadline(60);
    if !zmq::has("pgm") {
        return;
    }
    refused("epgm://127.0.0.1;239.192.1.1:0", ErrorKind::InvalidArgument);
}

/// What is right is taken, and does no harm.
#[test]
fn norm_addresses() {
    let _deadline = deadline(60);
    if !zmq::has("norm") {
        return;
    }
    child("", 50, || {
        let context = Context::new().unwrap();
        let free = UdpSocket::bind("0.0.0.0:0").unwrap().local_addr().unwrap().port();
        let unicast = format!("norm://127.0.0.1:{free}");
        for endpoint in
            ["norm://224.1.2.3:5555", "norm://7,lo;224.1.2.3:5555", "norm://127.0.0.1;224.1.2.3:5555", &unicast]
        {
            let socket = context.socket(zmq::SUB).unwrap();
            socket.connect(endpoint).unwrap();
            std::thread::sleep(Duration::from_millis(100));
        }
    })
    .succeeds();
}

/// `pgm` needs a privilege.
#[test]
fn pgm_without_the_right_to_it() {
    let _deadline = deadline(60);
    if !zmq::has("pgm") {
        return;
    }
    child("", 50, || {
        // SAFETY: no preconditions. Whoever may not do it has not the right anyway.
        unsafe { libc::setuid(65_534) };
        for kind in [SocketType::Pub, SocketType::Sub] {
            let context = Context::new().unwrap();
            let error = context.socket(kind).unwrap().connect("pgm://127.0.0.1;239.192.1.1:5555").unwrap_err();
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
        }
    })
    .succeeds();
}

/// A refused CONNECT_ROUTING_ID was for that connection only.
#[test]
fn a_refused_connect_routing_id_is_forgotten() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (one, two) = (context.socket(zmq::ROUTER).unwrap(), context.socket(zmq::ROUTER).unwrap());
    one.bind("tcp://127.0.0.1:*").unwrap();
    two.bind("tcp://127.0.0.1:*").unwrap();
    let endpoint = two.last_endpoint().unwrap();
    one.set_connect_routing_id("two").unwrap();
    assert_eq!(one.connect(&endpoint).unwrap_err().kind(), ErrorKind::InvalidArgument);
    one.connect(&endpoint).unwrap();
}
