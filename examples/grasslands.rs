//! Grasslands: no security at all, which is what a socket does unless it is told otherwise. Everyone is let in, and everyone on the
//! way can read and change what is said. The first of five steps: then come strawhouse, woodhouse, stonehouse and ironhouse.
//!
//! ```sh
//! cargo run --example grasslands                    # both sides in one terminal
//! cargo run --example grasslands server [endpoint]  # or in two
//! cargo run --example grasslands client [endpoint]
//! ```
//!
//! In Python: `python/grasslands.py`.

use std::env;
use std::thread;

fn bind(context: &zmq::Context, endpoint: &str) -> zmq::Result<zmq::Socket<zmq::Rep>> {
    let server = context.socket(zmq::REP)?;
    server.bind(endpoint)?;
    println!("listening on {}", server.last_endpoint()?);
    Ok(server)
}

fn serve(server: &zmq::Socket<zmq::Rep>) -> zmq::Result<()> {
    loop {
        let request = server.recv()?;
        // Without an authenticator nobody says who that is.
        println!("received: {} from {}", request.as_str()?, request.user_id().as_deref().unwrap_or("somebody"));
        server.send("World")?;
    }
}

fn client(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let client = context.socket(zmq::REQ)?;
    client.connect(endpoint)?;
    client.send("Hello")?;
    println!("reply: {}", client.recv_string()?);
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let endpoint = |default| args.get(1).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("server") => serve(&bind(&context, endpoint("tcp://*:9000"))?),
        Some("client") => client(&context, endpoint("tcp://localhost:9000")),
        _ => {
            let server = bind(&context, "tcp://127.0.0.1:*")?;
            let endpoint = server.last_endpoint()?;
            let thread = thread::spawn(move || serve(&server));
            client(&context, &endpoint)?;
            // The server waits for more. This ends its `recv` with an error that says so.
            context.shutdown()?;
            let stopped = thread.join().expect("the server does not panic");
            assert!(stopped.is_err_and(|error| error.is_terminated()));
            Ok(())
        }
    }
}
