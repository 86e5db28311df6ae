//! The Paranoid Pirate worker of the ØMQ Guide: echoes what its queue gives it, and when it hears nothing from the queue connects
//! anew, each time after twice as long.
//!
//! ```sh
//! cargo run --example paranoid_pirate_worker [endpoint] [name] [heartbeat in ms] [liveness]
//! ```
//!
//! With `paranoid_pirate_queue`. In Python: `python/paranoid_pirate_worker.py`.

use std::cell::Cell;
use std::env;
use std::thread;
use std::time::Duration;

const READY: &[u8] = b"\x01";
const HEARTBEAT: &[u8] = b"\x02";

/// Works until the queue has been silent for as long as `silence`, and answers whether it was heard of at all.
fn work(
    context: &zmq::Context,
    endpoint: &str,
    name: &str,
    heartbeat: Duration,
    silence: Duration,
) -> zmq::Result<bool> {
    let worker = context.socket(zmq::DEALER)?;
    worker.set_identity(name)?; // before it connects
    worker.set_linger(0)?;
    worker.connect(endpoint)?;
    worker.send(READY)?;

    let lost = Cell::new(false);
    let mut timers = zmq::Timers::new();
    timers.add(heartbeat, |_, _| {
        // If something is wrong with the socket, the loop hears of it.
        let _ = worker.try_send(HEARTBEAT);
    })?;
    let watch = timers.add(silence, |_, _| lost.set(true))?;

    let mut heard = false;
    let mut poller = zmq::Poller::new();
    poller.register(&worker, zmq::POLLIN)?;
    while !lost.get() {
        if poller.poll(timers.timeout())?.contains(&worker) {
            let frames = worker.recv_multipart()?;
            match &frames[..] {
                [control] if control == HEARTBEAT => {}
                [_client, _empty, request] => {
                    println!("{name} does {}", String::from_utf8_lossy(request));
                    worker.send_multipart(frames)?;
                }
                _ => eprintln!("not understood: {frames:?}"),
            }
            heard = true;
            timers.reset(watch)?;
        }
        timers.execute();
    }
    Ok(heard)
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let (endpoint, name) = (arg(0, "tcp://localhost:5569"), arg(1, "worker"));
    let heartbeat = Duration::from_millis(arg(2, "1000").parse().expect("milliseconds"));
    let liveness: u32 = arg(3, "3").parse().expect("how many heartbeats may be missed");

    let context = zmq::Context::new()?;
    let mut interval = heartbeat;
    loop {
        if work(&context, endpoint, name, heartbeat, heartbeat * liveness)? {
            interval = heartbeat;
        }
        println!("{name} hears nothing, connecting again in {} ms", interval.as_millis());
        thread::sleep(interval);
        interval = (interval * 2).min(heartbeat * 32);
    }
}
