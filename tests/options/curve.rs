//! CURVE from end to end, without an authenticator: the server's key is what keeps others out.

use zmq::{Context, CurvePublicKey, CurveSecretKey, Socket};

use crate::support::{Transport, deadline};

fn server(context: &Context) -> (Socket<zmq::Rep>, String, CurvePublicKey) {
    let (public, secret) = zmq::curve_keypair().unwrap();
    let rep = context.socket(zmq::REP).unwrap();
    rep.set_curve_server(true).unwrap();
    rep.set_curve_secretkey(secret).unwrap();
    let endpoint = Transport::Tcp.bind(&rep);
    (rep, endpoint, public)
}

fn client(
    context: &Context,
    server: CurvePublicKey,
    (public, secret): (CurvePublicKey, CurveSecretKey),
) -> Socket<zmq::Req> {
    let req = context.socket(zmq::REQ).unwrap();
    req.set_linger(0).unwrap();
    req.set_curve_serverkey(server).unwrap();
    req.set_curve_publickey(public).unwrap();
    req.set_curve_secretkey(secret).unwrap();
    req
}

#[test]
fn who_knows_the_servers_key_gets_through() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
    let context = Context::new().unwrap();
    let (rep, endpoint, public) = server(&context);
    let req = client(&context, public, zmq::curve_keypair().unwrap());
    assert_eq!(req.mechanism().unwrap(), zmq::Mechanism::Curve);
    req.connect(&endpoint).unwrap();
    req.send("who are you?").unwrap();
    assert_eq!(rep.recv_string().unwrap(), "who are you?");
    rep.send("the one with the key").unwrap();
    assert_eq!(req.recv_string().unwrap(), "the one with the key");
}

#[test]
fn who_does_not_stays_out() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
    let context = Context::new().unwrap();
    let (rep, endpoint, public) = server(&context);
    let (stranger, _) = zmq::curve_keypair().unwrap();
    let wrong = client(&context, stranger, zmq::curve_keypair().unwrap());
    let plain = context.socket(zmq::REQ).unwrap();
    plain.set_linger(0).unwrap();
    // A key pair that is none: the server cannot tell whose it is.
    let (someone, _) = zmq::curve_keypair().unwrap();
    let mixed = client(&context, public, (someone, zmq::curve_keypair().unwrap().1));
    for socket in [&wrong, &plain, &mixed] {
        socket.connect(&endpoint).unwrap();
        socket.send("let me in").unwrap();
    }
    assert!(rep.recv_timeout(300).unwrap_err().is_again());
    // The server has not come to harm.
    let right = client(&context, public, zmq::curve_keypair().unwrap());
    right.connect(&endpoint).unwrap();
    right.send("me").unwrap();
    assert_eq!(rep.recv_string().unwrap(), "me");
}
