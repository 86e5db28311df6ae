//! GSSAPI, in a Kerberos realm of the tests' own, where there is one and libzmq has it.

use zmq::auth::ThreadAuthenticator;
use zmq::{Context, Dealer, Event, Mechanism, Monitor, ProtocolError, Socket};

use crate::expect::SOON;
use crate::handshakes::{
    Guests, Handler, Manner, client, expect_event, expect_event_or_end, is_refused, server, vanilla_socket,
};
use crate::kerberos::{CLIENT, SERVICE, in_realm};
use crate::support::deadline;
use crate::testutil::bounce;

struct Set {
    context: Context,
    _handler: Handler,
    server: Socket<Dealer>,
    monitor: Monitor,
    endpoint: String,
}

fn set() -> Set {
    let context = Context::new().unwrap();
    let handler = Handler::new(&context, Guests::default(), Manner::Correct);
    let (server, monitor, endpoint) = server(&context, "IDENT", serve);
    Set { context, _handler: handler, server, monitor, endpoint }
}

fn serve(server: &Socket<Dealer>) {
    server.set_gssapi_server(true).unwrap();
    server.set_gssapi_principal(SERVICE).unwrap();
    server.set_gssapi_principal_nametype(zmq::NameType::HostBased).unwrap();
}

/// Whom Kerberos knows, not yet connected.
fn be_client(context: &Context) -> Socket<Dealer> {
    let client = context.socket(zmq::DEALER).unwrap();
    client.set_linger(0).unwrap();
    client.set_sndtimeo(SOON).unwrap();
    client.set_gssapi_service_principal(SERVICE).unwrap();
    client.set_gssapi_principal(CLIENT).unwrap();
    client.set_gssapi_principal_nametype(zmq::NameType::Krb5Principal).unwrap();
    client
}

#[test]
fn valid_creds() {
    let _deadline = deadline(120);
    in_realm(|| {
        let set = set();
        let client = be_client(&set.context);
        client.connect(&set.endpoint).unwrap();
        bounce(&set.server, &client);
        expect_event(&set.monitor, Event::HandshakeSucceeded);
    });
}

/// Whom a handler refuses with status 400 libzmq lets in all the same (gssapi_server.cpp, `zap_msg_available`), so that its own test
/// of this fails. The authenticator has another way to refuse.
#[test]
fn unauth_creds() {
    let _deadline = deadline(120);
    in_realm(|| {
        let context = Context::new().unwrap();
        let mut auth = ThreadAuthenticator::new(&context);
        auth.configure_gssapi("*", ["somebody@ELSE"]);
        auth.start().unwrap();
        let (server, monitor, endpoint) = server(&context, "IDENT", serve);
        is_refused(&server, &be_client(&context), &endpoint);
        expect_event(&monitor, Event::HandshakeFailedProtocol(ProtocolError::ZAP_INVALID_METADATA));
    });
}

#[test]
fn null_creds() {
    let _deadline = deadline(120);
    in_realm(|| {
        let set = set();
        is_refused(&set.server, &client(&set.context, Mechanism::Null, None), &set.endpoint);
        let mismatch = Event::HandshakeFailedProtocol(ProtocolError::ZMTP_MECHANISM_MISMATCH);
        expect_event_or_end(&set.monitor, mismatch);
    });
}

#[test]
fn plain_creds() {
    let _deadline = deadline(120);
    in_realm(|| {
        let set = set();
        is_refused(&set.server, &client(&set.context, Mechanism::Plain, None), &set.endpoint);
    });
}

#[test]
fn gssapi_vanilla_socket() {
    let _deadline = deadline(120);
    in_realm(|| {
        let set = set();
        vanilla_socket(&set.server, &set.endpoint);
    });
}
