//! Stonehouse: CURVE, for whoever comes. What is said is encrypted, and the client can be sure of the server, whose public key it
//! has. The server knows nothing about the client: it takes every key, also one that was made up a moment ago. `ironhouse` knows its
//! clients.
//!
//! ```sh
//! cargo run --example stonehouse                              # both sides in one terminal
//! cargo run --example stonehouse server [endpoint] [keydir]   # or in two, with the keys of `generate_certificates`
//! cargo run --example stonehouse client [endpoint] [keydir]
//! ```
//!
//! In Python: `python/stonehouse.py`.

use std::env;
use std::path::Path;
use std::thread;

use zmq::auth::{CURVE_ALLOW_ANY, Certificate, ThreadAuthenticator, load_certificate};

/// A server, and the authenticator that has to run as long as the server does.
fn bind(
    context: &zmq::Context,
    endpoint: &str,
    certificate: &Certificate,
) -> zmq::Result<(ThreadAuthenticator, zmq::Socket<zmq::Rep>)> {
    let mut auth = ThreadAuthenticator::new(context);
    // Without an authenticator everyone would be let in just the same; this one can say who it was, and look at addresses.
    auth.configure_curve("*", CURVE_ALLOW_ANY)?;
    auth.set_log(|decision| println!("{decision}"));
    auth.start()?;

    let server = context.socket(zmq::REP)?;
    server.require_security(zmq::Mechanism::Curve)?; // rather not bind than forget the next two lines
    certificate.apply(&server)?;
    server.set_curve_server(true)?;
    server.bind(endpoint)?;
    println!("listening on {}", server.last_endpoint()?);
    Ok((auth, server))
}

fn serve(server: &zmq::Socket<zmq::Rep>) -> zmq::Result<()> {
    loop {
        let request = server.recv()?;
        println!("received: {} from {}", request.as_str()?, request.user_id().as_deref().unwrap_or("somebody"));
        server.send("World")?;
    }
}

fn client(context: &zmq::Context, endpoint: &str, server_key: &zmq::CurvePublicKey) -> zmq::Result<()> {
    // Nobody has seen this key before.
    let certificate = Certificate::new()?;
    println!("client: {}", certificate.public_key());
    let client = context.socket(zmq::REQ)?;
    certificate.apply(&client)?;
    client.set_curve_serverkey(server_key)?;
    client.connect(endpoint)?;
    client.send("Hello")?;
    println!("reply: {}", client.recv_string()?);
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index: usize, default| args.get(index).map_or(default, String::as_str);
    let keys = Path::new(arg(2, "certificates"));
    let context = zmq::Context::new()?;
    match arg(0, "") {
        "server" => {
            let certificate = Certificate::load(keys.join("private_keys/server.key_secret"))?;
            let (_auth, server) = bind(&context, arg(1, "tcp://*:9000"), &certificate)?;
            serve(&server)
        }
        "client" => {
            let (server_key, _) = load_certificate(keys.join("public_keys/server.key"))?;
            client(&context, arg(1, "tcp://localhost:9000"), &server_key)
        }
        _ => {
            let certificate = Certificate::new()?;
            let (_auth, server) = bind(&context, "tcp://127.0.0.1:*", &certificate)?;
            let endpoint = server.last_endpoint()?;
            let thread = thread::spawn(move || serve(&server));
            client(&context, &endpoint, certificate.public_key())?;
            // The server waits for more. This ends its `recv` with an error that says so.
            context.shutdown()?;
            let stopped = thread.join().expect("the server does not panic");
            assert!(stopped.is_err_and(|error| error.is_terminated()));
            Ok(())
        }
    }
}
