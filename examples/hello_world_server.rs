//! The server of the ØMQ tutorial: answers "World" to whoever asks, until it is stopped.
//!
//! ```sh
//! cargo run --example hello_world_server [endpoint]
//! ```
//!
//! In Python: `python/hello_world_server.py`.

use std::env;

fn main() -> zmq::Result<()> {
    let endpoint = env::args().nth(1);
    let context = zmq::Context::new()?;
    let server = context.socket(zmq::REP)?;
    server.bind(endpoint.as_deref().unwrap_or("tcp://*:5555"))?;
    println!("listening on {}", server.last_endpoint()?);

    loop {
        // Wait for the next request from a client.
        let message = server.recv_string()?;
        println!("Received request: {message}");

        // Send the reply back to it.
        server.send("World")?;
    }
}
