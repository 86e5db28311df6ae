//! Woodhouse: PLAIN. A client has to know a password, which it sends in clear text: for networks that are safe already.
//!
//! ```sh
//! cargo run --example woodhouse                                          # both sides in one terminal
//! cargo run --example woodhouse server [endpoint]                        # or in two
//! cargo run --example woodhouse client [endpoint] [username] [password]
//! ```
//!
//! In Python: `python/woodhouse.py`.

use std::env;
use std::thread;

use zmq::auth::ThreadAuthenticator;

/// A server, and the authenticator that has to run as long as the server does.
fn bind(context: &zmq::Context, endpoint: &str) -> zmq::Result<(ThreadAuthenticator, zmq::Socket<zmq::Rep>)> {
    let mut auth = ThreadAuthenticator::new(context);
    auth.configure_plain("*", [("admin", "secret")]);
    auth.set_log(|decision| println!("{decision}")); // without the password
    auth.start()?;

    let server = context.socket(zmq::REP)?;
    server.require_security(zmq::Mechanism::Plain)?; // rather not bind than forget the next line
    server.set_plain_server(true)?;
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

fn client(context: &zmq::Context, endpoint: &str, username: &str, password: &str) -> zmq::Result<()> {
    let client = context.socket(zmq::REQ)?;
    client.set_plain_username(username)?;
    client.set_plain_password(password)?;
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

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index: usize, default| args.get(index).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match arg(0, "") {
        "server" => {
            let (_auth, server) = bind(&context, arg(1, "tcp://*:9000"))?;
            serve(&server)
        }
        "client" => client(&context, arg(1, "tcp://localhost:9000"), arg(2, "admin"), arg(3, "secret")),
        _ => {
            let (_auth, server) = bind(&context, "tcp://127.0.0.1:*")?;
            let endpoint = server.last_endpoint()?;
            let thread = thread::spawn(move || serve(&server));
            client(&context, &endpoint, "admin", "secret")?;
            client(&context, &endpoint, "admin", "guessed")?;
            // The server waits for more. This ends its `recv` with an error that says so.
            context.shutdown()?;
            let stopped = thread.join().expect("the server does not panic");
            assert!(stopped.is_err_and(|error| error.is_terminated()));
            Ok(())
        }
    }
}
