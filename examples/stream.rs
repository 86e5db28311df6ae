//! A STREAM socket, which talks plain TCP: here to a client that knows nothing of ZeroMQ.
//!
//! ```sh
//! cargo run --example stream                     # both in one terminal
//! cargo run --example stream server [endpoint]   # or in two; `nc localhost 5563` is a client, too
//! cargo run --example stream client [endpoint]
//! ```
//!
//! In Python: `python/stream.py`.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::thread;

/// Serves one client. What it sends is not cut into messages: a long line may come in pieces, two short ones in one.
fn serve(server: &zmq::Socket<zmq::Stream>) -> zmq::Result<()> {
    loop {
        // Each frame comes with the id of its connection. An empty one says that the connection is new, or gone.
        let [id, data] = server.recv_frames()?;
        if !data.is_empty() {
            println!("received: {}", data.as_str()?.trim_end());
            server.send_multipart((id, data.to_ascii_uppercase()))?;
            break;
        }
    }
    let [_id, gone] = server.recv_frames()?;
    assert!(gone.is_empty());
    println!("disconnected");
    Ok(())
}

fn client(endpoint: &str) -> std::io::Result<()> {
    let mut client = TcpStream::connect(endpoint.trim_start_matches("tcp://"))?;
    client.write_all(b"hello\n")?;
    let mut line = String::new();
    BufReader::new(&client).read_line(&mut line)?;
    println!("reply: {}", line.trim_end());
    Ok(())
}

fn main() -> std::io::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let endpoint = |default| args.get(1).map_or(default, String::as_str);
    if args.first().is_some_and(|role| role == "client") {
        return client(endpoint("tcp://localhost:5563"));
    }

    let context = zmq::Context::new()?;
    let server = context.socket(zmq::STREAM)?;
    if args.first().is_some_and(|role| role == "server") {
        server.bind(endpoint("tcp://*:5563"))?;
        println!("listening on {}", server.last_endpoint()?);
        return Ok(serve(&server)?);
    }
    server.bind("tcp://127.0.0.1:*")?;
    let endpoint = server.last_endpoint()?;
    let server = thread::spawn(move || serve(&server));
    client(&endpoint)?;
    Ok(server.join().expect("the server does not panic")?)
}
