//! A proxy that is paused, measured, resumed and ended: by a handle from another thread, or by a socket from anywhere.
//!
//! ```sh
//! cargo run --example steerable                                        # by a handle, then by a socket, in one terminal
//! cargo run --example steerable proxy [frontend] [backend] [control]   # or by a socket, in two
//! cargo run --example steerable steer [frontend] [backend] [control]
//! ```
//!
//! In Python: `python/steerable.py`.

use std::env;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A streamer that obeys what comes by its control socket.
fn proxy(context: &zmq::Context, [frontend, backend, control]: [&str; 3]) -> zmq::Result<()> {
    let (receiver, sender) = (context.socket(zmq::PULL)?, context.socket(zmq::PUSH)?);
    let commands = context.socket(zmq::REP)?;
    receiver.bind(frontend)?;
    println!("listening on {}", receiver.last_endpoint()?);
    sender.bind(backend)?;
    println!("listening on {}", sender.last_endpoint()?);
    commands.bind(control)?;
    println!("listening on {}", commands.last_endpoint()?);

    zmq::proxy_steerable(&receiver, &sender, &commands)?;
    println!("the proxy has ended");
    Ok(())
}

/// What goes into the proxy and comes out of it.
struct Ends {
    source: zmq::Socket<zmq::Push>,
    sink: zmq::Socket<zmq::Pull>,
}

impl Ends {
    fn connect(context: &zmq::Context, frontend: &str, backend: &str) -> zmq::Result<Self> {
        let ends = Self { source: context.socket(zmq::PUSH)?, sink: context.socket(zmq::PULL)? };
        ends.source.connect(frontend)?;
        ends.sink.connect(backend)?;
        Ok(ends)
    }

    /// Sends while the proxy is paused.
    fn send_in_vain(&self, message: &str) -> zmq::Result<()> {
        self.source.send(message)?;
        if self.sink.poll(Duration::from_millis(100), zmq::POLLIN)?.is_empty() {
            println!("nothing comes");
        }
        Ok(())
    }

    fn receive(&self) -> zmq::Result<()> {
        println!("received: {}", self.sink.recv_string()?);
        Ok(())
    }
}

fn report(statistics: &zmq::ProxyStatistics) {
    for (name, of) in [("frontend", statistics.frontend), ("backend", statistics.backend)] {
        let zmq::Traffic { received, received_bytes, sent, sent_bytes, .. } = of;
        println!("{name}: received {received} ({received_bytes} bytes), sent {sent} ({sent_bytes} bytes)");
    }
}

/// By a socket: from another thread, program or machine, in whatever language.
fn steer(context: &zmq::Context, [frontend, backend, control]: [&str; 3]) -> zmq::Result<()> {
    let ends = Ends::connect(context, frontend, backend)?;
    let commands = context.socket(zmq::REQ)?;
    commands.connect(control)?;
    // Each command is answered when it is obeyed: with an empty frame, or with the statistics.
    let tell = |command: &str| {
        println!("{command}");
        commands.send(command)?;
        commands.recv_multipart()
    };

    ends.source.send("one")?;
    ends.receive()?;
    tell("PAUSE")?;
    ends.send_in_vain("two")?;
    report(&zmq::ProxyStatistics::from_frames(&tell("STATISTICS")?)?);
    tell("RESUME")?;
    ends.receive()?;
    tell("TERMINATE")?;
    Ok(())
}

/// By a handle, from another thread of the program.
fn by_handle(context: &zmq::Context) -> zmq::Result<()> {
    let (frontend, backend) = (context.socket(zmq::PULL)?, context.socket(zmq::PUSH)?);
    frontend.bind("inproc://from")?;
    backend.bind("inproc://to")?;
    let ends = Ends::connect(context, "inproc://from", "inproc://to")?;

    let (give, take) = mpsc::channel();
    let thread = thread::spawn(move || {
        // The proxy borrows its sockets, so it is made where they are; only its handle goes elsewhere.
        let proxy = zmq::Proxy::new(&frontend, &backend)?;
        give.send(proxy.handle()).expect("somebody waits for it");
        proxy.run()
    });
    let handle = take.recv().expect("there is a proxy");

    ends.source.send("one")?;
    ends.receive()?;
    println!("pause");
    handle.pause();
    ends.send_in_vain("two")?;
    println!("statistics");
    report(&handle.statistics());
    println!("resume");
    handle.resume();
    ends.receive()?;
    println!("terminate");
    handle.terminate();
    thread.join().expect("the proxy does not panic")?;
    println!("the proxy has ended");
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("proxy") => proxy(&context, [arg(1, "tcp://*:5559"), arg(2, "tcp://*:5560"), arg(3, "tcp://*:5561")]),
        Some("steer") => {
            let [frontend, backend, control] = ["tcp://localhost:5559", "tcp://localhost:5560", "tcp://localhost:5561"];
            steer(&context, [arg(1, frontend), arg(2, backend), arg(3, control)])
        }
        _ => {
            by_handle(&context)?;
            const ENDPOINTS: [&str; 3] = ["inproc://frontend", "inproc://backend", "inproc://control"];
            let of_thread = context.clone();
            let thread = thread::spawn(move || proxy(&of_thread, ENDPOINTS));
            steer(&context, ENDPOINTS)?;
            thread.join().expect("the proxy does not panic")
        }
    }
}
