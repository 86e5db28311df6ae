//! REQ_CORRELATE: a reply counts only with the number of its request.

use zmq::Context;

use crate::support::{Transport, deadline};

#[test]
fn req_correlate() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let req = context.socket(zmq::REQ).unwrap();
    req.set_req_correlate(true).unwrap();
    req.connect(&Transport::Tcp.bind(&router)).unwrap();
    req.send_multipart(["ABC", "DEF"]).unwrap();

    let [peer, number, bottom, first, second] = router.recv_frames().unwrap();
    assert!(!peer.is_empty() && bottom.is_empty());
    assert_eq!((&first[..], &second[..]), (&b"ABC"[..], &b"DEF"[..]));
    let wrong = u32::from_ne_bytes(number[..].try_into().unwrap()).wrapping_add(1);
    router.send_multipart((&peer, wrong.to_ne_bytes(), "", "DATA")).unwrap();
    router.send_multipart((&peer, &number, "", "GHI")).unwrap();
    assert_eq!(req.recv_multipart().unwrap(), ["GHI"]);
}
