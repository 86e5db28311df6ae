//! The Paranoid Pirate queue of the ØMQ Guide: gives requests to workers, and knows by heartbeats which of them are alive.
//!
//! ```sh
//! cargo run --example paranoid_pirate_queue [frontend] [backend] [heartbeat in ms] [liveness]
//! cargo run --example paranoid_pirate_worker tcp://localhost:5569 A # as many as you like
//! cargo run --example lazy_pirate client tcp://localhost:5568
//! ```
//!
//! The queue and the workers run until they are stopped. In Python: `python/paranoid_pirate_queue.py`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::env;
use std::time::{Duration, Instant};

const READY: &[u8] = b"\x01";
const HEARTBEAT: &[u8] = b"\x02";

/// A worker that can take a request.
struct Worker {
    identity: zmq::Message,
    expires: Instant,
}

fn main() -> zmq::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let arg = |index, default| args.get(index).map_or(default, String::as_str);
    let heartbeat = Duration::from_millis(arg(2, "1000").parse().expect("milliseconds"));
    let liveness: u32 = arg(3, "3").parse().expect("how many heartbeats may be missed");

    let context = zmq::Context::new()?;
    let frontend = context.socket(zmq::ROUTER)?;
    frontend.bind(arg(0, "tcp://*:5568"))?;
    println!("listening on {}", frontend.last_endpoint()?);
    let backend = context.socket(zmq::ROUTER)?;
    backend.set_router_handover(true)?; // a worker that comes back takes over from its lost connection
    backend.bind(arg(1, "tcp://*:5569"))?;
    println!("listening on {}", backend.last_endpoint()?);

    // The one that has been idle for longest is the first. Both the timer and the loop need them, one after the other.
    let workers = RefCell::new(VecDeque::<Worker>::new());
    let mut timers = zmq::Timers::new();
    timers.add(heartbeat, |_, _| {
        for worker in workers.borrow().iter() {
            // To one that is gone it is dropped; if something is wrong with the socket, the loop hears of it.
            let _ = backend.try_send_multipart((&worker.identity, HEARTBEAT));
        }
    })?;

    let mut poller = zmq::Poller::new();
    poller.register(&backend, zmq::POLLIN)?;
    loop {
        // Requests wait in their sockets while nobody could take them.
        let idle = !workers.borrow().is_empty();
        poller.register(&frontend, if idle { zmq::POLLIN } else { zmq::PollEvents::NONE })?;
        let ready = poller.poll(timers.timeout())?;

        if ready.contains(&backend) {
            // From a worker: who it is, and READY or HEARTBEAT, or the client, nothing, and the answer.
            let mut frames = backend.recv_multipart()?;
            let identity = frames.remove(0);
            let name = String::from_utf8_lossy(&identity).into_owned();
            // Whatever it says, it is alive, and waits for a request.
            let mut workers = workers.borrow_mut();
            workers.retain(|worker| worker.identity != identity);
            workers.push_back(Worker { identity, expires: Instant::now() + heartbeat * liveness });
            match &frames[..] {
                [control] if control == READY => println!("{name} is ready"),
                [control] if control == HEARTBEAT => {}
                [_client, _empty, _answer] => frontend.send_multipart(frames)?,
                _ => eprintln!("not understood, from {name}: {frames:?}"),
            }
        }
        if ready.contains(&frontend) {
            // Whatever it is: what to make of it is for the worker to say.
            let mut frames = frontend.recv_multipart()?;
            let worker = workers.borrow_mut().pop_front().expect("it is polled only while there are any");
            frames.insert(0, worker.identity);
            backend.send_multipart(frames)?;
        }
        timers.execute();

        let now = Instant::now();
        workers.borrow_mut().retain(|worker| {
            let alive = worker.expires > now;
            if !alive {
                println!("{} has expired", String::from_utf8_lossy(&worker.identity));
            }
            alive
        });
    }
}
