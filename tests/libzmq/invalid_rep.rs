//! A reply to a REQ that is none.

use zmq::Context;

use crate::support::deadline;

/// A REQ passes over a reply without an envelope, and gets the right one after it.
#[test]
fn invalid_rep() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let req = context.socket(zmq::REQ).unwrap();
    router.bind("inproc://hi").unwrap();
    req.connect("inproc://hi").unwrap();
    req.send("r").unwrap();

    let [id, bottom, body] = router.recv_frames().unwrap();
    assert!(bottom.is_empty() && body == "r");
    router.send(&id).unwrap();
    router.send_multipart((&id, &bottom, "b")).unwrap();
    assert_eq!(req.recv_string().unwrap(), "b");
}
