//! libzmq's perf programs with `tmq`, over the crate `zmq`, whose libzmq is 4.3.4 without CURVE.
//!
//! Each side is a task in a runtime of one thread. Receiving is buffered, so that the socket is asked for its events once for many messages.
//! Its sink copies each message once more than `zmq` does.

use std::time::{Duration, Instant};

use futures::{SinkExt as _, StreamExt as _};
use tmq::push::Push;
use tmq::request_reply::{RequestReceiver, RequestSender};
use tmq::{Context, Message, Multipart, Result};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse().expect("sizes and counts are numbers");
    let endpoint = || arguments[1].clone();
    assert!(arguments.get(4).is_none_or(|curve| curve != "1"), "there is no CURVE in it");
    match arguments[0].as_str() {
        "local_thr" => run(local_thr(endpoint(), number(2), number(3))),
        "remote_thr" => run(remote_thr(endpoint(), number(2), number(3))),
        "local_lat" => run(local_lat(endpoint(), number(2), number(3))),
        "remote_lat" => run(remote_lat(endpoint(), number(2), number(3))),
        "inproc_thr" => run(inproc_thr(number(1), number(2))),
        "inproc_lat" => run(inproc_lat(number(1), number(2))),
        "can" => {
            println!("tcp\nipc\ninproc");
            Ok(())
        }
        other => panic!("there is no program {other}"),
    }
}

/// Runs it as a task: to wake the future of `block_on` costs tokio a system call.
fn run(work: impl Future<Output = Result<()>> + Send + 'static) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    runtime.block_on(async { tokio::spawn(work).await.expect("it does not panic") })
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
async fn receive(pull: tmq::pull::Pull, size: usize, count: usize) -> Result<Duration> {
    let mut pull = pull.buffered(1000);
    pull.next().await.expect("it does not end")?;
    let started = Instant::now();
    for _ in 1..count {
        assert_eq!(pull.next().await.expect("it does not end")?[0].len(), size);
    }
    Ok(started.elapsed())
}

async fn send(push: &mut Push, size: usize, count: usize) -> Result<()> {
    let data = vec![0; size];
    for _ in 0..count {
        push.send(Message::from(&data[..])).await?;
    }
    Ok(())
}

async fn echo(mut rep: RequestReceiver, size: usize, count: usize) -> Result<()> {
    for _ in 0..count {
        let (message, answer) = rep.recv().await?;
        assert_eq!(message[0].len(), size);
        rep = answer.send(message).await?;
    }
    Ok(())
}

async fn ask(mut req: RequestSender, size: usize, count: usize) -> Result<Duration> {
    let mut message = Multipart::from(Message::with_size(size));
    let started = Instant::now();
    for _ in 0..count {
        (message, req) = req.send(message).await?.recv().await?;
        assert_eq!(message[0].len(), size);
    }
    Ok(started.elapsed())
}

async fn local_thr(endpoint: String, size: usize, count: usize) -> Result<()> {
    let pull = tmq::pull(&Context::new()).bind(&endpoint)?;
    throughput(size, count, receive(pull, size, count).await?);
    Ok(())
}

async fn remote_thr(endpoint: String, size: usize, count: usize) -> Result<()> {
    let mut push = tmq::push(&Context::new()).connect(&endpoint)?;
    send(&mut push, size, count).await?;
    if endpoint.starts_with("ipc:") {
        // libzmq's receiver that has no room drops what it has not yet read when the sender of an ipc connection hangs up
        // (stream_engine_base.cpp, in_event_internal, where _input_stopped): it is ended from outside.
        tokio::time::sleep(Duration::from_secs(600)).await;
    }
    Ok(())
}

async fn local_lat(endpoint: String, size: usize, count: usize) -> Result<()> {
    echo(tmq::reply(&Context::new()).bind(&endpoint)?, size, count).await
}

async fn remote_lat(endpoint: String, size: usize, count: usize) -> Result<()> {
    let req = tmq::request(&Context::new()).connect(&endpoint)?;
    latency(size, count, ask(req, size, count).await?);
    Ok(())
}

async fn inproc_thr(size: usize, count: usize) -> Result<()> {
    let context = Context::new();
    let pull = tmq::pull(&context).bind("inproc://thr_test")?;
    let sender = std::thread::spawn(move || {
        run(async move {
            let mut push = tmq::push(&context).connect("inproc://thr_test")?;
            send(&mut push, size, count).await
        })
    });
    throughput(size, count, receive(pull, size, count).await?);
    sender.join().expect("the sender does not panic")
}

async fn inproc_lat(size: usize, count: usize) -> Result<()> {
    let context = Context::new();
    let req = tmq::request(&context).bind("inproc://lat_test")?;
    let echoing = std::thread::spawn(move || {
        run(async move { echo(tmq::reply(&context).connect("inproc://lat_test")?, size, count).await })
    });
    latency(size, count, ask(req, size, count).await?);
    echoing.join().expect("the other side does not panic")
}
