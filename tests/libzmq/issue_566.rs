//! DEALERs that come and go, in another context than the ROUTER that they connect to.

use zmq::{Context, ErrorKind};

use crate::support::{Transport, deadline, eventually};

/// A ROUTER reaches a hundred DEALERs, one after another, by the routing ids that they chose.
#[test]
fn issue_566() {
    let _deadline = deadline(60);
    let (one, two) = (Context::new().unwrap(), Context::new().unwrap());
    let router = one.socket(zmq::ROUTER).unwrap();
    router.set_router_mandatory(true).unwrap();
    let endpoint = Transport::Tcp.bind(&router);
    for cycle in 0..100 {
        let dealer = two.socket(zmq::DEALER).unwrap();
        // With the zero at the end that C's strings have.
        let id = format!("{cycle:09}\0");
        dealer.set_routing_id(&id).unwrap();
        dealer.set_rcvtimeo(10_000).unwrap();
        dealer.connect(&endpoint).unwrap();
        eventually("the dealer is connected", || match router.send_multipart([id.as_str(), "HELLO"]) {
            Ok(()) => Some(()),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::HostUnreachable);
                None
            }
        });
        assert_eq!(dealer.recv_string().unwrap(), "HELLO");
        dealer.close_linger(0).unwrap();
    }
}
