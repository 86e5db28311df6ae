//! A DEALER with an identity, and a ROUTER that knows it by that.
//!
//! ```sh
//! cargo run --example dealer_router                    # both in one terminal
//! cargo run --example dealer_router router [endpoint]  # or in two
//! cargo run --example dealer_router dealer [endpoint] [identity]
//! ```
//!
//! In Python: `python/dealer_router.py`.

use std::env;
use std::thread;

const REQUESTS: usize = 3;

fn router(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let router = context.socket(zmq::ROUTER)?;
    router.bind(endpoint)?;
    println!("listening on {}", router.last_endpoint()?);

    for _ in 0..REQUESTS {
        // The first frame is who sent it, and, in an answer, who gets it.
        let [identity, message] = router.recv_frames()?;
        println!("{}: {}", identity.as_str()?, message.as_str()?);
        router.send_multipart((identity, format!("got {} bytes", message.len())))?;
    }
    Ok(())
}

fn dealer(context: &zmq::Context, endpoint: &str, identity: &str) -> zmq::Result<()> {
    let dealer = context.socket(zmq::DEALER)?;
    dealer.set_identity(identity)?; // before it connects
    dealer.connect(endpoint)?;

    // A DEALER need not wait for an answer before it asks again.
    for request in 0..REQUESTS {
        dealer.send(format!("request {request}"))?;
    }
    for _ in 0..REQUESTS {
        println!("reply: {}", dealer.recv_string()?);
    }
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("router") => router(&context, arg(1, "tcp://*:5559")),
        Some("dealer") => dealer(&context, arg(1, "tcp://localhost:5559"), arg(2, "Client1")),
        _ => {
            let of_thread = context.clone();
            let thread = thread::spawn(move || router(&of_thread, "inproc://dealer_router"));
            dealer(&context, "inproc://dealer_router", "Client1")?;
            thread.join().expect("the router does not panic")
        }
    }
}
