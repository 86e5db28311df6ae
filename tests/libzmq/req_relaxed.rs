//! REQ_RELAXED: a request without the reply to the one before.

use zmq::{Context, Event, Rep, Req, Socket};

use crate::exchange::free_port;
use crate::support::{Transport, deadline};

/// A REQ, and five REPs in the order in which it asks them.
fn sockets() -> (Socket<Req>, Vec<Socket<Rep>>) {
    let context = Context::new().unwrap();
    let req = relaxed(&context);
    let monitor = req.monitor(zmq::EVENT_ALL).unwrap();
    let endpoint = Transport::Tcp.bind(&req);
    let reps = (0..5).map(|_| {
        let rep = context.socket(zmq::REP).unwrap();
        rep.connect(&endpoint).unwrap();
        while monitor.recv_timeout(10_000).unwrap().unwrap().event != Event::HandshakeSucceeded {}
        rep
    });
    let reps = reps.collect();
    (req, reps)
}

fn relaxed(context: &Context) -> Socket<Req> {
    let req = context.socket(zmq::REQ).unwrap();
    req.set_linger(0).unwrap();
    req.set_req_relaxed(true).unwrap();
    req.set_req_correlate(true).unwrap();
    req
}

/// A second request before the reply to the first: that reply is dropped.
fn before_the_reply(req: &Socket<Req>, reps: &[Socket<Rep>]) {
    assert_eq!(req.events().unwrap(), zmq::POLLOUT);
    req.send_multipart(["A", "B"]).unwrap();
    assert_eq!(reps[0].recv_multipart().unwrap(), ["A", "B"]);
    assert_eq!(req.events().unwrap(), zmq::POLLOUT);
    req.send_multipart(["C", "D"]).unwrap();
    assert_eq!(reps[1].recv_multipart().unwrap(), ["C", "D"]);
    assert_eq!(req.events().unwrap(), zmq::POLLOUT);
    reps[0].send("WRONG").unwrap();
    reps[1].send("OK").unwrap();
    assert_eq!(req.recv_multipart().unwrap(), ["OK"]);

    req.send("E").unwrap();
    assert_eq!(reps[2].recv_multipart().unwrap(), ["E"]);
    reps[2].send_multipart(["F", "G"]).unwrap();
    assert_eq!(req.recv_multipart().unwrap(), ["F", "G"]);
}

/// A second request when the reply to the first is there already.
fn after_the_reply(req: &Socket<Req>, reps: &[Socket<Rep>]) {
    req.send("H").unwrap();
    assert_eq!(reps[3].recv_multipart().unwrap(), ["H"]);
    reps[3].send("BAD").unwrap();
    // It is there.
    assert!(req.poll(10_000, zmq::POLLIN).unwrap().is_readable());
    req.send("I").unwrap();
    assert_eq!(reps[4].recv_multipart().unwrap(), ["I"]);
    reps[4].send("GOOD").unwrap();
    assert_eq!(req.recv_multipart().unwrap(), ["GOOD"]);
}

#[test]
fn case_1() {
    let _deadline = deadline(60);
    let (req, reps) = sockets();
    before_the_reply(&req, &reps);
}

#[test]
fn case_2() {
    let _deadline = deadline(60);
    let (req, reps) = sockets();
    before_the_reply(&req, &reps);
    after_the_reply(&req, &reps);
}

/// None of that has cost a connection: it is the first one's turn again (libzmq's issue 1690).
#[test]
fn case_3() {
    let _deadline = deadline(60);
    let (req, reps) = sockets();
    before_the_reply(&req, &reps);
    after_the_reply(&req, &reps);
    req.send("J").unwrap();
    assert_eq!(reps[0].recv_multipart().unwrap(), ["J"]);
}

/// Requests that waited for a server are all answered by it; only the last reply counts (libzmq's issue 1695).
#[test]
fn case_4() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let endpoint = format!("tcp://127.0.0.1:{}", free_port());
    let req = relaxed(&context);
    req.connect(&endpoint).unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    req.send("TO_BE_DISCARDED").unwrap();
    req.send("TO_BE_ANSWERED").unwrap();
    router.bind(&endpoint).unwrap();
    for text in ["TO_BE_DISCARDED", "TO_BE_ANSWERED"] {
        let frames = router.recv_multipart().unwrap();
        assert_eq!(frames.last().unwrap(), text);
        router.send_multipart(frames).unwrap();
    }
    assert_eq!(req.recv_multipart().unwrap(), ["TO_BE_ANSWERED"]);
}
