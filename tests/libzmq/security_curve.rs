//! CURVE: who belongs, who does not, and handshakes with something wrong in them.
//!
//! libzmq's own program builds the wrong commands with the library's cryptography. Here they are those of a real client, on whose way
//! somebody changes a byte.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::Ordering;

use zmq::{
    Context, CurvePublicKey, CurveSecretKey, Dealer, ErrorKind, Event, Mechanism, Monitor, ProtocolError, Socket,
};

use crate::handshakes::{
    Guests, Handler, Keys, Manner, client, expect_event, expect_event_or_end, expect_no_more, is_refused, serve,
    server, vanilla_socket, watch_handshakes,
};
use crate::support::deadline;
use crate::testutil::bounce;

struct Set {
    context: Context,
    handler: Handler,
    server: Socket<Dealer>,
    monitor: Monitor,
    endpoint: String,
    keys: Keys,
}

fn set_with(routing_id: &str) -> Option<Set> {
    let keys = Keys::new()?;
    let context = Context::new().unwrap();
    let guests = Guests { routing_id: routing_id.to_owned(), curve: Some(keys.client.0), ..Guests::default() };
    let handler = Handler::new(&context, guests, Manner::Correct);
    let (server, monitor, endpoint) =
        server(&context, routing_id, |server| serve(server, Mechanism::Curve, Some(&keys)));
    Some(Set { context, handler, server, monitor, endpoint, keys })
}

fn set() -> Option<Set> {
    set_with("IDENT")
}

impl Set {
    fn asked(&self) -> usize {
        self.handler.handled.load(Ordering::Relaxed)
    }

    /// The client is let in, which both sides see, and nothing else.
    fn lets_in(&self) {
        let client = client(&self.context, Mechanism::Curve, Some(&self.keys));
        let client_monitor = watch_handshakes(&client);
        client.connect(&self.endpoint).unwrap();
        bounce(&self.server, &client);
        drop(client);
        for monitor in [&self.monitor, &client_monitor] {
            expect_event(monitor, Event::HandshakeSucceeded);
            expect_no_more(monitor);
        }
        assert_eq!(self.asked(), 1);
    }

    /// A client with those keys is refused before anybody is asked, since something cannot be decrypted.
    fn cannot_decrypt(&self, keys: &Keys) {
        let client = client(&self.context, Mechanism::Curve, Some(keys));
        is_refused(&self.server, &client, &self.endpoint);
        expect_event(&self.monitor, Event::HandshakeFailedProtocol(ProtocolError::ZMTP_CRYPTOGRAPHIC));
        assert_eq!(self.asked(), 0);
    }

    /// A client of another mechanism is refused before anybody is asked.
    fn mismatches(&self, client: &Socket<Dealer>) {
        is_refused(&self.server, client, &self.endpoint);
        let mismatch = Event::HandshakeFailedProtocol(ProtocolError::ZMTP_MECHANISM_MISMATCH);
        // Both sides notice, and whoever is first hangs up.
        expect_event_or_end(&self.monitor, mismatch);
        assert_eq!(self.asked(), 0);
    }

    /// The client whose command of that number is changed on its way is refused for that reason.
    fn notices(&self, number: usize, change: impl FnOnce(&mut Vec<u8>) + Send + 'static, expected: ProtocolError) {
        let client = client(&self.context, Mechanism::Curve, Some(&self.keys));
        // What comes after the change would be the handshake of another connection.
        client.set_reconnect_ivl(None).unwrap();
        client.connect(&changed_on_its_way(&self.endpoint, number, change)).unwrap();
        expect_event(&self.monitor, Event::HandshakeFailedProtocol(expected));
        expect_no_more(&self.monitor);
        assert_eq!(self.asked(), 0);
    }
}

const HELLO: usize = 0;
const INITIATE: usize = 1;

/// Where to connect to for a connection to the server whose client's command of that number is changed.
fn changed_on_its_way(server: &str, number: usize, change: impl FnOnce(&mut Vec<u8>) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("tcp://{}", listener.local_addr().unwrap());
    let mut to_server = TcpStream::connect(server.strip_prefix("tcp://").unwrap()).unwrap();
    std::thread::spawn(move || {
        let (mut from_client, _) = listener.accept().unwrap();
        let (mut back, mut to_client) = (to_server.try_clone().unwrap(), from_client.try_clone().unwrap());
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut back, &mut to_client);
            let _ = to_client.shutdown(Shutdown::Both);
        });
        let _ = forward(&mut from_client, &mut to_server, number, change);
        // The rest, if there is any, and the end.
        let _ = std::io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Both);
    });
    endpoint
}

/// Passes the greeting and the commands up to the one that is changed on.
fn forward(
    from: &mut TcpStream,
    to: &mut TcpStream,
    number: usize,
    change: impl FnOnce(&mut Vec<u8>),
) -> std::io::Result<()> {
    let mut greeting = [0; 64];
    // In two pieces: the client waits for the server's signature before it sends the second.
    let (signature, rest) = greeting.split_at_mut(10);
    from.read_exact(signature)?;
    to.write_all(signature)?;
    from.read_exact(rest)?;
    to.write_all(rest)?;
    for _ in 0..number {
        let command = read_command(from)?;
        write_command(to, &command)?;
    }
    let mut command = read_command(from)?;
    change(&mut command);
    write_command(to, &command)
}

