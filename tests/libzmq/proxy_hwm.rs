//! A proxy of which a slow subscriber takes nothing: XPUB_NODROP makes all before it wait, and nothing is lost.

use std::thread;

use zmq::{Context, Kind, ProxyStatistics, Socket};

use crate::support::{deadline, eventually};
use crate::testutil::silent;

const HWM: usize = 10;
const SIZE: usize = 50_000;

fn lower_hwm<K: Kind>(socket: &Socket<K>) {
    socket.set_hwm(i32::try_from(HWM).unwrap()).unwrap();
}

#[test]
fn proxy_hwm() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let frontend = context.socket(zmq::XSUB).unwrap();
    lower_hwm(&frontend);
    frontend.bind("inproc://frontend").unwrap();
    let backend = context.socket(zmq::XPUB).unwrap();
    backend.set_xpub_nodrop(true).unwrap();
    lower_hwm(&backend);
    backend.bind("inproc://backend").unwrap();
    let steered = context.socket(zmq::REP).unwrap();
    steered.bind("inproc://ctrl").unwrap();
    let proxy = thread::spawn(move || zmq::proxy_steerable(&frontend, &backend, &steered));

    let publisher = context.socket(zmq::XPUB).unwrap();
    lower_hwm(&publisher);
    publisher.connect("inproc://frontend").unwrap();
    publisher.set_xpub_nodrop(true).unwrap();
    let subscriber = context.socket(zmq::SUB).unwrap();
    lower_hwm(&subscriber);
    subscriber.subscribe("").unwrap();
    subscriber.connect("inproc://backend").unwrap();
    assert_eq!(publisher.recv().unwrap(), [1]);

    let sent = (0..).find(|_| publisher.try_send(vec![b'A'; SIZE]).is_err_and(|unsent| unsent.is_again())).unwrap();
    // Each of the two queues holds twice the mark, one for each of its ends. The proxy may have emptied the first in between, once
    // or twice by half of it.
    assert!((2 * HWM..=4 * HWM).contains(&sent), "{sent}");

    // It answers while it waits for room.
    let control = context.socket(zmq::REQ).unwrap();
    control.connect("inproc://ctrl").unwrap();
    control.set_rcvtimeo(10_000).unwrap();
    let statistics = eventually("the proxy is stopped by its backend", || {
        control.send("STATISTICS").unwrap();
        let statistics = ProxyStatistics::from_frames(&control.recv_multipart().unwrap()).unwrap();
        (statistics.backend.sent as usize == 2 * HWM).then_some(statistics)
    });
    assert_eq!(statistics.backend.sent_bytes, statistics.backend.sent * SIZE as u64);

    for _ in 0..sent {
        let message = subscriber.recv_timeout(10_000).unwrap();
        assert!(message.len() == SIZE && message.iter().all(|byte| *byte == b'A'));
    }
    silent(&subscriber);

    context.shutdown().unwrap();
    assert!(proxy.join().unwrap().unwrap_err().is_terminated());
}
