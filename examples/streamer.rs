//! A streamer between those that have work and those that do it, which need not know of each other: a PULL, a PUSH and a proxy.
//!
//! ```sh
//! cargo run --example streamer                          # all three in one terminal
//! cargo run --example streamer proxy  [sources] [sinks] # or each in its own
//! cargo run --example streamer source [endpoint]
//! cargo run --example streamer sink   [endpoint]
//! ```
//!
//! In Python: `python/streamer.py`.

use std::env;
use std::thread;

const TASKS: usize = 10;

/// Runs until it is stopped. While there is no sink with room, what comes waits.
fn proxy(context: &zmq::Context, sources: &str, sinks: &str) -> zmq::Result<()> {
    let frontend = context.socket(zmq::PULL)?;
    frontend.bind(sources)?;
    println!("listening on {}", frontend.last_endpoint()?);
    let backend = context.socket(zmq::PUSH)?;
    backend.bind(sinks)?;
    println!("listening on {}", backend.last_endpoint()?);

    zmq::proxy(&frontend, &backend)
}

fn source(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let source = context.socket(zmq::PUSH)?;
    source.connect(endpoint)?;

    for task in 0..TASKS {
        source.send(format!("task {task}"))?;
    }
    Ok(())
}

fn sink(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let sink = context.socket(zmq::PULL)?;
    sink.connect(endpoint)?;

    for _ in 0..TASKS {
        println!("received: {}", sink.recv_string()?);
    }
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("proxy") => proxy(&context, arg(1, "tcp://*:5559"), arg(2, "tcp://*:5560")),
        Some("source") => source(&context, arg(1, "tcp://localhost:5559")),
        Some("sink") => sink(&context, arg(1, "tcp://localhost:5560")),
        _ => {
            let start = |role: fn(&zmq::Context) -> zmq::Result<()>| {
                let context = context.clone();
                thread::spawn(move || role(&context))
            };
            let streamer = start(|context| proxy(context, "inproc://sources", "inproc://sinks"));
            let source = start(|context| source(context, "inproc://sources"));
            sink(&context, "inproc://sinks")?;
            source.join().expect("the source does not panic")?;

            // The streamer waits for more. This ends it with an error that says so.
            context.shutdown()?;
            let stopped = streamer.join().expect("the streamer does not panic");
            assert!(stopped.is_err_and(|error| error.is_terminated()));
            Ok(())
        }
    }
}
