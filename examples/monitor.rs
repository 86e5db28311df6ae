//! The life of a connection, as the monitors of both its ends tell it: made, agreed upon, lost, and tried again.
//!
//! ```sh
//! cargo run --example monitor                    # both ends in one terminal
//! cargo run --example monitor server [endpoint]  # or in two
//! cargo run --example monitor client [endpoint]
//! ```
//!
//! In Python: `python/monitor.py`.

use std::env;
use std::thread;

/// A server, and what its connections do.
fn bind(context: &zmq::Context, endpoint: &str) -> zmq::Result<(zmq::Socket<zmq::Rep>, zmq::Monitor)> {
    let server = context.socket(zmq::REP)?;
    let events = zmq::EVENT_LISTENING | zmq::EVENT_ACCEPTED | zmq::EVENT_HANDSHAKE_SUCCEEDED | zmq::EVENT_CLOSED;
    let monitor = server.monitor(events)?; // before it binds, so that this is told, too
    server.bind(endpoint)?;
    println!("listening on {}", server.last_endpoint()?);
    Ok((server, monitor))
}

/// Answers once, and closes.
fn serve(server: zmq::Socket<zmq::Rep>, monitor: zmq::Monitor) -> zmq::Result<()> {
    // A monitor may be in another thread than its socket. When the socket is closed, its events end.
    let printing = thread::spawn(move || {
        for event in &monitor {
            println!("server: {}", event?);
        }
        Ok(())
    });
    server.recv()?;
    server.send("World")?;
    server.close()?;
    printing.join().expect("the printing does not panic")
}

/// Asks once, and sees the server go away.
fn client(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let client = context.socket(zmq::REQ)?;
    let made = zmq::EVENT_CONNECTED | zmq::EVENT_HANDSHAKE_SUCCEEDED;
    let monitor = client.monitor(made | zmq::EVENT_DISCONNECTED | zmq::EVENT_CONNECT_RETRIED)?;
    client.connect(endpoint)?;
    client.send("Hello")?;
    client.recv()?;

    // Nobody has received an event yet: they are kept.
    let mut lost = false;
    for event in &monitor {
        let event = event?;
        println!("client: {event}");
        match event.event {
            zmq::Event::Disconnected { .. } => lost = true,
            // It would go on trying.
            zmq::Event::ConnectRetried { .. } if lost => break,
            _ => {}
        }
    }
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let endpoint = |default| args.get(1).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("server") => {
            let (server, monitor) = bind(&context, endpoint("tcp://*:5564"))?;
            serve(server, monitor)
        }
        Some("client") => client(&context, endpoint("tcp://localhost:5564")),
        _ => {
            // Not inproc, which has no connections to tell of.
            let (server, monitor) = bind(&context, "tcp://127.0.0.1:*")?;
            let endpoint = server.last_endpoint()?;
            let thread = thread::spawn(move || serve(server, monitor));
            client(&context, &endpoint)?;
            thread.join().expect("the server does not panic")
        }
    }
}
