//! The client of the ØMQ tutorial: asks "Hello" ten times.
//!
//! ```sh
//! cargo run --example hello_world_client [endpoint]
//! ```
//!
//! In Python: `python/hello_world_client.py`.

use std::env;

fn main() -> zmq::Result<()> {
    let endpoint = env::args().nth(1);
    let context = zmq::Context::new()?;

    println!("Connecting to hello world server…");
    let client = context.socket(zmq::REQ)?;
    client.connect(endpoint.as_deref().unwrap_or("tcp://localhost:5555"))?;

    // Do ten requests, waiting each time for a reply.
    for request in 0..10 {
        println!("Sending request {request} …");
        client.send("Hello")?;

        // Get the reply.
        let message = client.recv_string()?;
        println!("Received reply {request} [ {message} ]");
    }
    Ok(())
}
