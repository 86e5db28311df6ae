//! Publish-subscribe with the topic as the beginning of the message, and two subscribers that each get only their own.
//!
//! ```sh
//! cargo run --example weather                                        # all three in one terminal
//! cargo run --example weather publisher  [endpoint]                  # or in three
//! cargo run --example weather subscriber [endpoint] [name] [topic]   # A weather, and B sports
//! ```
//!
//! In Python: `python/weather.py`.

use std::env;
use std::thread;

const NEWS: [&str; 4] = ["weather NYC 72", "sports Mets 3", "weather Boston 64", "sports Sox 5"];

fn publisher(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    if zmq::version() < zmq::Version::new(4, 3, 5) {
        return publisher_before_4_3_5(context, endpoint);
    }
    let publisher = context.socket(zmq::PUB)?;
    publisher.bind(endpoint)?;
    println!("listening on {}", publisher.last_endpoint()?);

    // Two different topics; two subscribers to the same one would count once.
    publisher.wait_for_subscriptions(2, 10_000)?;
    for news in NEWS {
        publisher.send(news)?;
    }
    Ok(())
}

/// Before libzmq 4.3.5 a PUB does not tell who subscribed. An XPUB does, in every version: it receives the subscriptions.
fn publisher_before_4_3_5(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let publisher = context.socket(zmq::XPUB)?;
    publisher.bind(endpoint)?;
    println!("listening on {}", publisher.last_endpoint()?);

    publisher.recv_timeout(10_000)?;
    publisher.recv_timeout(10_000)?;
    for news in NEWS {
        publisher.send(news)?;
    }
    Ok(())
}

fn subscriber(context: &zmq::Context, endpoint: &str, name: &str, topic: &str) -> zmq::Result<()> {
    let subscriber = context.socket(zmq::SUB)?;
    subscriber.connect(endpoint)?;
    subscriber.subscribe(topic)?; // a prefix: all messages that begin with it

    for _ in 0..2 {
        let message = subscriber.recv_string()?;
        println!("{name}: {message}");
    }
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("publisher") => publisher(&context, arg(1, "tcp://*:5556")),
        Some("subscriber") => subscriber(&context, arg(1, "tcp://localhost:5556"), arg(2, "A"), arg(3, "weather")),
        _ => {
            let start = |role: fn(&zmq::Context) -> zmq::Result<()>| {
                let context = context.clone();
                thread::spawn(move || role(&context))
            };
            let threads = [
                start(|context| publisher(context, "inproc://weather")),
                start(|context| subscriber(context, "inproc://weather", "A", "weather")),
                start(|context| subscriber(context, "inproc://weather", "B", "sports")),
            ];
            threads.into_iter().try_for_each(|thread| thread.join().expect("no thread panics"))
        }
    }
}
