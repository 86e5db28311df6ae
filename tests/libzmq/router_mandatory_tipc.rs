//! As `router_mandatory`, over TIPC.

use zmq::{Context, ErrorKind};

use crate::exchange::tipc;
use crate::support::deadline;

#[test]
fn router_mandatory_tipc() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let Some((bound, _)) = tipc() else { return };
    let router = context.socket(zmq::ROUTER).unwrap();
    router.bind(&bound).unwrap();
    router.send_multipart(["UNKNOWN", "DATA"]).unwrap();
    router.set_router_mandatory(true).unwrap();
    assert_eq!(router.try_send_multipart(["UNKNOWN", "DATA"]).unwrap_err().kind(), ErrorKind::HostUnreachable);
}
