//! test_curve_keygen.py: pyzmq's command that prints keys has none beside it here; what it prints are these keys.

use zmq::{CurvePublicKey, CurveSecretKey, curve_keypair, curve_public, z85};

use crate::support::{Transport, deadline};
use crate::{context, recv, skip};

/// Whether a client that knows the public key as text reaches the server that has both.
#[track_caller]
fn works(public: &str, secret: &str) {
    let context = context();
    let (push, pull) = (context.socket(zmq::PUSH).unwrap(), context.socket(zmq::PULL).unwrap());
    push.set_curve_server(true).unwrap();
    push.set_curve_secretkey(secret).unwrap();
    push.set_curve_publickey(public).unwrap();
    pull.set_curve_serverkey(public).unwrap();
    let (own_public, own_secret) = curve_keypair().unwrap();
    pull.set_curve_publickey(own_public).unwrap();
    pull.set_curve_secretkey(own_secret).unwrap();
    pull.connect(&Transport::Tcp.bind(&push)).unwrap();
    push.send_timeout("hi", crate::PATIENCE).unwrap();
    assert_eq!(recv(&pull), "hi");
}

fn has_curve() -> bool {
    let curve = zmq::has("curve");
    if !curve {
        skip("libzmq has no CURVE");
    }
    curve
}

#[test]
fn curve_keygen() {
    let _deadline = deadline(60);
    if !has_curve() {
        return;
    }
    let (public, secret) = curve_keypair().unwrap();
    let (public, secret) = (public.to_string(), secret.to_z85());
    assert_eq!(z85::decode(&public).unwrap().len(), 32);
    assert_eq!(z85::decode(&secret).unwrap().len(), 32);
    works(&public, &secret);
}

#[test]
fn curve_keygen_secret() {
    if !has_curve() {
        return;
    }
    let (public, secret) = curve_keypair().unwrap();
    let secret: CurveSecretKey = secret.to_z85().parse().unwrap();
    let derived = curve_public(&secret).unwrap();
    assert_eq!(derived.to_z85().parse::<CurvePublicKey>().unwrap(), public);
}
