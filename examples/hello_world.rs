//! The hello world of the ØMQ tutorial, server and client in one program:
//!
//! ```sh
//! cargo run --release --example hello_world [endpoint]
//! ```
//!
//! As two programs: `hello_world_server.rs` and `hello_world_client.rs`. In Python: `python/hello_world.py`.

use std::env;
use std::thread;

const REQUESTS: usize = 10;

fn serve(server: &zmq::Socket<zmq::Rep>) -> zmq::Result<()> {
    for _ in 0..REQUESTS {
        // Wait for the next request from the client.
        let message = server.recv_string()?;
        println!("Received request: {message}");

        // Send the reply back to it.
        server.send("World")?;
    }
    Ok(())
}

fn main() -> zmq::Result<()> {
    let endpoint = env::args().nth(1);
    let context = zmq::Context::new()?;

    // Any free port; the tutorial takes 5555.
    let server = context.socket(zmq::REP)?;
    server.bind(endpoint.as_deref().unwrap_or("tcp://127.0.0.1:*"))?;
    let endpoint = server.last_endpoint()?;
    // A socket may move to another thread, but not be used by two at once: the compiler sees to it.
    let server = thread::spawn(move || serve(&server));

    println!("Connecting to hello world server…");
    let client = context.socket(zmq::REQ)?;
    client.connect(&endpoint)?;
    for request in 0..REQUESTS {
        println!("Sending request {request} …");
        client.send("Hello")?;

        // Get the reply.
        let message = client.recv_string()?;
        println!("Received reply {request} [ {message} ]");
    }
    server.join().expect("the server does not panic")
}
