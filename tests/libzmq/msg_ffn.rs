//! When the owner of a message's bytes is told that they are not needed any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use zmq::{Context, Message, Router, Socket};

use crate::support::{Transport, deadline, eventually};

/// 255 bytes, and who counts how often they were freed.
struct Owner(Vec<u8>, Arc<AtomicUsize>);

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

fn bytes() -> Vec<u8> {
    let mut bytes = b"data".to_vec();
    bytes.resize(255, 0);
    bytes
}

fn receive(router: &Socket<Router>) {
    let [_, body] = router.recv_frames().unwrap();
    assert_eq!(body, bytes());
}

#[test]
fn msg_init_ffn() {
    let _deadline = deadline(60);
    let freed = Arc::new(AtomicUsize::new(0));
    let message = || Message::from_owner(Owner(bytes(), Arc::clone(&freed)));
    let is = |count| eventually("the bytes are freed", || (freed.load(Ordering::SeqCst) == count).then_some(()));
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.connect(&Transport::Tcp.bind(&router)).unwrap();

    // Made and dropped.
    drop(message());
    assert_eq!(freed.load(Ordering::SeqCst), 1);

    // Copied: freed with the last of them.
    let first = message();
    let second = first.clone();
    assert_eq!(second.as_ptr(), first.as_ptr());
    drop(second);
    assert_eq!(freed.load(Ordering::SeqCst), 1);
    drop(first);
    assert_eq!(freed.load(Ordering::SeqCst), 2);

    // Sent.
    dealer.send(message()).unwrap();
    receive(&router);
    is(3);

    // Sent, while there is a copy.
    let first = message();
    let second = first.clone();
    dealer.send(first).unwrap();
    receive(&router);
    assert_eq!(freed.load(Ordering::SeqCst), 3);
    drop(second);
    is(4);
}
