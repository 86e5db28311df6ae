//! libzmq's perf programs with `zeromq`, which is all Rust, and has neither `inproc` nor CURVE.
//!
//! Each side is a task in tokio's runtime of several threads, where it sends large messages faster than in one of one thread, and small ones
//! as fast. The bytes that are sent are shared, not copied.

use std::time::{Duration, Instant};

use bytes::Bytes;
use zeromq::{
    PullSocket, PushSocket, RepSocket, ReqSocket, Socket, SocketRecv as _, SocketSend as _, ZmqMessage, ZmqResult,
};

fn main() -> ZmqResult<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse().expect("sizes and counts are numbers");
    let endpoint = || arguments[1].clone();
    assert!(arguments.get(4).is_none_or(|curve| curve != "1"), "there is no CURVE in it");
    match arguments[0].as_str() {
        "local_thr" => run(local_thr(endpoint(), number(2), number(3))),
        "remote_thr" => run(remote_thr(endpoint(), number(2), number(3))),
        "local_lat" => run(local_lat(endpoint(), number(2), number(3))),
        "remote_lat" => run(remote_lat(endpoint(), number(2), number(3))),
        "can" => {
            println!("tcp\nipc");
            Ok(())
        }
        other => panic!("there is no program {other}"),
    }
}

/// Runs it as a task: the runtime's own threads are better at that than the one that waits in `block_on`.
fn run(work: impl Future<Output = ZmqResult<()>> + Send + 'static) -> ZmqResult<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime can be made");
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

fn length(message: &ZmqMessage) -> usize {
    message.get(0).expect("a frame").len()
}

/// Unlike the others, it gives up when nobody is there yet.
async fn connect(socket: &mut impl Socket, endpoint: &str) {
    while socket.connect(endpoint).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn local_thr(endpoint: String, size: usize, count: usize) -> ZmqResult<()> {
    let mut pull = PullSocket::new();
    pull.bind(&endpoint).await?;
    pull.recv().await?;
    let started = Instant::now();
    for _ in 1..count {
        assert_eq!(length(&pull.recv().await?), size);
    }
    throughput(size, count, started.elapsed());
    Ok(())
}

async fn remote_thr(endpoint: String, size: usize, count: usize) -> ZmqResult<()> {
    let mut push = PushSocket::new();
    connect(&mut push, &endpoint).await;
    let data = Bytes::from(vec![0; size]);
    for _ in 0..count {
        push.send(ZmqMessage::from(data.clone())).await?;
    }
    // What it has not sent by then would be lost: it is ended from outside.
    tokio::time::sleep(Duration::from_secs(600)).await;
    Ok(())
}

async fn local_lat(endpoint: String, size: usize, count: usize) -> ZmqResult<()> {
    let mut rep = RepSocket::new();
    rep.bind(&endpoint).await?;
    for _ in 0..count {
        let message = rep.recv().await?;
        assert_eq!(length(&message), size);
        rep.send(message).await?;
    }
    Ok(())
}

async fn remote_lat(endpoint: String, size: usize, count: usize) -> ZmqResult<()> {
    let mut req = ReqSocket::new();
    connect(&mut req, &endpoint).await;
    let mut message = ZmqMessage::from(vec![0; size]);
    let started = Instant::now();
    for _ in 0..count {
        req.send(message).await?;
        message = req.recv().await?;
        assert_eq!(length(&message), size);
    }
    latency(size, count, started.elapsed());
    Ok(())
}
