//! A device made by hand: a ROUTER and a DEALER, and frame after frame from one to the other.

use zmq::{Context, Kind, Receiver, Sender, Socket};

use crate::support::{Transport, deadline};

/// Passes four frames on: the envelope of two, and the body of two.
fn pass<A: Receiver, B: Sender>(from: &Socket<A>, to: &Socket<B>) {
    for at in 0..4 {
        let frame = from.recv().unwrap();
        let more = from.rcvmore().unwrap();
        assert_eq!(more, at < 3);
        to.send_flags(frame, if more { zmq::SNDMORE } else { zmq::Flags::NONE }).unwrap();
    }
}

#[track_caller]
fn receives<K: Receiver + Kind>(socket: &Socket<K>, frames: [&str; 2]) {
    assert_eq!(socket.recv_string().unwrap(), frames[0]);
    assert!(socket.rcvmore().unwrap());
    assert_eq!(socket.recv_string().unwrap(), frames[1]);
    assert!(!socket.rcvmore().unwrap());
}

/// A request and its reply, of two frames each, through a device between the two endpoints: `(bind, connect)` of the DEALER and of
/// the ROUTER, of which the latter is what libzmq says if it is not given.
pub(crate) fn device(dealer_at: (&str, Option<&str>), router_at: (&str, Option<&str>)) {
    let context = Context::new().unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.bind(dealer_at.0).unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    router.bind(router_at.0).unwrap();
    let rep = context.socket(zmq::REP).unwrap();
    rep.connect(dealer_at.1.unwrap_or(&dealer.last_endpoint().unwrap())).unwrap();
    let req = context.socket(zmq::REQ).unwrap();
    req.connect(router_at.1.unwrap_or(&router.last_endpoint().unwrap())).unwrap();

    req.send_flags("ABC", zmq::SNDMORE).unwrap();
    req.send("DEF").unwrap();
    pass(&router, &dealer);
    receives(&rep, ["ABC", "DEF"]);
    rep.send_flags("GHI", zmq::SNDMORE).unwrap();
    rep.send("JKL").unwrap();
    pass(&dealer, &router);
    receives(&req, ["GHI", "JKL"]);
}

#[test]
fn roundtrip() {
    let _deadline = deadline(60);
    let endpoint = Transport::Tcp.endpoint();
    device((&endpoint, None), (&endpoint, None));
}
