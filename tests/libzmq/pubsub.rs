//! PUB and SUB by NORM.

use zmq::Context;

use crate::support::{deadline, eventually};
use crate::testutil::skip;

#[test]
fn norm() {
    const GROUP: &str = "norm://224.1.2.3:5556";
    let _deadline = deadline(60);
    if !zmq::has("norm") {
        skip("this libzmq has no NORM");
        return;
    }
    let context = Context::new().unwrap();
    let publisher = context.socket(zmq::PUB).unwrap();
    if let Err(error) = publisher.bind(GROUP) {
        skip(&format!("this machine has no multicast: {error}"));
        return;
    }
    let subscriber = context.socket(zmq::SUB).unwrap();
    subscriber.connect(GROUP).unwrap();
    subscriber.subscribe("").unwrap();
    let message = eventually("a message comes", || {
        publisher.send("test").unwrap();
        subscriber.recv_timeout(20).ok()
    });
    assert_eq!(message, "test");
}
