//! Without a mechanism: a domain alone makes libzmq ask who may come in.

use zmq::{Context, Dealer, Socket};

use crate::exchange::bounce_fails;
use crate::handshakes::{Guests, Handler, Manner, vanilla_socket};
use crate::support::{Transport, deadline};
use crate::testutil::bounce;

struct Set {
    _handler: Handler,
    server: Socket<Dealer>,
    client: Socket<Dealer>,
    endpoint: String,
}

/// A handler that knows the domain TEST, and a server in `domain`.
fn set(domain: Option<&str>) -> Set {
    let context = Context::new().unwrap();
    let guests = Guests { domain: "TEST", routing_id: String::new(), ..Guests::default() };
    let handler = Handler::new(&context, guests, Manner::Correct);
    let (server, client) = (context.socket(zmq::DEALER).unwrap(), context.socket(zmq::DEALER).unwrap());
    server.set_linger(0).unwrap();
    client.set_linger(0).unwrap();
    if let Some(domain) = domain {
        server.set_zap_domain(domain).unwrap();
    }
    let endpoint = Transport::Tcp.bind(&server);
    Set { _handler: handler, server, client, endpoint }
}

#[test]
fn no_domain() {
    let _deadline = deadline(60);
    let set = set(None);
    set.client.connect(&set.endpoint).unwrap();
    bounce(&set.server, &set.client);
}

#[test]
fn wrong_domain_fails() {
    let _deadline = deadline(60);
    let set = set(Some("WRONG"));
    set.client.connect(&set.endpoint).unwrap();
    bounce_fails(&set.server, &set.client);
}

#[test]
fn success() {
    let _deadline = deadline(60);
    let set = set(Some("TEST"));
    set.client.connect(&set.endpoint).unwrap();
    bounce(&set.server, &set.client);
}

#[test]
fn null_vanilla_socket() {
    let _deadline = deadline(60);
    let set = set(Some("WRONG"));
    vanilla_socket(&set.server, &set.endpoint);
}
