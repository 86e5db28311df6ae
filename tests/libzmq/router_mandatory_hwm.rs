//! A ROUTER that must not drop has a peer that does not read.

use std::time::{Duration, Instant};

use zmq::{Context, Message, Router, Socket};

use crate::expect::hears;
use crate::support::{Transport, deadline};

/// Sends until there has been no room for 150 ms, and says how many messages went.
fn fill(router: &Socket<Router>) -> usize {
    let block = Message::from(vec![0; 65536]);
    let (mut sent, mut last) = (0, Instant::now());
    while last.elapsed() < Duration::from_millis(150) {
        match router.try_send_multipart([Message::from("X"), block.clone()]) {
            Ok(()) => (sent, last) = (sent + 1, Instant::now()),
            Err(error) => {
                assert!(error.is_again(), "{error}");
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        assert!(sent < 100_000, "there is no end to it");
    }
    sent
}

#[test]
fn router_mandatory_hwm() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    router.set_router_mandatory(true).unwrap();
    router.set_sndhwm(1).unwrap();
    router.set_linger(1).unwrap();
    // The kernel's share is limited, too, instead of left to luck.
    router.set_sndbuf(65536).unwrap();
    let endpoint = Transport::Tcp.bind(&router);

    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_routing_id("X").unwrap();
    dealer.set_rcvhwm(1).unwrap();
    dealer.set_rcvbuf(65536).unwrap();
    dealer.connect(&endpoint).unwrap();
    dealer.send("Hello").unwrap();
    hears(&router, ["X", "Hello"]);

    // Whoever tries again later gets hardly any further.
    let sent = fill(&router) + fill(&router);
    assert!((2..20).contains(&sent), "{sent} messages of 64 KiB with a high water mark of 1 on both sides");
    for _ in 0..sent {
        hears(&dealer, [vec![0; 65536]]);
    }
    router.send_multipart_timeout([Message::from("X"), Message::from("there is room again")], 20_000).unwrap();
    hears(&dealer, ["there is room again"]);
}
