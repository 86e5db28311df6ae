//! A server that knows its clients: the usual tutorial, line by line. A `ThreadAuthenticator` that has read the clients' public keys,
//! and a REP with `curve_server` and a key of its own.
//!
//! ```sh
//! cargo run --example generate_certificates certificates        # once
//! cargo run --example auth_server [endpoint] [keydir]           # runs until it is stopped
//! cargo run --example ironhouse client [endpoint] [keydir]      # a client for it
//! ```
//!
//! # What the authenticator is for
//!
//! With `curve_server` and a key alone a server is a *stonehouse*: what is said is encrypted, and **everyone who knows the server's
//! public key is let in**, which is no secret. Nothing says so: no option is missing, and the clients that should be let in are.
//! It is an *ironhouse* only with an authenticator, in the same context, that was told which keys it knows, before the server is
//! bound. `require_security` makes sure: without an authenticator `bind` is an error, and if it stops later nobody is let in.
//!
//! In Python: `python/auth_server.py`.

use std::env;
use std::path::Path;

use zmq::auth::{ThreadAuthenticator, load_certificate};

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index: usize, default| args.get(index).map_or(default, String::as_str);
    let (endpoint, keys) = (arg(0, "tcp://*:9000"), Path::new(arg(1, "certificates")));
    let context = zmq::Context::new()?;

    // Who may connect: whose certificate is in this directory.
    let mut auth = ThreadAuthenticator::new(&context);
    auth.configure_curve("*", keys.join("public_keys"))?;
    auth.set_log(|decision| println!("{decision}"));
    auth.start()?;

    let server = context.socket(zmq::REP)?;
    server.require_security(zmq::Mechanism::Curve)?;
    let (_public_key, secret_key) = load_certificate(keys.join("private_keys/server.key_secret"))?;
    server.set_curve_secretkey(secret_key.expect("that file has a secret key"))?;
    server.set_curve_server(true)?; // before bind
    server.bind(endpoint)?;
    println!("listening on {}", server.last_endpoint()?);

    loop {
        let request = server.recv()?;
        println!("received: {} from {}", request.as_str()?, request.user_id().as_deref().unwrap_or("somebody"));
        server.send("World")?;
    }
}
