//! A domain to ask about, and nobody to ask.

use zmq::{Context, Mechanism};

use crate::exchange::bounce_fails;
use crate::expect::SOON;
use crate::handshakes::ZAP;
use crate::support::{Transport, deadline};
use crate::testutil::bounce;

/// Without anything else, libzmq then lets everyone in.
#[test]
fn no_zap_handler() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (server, client) = (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::DEALER).unwrap());
    server.set_zap_domain("TEST").unwrap();
    client.set_sndtimeo(SOON).unwrap();
    client.connect(&Transport::Tcp.bind(&server)).unwrap();
    bounce(&server, &client);
}

/// What ZAP_ENFORCE_DOMAIN does in C is part of `require_security`, which also wants a handler to be there to begin with.
#[test]
fn no_zap_handler_enforce_domain() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (server, client) = (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::DEALER).unwrap());
    server.set_linger(0).unwrap();
    client.set_linger(0).unwrap();
    server.set_zap_domain("TEST").unwrap();
    server.require_security(Mechanism::Null).unwrap();
    assert_eq!(server.bind("tcp://127.0.0.1:*").unwrap_err().kind(), zmq::ErrorKind::Insecure);

    let handler = context.socket(zmq::REP).unwrap();
    handler.bind(ZAP).unwrap();
    let endpoint = Transport::Tcp.bind(&server);
    handler.unbind(ZAP).unwrap();
    client.connect(&endpoint).unwrap();
    bounce_fails(&server, &client);
}
