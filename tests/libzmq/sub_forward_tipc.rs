//! As `sub_forward`, over TIPC.

use zmq::Context;

use crate::exchange::tipc;
use crate::sub_forward::forward;
use crate::support::deadline;

#[test]
fn sub_forward_tipc() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (Some((below, below_name)), Some((above, above_name))) = (tipc(), tipc()) else { return };
    let (xpub, xsub) = (context.socket(zmq::XPUB).unwrap(), context.socket(zmq::XSUB).unwrap());
    xpub.bind(&below).unwrap();
    xsub.bind(&above).unwrap();
    let (publisher, subscriber) = (context.socket(zmq::PUB).unwrap(), context.socket(zmq::SUB).unwrap());
    publisher.connect(&above_name).unwrap();
    subscriber.connect(&below_name).unwrap();
    forward(&xpub, &xsub, &publisher, &subscriber);
}
