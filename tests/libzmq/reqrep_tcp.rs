//! REQ and REP by `tcp`: one server and several, and connections from an address and port of choice.

use zmq::{Context, Rep, Req, Socket};

use crate::exchange::{free_port, ipv6};
use crate::support::deadline;
use crate::testutil::bounce;

fn server(context: &Context, v6: bool) -> (Socket<Rep>, String) {
    let rep = context.socket(zmq::REP).unwrap();
    rep.set_ipv6(v6).unwrap();
    rep.bind(if v6 { "tcp://[::1]:*" } else { "tcp://127.0.0.1:*" }).unwrap();
    let endpoint = rep.last_endpoint().unwrap();
    (rep, endpoint)
}

fn client(context: &Context, v6: bool, endpoints: &[&str]) -> Socket<Req> {
    let req = context.socket(zmq::REQ).unwrap();
    req.set_ipv6(v6).unwrap();
    for endpoint in endpoints {
        req.connect(endpoint).unwrap();
    }
    req
}

/// The endpoint, to be connected to from that port.
fn from_port(port: u16, endpoint: &str, v6: bool) -> String {
    let own = if v6 { "[::1]" } else { "127.0.0.1" };
    endpoint.replacen("tcp://", &format!("tcp://{own}:{port};"), 1)
}

fn single_connect(v6: bool) {
    let context = Context::new().unwrap();
    let (rep, endpoint) = server(&context, v6);
    let req = client(&context, v6, &[&endpoint]);
    bounce(&rep, &req);
    req.disconnect(&endpoint).unwrap();
    rep.unbind(&endpoint).unwrap();
}

fn multi_connect(v6: bool) {
    let context = Context::new().unwrap();
    let (first, first_endpoint) = server(&context, v6);
    let (second, second_endpoint) = server(&context, v6);
    let (third, third_endpoint) = server(&context, v6);
    let third_from_port = from_port(free_port(), &third_endpoint, v6);
    let req = client(&context, v6, &[&first_endpoint, &second_endpoint, &third_from_port]);
    for rep in [&first, &second, &third, &first, &second, &third, &first] {
        bounce(rep, &req);
    }
    for endpoint in [&first_endpoint, &third_from_port, &second_endpoint] {
        req.disconnect(endpoint).unwrap();
    }
    for (rep, endpoint) in [(first, first_endpoint), (second, second_endpoint), (third, third_endpoint)] {
        rep.unbind(&endpoint).unwrap();
    }
}

/// Two clients, each connected to two servers from the same two ports, crosswise.
fn multi_connect_same_port(v6: bool) {
    let context = Context::new().unwrap();
    let (rep0, endpoint0) = server(&context, v6);
    let (rep1, endpoint1) = server(&context, v6);
    let (a, b) = (free_port(), free_port());
    let of_req0 = [from_port(a, &endpoint0, v6), from_port(b, &endpoint1, v6)];
    let of_req1 = [from_port(b, &endpoint0, v6), from_port(a, &endpoint1, v6)];
    let req0 = client(&context, v6, &[&of_req0[0], &of_req0[1]]);
    let req1 = client(&context, v6, &[&of_req1[0], &of_req1[1]]);
    for (rep, req) in [(&rep0, &req0), (&rep1, &req0), (&rep0, &req1), (&rep1, &req1), (&rep0, &req0), (&rep1, &req0)] {
        bounce(rep, req);
    }
    for (req, endpoints) in [(req1, of_req1), (req0, of_req0)] {
        for endpoint in endpoints {
            req.disconnect(&endpoint).unwrap();
        }
    }
    rep0.unbind(&endpoint0).unwrap();
    rep1.unbind(&endpoint1).unwrap();
}

#[test]
fn single_connect_ipv4() {
    let _deadline = deadline(60);
    single_connect(false);
}

#[test]
fn multi_connect_ipv4() {
    let _deadline = deadline(60);
    multi_connect(false);
}

#[test]
fn multi_connect_same_port_ipv4() {
    let _deadline = deadline(60);
    multi_connect_same_port(false);
}

#[test]
fn single_connect_ipv6() {
    let _deadline = deadline(60);
    if ipv6() {
        single_connect(true);
    }
}

#[test]
fn multi_connect_ipv6() {
    let _deadline = deadline(60);
    if ipv6() {
        multi_connect(true);
    }
}

#[test]
fn multi_connect_same_port_ipv6() {
    let _deadline = deadline(60);
    if ipv6() {
        multi_connect_same_port(true);
    }
}
