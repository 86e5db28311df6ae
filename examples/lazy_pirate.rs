//! The Lazy Pirate of the ØMQ Guide: a REQ that does not wait for ever. When no answer comes in time it throws its socket away, asks
//! again with a new one, and after some tries gives up.
//!
//! ```sh
//! cargo run --example lazy_pirate                    # with a server that loses requests, in one terminal
//! cargo run --example lazy_pirate server [endpoint]  # or in two
//! cargo run --example lazy_pirate client [endpoint] [requests] [timeout in ms] [tries]
//! ```
//!
//! In Python: `python/lazy_pirate.py`.

use std::env;
use std::thread;

const REQUESTS: u32 = 5;
const TIMEOUT: i32 = 2500;
const TRIES: u32 = 3;

fn connect(context: &zmq::Context, endpoint: &str) -> zmq::Result<zmq::Socket<zmq::Req>> {
    let client = context.socket(zmq::REQ)?;
    client.set_linger(0)?; // what nobody took is not worth waiting for
    client.connect(endpoint)?;
    Ok(client)
}

fn client(context: &zmq::Context, endpoint: &str, requests: u32, timeout: i32, tries: u32) -> zmq::Result<()> {
    let mut client = connect(context, endpoint)?;
    for request in 1..=requests {
        let request = request.to_string();
        let mut tries_left = tries;
        loop {
            client.send(&request)?;
            if client.poll(timeout, zmq::POLLIN)?.is_readable() {
                let reply = client.recv_string()?;
                assert_eq!(reply, request, "a new socket gets no answers to the old one");
                println!("reply: {reply}");
                break;
            }
            tries_left -= 1;
            if tries_left == 0 {
                println!("no answer to {request}, giving up");
                return Ok(());
            }
            println!("no answer to {request}, asking again");
            // It may not send before it has received, and so is of no more use.
            client.close()?;
            client = connect(context, endpoint)?;
        }
    }
    Ok(())
}

/// Echoes, except each third request, which it loses. Only a ROUTER can do that: a REP has to answer before it receives again.
fn server(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let server = context.socket(zmq::ROUTER)?;
    server.bind(endpoint)?;
    println!("listening on {}", server.last_endpoint()?);

    for count in 1.. {
        let [client, empty, request] = server.recv_frames()?;
        if count % 3 == 0 {
            println!("lost: {}", request.as_str()?);
        } else {
            server.send_multipart((client, empty, request))?;
        }
    }
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let endpoint = |default| args.get(1).map_or(default, String::as_str);
    let number = |index, default| args.get(index).map_or(default, |arg: &String| arg.parse().expect("a number"));
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("server") => server(&context, endpoint("tcp://*:5565")),
        Some("client") => {
            let (requests, tries) = (number(2, REQUESTS), number(4, TRIES));
            let timeout = args.get(3).map_or(TIMEOUT, |arg| arg.parse().expect("milliseconds"));
            client(&context, endpoint("tcp://localhost:5565"), requests, timeout, tries)
        }
        _ => {
            let of_thread = context.clone();
            let thread = thread::spawn(move || server(&of_thread, "inproc://lazy_pirate"));
            client(&context, "inproc://lazy_pirate", REQUESTS, 500, TRIES)?;
            // The server waits for more. This ends its `recv_frames` with an error that says so.
            context.shutdown()?;
            let stopped = thread.join().expect("the server does not panic");
            assert!(stopped.is_err_and(|error| error.is_terminated()));
            Ok(())
        }
    }
}
