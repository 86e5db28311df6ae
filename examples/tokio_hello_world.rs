//! The hello world of the ØMQ tutorial in tasks of tokio.
//!
//! ```sh
//! cargo run --example tokio_hello_world                    # both in one terminal
//! cargo run --example tokio_hello_world server [endpoint]  # or in two
//! cargo run --example tokio_hello_world client [endpoint]
//! ```
//!
//! In Python: `python/asyncio_hello_world.py`. For smol: `smol_hello_world.rs`.

use std::env;

use zmq::tokio::Context;

const REQUESTS: usize = 10;

async fn server(context: &Context, endpoint: &str) -> zmq::Result<()> {
    let server = context.socket(zmq::REP)?;
    server.bind(endpoint)?;
    println!("listening on {}", server.last_endpoint()?);

    for _ in 0..REQUESTS {
        // While this waits, the thread is free for other tasks.
        let request = server.recv_string().await?;
        println!("Received request: {request}");
        server.send("World").await?;
    }
    Ok(())
}

async fn client(context: &Context, endpoint: &str) -> zmq::Result<()> {
    let client = context.socket(zmq::REQ)?;
    client.connect(endpoint)?;
    for request in 0..REQUESTS {
        client.send("Hello").await?;
        println!("Received reply {request} [ {} ]", client.recv_string().await?);
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let endpoint = |default| args.get(1).map_or(default, String::as_str);
    let context = Context::new()?;
    match args.first().map(String::as_str) {
        Some("server") => server(&context, endpoint("tcp://*:5555")).await?,
        Some("client") => client(&context, endpoint("tcp://localhost:5555")).await?,
        _ => {
            let endpoint = "inproc://hello_world";
            tokio::try_join!(server(&context, endpoint), client(&context, endpoint))?;
        }
    }
    // Dropping the context would not wait for the last reply to be sent. This does.
    context.term().await
}
