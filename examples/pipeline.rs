//! Work shared out: a ventilator gives 100 tasks to whichever worker is free, a sink collects the results. All of it is JSON.
//!
//! ```sh
//! cargo run --example pipeline                                # with four workers, in one terminal
//! cargo run --example pipeline ventilator [endpoint]          # or each in its own
//! cargo run --example pipeline sink       [endpoint]
//! cargo run --example pipeline worker     [ventilator] [sink] # as many as you like; they run until they are stopped
//! ```
//!
//! In Python: `python/pipeline.py`.

use std::env;
use std::thread;

use serde::{Deserialize, Serialize};

const TASKS: u32 = 100;

/// `{"task": 7, "workload": 70}`
#[derive(Serialize, Deserialize)]
struct Task {
    task: u32,
    workload: u32,
}

/// `{"task": 7, "result": 140}`
#[derive(Serialize, Deserialize)]
struct Done {
    task: u32,
    result: u32,
}

fn ventilator(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let sender = context.socket(zmq::PUSH)?;
    sender.bind(endpoint)?;
    println!("listening on {}", sender.last_endpoint()?);

    // A PUSH waits while there is no worker with room, and drops nothing.
    for task in 1..=TASKS {
        sender.send_json(&Task { task, workload: task * 10 })?;
    }
    Ok(())
}

fn worker(context: &zmq::Context, ventilator: &str, sink: &str) -> zmq::Result<()> {
    let receiver = context.socket(zmq::PULL)?;
    receiver.connect(ventilator)?;
    let sender = context.socket(zmq::PUSH)?;
    sender.connect(sink)?;

    loop {
        let Task { task, workload } = receiver.recv_json()?;
        sender.send_json(&Done { task, result: workload * 2 })?;
    }
}

fn sink(context: &zmq::Context, endpoint: &str) -> zmq::Result<()> {
    let receiver = context.socket(zmq::PULL)?;
    receiver.bind(endpoint)?;
    println!("listening on {}", receiver.last_endpoint()?);

    for _ in 0..TASKS {
        let Done { task, result } = receiver.recv_json()?;
        println!("task {task}: {result}");
    }
    Ok(())
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = zmq::Context::new()?;
    match args.first().map(String::as_str) {
        Some("ventilator") => ventilator(&context, arg(1, "tcp://*:5557")),
        Some("sink") => sink(&context, arg(1, "tcp://*:5558")),
        Some("worker") => worker(&context, arg(1, "tcp://localhost:5557"), arg(2, "tcp://localhost:5558")),
        _ => {
            let start = |role: fn(&zmq::Context) -> zmq::Result<()>| {
                let context = context.clone();
                thread::spawn(move || role(&context))
            };
            let ventilator = start(|context| ventilator(context, "inproc://tasks"));
            let workers = [(); 4].map(|()| start(|context| worker(context, "inproc://tasks", "inproc://results")));
            sink(&context, "inproc://results")?;
            ventilator.join().expect("the ventilator does not panic")?;

            // The workers wait for more. This ends their `recv_json` with an error that says so.
            context.shutdown()?;
            for worker in workers {
                let stopped = worker.join().expect("no worker panics");
                assert!(stopped.is_err_and(|error| error.is_terminated()));
            }
            Ok(())
        }
    }
}
