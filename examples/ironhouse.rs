//! Ironhouse: CURVE, with keys that are known on both sides. The client has the server's public key, and the server a directory with
//! those of its clients: nobody else is let in.
//!
//! ```sh
//! cargo run --example ironhouse                                     # both sides in one terminal
//! cargo run --example ironhouse server [endpoint] [keydir]          # or in two, with the keys of `generate_certificates`
//! cargo run --example ironhouse client [endpoint] [keydir] [name]
//! ```
//!
//! In Python: `python/ironhouse.py`.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::thread;

use zmq::auth::{Certificate, ThreadAuthenticator, load_certificate};

/// A server, and the authenticator that has to run as long as the server does.
fn bind(
    context: &zmq::Context,
    endpoint: &str,
    keys: &Path,
) -> zmq::Result<(ThreadAuthenticator, zmq::Socket<zmq::Rep>)> {
    let mut auth = ThreadAuthenticator::new(context);
    // Read now. Who is added later is let in after `auth.reload()`.
    auth.configure_curve("*", keys.join("public_keys"))?;
    auth.set_log(|decision| println!("{decision}"));
    auth.start()?;

    let server = context.socket(zmq::REP)?;
    server.require_security(zmq::Mechanism::Curve)?; // rather not bind than forget one of the lines around it
    Certificate::load(keys.join("private_keys/server.key_secret"))?.apply(&server)?;
    server.set_curve_server(true)?;
    server.bind(endpoint)?;
    println!("listening on {}", server.last_endpoint()?);
    Ok((auth, server))
}

fn serve(server: &zmq::Socket<zmq::Rep>) -> zmq::Result<()> {
    loop {
        let request = server.recv()?;
        // The key, which is as good as a name. What the certificate says of its owner is there, too: `request.property("name")`.
        println!("received: {} from {}", request.as_str()?, request.user_id().as_deref().unwrap_or("somebody"));
        server.send("World")?;
    }
}

fn client(context: &zmq::Context, endpoint: &str, keys: &Path, name: &str) -> zmq::Result<()> {
    let client = context.socket(zmq::REQ)?;
    client.require_security(zmq::Mechanism::Curve)?;
    Certificate::load(keys.join("private_keys").join(format!("{name}.key_secret")))?.apply(&client)?;
    let (server_key, _) = load_certificate(keys.join("public_keys/server.key"))?;
    client.set_curve_serverkey(server_key)?;
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

/// Keys for the server, for a client, and for a stranger whose public key the server does not get.
fn make_keys(keys: &Path) -> Result<(), Box<dyn Error>> {
    let [public_keys, private_keys] = ["public_keys", "private_keys"].map(|name| keys.join(name));
    fs::create_dir(&public_keys)?;
    fs::create_dir(&private_keys)?;
    for name in ["server", "client", "stranger"] {
        let certificate = Certificate::new()?;
        certificate.save_secret(private_keys.join(format!("{name}.key_secret")))?;
        if name != "stranger" {
            certificate.save_public(public_keys.join(format!("{name}.key")))?;
        }
    }
    Ok(())
}

fn both(keys: &Path) -> Result<(), Box<dyn Error>> {
    make_keys(keys)?;
    let context = zmq::Context::new()?;
    let (_auth, server) = bind(&context, "tcp://127.0.0.1:*", keys)?;
    let endpoint = server.last_endpoint()?;
    let thread = thread::spawn(move || serve(&server));
    client(&context, &endpoint, keys, "client")?;
    client(&context, &endpoint, keys, "stranger")?;
    // The server waits for more. This ends its `recv` with an error that says so.
    context.shutdown()?;
    let stopped = thread.join().expect("the server does not panic");
    assert!(stopped.is_err_and(|error| error.is_terminated()));
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index: usize, default| args.get(index).map_or(default, String::as_str);
    let keys = Path::new(arg(2, "certificates"));
    match arg(0, "") {
        "server" => {
            let (_auth, server) = bind(&zmq::Context::new()?, arg(1, "tcp://*:9000"), keys)?;
            serve(&server)?;
        }
        "client" => client(&zmq::Context::new()?, arg(1, "tcp://localhost:9000"), keys, arg(3, "client"))?,
        _ => {
            let keys = tempfile::tempdir()?; // only we can read it, and it is removed in the end
            both(keys.path())?;
        }
    }
    Ok(())
}
