//! test_security.py: the mechanisms, and an authenticator that is written by hand.

use std::thread::JoinHandle;

use zmq::{Context, Dealer, Mechanism, Socket, curve_keypair, curve_public, z85};

use crate::support::{Transport, deadline};
use crate::{context, recv_multipart, skip};

const USER: &str = "admin";
const PASS: &str = "password";

/// Whether this libzmq has CURVE; says so if not.
fn has_curve() -> bool {
    let curve = zmq::has("curve");
    if !curve {
        skip("libzmq has no CURVE");
    }
    curve
}

/// Answers one question of libzmq's, as ZeroMQ RFC 27 has it.
fn zap(context: &Context) -> JoinHandle<()> {
    let socket = context.socket(zmq::REP).unwrap();
    socket.bind("inproc://zeromq.zap.01").unwrap();
    std::thread::spawn(move || {
        let request = recv_multipart(&socket);
        assert_eq!((&request[0], &request[4]), (&"1.0".into(), &"IDENT".into()));
        let welcome = match request[5].as_str().unwrap() {
            "PLAIN" => request[6] == USER && request[7] == PASS,
            "CURVE" => request[6].len() == 32,
            mechanism => mechanism == "NULL",
        };
        let (version, sequence) = (&request[0], &request[1]);
        if welcome {
            let metadata = b"\x05Hello\0\0\0\x05World";
            socket.send_multipart((version, sequence, "200", "OK", "anonymous", metadata)).unwrap();
        } else {
            socket.send_multipart((version, sequence, "400", "Invalid username or password", "", "")).unwrap();
        }
    })
}

fn dealers(context: &Context) -> (Socket<Dealer>, Socket<Dealer>) {
    (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::DEALER).unwrap())
}

#[track_caller]
fn bounce(server: &Socket<Dealer>, client: &Socket<Dealer>, metadata: bool) {
    client.connect(&Transport::Tcp.bind(server)).unwrap();
    let sent: [Vec<u8>; 2] = [(0..64).collect(), (64..128).rev().collect()];
    client.send_multipart(&sent).unwrap();
    let received = recv_multipart(server);
    assert_eq!(received, sent);
    for frame in received.iter().filter(|_| metadata) {
        assert_eq!(frame.user_id().as_deref(), Some("anonymous"));
        assert_eq!(frame.property("User-Id").unwrap(), Some(&b"anonymous"[..]));
        assert_eq!(frame.property("Hello").unwrap(), Some(&b"World"[..]));
        assert_eq!(frame.socket_type().as_deref(), Some("DEALER"));
    }
    server.send_multipart(received).unwrap();
    assert_eq!(recv_multipart(client), sent);
}

#[test]
fn null() {
    let _deadline = deadline(60);
    let context = context();
    let (server, client) = dealers(&context);
    for socket in [&server, &client] {
        assert_eq!(socket.mechanism().unwrap(), Mechanism::Null);
        assert!(!socket.plain_server().unwrap());
    }
    bounce(&server, &client, false);
}

#[test]
fn plain() {
    let _deadline = deadline(60);
    let context = context();
    let (server, client) = dealers(&context);
    server.set_identity("IDENT").unwrap();
    assert_eq!((client.plain_username().unwrap(), client.plain_password().unwrap()), (String::new(), String::new()));
    client.set_plain_username(USER).unwrap();
    client.set_plain_password(PASS).unwrap();
    assert_eq!(
        (client.get(zmq::PLAIN_USERNAME).unwrap(), client.get(zmq::PLAIN_PASSWORD).unwrap()),
        (USER.into(), PASS.into())
    );
    assert!(!client.plain_server().unwrap() && !server.plain_server().unwrap());
    server.set_plain_server(true).unwrap();
    assert_eq!((server.mechanism().unwrap(), client.mechanism().unwrap()), (Mechanism::Plain, Mechanism::Plain));
    assert!(!client.plain_server().unwrap() && server.plain_server().unwrap());
    let handler = zap(&context);
    bounce(&server, &client, true);
    handler.join().unwrap();
}

/// pyzmq has it, but does not run it (`skip_plain_inauth`).
#[test]
fn plain_inauth() {
    let _deadline = deadline(60);
    let context = context();
    let (server, client) = dealers(&context);
    server.set_identity("IDENT").unwrap();
    client.set_plain_username(USER).unwrap();
    client.set_plain_password("incorrect").unwrap();
    server.set_plain_server(true).unwrap();
    let handler = zap(&context);
    client.connect(&Transport::Tcp.bind(&server)).unwrap();
    client.send("ping").unwrap();
    handler.join().unwrap();
    assert!(server.recv_timeout(100).unwrap_err().is_again());
}

#[test]
fn keypair() {
    if !has_curve() {
        return;
    }
    let (public, secret) = curve_keypair().unwrap();
    let texts = [public.to_z85(), secret.to_z85()];
    for (text, bytes) in texts.iter().zip([public.as_bytes(), secret.as_bytes()]) {
        assert_eq!((text.len(), bytes.len()), (40, 32));
        assert_eq!(z85::decode(text).unwrap(), bytes);
    }
    assert_ne!(texts[0], texts[1]);
}

#[test]
fn curve_public_of_a_secret() {
    if !has_curve() {
        return;
    }
    let (public, secret) = curve_keypair().unwrap();
    let derived = curve_public(&secret).unwrap();
    assert_eq!((derived, derived.to_z85().len()), (public, 40));
}

#[test]
fn curve() {
    let _deadline = deadline(60);
    if !has_curve() {
        return;
    }
    let context = context();
    let (server, client) = dealers(&context);
    server.set_identity("IDENT").unwrap();
    server.set_curve_server(true).unwrap();
    let ((server_public, server_secret), (client_public, client_secret)) =
        (curve_keypair().unwrap(), curve_keypair().unwrap());
    server.set_curve_secretkey(server_secret).unwrap();
    server.set_curve_publickey(server_public).unwrap();
    client.set_curve_serverkey(server_public).unwrap();
    client.set_curve_publickey(client_public).unwrap();
    client.set_curve_secretkey(client_secret).unwrap();
    assert_eq!((server.mechanism().unwrap(), client.mechanism().unwrap()), (Mechanism::Curve, Mechanism::Curve));
    assert!(server.get(zmq::CURVE_SERVER).unwrap() && !client.get(zmq::CURVE_SERVER).unwrap());
    let handler = zap(&context);
    bounce(&server, &client, true);
    handler.join().unwrap();
}
