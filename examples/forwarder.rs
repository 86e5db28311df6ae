//! A forwarder between publishers and subscribers, which need not know of each other: an XSUB, an XPUB and a proxy.
//!
//! ```sh
//! cargo run --example forwarder                                       # all four in one terminal
//! cargo run --example forwarder proxy      [publishers] [subscribers] # or each in its own
//! cargo run --example forwarder publisher  [endpoint]
//! cargo run --example forwarder subscriber [endpoint] [name] [topic]  # A weather, and B sports
//! ```
//!
//! In Python: `python/forwarder.py`.

use std::env;
use std::thread;

const NEWS: [&str; 4] = ["weather NYC 72", "sports Mets 3", "weather Boston 64", "sports Sox 5"];

/// Runs until it is stopped. It passes on the news, and, the other way, the subscriptions.
fn proxy(context: &zmq::Context, publishers: &str, subscribers: &str) -> zmq::Result<()> {
    let frontend = context.socket(zmq::XSUB)?;
    frontend.bind(publishers)?;
    println!("listening on {}", frontend.last_endpoint()?);
    let backend = context.socket(zmq::XPUB)?;
    backend.bind(subscribers)?;
    println!("listening on {}", backend.last_endpoint()?);

    zmq::proxy(&frontend, &backend)
}

fn publisher(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let publisher = context.socket(zmq::XPUB)?;
    publisher.connect(endpoint)?;

    // An XPUB receives the subscriptions: what is sent before would be lost. There are two topics.
    publisher.recv()?;
    publisher.recv()?;
    for news in NEWS {
        publisher.send(news)?;
    }
    Ok(())
}

fn subscriber(context: &zmq::Context, endpoint: &str, name: &str, topic: &str) -> zmq::Result<()> {
    let subscriber = context.socket(zmq::SUB)?;
    subscriber.connect(endpoint)?;
    subscriber.subscribe(topic)?;

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
        Some("proxy") => proxy(&context, arg(1, "tcp://*:5559"), arg(2, "tcp://*:5560")),
        Some("publisher") => publisher(&context, arg(1, "tcp://localhost:5559")),
        Some("subscriber") => subscriber(&context, arg(1, "tcp://localhost:5560"), arg(2, "A"), arg(3, "weather")),
        _ => {
            let start = |role: fn(&zmq::Context) -> zmq::Result<()>| {
                let context = context.clone();
                thread::spawn(move || role(&context))
            };
            let forwarder = start(|context| proxy(context, "inproc://publishers", "inproc://subscribers"));
            let threads = [
                start(|context| publisher(context, "inproc://publishers")),
                start(|context| subscriber(context, "inproc://subscribers", "A", "weather")),
                start(|context| subscriber(context, "inproc://subscribers", "B", "sports")),
            ];
            threads.into_iter().try_for_each(|thread| thread.join().expect("no thread panics"))?;

            // The forwarder waits for more. This ends it with an error that says so.
            context.shutdown()?;
            let stopped = forwarder.join().expect("the forwarder does not panic");
            assert!(stopped.is_err_and(|error| error.is_terminated()));
            Ok(())
        }
    }
}
