//! A publisher and a subscriber, made with a small helper as agent frameworks have it: `pubsub.rs`.
//!
//! ```sh
//! cargo run --example pubsub_helper                           # both in one terminal
//! cargo run --example pubsub_helper publisher  [endpoint]     # or in two
//! cargo run --example pubsub_helper subscriber [endpoint] [topic]
//! ```
//!
//! In Python: `python/pubsub_helper.py`.

// A file to copy into a program of your own; this one does not use all of it.
#[allow(dead_code, unreachable_pub, reason = "it is made to be copied")]
mod pubsub;

use std::env;
use std::thread;
use std::time::Duration;

use pubsub::PubSub;

fn publisher(mut publisher: PubSub) -> zmq::Result<()> {
    println!("listening on {}", publisher.socket()?.last_endpoint()?);

    match publisher.wait_for_subscriber(Duration::from_secs(10)) {
        // libzmq before 4.3.5 cannot say. Then it is as with a radio: whoever tunes in hears it the next time.
        Err(error) if error.kind() == zmq::ErrorKind::Unsupported => {
            for _ in 0..200 {
                say(&mut publisher)?;
                thread::sleep(Duration::from_millis(10));
            }
            return Ok(());
        }
        answer => answer?,
    }
    say(&mut publisher)
}

fn say(publisher: &mut PubSub) -> zmq::Result<()> {
    publisher.send("to whom it may concern", None)?;
    publisher.send(r#"{"position": [1, 2]}"#, "robot")
}

fn subscriber(mut subscriber: PubSub) -> zmq::Result<()> {
    if let Some(data) = subscriber.recv()? {
        println!("received: {}", String::from_utf8_lossy(&data));
    }
    Ok(()) // dropping closes it
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    match args.first().map(String::as_str) {
        Some("publisher") => publisher(PubSub::new(arg(1, "tcp://*:5564"), zmq::PUB, "")),
        Some("subscriber") => subscriber(PubSub::new(arg(1, "tcp://localhost:5564"), zmq::SUB, arg(2, "robot"))),
        _ => {
            let context = zmq::Context::new()?;
            let sender = PubSub::new("inproc://pubsub_helper", zmq::PUB, "").context(&context);
            let receiver = PubSub::new("inproc://pubsub_helper", zmq::SUB, "robot").context(&context);
            let thread = thread::spawn(move || publisher(sender));
            subscriber(receiver)?;
            thread.join().expect("the publisher does not panic")
        }
    }
}
