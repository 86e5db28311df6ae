//! A publisher that ticks, and tasks that subscribe to some of its ticks.
//!
//! ```sh
//! cargo run --example tokio_pubsub                                   # all in one terminal
//! cargo run --example tokio_pubsub publisher  [endpoint] [subscribers]
//! cargo run --example tokio_pubsub subscriber [endpoint] [topic]     # `even` or `odd`
//! ```
//!
//! In Python: `python/asyncio_pubsub.py`.

use std::env;
use std::time::Duration;

use tokio::time::interval;
use zmq::tokio::Context;

const TICK: Duration = Duration::from_millis(20);

/// Publishes until so many subscribers have come and gone.
async fn publisher(context: &Context, endpoint: &str, mut subscribers: usize) -> zmq::Result<()> {
    // An XPUB receives its subscriptions, so that nobody sleeps and hopes that they are there.
    let publisher = context.socket(zmq::XPUB)?;
    publisher.set_xpub_verboser(true)?; // also those to a topic that somebody else has
    publisher.bind(endpoint)?;
    println!("listening on {}", publisher.last_endpoint()?);

    let mut subscribed = 0;
    let mut number = 0;
    let mut ticks = interval(TICK);
    while subscribers > 0 {
        // Whichever comes first. What is cancelled has taken nothing: no subscription is lost.
        tokio::select! {
            event = publisher.recv() => {
                let event = event?;
                let topic = String::from_utf8_lossy(&event[1..]);
                if event[0] == 1 {
                    subscribed += 1;
                    println!("subscribed to: {topic}");
                } else {
                    subscribed -= 1;
                    subscribers -= 1;
                    println!("unsubscribed from: {topic}");
                }
            }
            _ = ticks.tick(), if subscribed > 0 => {
                number += 1;
                let topic = if number % 2 == 0 { "even" } else { "odd" };
                publisher.send_multipart((topic, number.to_string())).await?;
            }
        }
    }
    Ok(())
}

async fn subscriber(context: &Context, endpoint: &str, topic: &str) -> zmq::Result<()> {
    let subscriber = context.socket(zmq::SUB)?;
    subscriber.connect(endpoint)?;
    subscriber.subscribe(topic)?;
    for _ in 0..3 {
        let [topic, number] = subscriber.recv_frames().await?;
        println!("{}: {}", topic.as_str()?, number.as_str()?);
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = Context::new()?;
    match args.first().map(String::as_str) {
        Some("publisher") => {
            let subscribers = arg(2, "2").parse().expect("how many subscribers");
            publisher(&context, arg(1, "tcp://*:5556"), subscribers).await?;
        }
        Some("subscriber") => subscriber(&context, arg(1, "tcp://localhost:5556"), arg(2, "even")).await?,
        _ => {
            let endpoint = "inproc://ticks";
            tokio::try_join!(
                publisher(&context, endpoint, 2),
                subscriber(&context, endpoint, "even"),
                subscriber(&context, endpoint, "odd"),
            )?;
        }
    }
    context.term().await
}
