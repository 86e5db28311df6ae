//! Strawhouse: still no mechanism (NULL), but an authenticator looks at the address a client connects from. It keeps out who has
//! lost the way; whoever can take another address, or listen in between, it does not.
//!
//! ```sh
//! cargo run --example strawhouse                                             # both sides in one terminal
//! cargo run --example strawhouse server [endpoint] [allow|deny] [address…]   # or in two
//! cargo run --example strawhouse client [endpoint]
//! ```
//!
//! In Python: `python/strawhouse.py`.

use std::env;
use std::thread;

use zmq::auth::ThreadAuthenticator;

const LOCAL: &str = "127.0.0.1";

/// A server, and the authenticator that has to run as long as the server does.
fn bind(
    context: &zmq::Context,
    endpoint: &str,
    rule: &str,
    addresses: &[impl AsRef<str>],
) -> zmq::Result<(ThreadAuthenticator, zmq::Socket<zmq::Rep>)> {
    let mut auth = ThreadAuthenticator::new(context);
    auth.set_log(|decision| println!("{decision}"));
    let addresses = addresses.iter().map(AsRef::as_ref);
    match rule {
        "deny" => auth.deny(addresses)?, // all others are let in
        _ => auth.allow(addresses)?,     // no others are
    }
    auth.start()?;

    let server = context.socket(zmq::REP)?;
    // Without a domain libzmq asks no authenticator about clients that have no mechanism.
    server.set_zap_domain("global")?;
    server.bind(endpoint)?;
    println!("listening on {}", server.last_endpoint()?);
    Ok((auth, server))
}

fn serve(server: &zmq::Socket<zmq::Rep>) -> zmq::Result<()> {
    loop {
        let request = server.recv()?;
        // The authenticator knows where the client is, not who.
        println!("received: {} from {}", request.as_str()?, request.user_id().as_deref().unwrap_or("somebody"));
        server.send("World")?;
    }
}

fn client(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let client = context.socket(zmq::REQ)?;
    client.set_linger(0)?; // what nobody took is not worth waiting for
    // Only a monitor says that a client is refused; a `recv` would wait for ever.
    let monitor = client.monitor(zmq::EVENT_HANDSHAKE_FAILED_AUTH)?;
    client.connect(endpoint)?;
    match client.try_send("Hello") {
        Err(error) if error.is_again() => {} // we are refused already
        sent => sent?,
    }

    let mut poller = zmq::Poller::new();
    poller.register(&client, zmq::POLLIN)?;
    poller.register(&monitor, zmq::POLLIN)?;
    if poller.poll(None)?.contains(&client) {
        println!("reply: {}", client.recv_string()?);
    } else if let Some(refusal) = monitor.recv()? {
        println!("{}", refusal.event);
    }
    Ok(())
}

/// With a context of its own: each context has its own authenticator.
fn both(rule: &str) -> zmq::Result<()> {
    let context = zmq::Context::new()?;
    let (_auth, server) = bind(&context, "tcp://127.0.0.1:*", rule, &[LOCAL])?;
    let endpoint = server.last_endpoint()?;
    let thread = thread::spawn(move || serve(&server));
    client(&context, &endpoint)?;
    // The server waits for more. This ends its `recv` with an error that says so.
    context.shutdown()?;
    let stopped = thread.join().expect("the server does not panic");
    assert!(stopped.is_err_and(|error| error.is_terminated()));
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index: usize, default| args.get(index).map_or(default, String::as_str);
    match arg(0, "") {
        "server" => {
            let addresses = match args.get(3..) {
                Some(addresses) if !addresses.is_empty() => addresses,
                _ => &[LOCAL.to_owned()],
            };
            let context = zmq::Context::new()?;
            let (_auth, server) = bind(&context, arg(1, "tcp://*:9000"), arg(2, "allow"), addresses)?;
            serve(&server)
        }
        "client" => client(&zmq::Context::new()?, arg(1, "tcp://localhost:9000")),
        _ => {
            both("allow")?;
            both("deny")
        }
    }
}
