//! test_device.py: a device is a `ThreadProxy`, and is made of a context.

use std::thread::JoinHandle;

use zmq::{Context, ErrorKind, IntoKind, Kind, ProxyHandle, Receiver, Sender, Socket, SocketType, ThreadProxy};

use crate::support::deadline;
use crate::{PATIENCE, context, recv};

const LOCAL: &str = "tcp://127.0.0.1";

/// QUEUE, FORWARDER and STREAMER are names for what the kinds of the sockets say.
#[test]
fn device_types() {
    fn makes(context: &Context, front: impl IntoKind, back: impl IntoKind) {
        ThreadProxy::new(context, front, back).unwrap();
    }
    let _deadline = deadline(60);
    let context = context();
    makes(&context, zmq::PULL, zmq::PUSH);
    makes(&context, zmq::XSUB, zmq::XPUB);
    makes(&context, zmq::ROUTER, zmq::DEALER);
    makes(&context, zmq::PAIR, zmq::PAIR);
}

#[test]
fn device_attributes() {
    let _deadline = deadline(60);
    let context = context();
    let device = ThreadProxy::new(&context, zmq::SUB, zmq::PUB).unwrap();
    assert_eq!(device.in_socket().socket_type(), SocketType::Sub);
    assert_eq!(device.out_socket().socket_type(), SocketType::Pub);
}

/// pyzmq's `ThreadDevice(zmq.QUEUE, zmq.REP, -1)`: one socket on both sides, which sends back what comes. A `ThreadProxy` has two.
fn echo<K: Kind + Send>(socket: Socket<K>) -> (ProxyHandle, JoinHandle<zmq::Result<()>>) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let proxy = zmq::Proxy::new(&socket, &socket)?;
        sender.send(proxy.handle()).unwrap();
        proxy.run()
    });
    (receiver.recv().unwrap(), thread)
}

#[test]
fn single_socket_forwarder_connect() {
    let _deadline = deadline(60);
    let context = context();
    for text in ["hello", "hello again"] {
        let rep = context.socket(zmq::REP).unwrap();
        let req = context.socket(zmq::REQ).unwrap();
        let port = req.bind_to_random_port(LOCAL).unwrap();
        rep.connect(&format!("{LOCAL}:{port}")).unwrap();
        let (handle, thread) = echo(rep);
        req.send(text).unwrap();
        assert_eq!(recv(&req), text);
        handle.terminate();
        thread.join().unwrap().unwrap();
    }
}

#[test]
fn single_socket_forwarder_bind() {
    let _deadline = deadline(60);
    let context = context();
    for text in ["hello", "hello again"] {
        let rep = context.socket(zmq::REP).unwrap();
        let port = rep.bind_to_random_port(LOCAL).unwrap();
        let req = context.socket(zmq::REQ).unwrap();
        req.connect(&format!("{LOCAL}:{port}")).unwrap();
        let (handle, thread) = echo(rep);
        req.send(text).unwrap();
        assert_eq!(recv(&req), text);
        handle.terminate();
        thread.join().unwrap().unwrap();
    }
}

#[test]
fn device_bind_to_random_with_args() {
    let _deadline = deadline(60);
    let context = context();
    let device = ThreadProxy::new(&context, zmq::PULL, zmq::PUSH).unwrap();
    let ports = 20_000..=29_999;
    for port in [
        device.in_socket().bind_to_random_port_in(LOCAL, ports.clone(), 100).unwrap(),
        device.out_socket().bind_to_random_port_in(LOCAL, ports.clone(), 100).unwrap(),
    ] {
        assert!(ports.contains(&port), "{port}");
    }
}

#[test]
fn device_bind_to_random_binderror() {
    let _deadline = deadline(60);
    let context = context();
    let device = ThreadProxy::new(&context, zmq::PULL, zmq::PUSH).unwrap();
    let taken = device.in_socket().bind_to_random_port(LOCAL).unwrap();
    let error = device.in_socket().bind_to_random_port_in(LOCAL, taken..=taken, 10).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AddressInUse);
    assert!(error.to_string().contains("no port that was tried is free"), "{error}");
}

#[test]
fn proxy() {
    let _deadline = deadline(60);
    let context = context();
    let mut mon_port = 0;
    let device = ThreadProxy::new(&context, zmq::PULL, zmq::PUSH)
        .unwrap()
        .mon(zmq::PUSH, |mon| {
            mon_port = mon.bind_to_random_port(LOCAL)?;
            Ok(())
        })
        .unwrap();
    let in_port = device.in_socket().bind_to_random_port(LOCAL).unwrap();
    let out_port = device.out_socket().bind_to_random_port(LOCAL).unwrap();
    let device = device.start().unwrap();
    let connected = |port: u16, socket: &dyn Fn(&str) -> zmq::Result<()>| socket(&format!("{LOCAL}:{port}")).unwrap();
    let (push, pull, mon) =
        (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap(), context.socket(zmq::PULL).unwrap());
    connected(in_port, &|endpoint| push.connect(endpoint));
    connected(out_port, &|endpoint| pull.connect(endpoint));
    connected(mon_port, &|endpoint| mon.connect(endpoint));
    push.send("hello").unwrap();
    assert_eq!(recv(&pull), "hello");
    assert_eq!(recv(&mon), "hello");
    device.stop().unwrap();
}

#[test]
fn proxy_bind_to_random_with_args() {
    let _deadline = deadline(60);
    let context = context();
    let ports = 20_000..=29_999;
    let mut bound = Vec::new();
    let device = ThreadProxy::new(&context, zmq::PULL, zmq::PUSH)
        .unwrap()
        .mon(zmq::PUSH, |mon| {
            bound.push(mon.bind_to_random_port_in(LOCAL, ports.clone(), 100)?);
            Ok(())
        })
        .unwrap();
    bound.push(device.in_socket().bind_to_random_port_in(LOCAL, ports.clone(), 100).unwrap());
    bound.push(device.out_socket().bind_to_random_port_in(LOCAL, ports.clone(), 100).unwrap());
    assert!(bound.iter().all(|port| ports.contains(port)), "{bound:?}");
    assert_eq!(bound.len(), 3);
}

/// pyzmq's `zmq.green.device`, which is one for gevent's threads: here `zmq::proxy` in a thread, ended by the end of its context.
#[test]
fn green_device() {
    fn serves<K: Sender + Receiver>(socket: Socket<K>) -> JoinHandle<zmq::Result<()>> {
        std::thread::spawn(move || zmq::proxy(&socket, &socket))
    }
    let _deadline = deadline(60);
    let context = context();
    let (rep, req) = (context.socket(zmq::REP).unwrap(), context.socket(zmq::REQ).unwrap());
    let port = rep.bind_to_random_port(LOCAL).unwrap();
    let thread = serves(rep);
    req.connect(&format!("{LOCAL}:{port}")).unwrap();
    req.send("hi").unwrap();
    assert_eq!(req.recv_timeout(PATIENCE).unwrap(), "hi");
    context.shutdown().unwrap();
    assert!(thread.join().unwrap().unwrap_err().is_terminated());
}
