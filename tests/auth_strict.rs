//! `require_security`: rather no connection than one without the security that was asked for.

mod support;

use std::ffi::CString;

use support::{Transport, child, deadline, eventually, unique};
use zmq::auth::{Authenticator, CURVE_ALLOW_ANY, ThreadAuthenticator};
use zmq::{Context, CurvePublicKey, CurveSecretKey, ErrorKind, Event, Mechanism, Socket, curve_keypair};
use zmq_sys as sys;

type Keys = (CurvePublicKey, CurveSecretKey);

#[track_caller]
fn insecure(answer: zmq::Result<()>, part: &str) {
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Insecure, "{error}");
    assert!(error.to_string().contains(part), "{error}");
}

fn curve_server(context: &Context, keys: &Keys, strict: bool) -> Socket<zmq::Pull> {
    let server = context.socket(zmq::PULL).unwrap();
    if strict {
        server.require_security(Mechanism::Curve).unwrap();
    }
    server.set_curve_secretkey(&keys.1).unwrap();
    server.set_curve_server(true).unwrap();
    server
}

fn curve_client(context: &Context, server: &CurvePublicKey, keys: &Keys) -> Socket<zmq::Push> {
    let client = context.socket(zmq::PUSH).unwrap();
    client.set_linger(0).unwrap();
    client.set_reconnect_ivl(10).unwrap();
    client.require_security(Mechanism::Curve).unwrap();
    client.set_curve_publickey(keys.0).unwrap();
    client.set_curve_secretkey(&keys.1).unwrap();
    client.set_curve_serverkey(server).unwrap();
    client
}

#[test]
fn what_is_missing_is_said() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let [keys, other] = [(); 2].map(|()| curve_keypair().unwrap());
    let socket = context.socket(zmq::DEALER).unwrap();
    let both = |part: &str| {
        insecure(socket.bind("tcp://127.0.0.1:*"), part);
        insecure(socket.connect("tcp://127.0.0.1:9"), part);
    };
    socket.require_security(Mechanism::Curve).unwrap();
    both("CURVE is required, and the socket's mechanism is NULL: set_curve_secretkey, and");
    socket.set_curve_publickey(keys.0).unwrap();
    both("the socket has no secret key: set_curve_secretkey");
    socket.set_curve_secretkey(&other.1).unwrap();
    both("a CURVE client needs the server's public key, set_curve_serverkey; a server says set_curve_server(true)");
    socket.set_curve_serverkey(other.0).unwrap();
    both("the socket's public key does not belong to its secret key");
    socket.set_curve_secretkey(&keys.1).unwrap();
    socket.connect("tcp://127.0.0.1:9").unwrap();
    socket.disconnect("tcp://127.0.0.1:9").unwrap();
    insecure(socket.connect(&format!("inproc://{}", unique("x"))), "over this transport nothing is checked");
    insecure(socket.bind("epgm://lo;239.192.1.1:5555"), "over this transport nothing is checked");
    // The server's side of it.
    socket.set_curve_server(true).unwrap();
    both("no authenticator runs in the context");
    // An option that was set last, and undoes the others.
    socket.set_plain_username("ann").unwrap();
    both("CURVE is required, and the socket's mechanism is PLAIN");
    socket.require_security(Mechanism::Plain).unwrap_err();

    let plain = context.socket(zmq::ROUTER).unwrap();
    plain.require_security(Mechanism::Plain).unwrap();
    insecure(plain.bind("tcp://127.0.0.1:*"), "set_plain_server, or set_plain_username and set_plain_password");
    plain.set_plain_server(true).unwrap();
    insecure(plain.bind("tcp://127.0.0.1:*"), "no authenticator runs");
    let authenticator = Authenticator::new(&context).unwrap();
    plain.bind("tcp://127.0.0.1:*").unwrap();
    assert_eq!(plain.zap_domain().unwrap(), "global");
    drop(authenticator);
    insecure(plain.bind("tcp://127.0.0.1:*"), "no authenticator runs");

    let raw = context.socket(zmq::ROUTER).unwrap();
    raw.require_security(Mechanism::Null).unwrap();
    raw.set_router_raw(true).unwrap();
    insecure(raw.bind("tcp://127.0.0.1:*"), "with ROUTER_RAW nothing is checked");
    raw.set_router_raw(false).unwrap();
    insecure(raw.bind("tcp://127.0.0.1:*"), "no authenticator runs");

    let error = context.socket(zmq::STREAM).unwrap().require_security(Mechanism::Curve).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSupported);
    let bound = context.socket(zmq::REP).unwrap();
    bound.bind("tcp://127.0.0.1:*").unwrap();
    let error = bound.require_security(Mechanism::Curve).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongState);
    assert!(error.to_string().contains("say it before"), "{error}");
}

