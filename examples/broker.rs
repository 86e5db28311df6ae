//! A broker between REQ clients and REP workers, which need not know of each other: a ROUTER, a DEALER and a proxy.
//!
//! ```sh
//! cargo run --example broker                            # two clients and two workers, in one terminal
//! cargo run --example broker proxy  [clients] [workers] # or each in its own
//! cargo run --example broker client [endpoint] [name]
//! cargo run --example broker worker [endpoint]          # as many as you like; they run until they are stopped
//! ```
//!
//! In Python: `python/broker.py`.

use std::env;
use std::thread;

const REQUESTS: usize = 3;

/// Runs until it is stopped. Nothing of a message is changed, nor looked at.
fn proxy(context: &zmq::Context, clients: &str, workers: &str) -> zmq::Result<()> {
    let frontend = context.socket(zmq::ROUTER)?;
    frontend.bind(clients)?;
    println!("listening on {}", frontend.last_endpoint()?);
    let backend = context.socket(zmq::DEALER)?;
    backend.bind(workers)?;
    println!("listening on {}", backend.last_endpoint()?);

    zmq::proxy(&frontend, &backend)
}

fn client(context: &zmq::Context, endpoint: &str, name: &str) -> zmq::Result<()> {
    let client = context.socket(zmq::REQ)?;
    client.connect(endpoint)?;

    for request in 0..REQUESTS {
        client.send(format!("{name} {request}"))?;
        println!("reply: {}", client.recv_string()?);
    }
    Ok(())
}

fn worker(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let worker = context.socket(zmq::REP)?;
    worker.connect(endpoint)?;

    loop {
        let request = worker.recv_string()?;
        println!("request: {request}");
        worker.send(format!("{request} is done"))?;
    }
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("proxy") => proxy(&context, arg(1, "tcp://*:5559"), arg(2, "tcp://*:5560")),
        Some("client") => client(&context, arg(1, "tcp://localhost:5559"), arg(2, "A")),
        Some("worker") => worker(&context, arg(1, "tcp://localhost:5560")),
        _ => {
            let start = |role: fn(&zmq::Context) -> zmq::Result<()>| {
                let context = context.clone();
                thread::spawn(move || role(&context))
            };
            let endless = [
                start(|context| proxy(context, "inproc://clients", "inproc://workers")),
                start(|context| worker(context, "inproc://workers")),
                start(|context| worker(context, "inproc://workers")),
            ];
            let clients = [
                start(|context| client(context, "inproc://clients", "A")),
                start(|context| client(context, "inproc://clients", "B")),
            ];
            clients.into_iter().try_for_each(|client| client.join().expect("no client panics"))?;

            // The others wait for more. This ends them with an error that says so.
            context.shutdown()?;
            for thread in endless {
                let stopped = thread.join().expect("no thread panics");
                assert!(stopped.is_err_and(|error| error.is_terminated()));
            }
            Ok(())
        }
    }
}
