//! GSSAPI, in a Kerberos realm of the tests' own, where there is one and libzmq has it.

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

fn set(guests: Guests) -> Set {
    let context = Context::new().unwrap();
    let handler = Handler::new(&context, guests, Manner::Correct);
    let (server, monitor, endpoint) = server(&context, "IDENT", |server| {
        server.set_gssapi_server(true).unwrap();
        server.set_gssapi_principal(SERVICE).unwrap();
        server.set_gssapi_principal_nametype(zmq::NameType::HostBased).unwrap();
    });
    Set { context, _handler: handler, server, monitor, endpoint }
}

impl Set {
    /// Whom Kerberos knows.
    fn client(&self) -> Socket<Dealer> {
        let client = self.context.socket(zmq::DEALER).unwrap();
        client.set_linger(0).unwrap();
        client.set_sndtimeo(SOON).unwrap();
        client.set_gssapi_service_principal(SERVICE).unwrap();
        client.set_gssapi_principal(CLIENT).unwrap();
        client.set_gssapi_principal_nametype(zmq::NameType::Krb5Principal).unwrap();
        client
    }
}

#[test]
fn valid_creds() {
    let _deadline = deadline(120);
    in_realm(|| {
        let set = set(Guests::default());
        let client = set.client();
        client.connect(&set.endpoint).unwrap();
        bounce(&set.server, &client);
        expect_event(&set.monitor, Event::HandshakeSucceeded);
    });
}

#[test]
fn unauth_creds() {
    let _deadline = deadline(120);
    in_realm(|| {
        let set = set(Guests { domain: "nobody's", ..Guests::default() });
        is_refused(&set.server, &set.client(), &set.endpoint);
        expect_event(&set.monitor, Event::HandshakeFailedAuth { status: 400 });
    });
}

#[test]
fn null_creds() {
    let _deadline = deadline(120);
    in_realm(|| {
        let set = set(Guests::default());
        is_refused(&set.server, &client(&set.context, Mechanism::Null, None), &set.endpoint);
        let mismatch = Event::HandshakeFailedProtocol(ProtocolError::ZMTP_MECHANISM_MISMATCH);
        expect_event_or_end(&set.monitor, mismatch);
    });
}

#[test]
fn plain_creds() {
    let _deadline = deadline(120);
    in_realm(|| {
        let set = set(Guests::default());
        is_refused(&set.server, &client(&set.context, Mechanism::Plain, None), &set.endpoint);
    });
}

#[test]
fn gssapi_vanilla_socket() {
    let _deadline = deadline(120);
    in_realm(|| {
        let set = set(Guests::default());
        vanilla_socket(&set.server, &set.endpoint);
    });
}
