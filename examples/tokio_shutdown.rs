//! A server that is stopped gracefully: on Ctrl-C, or SIGTERM, it takes no more work, finishes what it has, and waits until the replies
//! are sent.
//!
//! ```sh
//! cargo run --example tokio_shutdown                              # in one terminal: the client stops the server
//! cargo run --example tokio_shutdown server [endpoint] [ms]       # or in two: how long the work of each request takes
//! cargo run --example tokio_shutdown client [endpoint] [requests]
//! ```
//!
//! In Python: `python/asyncio_shutdown.py`.

use std::env;
use std::process;
use std::sync::Arc;
use std::time::Duration;

use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::sleep;
use zmq::Message;
use zmq::tokio::{Context, Socket};

async fn server(context: &Context, endpoint: &str, work: Duration) -> zmq::Result<()> {
    // Before anybody can know that the program runs: until now a signal ends it at once.
    let mut interrupt = signal(SignalKind::interrupt()).expect("a runtime with its I/O driver");
    let mut terminate = signal(SignalKind::terminate()).expect("a runtime with its I/O driver");

    let server = Arc::new(context.socket(zmq::ROUTER)?);
    server.set_router_mandatory(true)?; // so that it waits where it would drop what does not fit
    server.bind(endpoint)?;
    println!("listening on {}", server.last_endpoint()?);

    let mut in_work = JoinSet::new();
    loop {
        tokio::select! {
            request = server.recv_frames() => {
                let [client, request] = request?;
                in_work.spawn(answer(Arc::clone(&server), client, request, work));
            }
            Some(done) = in_work.join_next() => done.expect("no task panics")?,
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
        }
    }

    println!("stopping, {} in work", in_work.len());
    // Requests that come now are received, so that no connection is closed with something unread, and not begun: who gets no answer
    // asks again elsewhere.
    while !in_work.is_empty() {
        tokio::select! {
            Some(done) = in_work.join_next() => done.expect("no task panics")?,
            request = server.recv_multipart() => drop(request?),
        }
    }
    Ok(())
}

/// Tells the client that its request is in work, and then that it is done.
async fn answer(
    server: Arc<Socket<zmq::Router>>,
    client: Message,
    request: Message,
    work: Duration,
) -> zmq::Result<()> {
    reply(&server, (&client, "in work", &request)).await?;
    sleep(work).await;
    reply(&server, (client, "done", request)).await
}

/// Sends it, unless the client has gone: that is no reason to stop serving the others.
async fn reply(server: &Socket<zmq::Router>, message: impl zmq::IntoMultipart) -> zmq::Result<()> {
    match server.send_multipart(message).await {
        Err(error) if error.error.kind() != zmq::ErrorKind::HostUnreachable => Err(error.into()),
        _ => Ok(()),
    }
}

async fn client(context: &Context, endpoint: &str, requests: u32, stops: bool) -> zmq::Result<()> {
    let client = context.socket(zmq::DEALER)?;
    client.connect(endpoint)?;
    for request in 1..=requests {
        client.send(request.to_string()).await?;
    }
    for n in 1..=2 * requests {
        let [state, request] = client.recv_frames().await?;
        println!("{}: {}", state.as_str()?, request.as_str()?);
        if stops && n == requests {
            // As Ctrl-C does.
            let process = process::id().to_string();
            Command::new("kill").args(["-INT", &process]).status().await.expect("there is a `kill`");
        }
    }
    Ok(())
}

#[tokio::main]
async fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let ms = |text: &str| Duration::from_millis(text.parse().expect("how many ms"));
    let context = Context::new()?;
    match args.first().map(String::as_str) {
        Some("server") => server(&context, arg(1, "tcp://*:5555"), ms(arg(2, "500"))).await?,
        Some("client") => {
            let requests = arg(2, "5").parse().expect("how many requests");
            client(&context, arg(1, "tcp://localhost:5555"), requests, false).await?;
        }
        _ => {
            let endpoint = "inproc://shutdown";
            tokio::try_join!(server(&context, endpoint, ms("500")), client(&context, endpoint, 5, true))?;
        }
    }
    // The socket is closed, but its last replies may still be on their way. This waits until they are sent.
    context.term().await
}
