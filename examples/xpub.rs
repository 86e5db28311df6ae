//! An XPUB, which receives its subscribers' subscriptions as messages: a byte, 1 to subscribe and 0 to unsubscribe, and the topic.
//!
//! ```sh
//! cargo run --example xpub                         # both in one terminal
//! cargo run --example xpub publisher  [endpoint]   # or in two
//! cargo run --example xpub subscriber [endpoint]
//! ```
//!
//! In Python: `python/xpub.py`.

use std::env;
use std::thread;

fn publisher(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let publisher = context.socket(zmq::XPUB)?;
    publisher.bind(endpoint)?;
    println!("listening on {}", publisher.last_endpoint()?);

    for _ in 0..2 {
        let event = publisher.recv()?;
        let topic = String::from_utf8_lossy(&event[1..]);
        if event[0] == 1 {
            println!("subscribed to: {topic}");
            publisher.send(format!("{topic} NYC 72"))?;
        } else {
            println!("unsubscribed from: {topic}");
        }
    }
    Ok(())
}

fn subscriber(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let subscriber = context.socket(zmq::SUB)?;
    subscriber.connect(endpoint)?;
    subscriber.subscribe("weather")?;
    println!("received: {}", subscriber.recv_string()?);
    subscriber.unsubscribe("weather")?;
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let endpoint = |default| args.get(1).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("publisher") => publisher(&context, endpoint("tcp://*:5562")),
        Some("subscriber") => subscriber(&context, endpoint("tcp://localhost:5562")),
        _ => {
            let of_thread = context.clone();
            let thread = thread::spawn(move || publisher(&of_thread, "inproc://xpub"));
            subscriber(&context, "inproc://xpub")?;
            thread.join().expect("the publisher does not panic")
        }
    }
}
