//! Options of REQ, ROUTER, DEALER and STREAM, as seen by their peers.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use zmq::{Context, ErrorKind, Message};

use crate::support::{TRANSPORTS, Transport, deadline, eventually};

const QUIET: Duration = Duration::from_millis(150);

fn texts(parts: &[Message]) -> Vec<&str> {
    parts.iter().map(|part| part.as_str().unwrap()).collect()
}

#[test]
fn a_routing_id_is_what_the_router_sees() {
    let _deadline = deadline(30);
    for transport in TRANSPORTS {
        let context = Context::new().unwrap();
        let router = context.socket(zmq::ROUTER).unwrap();
        let endpoint = transport.bind(&router);
        let dealer = context.socket(zmq::DEALER).unwrap();
        dealer.set_routing_id("me").unwrap();
        dealer.connect(&endpoint).unwrap();
        dealer.send("hello").unwrap();
        assert_eq!(texts(&router.recv_multipart().unwrap()), ["me", "hello"], "{transport:?}");
        router.send_multipart(["me", "hello yourself"]).unwrap();
        assert_eq!(dealer.recv_string().unwrap(), "hello yourself");
    }
}

#[test]
fn mandatory_makes_the_unroutable_an_error() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    Transport::Inproc.bind(&router);
    router.send_multipart(["nobody", "x"]).unwrap();
    router.set_router_mandatory(true).unwrap();
    let error = router.send_multipart(["nobody", "x"]).unwrap_err();
    assert_eq!(error.error.kind(), ErrorKind::HostUnreachable);
    router.set_router_mandatory(false).unwrap();
    router.send_multipart(["nobody", "x"]).unwrap();
}

#[test]
fn handover_lets_the_newcomer_win() {
    let _deadline = deadline(30);
    for handover in [true, false] {
        let context = Context::new().unwrap();
        let router = context.socket(zmq::ROUTER).unwrap();
        router.set_router_handover(handover).unwrap();
        let endpoint = Transport::Tcp.bind(&router);
        let client = |text: &'static str| {
            let dealer = context.socket(zmq::DEALER).unwrap();
            dealer.set_linger(0).unwrap();
            dealer.set_routing_id("same").unwrap();
            dealer.connect(&endpoint).unwrap();
            dealer.send(text).unwrap();
            dealer
        };
        let first = client("first");
        assert_eq!(texts(&router.recv_multipart().unwrap()), ["same", "first"]);
        let second = client("second");
        if handover {
            assert_eq!(texts(&router.recv_multipart().unwrap()), ["same", "second"]);
        } else {
            assert!(router.recv_multipart_timeout(QUIET).unwrap_err().is_again());
        }
        router.send_multipart(["same", "answer"]).unwrap();
        let winner = if handover { &second } else { &first };
        assert_eq!(winner.recv_string().unwrap(), "answer");
    }
}

#[test]
fn a_probe_introduces_the_socket() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let endpoint = Transport::Tcp.bind(&router);
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_routing_id("prober").unwrap();
    dealer.set_probe_router(true).unwrap();
    dealer.connect(&endpoint).unwrap();
    assert_eq!(texts(&router.recv_multipart().unwrap()), ["prober", ""]);
    router.send_multipart(["prober", "hello"]).unwrap();
    assert_eq!(dealer.recv_string().unwrap(), "hello");
}

#[test]
fn a_connection_can_be_given_its_id() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let dealer = context.socket(zmq::DEALER).unwrap();
    let endpoint = Transport::Tcp.bind(&dealer);
    let router = context.socket(zmq::ROUTER).unwrap();
    router.set_router_mandatory(true).unwrap();
    router.set_connect_routing_id("peer").unwrap();
    router.connect(&endpoint).unwrap();
    // At once, before the connection is made.
    router.send_multipart(["peer", "first"]).unwrap();
    assert_eq!(dealer.recv_string().unwrap(), "first");
    router.set_connect_routing_id("peer").unwrap();
    let error = router.connect(&endpoint).unwrap_err();
    assert!(error.to_string().contains("CONNECT_ROUTING_ID was used before"), "{error}");
}

