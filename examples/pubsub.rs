//! Publish-subscribe with the topic in a frame of its own.
//!
//! ```sh
//! cargo run --example pubsub                           # both in one terminal
//! cargo run --example pubsub publisher  [endpoint]     # or in two
//! cargo run --example pubsub subscriber [endpoint]
//! ```
//!
//! In Python: `python/pubsub.py`.

use std::env;
use std::thread;

fn publisher(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    if zmq::version() < zmq::Version::new(4, 3, 5) {
        return publisher_before_4_3_5(context, endpoint);
    }
    let publisher = context.socket(zmq::PUB)?;
    publisher.bind(endpoint)?;
    println!("listening on {}", publisher.last_endpoint()?);

    // What is sent before somebody subscribes is lost. This waits for the subscription, at most 10 s, where programs often
    // sleep and hope.
    publisher.wait_for_subscriptions(1, 10_000)?;
    publisher.send_multipart(["topic2", "Hello Nobody!"])?;
    publisher.send_multipart(["topic1", "Hello Subscribers!"])?;
    Ok(())
}

/// Before libzmq 4.3.5 a PUB does not tell who subscribed. An XPUB does, in every version: it receives the subscriptions.
fn publisher_before_4_3_5(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let publisher = context.socket(zmq::XPUB)?;
    publisher.bind(endpoint)?;
    println!("listening on {}", publisher.last_endpoint()?);

    publisher.recv_timeout(10_000)?;
    publisher.send_multipart(["topic2", "Hello Nobody!"])?;
    publisher.send_multipart(["topic1", "Hello Subscribers!"])?;
    Ok(())
}

fn subscriber(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let subscriber = context.socket(zmq::SUB)?;
    subscriber.connect(endpoint)?;
    subscriber.subscribe("topic1")?;

    let [topic, message] = subscriber.recv_frames()?;
    println!("{}: {}", topic.as_str()?, message.as_str()?);
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let endpoint = |default| args.get(1).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("publisher") => publisher(&context, endpoint("tcp://*:5556")),
        Some("subscriber") => subscriber(&context, endpoint("tcp://localhost:5556")),
        _ => {
            // Threads of one context talk over `inproc`, without a network.
            let of_thread = context.clone();
            let thread = thread::spawn(move || publisher(&of_thread, "inproc://pubsub"));
            subscriber(&context, "inproc://pubsub")?;
            thread.join().expect("the publisher does not panic")
        }
    }
}
