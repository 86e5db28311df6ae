//! The usual loop over two sockets: a PULL that gets tasks and a SUB that gets the weather, in one Poller.
//!
//! ```sh
//! cargo run --example poller                             # both in one terminal
//! cargo run --example poller source [tasks] [weather]    # or in two
//! cargo run --example poller reader [tasks] [weather]
//! ```
//!
//! In Python: `python/poller.py`.

use std::env;
use std::thread;

const EACH: usize = 3;

fn source(context: &zmq::Context, tasks: &str, weather: &str) -> zmq::Result<()> {
    let sender = context.socket(zmq::PUSH)?;
    sender.bind(tasks)?;
    println!("listening on {}", sender.last_endpoint()?);
    let publisher = context.socket(zmq::XPUB)?;
    publisher.bind(weather)?;
    println!("listening on {}", publisher.last_endpoint()?);

    // An XPUB receives the subscriptions: what is sent before the first would be lost.
    publisher.recv()?;
    for number in 0..EACH {
        sender.send(format!("task {number}"))?;
        publisher.send(format!("weather {number}"))?;
    }
    Ok(())
}

fn reader(context: &zmq::Context, tasks: &str, weather: &str) -> zmq::Result<()> {
    let receiver = context.socket(zmq::PULL)?;
    receiver.connect(tasks)?;
    let subscriber = context.socket(zmq::SUB)?;
    subscriber.connect(weather)?;
    subscriber.subscribe("weather")?;

    let mut poller = zmq::Poller::new();
    poller.register(&receiver, zmq::POLLIN)?;
    poller.register(&subscriber, zmq::POLLIN)?;

    let mut received = 0;
    while received < 2 * EACH {
        // None: for as long as it takes.
        let ready = poller.poll(None)?;
        if ready.contains(&receiver) {
            println!("received a task: {}", receiver.recv_string()?);
            received += 1;
        }
        if ready.contains(&subscriber) {
            println!("received the weather: {}", subscriber.recv_string()?);
            received += 1;
        }
    }
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("source") => source(&context, arg(1, "tcp://*:5557"), arg(2, "tcp://*:5556")),
        Some("reader") => reader(&context, arg(1, "tcp://localhost:5557"), arg(2, "tcp://localhost:5556")),
        _ => {
            let of_thread = context.clone();
            let thread = thread::spawn(move || source(&of_thread, "inproc://tasks", "inproc://weather"));
            reader(&context, "inproc://tasks", "inproc://weather")?;
            thread.join().expect("the source does not panic")
        }
    }
}
