//! Two peers that choose the same routing id: whom a ROUTER takes for the one that has it.

use zmq::{Context, Dealer, Socket};

use crate::expect::hears;
use crate::support::{Transport, deadline};
use crate::testutil::silent;

fn dealer_called_x(context: &Context, endpoint: &str) -> Socket<Dealer> {
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_routing_id("X").unwrap();
    dealer.connect(endpoint).unwrap();
    dealer.send("Hello").unwrap();
    dealer
}

#[test]
fn with_handover() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let endpoint = Transport::Tcp.bind(&router);
    router.set_router_handover(true).unwrap();

    let first = dealer_called_x(&context, &endpoint);
    hears(&router, ["X", "Hello"]);
    let second = dealer_called_x(&context, &endpoint);
    hears(&router, ["X", "Hello"]);

    router.send_multipart(["X", "Hello"]).unwrap();
    hears(&second, ["Hello"]);
    silent(&first);
}

#[test]
fn without_handover() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let endpoint = Transport::Tcp.bind(&router);

    let first = dealer_called_x(&context, &endpoint);
    hears(&router, ["X", "Hello"]);
    let second = dealer_called_x(&context, &endpoint);
    silent(&router);

    router.send_multipart(["X", "Hello"]).unwrap();
    hears(&first, ["Hello"]);
    silent(&second);
}
