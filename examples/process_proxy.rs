//! A queue between clients and workers in a process of its own, with a socket that logs what passes and one that steers it.
//!
//! `process_proxy` starts one, sends a question through it, and ends it; `process_proxy CONTROL` starts one that whoever talks to the
//! control endpoint steers and ends. Python: `python/process_proxy.py`, with `zmq.devices.ProcessProxySteerable`.

#[cfg(unix)]
fn main() -> zmq::Result<()> {
    // In the process that is to be the proxy, this is where it ends.
    zmq::run_process_proxies();

    let mut queue = zmq::ProcessProxy::new(zmq::ROUTER, zmq::DEALER)?;
    queue.setsockopt_in(zmq::RCVHWM, 10_000)?;
    queue.bind_in("tcp://127.0.0.1:*");
    queue.bind_out("tcp://127.0.0.1:*");
    if let Some(control) = std::env::args().nth(1) {
        queue.ctrl(zmq::REP);
        queue.bind_ctrl(&control);
        let queue = queue.start()?;
        println!("listening on {} and {} as {}", queue.in_endpoint(), queue.out_endpoint(), queue.id());
        return queue.join();
    }

    let queue = queue.start()?;
    let context = zmq::Context::new()?;
    let (client, worker) = (context.socket(zmq::REQ)?, context.socket(zmq::REP)?);
    client.connect(queue.in_endpoint())?;
    worker.connect(queue.out_endpoint())?;
    client.send("Hello")?;
    println!("worker got {}", worker.recv_string()?);
    worker.send("World")?;
    println!("client got {}", client.recv_string()?);
    queue.stop()
}

#[cfg(not(unix))]
fn main() {}
