//! A server that has a task for each request, and answers whichever is done first: nobody waits for somebody else's work.
//!
//! ```sh
//! cargo run --example tokio_router_server                               # both in one terminal
//! cargo run --example tokio_router_server server [endpoint]             # runs until it is stopped
//! cargo run --example tokio_router_server client [endpoint] [ms]...     # how long the work of each request takes
//! ```
//!
//! In Python: `python/asyncio_router_server.py`.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;
use zmq::Message;
use zmq::tokio::{Context, Socket};

async fn server(context: &Context, endpoint: &str) -> zmq::Result<()> {
    // All tasks send by the same socket. It can be shared, and the messages are whole.
    let server = Arc::new(context.socket(zmq::ROUTER)?);
    server.bind(endpoint)?;
    println!("listening on {}", server.last_endpoint()?);

    // Aborts its tasks when it is dropped.
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            request = server.recv_frames() => {
                let [client, request] = request?;
                tasks.spawn(answer(Arc::clone(&server), client, request));
            }
            Some(done) = tasks.join_next() => done.expect("no task panics")?,
        }
    }
}

async fn answer(server: Arc<Socket<zmq::Router>>, client: Message, request: Message) -> zmq::Result<()> {
    let reply = match request.as_str().ok().and_then(|ms| ms.parse().ok()) {
        Some(ms) => {
            sleep(Duration::from_millis(ms)).await; // what would be the work
            format!("worked for {ms} ms")
        }
        None => "how many ms?".to_owned(),
    };
    server.send_multipart((client, reply)).await?;
    Ok(())
}

async fn client(context: &Context, endpoint: &str, requests: &[&str]) -> zmq::Result<()> {
    let client = context.socket(zmq::DEALER)?;
    client.connect(endpoint)?;
    for ms in requests {
        client.send(*ms).await?;
    }
    for _ in requests {
        println!("{}", client.recv_string().await?);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let context = Context::new()?;
    match args[..] {
        ["server"] => server(&context, "tcp://*:5555").await?,
        ["server", endpoint] => server(&context, endpoint).await?,
        ["client"] => client(&context, "tcp://localhost:5555", &["900", "600", "300"]).await?,
        ["client", endpoint, ref requests @ ..] => client(&context, endpoint, requests).await?,
        _ => {
            let endpoint = "inproc://router_server";
            // The server would go on for ever: it is dropped when the client is done.
            tokio::select! {
                done = server(&context, endpoint) => done?,
                done = client(&context, endpoint, &["900", "600", "300"]) => done?,
            }
        }
    }
    context.term().await
}
