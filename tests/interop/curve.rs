//! CURVE between the two, both ways round, and with a key that is wrong.

use zmq::{Context, CurvePublicKey, CurveSecretKey, curve_keypair};

use crate::python::{Script, begin};
use crate::support::Transport;

struct Keys {
    public: CurvePublicKey,
    secret: CurveSecretKey,
}

fn keys() -> Keys {
    let (public, secret) = curve_keypair().unwrap();
    Keys { public, secret }
}

/// A REP here that only those are let in to who know its key; a Python REQ that has it.
#[test]
fn python_client() {
    let Some(_deadline) = begin().filter(|_| zmq::has("curve")) else { return };
    let context = Context::new().unwrap();
    let (server, client) = (keys(), keys());
    for transport in [Transport::Tcp, Transport::Ipc] {
        let rep = context.socket(zmq::REP).unwrap();
        rep.set_curve_server(true).unwrap();
        rep.set_curve_secretkey(&server.secret).unwrap();
        let endpoint = transport.bind(&rep);
        let setup =
            "socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = (a.encode() for a in args)";
        let args = [&*server.public.to_z85(), &*client.public.to_z85(), &*client.secret.to_z85()];
        let body = "socket.send(b'Hello'); assert socket.recv() == b'World'";
        let program = Script { kind: "REQ", endpoint: &endpoint, binds: false, setup, body, args: &args }.start();
        assert_eq!(rep.recv_string().unwrap(), "Hello");
        rep.send("World").unwrap();
        program.finish();
    }
}

/// A Python REP with CURVE; a REQ here that knows its key.
#[test]
fn python_server() {
    let Some(_deadline) = begin().filter(|_| zmq::has("curve")) else { return };
    let context = Context::new().unwrap();
    let (server, client) = (keys(), keys());
    for transport in [Transport::Tcp, Transport::Ipc] {
        let setup = "socket.curve_server = True; socket.curve_secretkey = args[0].encode()";
        let body = "assert socket.recv() == b'Hello'; socket.send(b'World')";
        let args = [&*server.secret.to_z85()];
        let endpoint = transport.endpoint();
        let mut program = Script { kind: "REP", endpoint: &endpoint, binds: true, setup, body, args: &args }.start();
        let req = context.socket(zmq::REQ).unwrap();
        req.set_curve_serverkey(server.public).unwrap();
        req.set_curve_publickey(client.public).unwrap();
        req.set_curve_secretkey(&client.secret).unwrap();
        req.connect(&program.endpoint()).unwrap();
        req.send("Hello").unwrap();
        assert_eq!(req.recv_string().unwrap(), "World");
        program.finish();
    }
}

/// Reports on how handshakes of the socket end: those that fail must be seen, and none may succeed.
const MONITOR: &str = "
from zmq.utils.monitor import recv_monitor_message
monitor = socket.get_monitor_socket()
";
const NO_HANDSHAKE: &str = "
failed = {zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL, zmq.EVENT_HANDSHAKE_FAILED_AUTH}
refused = 0
while refused < 2:
    event = recv_monitor_message(monitor)['event']
    assert event != zmq.EVENT_HANDSHAKE_SUCCEEDED
    # A client whose HELLO is not understood is not told why: it sees the connection end.
    refused += event in failed or event == zmq.EVENT_DISCONNECTED
socket.disable_monitor(); monitor.close()
socket.linger = 0
print('refused')
";

/// A Python DEALER that has the wrong key of a server here.
#[test]
fn python_client_with_a_wrong_key() {
    let Some(_deadline) = begin().filter(|_| zmq::has("curve")) else { return };
    let context = Context::new().unwrap();
    let (server, client, wrong) = (keys(), keys(), keys());
    let dealer = context.socket(zmq::DEALER).unwrap();
    dealer.set_curve_server(true).unwrap();
    dealer.set_curve_secretkey(&server.secret).unwrap();
    let endpoint = Transport::Tcp.bind(&dealer);
    let setup = format!(
        "{MONITOR}socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = (a.encode() for a in args)"
    );
    let args = [&*wrong.public.to_z85(), &*client.public.to_z85(), &*client.secret.to_z85()];
    let body = format!("socket.send(b'let me in')\n{NO_HANDSHAKE}");
    let program =
        Script { kind: "DEALER", endpoint: &endpoint, binds: false, setup: &setup, body: &body, args: &args }.start();
    assert_eq!(program.finish(), ["refused"]);
    assert!(dealer.try_recv().unwrap().is_none());
}

/// A DEALER here that has the wrong key of a Python server, and one that has no keys at all.
#[test]
fn python_server_refuses() {
    let Some(_deadline) = begin().filter(|_| zmq::has("curve")) else { return };
    let context = Context::new().unwrap();
    let (server, client, wrong) = (keys(), keys(), keys());
    let args = [&*server.secret.to_z85()];
    for with_keys in [true, false] {
        let setup = format!("{MONITOR}socket.curve_server = True; socket.curve_secretkey = args[0].encode()");
        let body = format!("{NO_HANDSHAKE}assert not socket.poll(0)");
        let endpoint = Transport::Tcp.endpoint();
        let mut program =
            Script { kind: "DEALER", endpoint: &endpoint, binds: true, setup: &setup, body: &body, args: &args }
                .start();
        let dealer = context.socket(zmq::DEALER).unwrap();
        dealer.set_linger(0).unwrap();
        dealer.set_reconnect_ivl(10).unwrap();
        if with_keys {
            dealer.set_curve_serverkey(wrong.public).unwrap();
            dealer.set_curve_publickey(client.public).unwrap();
            dealer.set_curve_secretkey(&client.secret).unwrap();
        }
        dealer.connect(&program.endpoint()).unwrap();
        dealer.send("let me in").unwrap();
        assert_eq!(program.finish(), ["refused"]);
    }
}
