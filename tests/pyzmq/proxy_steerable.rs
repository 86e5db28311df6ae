//! test_proxy_steerable.py. pyzmq has it only up to libzmq 4.3.4, where it ended; here it works with every one.

use zmq::{Context, Pair, ProxyStatistics, Pull, Push, RunningProxy, Socket, ThreadProxy};

use crate::support::deadline;
use crate::{context, recv, recv_multipart};

const LOCAL: &str = "tcp://127.0.0.1";

/// A running proxy, and a socket for each of its four.
struct Steered {
    device: RunningProxy,
    push: Socket<Push>,
    pull: Socket<Pull>,
    mon: Socket<Pull>,
    ctrl: Socket<Pair>,
}

fn steered(context: &Context) -> Steered {
    let (push, pull) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    let (mon, ctrl) = (context.socket(zmq::PULL).unwrap(), context.socket(zmq::PAIR).unwrap());
    let device = ThreadProxy::new(context, zmq::PULL, zmq::PUSH)
        .unwrap()
        .mon(zmq::PUSH, |socket| mon.connect(&format!("{LOCAL}:{}", socket.bind_to_random_port(LOCAL)?)))
        .unwrap()
        .ctrl(zmq::PAIR, |socket| ctrl.connect(&format!("{LOCAL}:{}", socket.bind_to_random_port(LOCAL)?)))
        .unwrap();
    push.connect(&format!("{LOCAL}:{}", device.in_socket().bind_to_random_port(LOCAL).unwrap())).unwrap();
    pull.connect(&format!("{LOCAL}:{}", device.out_socket().bind_to_random_port(LOCAL).unwrap())).unwrap();
    Steered { device: device.start().unwrap(), push, pull, mon, ctrl }
}

#[test]
fn proxy_steerable() {
    let _deadline = deadline(60);
    let context = context();
    let Steered { device, push, pull, mon, ctrl } = steered(&context);
    push.send("hello").unwrap();
    assert_eq!(recv(&pull), "hello");
    assert_eq!(recv(&mon), "hello");
    ctrl.send("TERMINATE").unwrap();
    device.join().unwrap();
}

#[test]
fn proxy_steerable_bind_to_random_with_args() {
    let _deadline = deadline(60);
    let context = context();
    let ports = 20_000..=29_999;
    let mut bound = Vec::new();
    let device = ThreadProxy::new(&context, zmq::PULL, zmq::PUSH).unwrap();
    bound.push(device.in_socket().bind_to_random_port_in(LOCAL, ports.clone(), 100).unwrap());
    bound.push(device.out_socket().bind_to_random_port_in(LOCAL, ports.clone(), 100).unwrap());
    let _device = device
        .mon(zmq::PUSH, |mon| mon.bind_to_random_port_in(LOCAL, ports.clone(), 100).map(|port| bound.push(port)))
        .unwrap()
        .ctrl(zmq::PAIR, |ctrl| ctrl.bind_to_random_port_in(LOCAL, ports.clone(), 100).map(|port| bound.push(port)))
        .unwrap();
    assert!(bound.iter().all(|port| ports.contains(port)), "{bound:?}");
    assert_eq!(bound.len(), 4);
}

#[test]
fn proxy_steerable_statistics() {
    let _deadline = deadline(60);
    let context = context();
    let Steered { device, push, pull, mon, ctrl } = steered(&context);
    push.send("hello").unwrap();
    assert_eq!(recv(&pull), "hello");
    assert_eq!(recv(&mon), "hello");
    ctrl.send("STATISTICS").unwrap();
    let frames = recv_multipart(&ctrl);
    let numbers: Vec<u64> = frames.iter().map(|frame| u64::from_ne_bytes(frame[..].try_into().unwrap())).collect();
    assert_eq!(numbers, [1, 5, 0, 0, 0, 0, 1, 5]);
    let statistics = ProxyStatistics::from_frames(&frames).unwrap();
    assert_eq!((statistics.frontend.received, statistics.backend.sent_bytes), (1, 5));
    assert_eq!(device.handle().statistics(), statistics, "the handle says the same");
    ctrl.send("TERMINATE").unwrap();
    device.join().unwrap();
}
