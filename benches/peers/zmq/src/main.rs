//! libzmq's perf programs with `zmq`, whose libzmq is 4.3.4 without CURVE.
//!
//! What is received goes into the same `Message` each time, what is sent is copied from a slice: its API knows no way to send the
//! same bytes again that copies less.

use std::time::{Duration, Instant};

use zmq::{Context, Message, Result, Socket};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse().expect("sizes and counts are numbers");
    assert!(arguments.get(4).is_none_or(|curve| curve != "1"), "there is no CURVE in it");
    match arguments[0].as_str() {
        "local_thr" => local_thr(&arguments[1], number(2), number(3)),
        "remote_thr" => remote_thr(&arguments[1], number(2), number(3)),
        "local_lat" => local_lat(&arguments[1], number(2), number(3)),
        "remote_lat" => remote_lat(&arguments[1], number(2), number(3)),
        "inproc_thr" => inproc_thr(number(1), number(2)),
        "inproc_lat" => inproc_lat(number(1), number(2)),
        "can" => {
            println!("tcp\nipc\ninproc");
            Ok(())
        }
        other => panic!("there is no program {other}"),
    }
}

fn throughput(size: usize, count: usize, took: Duration) {
    let rate = count as f64 / took.as_secs_f64();
    println!("message size: {size} [B]\nmessage count: {count}");
    println!("mean throughput: {} [msg/s]\nmean throughput: {:.3} [Mb/s]", rate as u64, rate * size as f64 * 8.0 / 1e6);
}

fn latency(size: usize, count: usize, took: Duration) {
    println!("message size: {size} [B]\nroundtrip count: {count}");
    println!("average latency: {:.3} [us]", took.as_secs_f64() * 1e6 / (2 * count) as f64);
}

/// The time from the first message to the last.
fn receive(pull: &Socket, size: usize, count: usize) -> Result<Duration> {
    let mut message = Message::new();
    pull.recv(&mut message, 0)?;
    let started = Instant::now();
    for _ in 1..count {
        pull.recv(&mut message, 0)?;
        assert_eq!(message.len(), size);
    }
    Ok(started.elapsed())
}

fn send(push: &Socket, size: usize, count: usize) -> Result<()> {
    let data = vec![0; size];
    for _ in 0..count {
        push.send(&data[..], 0)?;
    }
    Ok(())
}

fn echo(rep: &Socket, size: usize, count: usize) -> Result<()> {
    let mut message = Message::new();
    for _ in 0..count {
        rep.recv(&mut message, 0)?;
        assert_eq!(message.len(), size);
        rep.send(std::mem::replace(&mut message, Message::new()), 0)?;
    }
    Ok(())
}

fn ask(req: &Socket, size: usize, count: usize) -> Result<Duration> {
    let mut message = Message::with_size(size);
    let started = Instant::now();
    for _ in 0..count {
        req.send(std::mem::replace(&mut message, Message::new()), 0)?;
        req.recv(&mut message, 0)?;
        assert_eq!(message.len(), size);
    }
    Ok(started.elapsed())
}

fn local_thr(endpoint: &str, size: usize, count: usize) -> Result<()> {
    let pull = Context::new().socket(zmq::PULL)?;
    pull.bind(endpoint)?;
    throughput(size, count, receive(&pull, size, count)?);
    Ok(())
}

fn remote_thr(endpoint: &str, size: usize, count: usize) -> Result<()> {
    let push = Context::new().socket(zmq::PUSH)?;
    push.connect(endpoint)?;
    send(&push, size, count)?;
    if endpoint.starts_with("ipc:") {
        // libzmq's receiver that has no room drops what it has not yet read when the sender of an ipc connection hangs up
        // (stream_engine_base.cpp, in_event_internal, where _input_stopped): it is ended from outside.
        std::thread::sleep(Duration::from_secs(600));
    }
    Ok(())
}

fn local_lat(endpoint: &str, size: usize, count: usize) -> Result<()> {
    let rep = Context::new().socket(zmq::REP)?;
    rep.bind(endpoint)?;
    echo(&rep, size, count)
}

fn remote_lat(endpoint: &str, size: usize, count: usize) -> Result<()> {
    let req = Context::new().socket(zmq::REQ)?;
    req.connect(endpoint)?;
    latency(size, count, ask(&req, size, count)?);
    Ok(())
}

fn inproc_thr(size: usize, count: usize) -> Result<()> {
    let context = Context::new();
    let (pull, push) = (context.socket(zmq::PULL)?, context.socket(zmq::PUSH)?);
    pull.bind("inproc://thr_test")?;
    push.connect("inproc://thr_test")?;
    let sender = std::thread::spawn(move || send(&push, size, count));
    throughput(size, count, receive(&pull, size, count)?);
    sender.join().expect("the sender does not panic")
}

fn inproc_lat(size: usize, count: usize) -> Result<()> {
    let context = Context::new();
    let (req, rep) = (context.socket(zmq::REQ)?, context.socket(zmq::REP)?);
    req.bind("inproc://lat_test")?;
    rep.connect("inproc://lat_test")?;
    let echoing = std::thread::spawn(move || echo(&rep, size, count));
    latency(size, count, ask(&req, size, count)?);
    echoing.join().expect("the other side does not panic")
}