fn read_command(from: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut flags = [0];
    from.read_exact(&mut flags)?;
    let length = if flags[0] & 2 == 0 {
        let mut length = [0];
        from.read_exact(&mut length)?;
        usize::from(length[0])
    } else {
        let mut length = [0; 8];
        from.read_exact(&mut length)?;
        usize::try_from(u64::from_be_bytes(length)).unwrap()
    };
    let mut command = vec![0; length];
    from.read_exact(&mut command)?;
    Ok(command)
}

fn write_command(to: &mut TcpStream, command: &[u8]) -> std::io::Result<()> {
    let mut frame = match u8::try_from(command.len()) {
        Ok(length) => vec![4, length],
        Err(_) => [&[6][..], &(command.len() as u64).to_be_bytes()].concat(),
    };
    frame.extend_from_slice(command);
    to.write_all(&frame)
}

#[test]
fn curve_security_with_valid_credentials() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    set.lets_in();
}

#[test]
fn curve_security_with_valid_credentials_and_a_large_routing_id() {
    let _deadline = deadline(60);
    let digits = "0123456789".repeat(26);
    let Some(set) = set_with(&digits[..255]) else { return };
    set.lets_in();
}

fn null_public_key() -> CurvePublicKey {
    CurvePublicKey::from_bytes([0; 32])
}

#[test]
fn null_server_key() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    let mut keys = set.keys.clone();
    keys.server.0 = null_public_key();
    let client = client(&set.context, Mechanism::Curve, Some(&keys));
    // With libsodium the client could not make a HELLO with it, and would say nothing for ever: it is not let that far.
    let error = client.connect(&set.endpoint).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
    assert!(error.to_string().contains("set_curve_serverkey"), "{error}");
    assert_eq!(set.asked(), 0);
}

#[test]
fn null_client_public_key() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    let mut keys = set.keys.clone();
    keys.client.0 = null_public_key();
    set.cannot_decrypt(&keys);
}

#[test]
fn null_client_secret_key() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    let mut keys = set.keys.clone();
    keys.client.1 = CurveSecretKey::from_bytes([0; 32]);
    set.cannot_decrypt(&keys);
}

/// Keys that fit, and that the handler does not know.
#[test]
fn curve_security_with_bogus_client_credentials() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    let keys = Keys { client: zmq::curve_keypair().unwrap(), ..set.keys.clone() };
    let client = client(&set.context, Mechanism::Curve, Some(&keys));
    let client_monitor = watch_handshakes(&client);
    is_refused(&set.server, &client, &set.endpoint);
    for monitor in [&set.monitor, &client_monitor] {
        expect_event(monitor, Event::HandshakeFailedAuth { status: 400 });
    }
    assert!(set.asked() > 0);
    drop(client);
    // Once is enough: it does not try again.
    expect_no_more(&client_monitor);
}

#[test]
fn curve_security_with_null_client_credentials() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    set.mismatches(&client(&set.context, Mechanism::Null, None));
}

#[test]
fn curve_security_with_plain_client_credentials() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    set.mismatches(&client(&set.context, Mechanism::Plain, None));
}

#[test]
fn curve_security_unauthenticated_message() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    vanilla_socket(&set.server, &set.endpoint);
    assert_eq!(set.asked(), 0);
}

#[test]
fn curve_security_invalid_hello_wrong_length() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    set.notices(HELLO, |hello| hello.truncate(6), ProtocolError::ZMTP_MALFORMED_COMMAND_HELLO);
}

#[test]
fn curve_security_invalid_hello_command_name() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    set.notices(HELLO, |hello| hello[5] = b'X', ProtocolError::ZMTP_UNEXPECTED_COMMAND);
}

#[test]
fn curve_security_invalid_hello_version() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    set.notices(HELLO, |hello| hello[6] = 2, ProtocolError::ZMTP_MALFORMED_COMMAND_HELLO);
}

#[test]
fn curve_security_invalid_initiate_wrong_length() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    set.notices(INITIATE, |initiate| initiate.truncate(9), ProtocolError::ZMTP_MALFORMED_COMMAND_INITIATE);
}

#[test]
fn curve_security_invalid_initiate_command_name() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    set.notices(INITIATE, |initiate| initiate[5] = b'X', ProtocolError::ZMTP_UNEXPECTED_COMMAND);
}

#[test]
fn curve_security_invalid_initiate_command_encrypted_cookie() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    set.notices(INITIATE, |initiate| initiate[30] ^= 1, ProtocolError::ZMTP_CRYPTOGRAPHIC);
}

#[test]
fn curve_security_invalid_initiate_command_encrypted_content() {
    let _deadline = deadline(60);
    let Some(set) = set() else { return };
    set.notices(INITIATE, |initiate| initiate[150] ^= 1, ProtocolError::ZMTP_CRYPTOGRAPHIC);
}

/// In C the length of a buffer that holds a key can be wrong; here a text or some bytes can be no key.
#[test]
fn curve_security_invalid_keysize() {
    let _deadline = deadline(30);
    let Some(keys) = Keys::new() else { return };
    let client = Context::new().unwrap().socket(zmq::DEALER).unwrap();
    let long = keys.client.0.to_z85().repeat(4);
    let errors = [
        client.set_curve_serverkey(&long[..123]).unwrap_err(),
        client.set_curve_publickey(&long[..123]).unwrap_err(),
        client.set_curve_secretkey(&long[..123]).unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
    }
}