#[test]
fn a_relaxed_req_gives_up_and_a_correlated_one_knows_its_answer() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    let endpoint = Transport::Tcp.bind(&router);
    let req = context.socket(zmq::REQ).unwrap();
    req.set_req_relaxed(true).unwrap();
    req.set_req_correlate(true).unwrap();
    req.connect(&endpoint).unwrap();
    req.send("first").unwrap();
    let first = router.recv_multipart().unwrap();
    // The id of the peer, the number of the request, the empty frame, and the request.
    assert_eq!((first.len(), first[1].len(), &first[2][..]), (4, 4, &b""[..]));
    req.send("second").unwrap();
    let second = router.recv_multipart().unwrap();
    assert_ne!(first[1][..], second[1][..]);
    let answer = |request: &[Message], text: &'static str| {
        let mut parts: Vec<Message> = request[..3].to_vec();
        parts.push(text.into());
        router.send_multipart(parts).unwrap();
    };
    answer(&first, "too late");
    answer(&second, "in time");
    assert_eq!(req.recv_string().unwrap(), "in time");
    let strict = context.socket(zmq::REQ).unwrap();
    strict.connect(&endpoint).unwrap();
    strict.send("first").unwrap();
    assert_eq!(strict.send("second").unwrap_err().error.kind(), ErrorKind::WrongState);
}

#[test]
fn a_stream_tells_of_connections_unless_told_not_to() {
    let _deadline = deadline(30);
    for notify in [true, false] {
        let context = Context::new().unwrap();
        let stream = context.socket(zmq::STREAM).unwrap();
        stream.set_stream_notify(notify).unwrap();
        let endpoint = Transport::Tcp.bind(&stream);
        let mut tcp = TcpStream::connect(endpoint.trim_start_matches("tcp://")).unwrap();
        if notify {
            let [_, news] = stream.recv_frames().unwrap();
            assert!(news.is_empty());
        }
        tcp.write_all(b"hello").unwrap();
        let [id, data] = stream.recv_frames().unwrap();
        assert_eq!(&data[..], b"hello");
        stream.send_multipart([id, "world".into()]).unwrap();
        let mut answer = [0; 5];
        tcp.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"world");
        drop(tcp);
        if notify {
            let [_, news] = stream.recv_frames().unwrap();
            assert!(news.is_empty());
        } else {
            assert!(stream.recv_timeout(QUIET).unwrap_err().is_again());
        }
    }
}

#[test]
fn a_raw_router_talks_plain_tcp() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let router = context.socket(zmq::ROUTER).unwrap();
    router.set_router_raw(true).unwrap();
    let endpoint = Transport::Tcp.bind(&router);
    let mut tcp = TcpStream::connect(endpoint.trim_start_matches("tcp://")).unwrap();
    tcp.write_all(b"hello").unwrap();
    let data = eventually("the bytes", || {
        let [_, data] = router.recv_frames().unwrap();
        (!data.is_empty()).then_some(data)
    });
    assert_eq!(&data[..], b"hello");
}

/// What raw ROUTERs do over inproc is nothing that anyone wants, but no reason to abort.
#[test]
fn a_raw_router_within_the_process() {
    crate::support::child("raw router", 20, || {
        let context = Context::new().unwrap();
        for raw_binds in [true, false] {
            let router = context.socket(zmq::ROUTER).unwrap();
            router.set_router_raw(true).unwrap();
            let dealer = context.socket(zmq::DEALER).unwrap();
            if raw_binds {
                dealer.connect(&Transport::Inproc.bind(&router)).unwrap();
            } else {
                router.connect(&Transport::Inproc.bind(&dealer)).unwrap();
            }
            dealer.send_multipart(["a", "b"]).unwrap();
            let parts = router.recv_multipart().unwrap();
            router.send_multipart([parts[0].clone(), "c".into(), "d".into()]).unwrap();
            dealer.recv_multipart().unwrap();
            router.set_router_raw(false).unwrap();
            dealer.send_multipart(["a", "b"]).unwrap();
            router.recv_multipart().unwrap();
        }
    })
    .succeeds();
}
