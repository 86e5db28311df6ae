//! The load-balancing broker of the ØMQ Guide: each request goes to the worker that has been idle for longest.
//!
//! ```sh
//! cargo run --example load_balancer                              # with three workers and ten clients, in one terminal
//! cargo run --example load_balancer broker [frontend] [backend]  # or each in its own
//! cargo run --example load_balancer worker [backend]  [name]     # as many as you like; they run until they are stopped
//! cargo run --example load_balancer client [frontend] [name] [requests]
//! ```
//!
//! In Python: `python/load_balancer.py`.

use std::collections::VecDeque;
use std::env;
use std::thread;

const READY: &str = "READY";

fn broker(context: &zmq::Context, frontend_endpoint: &str, backend_endpoint: &str) -> zmq::Result<()> {
    let frontend = context.socket(zmq::ROUTER)?;
    frontend.bind(frontend_endpoint)?;
    println!("listening on {}", frontend.last_endpoint()?);
    let backend = context.socket(zmq::ROUTER)?;
    backend.bind(backend_endpoint)?;
    println!("listening on {}", backend.last_endpoint()?);

    // The idle ones, in the order in which they became so.
    let mut workers = VecDeque::new();
    let mut poller = zmq::Poller::new();
    poller.register(&backend, zmq::POLLIN)?;
    loop {
        // Requests wait in their sockets while nobody could take them.
        poller.register(&frontend, if workers.is_empty() { zmq::PollEvents::NONE } else { zmq::POLLIN })?;
        let ready = poller.poll(None)?;

        if ready.contains(&backend) {
            // From a worker: who it is, nothing, and READY, or the client, nothing, and the answer.
            let mut frames = backend.recv_multipart()?.into_iter();
            let (Some(worker), Some(_empty)) = (frames.next(), frames.next()) else { continue };
            let answer: Vec<_> = frames.collect();
            if answer.len() == 1 && answer[0] == READY {
                println!("{} is ready", String::from_utf8_lossy(&worker));
            } else {
                frontend.send_multipart(answer)?;
            }
            workers.push_back(worker);
        }
        if ready.contains(&frontend) {
            let [client, empty, request] = frontend.recv_frames()?;
            let worker = workers.pop_front().expect("it is polled only while there are any");
            backend.send_multipart((worker, "", client, empty, request))?;
        }
    }
}

fn worker(context: &zmq::Context, endpoint: &str, name: &str) -> zmq::Result<()> {
    let worker = context.socket(zmq::REQ)?;
    worker.set_identity(name)?; // before it connects
    worker.connect(endpoint)?;

    // A REQ that is the server: its first request says that it waits for one.
    worker.send(READY)?;
    loop {
        let [client, empty, request] = worker.recv_frames()?;
        let answer = format!("{name} did {}", request.as_str()?);
        worker.send_multipart((client, empty, answer))?;
    }
}

fn client(context: &zmq::Context, endpoint: &str, name: &str, requests: u32) -> zmq::Result<()> {
    let client = context.socket(zmq::REQ)?;
    client.connect(endpoint)?;
    for request in 1..=requests {
        client.send(format!("{name}-{request}"))?;
        println!("{}", client.recv_string()?);
    }
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("broker") => broker(&context, arg(1, "tcp://*:5566"), arg(2, "tcp://*:5567")),
        Some("worker") => worker(&context, arg(1, "tcp://localhost:5567"), arg(2, "worker")),
        Some("client") => {
            let requests = arg(3, "1").parse().expect("how many requests");
            client(&context, arg(1, "tcp://localhost:5566"), arg(2, "client"), requests)
        }
        _ => {
            let of_broker = context.clone();
            let mut servers = vec![thread::spawn(move || broker(&of_broker, "inproc://frontend", "inproc://backend"))];
            for number in 1..=3 {
                let context = context.clone();
                servers.push(thread::spawn(move || worker(&context, "inproc://backend", &format!("worker-{number}"))));
            }
            let clients: Vec<_> = (1..=10)
                .map(|number| {
                    let context = context.clone();
                    thread::spawn(move || client(&context, "inproc://frontend", &format!("client-{number}"), 2))
                })
                .collect();
            for client in clients {
                client.join().expect("no client panics")?;
            }

            // The others wait for more. This ends their waiting with an error that says so.
            context.shutdown()?;
            for server in servers {
                let stopped = server.join().expect("neither the broker nor a worker panics");
                assert!(stopped.is_err_and(|error| error.is_terminated()));
            }
            Ok(())
        }
    }
}
