//! The same proxy, steered by a control socket.

use std::thread;

use zmq::{Context, Message, ProxyStatistics, Req, Socket};

use crate::crowd::{CONTENT_SIZE, Crowd, ID_SIZE, get};
use crate::support::{Transport, deadline, eventually};
use crate::testutil::SILENCE;

fn steer(control: &Socket<Req>, command: &str) -> Vec<Message> {
    control.send(command).unwrap();
    control.recv_multipart().unwrap()
}

fn statistics(control: &Socket<Req>) -> ProxyStatistics {
    ProxyStatistics::from_frames(&steer(control, "STATISTICS")).unwrap()
}

#[test]
fn proxy_steerable() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let frontend = context.socket(zmq::ROUTER).unwrap();
    let clients = Transport::Tcp.bind(&frontend);
    let backend = context.socket(zmq::DEALER).unwrap();
    let workers = Transport::Inproc.bind(&backend);
    let (steered, control) = Transport::Inproc.pair(&context, zmq::REP, zmq::REQ);
    let proxy = thread::spawn(move || zmq::proxy_steerable(&frontend, &backend, &steered));
    let crowd = Crowd::new(&context, &clients, &workers);
    crowd.run(50);
    let before = statistics(&control);
    assert!(before.frontend.received > 0 && before.frontend.sent > 0);

    assert_eq!(steer(&control, "PAUSE"), [""]);
    let paused = statistics(&control);
    let asked = get(&crowd.counts.requests_sent);
    thread::sleep(SILENCE);
    eventually("the clients go on asking", || (get(&crowd.counts.requests_sent) > asked).then_some(()));
    assert_eq!(statistics(&control), paused, "nothing goes through");

    assert_eq!(steer(&control, "RESUME"), [""]);
    crowd.run(50);
    assert!(statistics(&control).frontend.received > paused.frontend.received);

    crowd.stop();
    let all = statistics(&control);
    let frame_sizes = (ID_SIZE + CONTENT_SIZE) as u64;
    let (requests, replies) = (get(&crowd.counts.requests_sent) as u64, get(&crowd.counts.replies_sent) as u64);
    for (traffic, received, sent) in [(all.frontend, requests, replies), (all.backend, replies, requests)] {
        assert_eq!((traffic.received, traffic.received_bytes), (2 * received, frame_sizes * received));
        assert_eq!((traffic.sent, traffic.sent_bytes), (2 * sent, frame_sizes * sent));
    }
    crowd.terminate();
    assert_eq!(statistics(&control), all);

    assert_eq!(steer(&control, "TERMINATE"), [""]);
    proxy.join().unwrap().unwrap();
}