/// Stonehouse that was meant to be ironhouse: libzmq's way, and the strict one.
#[test]
fn a_server_whose_authenticator_is_gone() {
    let _deadline = deadline(60);
    let [keys, stranger] = [(); 2].map(|()| curve_keypair().unwrap());
    let context = Context::new().unwrap();
    let server = curve_server(&context, &keys, false);
    let endpoint = Transport::Tcp.bind(&server);
    let client = curve_client(&context, &keys.0, &stranger);
    client.connect(&endpoint).unwrap();
    client.send("nobody asked who I am").unwrap();
    assert_eq!(server.recv_timeout(10_000).unwrap(), "nobody asked who I am");

    let context = Context::new().unwrap();
    let mut auth = ThreadAuthenticator::new(&context);
    auth.configure_curve("*", CURVE_ALLOW_ANY).unwrap();
    auth.start().unwrap();
    let server = curve_server(&context, &keys, true);
    // A monitored socket forgets about a handshake that failed so, until this is over (curve_server.cpp takes the errno of the
    // event that it has just sent for its own).
    server.set_handshake_ivl(300).unwrap();
    let monitor = server.monitor(zmq::EVENT_ALL).unwrap();
    let endpoint = Transport::Tcp.bind(&server);
    let known = curve_client(&context, &keys.0, &stranger);
    known.connect(&endpoint).unwrap();
    known.send("before").unwrap();
    assert_eq!(server.recv_timeout(10_000).unwrap(), "before");
    auth.stop().unwrap();
    let stranger = curve_client(&context, &keys.0, &stranger);
    stranger.connect(&endpoint).unwrap();
    stranger.send("let me in").unwrap();
    eventually("the handshake fails", || match monitor.recv_timeout(10_000).unwrap()?.event {
        Event::HandshakeFailedNoDetail { errno } => {
            assert_eq!(errno, libc::EFAULT);
            Some(())
        }
        _ => None,
    });
    // Who is connected stays so, and nobody else came in meanwhile.
    known.send("still here").unwrap();
    assert_eq!(server.recv_timeout(10_000).unwrap(), "still here");
    assert!(server.try_recv().unwrap().is_none());
    // With an authenticator it goes on.
    auth.start().unwrap();
    assert_eq!(server.recv_timeout(10_000).unwrap(), "let me in");
}

#[test]
fn null_asks_on_both_sides() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let mut auth = ThreadAuthenticator::new(&context);
    auth.allow(["127.0.0.1"]).unwrap();
    auth.start().unwrap();
    let server = context.socket(zmq::PULL).unwrap();
    server.require_security(Mechanism::Null).unwrap();
    server.bind("tcp://127.0.0.1:*").unwrap();
    let client = context.socket(zmq::PUSH).unwrap();
    client.require_security(Mechanism::Null).unwrap();
    client.connect(&server.last_endpoint().unwrap()).unwrap();
    client.send("hello").unwrap();
    assert_eq!(server.recv_timeout(10_000).unwrap().user_id().as_deref(), Some("anonymous"));
}

/// An authenticator of other code in the process counts, too.
#[test]
fn an_authenticator_that_is_not_of_this_crate() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    // SAFETY: the context is alive.
    let handler = unsafe { sys::zmq_socket(context.as_ptr(), sys::ZMQ_REP) };
    let zap = CString::new("inproc://zeromq.zap.01").unwrap();
    let server = curve_server(&context, &curve_keypair().unwrap(), true);
    insecure(server.bind("tcp://127.0.0.1:*"), "no authenticator runs");
    // SAFETY: the socket is open, and the text ends with a NUL.
    assert_eq!(unsafe { sys::zmq_bind(handler, zap.as_ptr()) }, 0);
    server.bind("tcp://127.0.0.1:*").unwrap();
    // SAFETY: it is open, and nobody else has it.
    assert_eq!(unsafe { sys::zmq_close(handler) }, 0);
}

/// To look for an authenticator leaves nothing behind: neither the name taken, nor a connection that waited for it lost.
#[test]
fn looking_for_an_authenticator() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let server = curve_server(&context, &curve_keypair().unwrap(), true);
    for _ in 0..50 {
        insecure(server.bind("tcp://127.0.0.1:*"), "no authenticator runs");
        let _authenticator = Authenticator::new(&context).unwrap();
        let endpoint = Transport::Tcp.bind(&server);
        server.unbind(&endpoint).unwrap();
    }
    let asking = context.socket(zmq::REQ).unwrap();
    asking.connect("inproc://zeromq.zap.01").unwrap();
    insecure(server.bind("tcp://127.0.0.1:*"), "no authenticator runs");
    let _auth = {
        let mut auth = ThreadAuthenticator::new(&context);
        auth.start().unwrap();
        auth
    };
    asking.send_multipart(["1.0", "7", "", "192.0.2.1", "", "NULL"]).unwrap();
    let [version, id, status, ..] = asking.recv_frames_timeout::<6>(10_000).unwrap();
    assert_eq!((&version[..], &id[..], &status[..]), (&b"1.0"[..], &b"7"[..], &b"200"[..]));
}

/// A connection that waits for the authenticator that never comes, and the end of the context while peers connect:
/// session_base.cpp, `zap_connect`, aborts if whoever is bound to the name is no REP or ROUTER, if only for a moment.
#[test]
fn a_connection_that_waits_for_an_authenticator_at_the_end() {
    let _deadline = deadline(120);
    child("", 100, || {
        let other = Context::new().unwrap();
        for round in 0..400 {
            let context = Context::new().unwrap();
            let asking = context.socket(zmq::DEALER).unwrap();
            asking.connect("inproc://zeromq.zap.01").unwrap();
            let server = context.socket(zmq::PULL).unwrap();
            server.set_zap_domain("global").unwrap();
            let endpoint = Transport::Tcp.bind(&server);
            let clients: Vec<_> = (0..8)
                .map(|_| {
                    let client = other.socket(zmq::PUSH).unwrap();
                    client.connect(&endpoint).unwrap();
                    client
                })
                .collect();
            // So that the end meets each moment of a handshake in one round or another.
            let started = std::time::Instant::now();
            while started.elapsed() < std::time::Duration::from_micros(round * 2) {}
            context.shutdown().unwrap();
            drop((asking, server, clients));
        }
    })
    .succeeds();
}
