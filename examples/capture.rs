//! A proxy that gives all that it passes on to a third socket, too, which is read by a thread that logs it.
//!
//! ```sh
//! cargo run --example capture
//! ```
//!
//! In Python: `python/capture.py`.

use std::thread;

const REQUESTS: usize = 2;

fn proxy(context: &zmq::Context) -> zmq::Result<()> {
    let frontend = context.socket(zmq::ROUTER)?;
    frontend.bind("inproc://clients")?;
    let backend = context.socket(zmq::DEALER)?;
    backend.bind("inproc://workers")?;
    // A PAIR loses nothing: if the log is slow, the proxy waits. A PUB would drop what nobody has room for.
    let capture = context.socket(zmq::PAIR)?;
    capture.connect("inproc://log")?;

    zmq::Proxy::new(&frontend, &backend)?.capture(&capture).run()
}

fn client(context: &zmq::Context) -> zmq::Result<()> {
    let client = context.socket(zmq::REQ)?;
    client.set_identity("Client1")?; // or it would be five bytes that are no text
    client.connect("inproc://clients")?;

    for request in 0..REQUESTS {
        client.send(format!("request {request}"))?;
        client.recv()?;
    }
    Ok(())
}

fn worker(context: &zmq::Context) -> zmq::Result<()> {
    let worker = context.socket(zmq::REP)?;
    worker.connect("inproc://workers")?;

    loop {
        let request = worker.recv_string()?;
        worker.send(format!("{request} is done"))?;
    }
}

/// Prints the frames of each message: who it is from or for, the empty frame of a REQ, and what it says.
fn log(context: &zmq::Context) -> zmq::Result<()> {
    let log = context.socket(zmq::PAIR)?;
    log.bind("inproc://log")?;

    // Each request passes, and each reply.
    for _ in 0..2 * REQUESTS {
        let frames = log.recv_multipart()?;
        let frames: Vec<_> = frames.iter().map(|frame| String::from_utf8_lossy(frame)).collect();
        println!("captured: {}", frames.join(" | "));
    }
    Ok(())
}

fn main() -> zmq::Result<()> {
    let context = zmq::Context::new()?;
    let start = |role: fn(&zmq::Context) -> zmq::Result<()>| {
        let context = context.clone();
        thread::spawn(move || role(&context))
    };
    let endless = [start(proxy), start(worker)];
    let others = [start(log), start(client)];
    others.into_iter().try_for_each(|thread| thread.join().expect("no thread panics"))?;

    // The proxy and the worker wait for more. This ends them with an error that says so.
    context.shutdown()?;
    for thread in endless {
        let stopped = thread.join().expect("no thread panics");
        assert!(stopped.is_err_and(|error| error.is_terminated()));
    }
    Ok(())
}
