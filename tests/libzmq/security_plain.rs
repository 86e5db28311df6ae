//! PLAIN: a name and a password.

use std::sync::atomic::Ordering;

use zmq::{Context, Dealer, Mechanism, Monitor, Socket};

use crate::handshakes::{Guests, Handler, Manner, is_refused, serve, server, vanilla_socket};
use crate::support::deadline;
use crate::testutil::bounce;

struct Set {
    context: Context,
    handler: Handler,
    server: Socket<Dealer>,
    _monitor: Monitor,
    endpoint: String,
}

fn set() -> Set {
    let context = Context::new().unwrap();
    let guests = Guests { plain: ["admin", "password"], ..Guests::default() };
    let handler = Handler::new(&context, guests, Manner::Correct);
    let (server, _monitor, endpoint) = server(&context, "IDENT", |server| serve(server, Mechanism::Plain, None));
    Set { context, handler, server, _monitor, endpoint }
}

impl Set {
    fn client(&self) -> Socket<Dealer> {
        let client = self.context.socket(zmq::DEALER).unwrap();
        client.set_linger(0).unwrap();
        client
    }

    fn asked(&self) -> usize {
        self.handler.handled.load(Ordering::Relaxed)
    }
}

#[test]
fn plain_success() {
    let _deadline = deadline(60);
    let set = set();
    let client = set.client();
    client.set_plain_username("admin").unwrap();
    client.set_plain_password("password").unwrap();
    client.connect(&set.endpoint).unwrap();
    bounce(&set.server, &client);
    assert_eq!(set.asked(), 1);
}

/// Two servers do not understand each other, and the handler is not asked about it.
#[test]
fn plain_client_as_server_fails() {
    let _deadline = deadline(60);
    let set = set();
    let client = set.client();
    client.set_zap_domain("ZAPTEST").unwrap();
    client.set_plain_server(true).unwrap();
    is_refused(&set.server, &client, &set.endpoint);
    assert_eq!(set.asked(), 0);
}

#[test]
fn plain_wrong_credentials_fails() {
    let _deadline = deadline(60);
    let set = set();
    let client = set.client();
    client.set_plain_username("wronguser").unwrap();
    client.set_plain_password("wrongpass").unwrap();
    is_refused(&set.server, &client, &set.endpoint);
    assert!(set.asked() > 0);
}

#[test]
fn plain_vanilla_socket() {
    let _deadline = deadline(60);
    let set = set();
    vanilla_socket(&set.server, &set.endpoint);
    assert_eq!(set.asked(), 0);
}
