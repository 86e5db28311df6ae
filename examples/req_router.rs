//! A ROUTER that serves REQ clients, and so meets the empty delimiter frame that each REQ puts in front of its message.
//!
//! ```sh
//! cargo run --example req_router                    # a router and two clients in one terminal
//! cargo run --example req_router router [endpoint]  # or in three
//! cargo run --example req_router req    [endpoint] [name]
//! ```
//!
//! In Python: `python/req_router.py`.

use std::env;
use std::thread;

const CLIENTS: usize = 2;

fn router(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let router = context.socket(zmq::ROUTER)?;
    router.bind(endpoint)?;
    println!("listening on {}", router.last_endpoint()?);

    for _ in 0..CLIENTS {
        // Who sent it (a number that libzmq made up), nothing, and the message itself.
        let [client, empty, message] = router.recv_frames()?;
        assert!(empty.is_empty());
        let message = message.as_str()?;
        println!("received: {message}");
        // The same frames go back; without the empty one the REQ would not take the answer for one.
        router.send_multipart((client, "", format!("hello, {message}")))?;
    }
    Ok(())
}

fn req(context: &zmq::Context, endpoint: &str, name: &str) -> zmq::Result<()> {
    let req = context.socket(zmq::REQ)?;
    req.connect(endpoint)?;
    req.send(name)?;
    println!("{name}: {}", req.recv_string()?);
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("router") => router(&context, arg(1, "tcp://*:5560")),
        Some("req") => req(&context, arg(1, "tcp://localhost:5560"), arg(2, "A")),
        _ => {
            let of_thread = context.clone();
            let thread = thread::spawn(move || router(&of_thread, "inproc://req_router"));
            req(&context, "inproc://req_router", "A")?;
            req(&context, "inproc://req_router", "B")?;
            thread.join().expect("the router does not panic")
        }
    }
}
