//! A pool of tasks that share one PULL and one PUSH: whichever is idle takes the next task.
//!
//! ```sh
//! cargo run --example tokio_worker_pool                                       # all in one terminal
//! cargo run --example tokio_worker_pool ventilator [endpoint]
//! cargo run --example tokio_worker_pool sink       [endpoint]
//! cargo run --example tokio_worker_pool workers    [ventilator] [sink] [n]    # run until they are stopped
//! ```
//!
//! In Python: `python/asyncio_worker_pool.py`. With a thread and sockets of its own for each worker: `pipeline.rs`.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;
use zmq::tokio::{Context, Socket};

const TASKS: u64 = 100;

async fn ventilator(context: &Context, endpoint: &str) -> zmq::Result<()> {
    let tasks = context.socket(zmq::PUSH)?;
    tasks.bind(endpoint)?;
    println!("listening on {}", tasks.last_endpoint()?);

    // A PUSH waits while there is no worker with room, and drops nothing. With more tasks than fit into the workers' queues (RCVHWM)
    // it should stay until they are done: what is on its way to a full queue may be lost when the connection ends.
    for task in 1..=TASKS {
        tasks.send(task.to_string()).await?;
    }
    Ok(())
}

async fn workers(context: &Context, ventilator: &str, sink: &str, count: u64) -> zmq::Result<()> {
    let tasks = context.socket(zmq::PULL)?;
    tasks.connect(ventilator)?;
    let results = context.socket(zmq::PUSH)?;
    results.connect(sink)?;

    let (tasks, results) = (Arc::new(tasks), Arc::new(results));
    let mut pool = JoinSet::new();
    for name in 1..=count {
        pool.spawn(worker(Arc::clone(&tasks), Arc::clone(&results), name));
    }
    // They do not end but by an error.
    while let Some(ended) = pool.join_next().await {
        ended.expect("no worker panics")?;
    }
    Ok(())
}

async fn worker(tasks: Arc<Socket<zmq::Pull>>, results: Arc<Socket<zmq::Push>>, name: u64) -> zmq::Result<()> {
    loop {
        let task = tasks.recv_string().await?;
        sleep(Duration::from_millis(5)).await; // what would be the work
        results.send_multipart((task, format!("worker {name}"))).await?;
    }
}

async fn sink(context: &Context, endpoint: &str) -> zmq::Result<()> {
    let results = context.socket(zmq::PULL)?;
    results.bind(endpoint)?;
    println!("listening on {}", results.last_endpoint()?);

    for _ in 0..TASKS {
        let [task, worker] = results.recv_frames().await?;
        println!("task {}: {}", task.as_str()?, worker.as_str()?);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let context = Context::new()?;
    match args.first().map(String::as_str) {
        Some("ventilator") => ventilator(&context, arg(1, "tcp://*:5557")).await?,
        Some("sink") => sink(&context, arg(1, "tcp://*:5558")).await?,
        Some("workers") => {
            let count = arg(3, "4").parse().expect("how many workers");
            workers(&context, arg(1, "tcp://localhost:5557"), arg(2, "tcp://localhost:5558"), count).await?;
        }
        _ => {
            let (tasks, results) = ("inproc://tasks", "inproc://results");
            let others = async { tokio::try_join!(ventilator(&context, tasks), sink(&context, results)) };
            tokio::select! {
                done = others => { done?; }
                // Dropped when the others are done.
                failed = workers(&context, tasks, results, 4) => failed?,
            }
        }
    }
    context.term().await
}
