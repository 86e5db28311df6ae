//! Two PAIR sockets: one peer each, both may send at any time. Mostly for two threads of one program.
//!
//! ```sh
//! cargo run --example pair                     # both in one terminal
//! cargo run --example pair first  [endpoint]   # or in two
//! cargo run --example pair second [endpoint]
//! ```
//!
//! In Python: `python/pair.py`.

use std::env;
use std::thread;

fn first(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let pair = context.socket(zmq::PAIR)?;
    pair.bind(endpoint)?;
    println!("listening on {}", pair.last_endpoint()?);

    pair.send("ready?")?;
    println!("first received: {}", pair.recv_string()?);
    pair.send("go!")?;
    Ok(())
}

fn second(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let pair = context.socket(zmq::PAIR)?;
    pair.connect(endpoint)?;

    println!("second received: {}", pair.recv_string()?);
    pair.send("ready")?;
    println!("second received: {}", pair.recv_string()?);
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let endpoint = |default| args.get(1).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("first") => first(&context, endpoint("tcp://*:5561")),
        Some("second") => second(&context, endpoint("tcp://localhost:5561")),
        _ => {
            let of_thread = context.clone();
            let thread = thread::spawn(move || first(&of_thread, "inproc://pair"));
            second(&context, "inproc://pair")?;
            thread.join().expect("the first does not panic")
        }
    }
}
