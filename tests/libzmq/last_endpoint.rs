//! The endpoint that was bound last.

use zmq::Context;

use crate::support::deadline;

#[test]
fn last_endpoint() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    assert_eq!(router.last_endpoint().unwrap(), "");
    for _ in 0..2 {
        // Bound by its number, not with a wildcard: what libzmq answers is the same text.
        let port = router.bind_to_random_port_in("tcp://127.0.0.1", 20_000..32_000, 100).unwrap();
        assert_eq!(router.last_endpoint().unwrap(), format!("tcp://127.0.0.1:{port}"));
    }
}
