//! Publish-subscribe by multicast, where libzmq has it: the feature `pgm`, or a system's libzmq that was built with it.
//!
//! ```sh
//! cargo run --features pgm --example epgm publisher  'epgm://eth0;239.192.1.1:5555' [messages]
//! cargo run --features pgm --example epgm subscriber 'epgm://eth0;239.192.1.1:5555' [messages]
//! ```
//!
//! The endpoint is the network interface (or its address), the multicast group and the port. Multicast goes one way: a publisher
//! does not see its subscribers, and whoever comes later gets what is sent from then on. In Python: `python/epgm.py`.

use std::env;
use std::thread;
use std::time::Duration;

fn publisher(context: &zmq::Context, endpoint: &str, messages: usize) -> zmq::Result<()> {
    let publisher = context.socket(zmq::PUB)?;
    publisher.connect(endpoint)?; // with multicast it does not matter who binds
    for message in 0..messages {
        publisher.send_multipart(["tick".to_owned(), message.to_string()])?;
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn subscriber(context: &zmq::Context, endpoint: &str, messages: usize) -> zmq::Result<()> {
    let subscriber = context.socket(zmq::SUB)?;
    subscriber.subscribe("tick")?;
    subscriber.connect(endpoint)?;
    for _ in 0..messages {
        let [topic, message] = subscriber.recv_frames()?;
        println!("{}: {}", topic.as_str()?, message.as_str()?);
    }
    Ok(())
}

fn main() -> zmq::Result<()> {
    if !zmq::has("pgm") {
        println!("this libzmq has no pgm: see the feature `pgm`");
        return Ok(());
    }
    let args: Vec<String> = env::args().skip(1).collect();
    let messages = |default| args.get(2).and_then(|number| number.parse().ok()).unwrap_or(default);
    let context = zmq::Context::new()?;
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["publisher", endpoint, ..] => publisher(&context, endpoint, messages(usize::MAX)),
        ["subscriber", endpoint, ..] => subscriber(&context, endpoint, messages(10)),
        _ => {
            println!("epgm publisher|subscriber 'epgm://interface;group:port' [messages]");
            Ok(())
        }
    }
}
