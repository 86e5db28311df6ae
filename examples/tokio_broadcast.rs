//! A bridge from a SUB to a `tokio::sync::broadcast` channel: one connection for all the tasks that want to hear.
//!
//! ```sh
//! cargo run --example tokio_broadcast                                 # with a publisher, in one terminal
//! cargo run --example tokio_broadcast bridge [endpoint] [listeners]   # to the publisher of `tokio_pubsub`, for one subscriber
//! ```

use std::env;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;
use zmq::Message;
use zmq::tokio::Context;

/// Topic and number. Cloning it copies no bytes: all listeners have the same message.
type Tick = [Message; 2];

async fn bridge(context: &Context, endpoint: &str, listeners: usize) -> zmq::Result<()> {
    let (channel, _) = broadcast::channel(16);
    let mut tasks = JoinSet::new();
    for name in 1..=listeners {
        tasks.spawn(listener(name, channel.subscribe()));
    }

    // After the listeners, so that they miss nothing.
    let subscriber = context.socket(zmq::SUB)?;
    subscriber.connect(endpoint)?;
    subscriber.subscribe("even")?;
    loop {
        tokio::select! {
            tick = subscriber.recv_frames() => { let _ = channel.send(tick?); }
            // Nobody listens any more.
            () = channel.closed() => break,
        }
    }
    tasks.join_all().await.into_iter().collect()
}

async fn listener(name: usize, mut channel: broadcast::Receiver<Tick>) -> zmq::Result<()> {
    let mut heard = 0;
    while heard < 3 {
        match channel.recv().await {
            Ok([topic, number]) => println!("listener {name}: {}: {}", topic.as_str()?, number.as_str()?),
            // One that is slow misses the oldest, as a SUB does when its queue is full. It holds up nobody.
            Err(RecvError::Lagged(missed)) => println!("listener {name}: missed {missed}"),
            Err(RecvError::Closed) => break,
        }
        heard += 1;
    }
    Ok(())
}

async fn publisher(context: &Context, endpoint: &str) -> zmq::Result<()> {
    let publisher = context.socket(zmq::XPUB)?;
    publisher.bind(endpoint)?;
    publisher.recv().await?; // the subscription
    for number in 1..=6 {
        let topic = if number % 2 == 0 { "even" } else { "odd" };
        publisher.send_multipart((topic, number.to_string())).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = Context::new()?;
    match args.first().map(String::as_str) {
        Some("bridge") => {
            let listeners = arg(2, "2").parse().expect("how many listeners");
            bridge(&context, arg(1, "tcp://localhost:5556"), listeners).await?;
        }
        _ => {
            let endpoint = "inproc://broadcast";
            tokio::try_join!(publisher(&context, endpoint), bridge(&context, endpoint, 2))?;
        }
    }
    context.term().await
}
