//! A SUB that disconnects within the process takes its subscriptions along.

use zmq::Context;

use crate::support::{deadline, eventually, unique};
use crate::testutil::{PATIENCE, silent};

#[test]
fn disconnect_inproc() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let (publisher, subscriber) = (context.socket(zmq::XPUB).unwrap(), context.socket(zmq::SUB).unwrap());
    subscriber.subscribe("foo").unwrap();
    let endpoint = format!("inproc://{}", unique("disconnect"));
    publisher.bind(&endpoint).unwrap();
    let publish = || publisher.send_multipart(["foo", "this is foo!"]).unwrap();

    for _ in 0..2 {
        publish();
    }
    silent(&publisher);
    subscriber.connect(&endpoint).unwrap();
    assert_eq!(publisher.recv_timeout(PATIENCE).unwrap(), "\u{1}foo");
    for _ in 0..3 {
        publish();
        assert_eq!(subscriber.recv_frames_timeout(PATIENCE).unwrap(), ["foo", "this is foo!"]);
    }
    subscriber.disconnect(&endpoint).unwrap();
    publish();
    // The two take leave of each other step by step, each when it is used.
    let end = eventually("the subscription ends", || {
        assert!(subscriber.try_recv().unwrap().is_none());
        publisher.try_recv().unwrap()
    });
    assert_eq!(end, "\u{0}foo");
    publish();
    silent(&subscriber);
    silent(&publisher);
}
