//! libzmq's perf programs with `rzmq`, which is all Rust.
//!
//! As its documentation does: in tokio's runtime of several threads, and the bytes that are sent are shared, not copied. Its adaptive
//! throttle is off, as for the figures that its README tells.

use std::time::{Duration, Instant};

use bytes::Bytes;
use rzmq::socket::{
    ADAPTIVE_THROTTLE, CURVE_PUBLIC_KEY, CURVE_SECRET_KEY, CURVE_SERVER, CURVE_SERVER_KEY, Socket, SocketType,
};
use rzmq::{Context, Msg, ZmqError};

type Result<T> = std::result::Result<T, ZmqError>;

const SERVER_SECRET: &str = "{X}#>t#jRGaQ}gMhv=30r(Mw+87YGs+5%kh=i@f8";
const SERVER_PUBLIC: &str = "DX4nh=yUn{-9ugra0X3Src4SU-4xTgqxcYY.+<SH";
const CLIENT_PUBLIC: &str = "<n^oA}I:66W+*ds3tAmi1+KJzv-}k&fC2aA5Bj0K";
const CLIENT_SECRET: &str = "9R9bV}[6z6DC-%$!jTVTKvWc=LEL{4i4gzUe$@Zx";

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse().expect("sizes and counts are numbers");
    let endpoint = || arguments[1].clone();
    let curve = arguments.get(4).is_some_and(|argument| argument == "1");
    let work = match arguments[0].as_str() {
        "local_thr" => tokio::spawn(local_thr(endpoint(), number(2), number(3), curve)),
        "remote_thr" => tokio::spawn(remote_thr(endpoint(), number(2), number(3), curve)),
        "local_lat" => tokio::spawn(local_lat(endpoint(), number(2), number(3), curve)),
        "remote_lat" => tokio::spawn(remote_lat(endpoint(), number(2), number(3), curve)),
        "inproc_thr" => tokio::spawn(inproc_thr(number(1), number(2))),
        "inproc_lat" => tokio::spawn(inproc_lat(number(1), number(2))),
        "can" => {
            println!("tcp\nipc\ninproc\ncurve");
            return Ok(());
        }
        other => panic!("there is no program {other}"),
    };
    work.await.expect("it does not panic")
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

async fn socket(context: &Context, kind: SocketType) -> Result<Socket> {
    let socket = context.socket(kind)?;
    socket.set_option(ADAPTIVE_THROTTLE, 0i32).await?;
    Ok(socket)
}

async fn server(context: &Context, kind: SocketType, curve: bool) -> Result<Socket> {
    let socket = socket(context, kind).await?;
    if curve {
        socket.set_option(CURVE_SECRET_KEY, SERVER_SECRET).await?;
        socket.set_option(CURVE_SERVER, 1i32).await?;
    }
    Ok(socket)
}

async fn client(context: &Context, kind: SocketType, curve: bool) -> Result<Socket> {
    let socket = socket(context, kind).await?;
    if curve {
        socket.set_option(CURVE_SECRET_KEY, CLIENT_SECRET).await?;
        socket.set_option(CURVE_PUBLIC_KEY, CLIENT_PUBLIC).await?;
        socket.set_option(CURVE_SERVER_KEY, SERVER_PUBLIC).await?;
    }
    Ok(socket)
}

/// The time from the first message to the last.
async fn receive(pull: &Socket, size: usize, count: usize) -> Result<Duration> {
    pull.recv().await?;
    let started = Instant::now();
    for _ in 1..count {
        assert_eq!(pull.recv().await?.size(), size);
    }
    Ok(started.elapsed())
}

async fn send(push: &Socket, size: usize, count: usize) -> Result<()> {
    let data = Bytes::from(vec![0; size]);
    for _ in 0..count {
        push.send(Msg::from_bytes(data.clone())).await?;
    }
    Ok(())
}

async fn echo(rep: &Socket, size: usize, count: usize) -> Result<()> {
    for _ in 0..count {
        let message = rep.recv().await?;
        assert_eq!(message.size(), size);
        rep.send(message).await?;
    }
    Ok(())
}

async fn ask(req: &Socket, size: usize, count: usize) -> Result<Duration> {
    let mut message = Msg::from_vec(vec![0; size]);
    let started = Instant::now();
    for _ in 0..count {
        req.send(message).await?;
        message = req.recv().await?;
        assert_eq!(message.size(), size);
    }
    Ok(started.elapsed())
}

async fn local_thr(endpoint: String, size: usize, count: usize, curve: bool) -> Result<()> {
    let context = Context::new()?;
    let pull = server(&context, SocketType::Pull, curve).await?;
    pull.bind(&endpoint).await?;
    throughput(size, count, receive(&pull, size, count).await?);
    Ok(())
}

async fn remote_thr(endpoint: String, size: usize, count: usize, curve: bool) -> Result<()> {
    let context = Context::new()?;
    let push = client(&context, SocketType::Push, curve).await?;
    push.connect(&endpoint).await?;
    send(&push, size, count).await?;
    // Its `term` drops what it has not sent after ten seconds: it is ended from outside.
    tokio::time::sleep(Duration::from_secs(600)).await;
    Ok(())
}

async fn local_lat(endpoint: String, size: usize, count: usize, curve: bool) -> Result<()> {
    let context = Context::new()?;
    let rep = server(&context, SocketType::Rep, curve).await?;
    rep.bind(&endpoint).await?;
    echo(&rep, size, count).await?;
    context.term().await
}

async fn remote_lat(endpoint: String, size: usize, count: usize, curve: bool) -> Result<()> {
    let context = Context::new()?;
    let req = client(&context, SocketType::Req, curve).await?;
    req.connect(&endpoint).await?;
    latency(size, count, ask(&req, size, count).await?);
    Ok(())
}

async fn inproc_thr(size: usize, count: usize) -> Result<()> {
    let context = Context::new()?;
    let (pull, push) = (socket(&context, SocketType::Pull).await?, socket(&context, SocketType::Push).await?);
    pull.bind("inproc://thr_test").await?;
    push.connect("inproc://thr_test").await?;
    let sender = tokio::spawn(async move { send(&push, size, count).await });
    throughput(size, count, receive(&pull, size, count).await?);
    sender.await.expect("the sender does not panic")
}

async fn inproc_lat(size: usize, count: usize) -> Result<()> {
    let context = Context::new()?;
    let (req, rep) = (socket(&context, SocketType::Req).await?, socket(&context, SocketType::Rep).await?);
    rep.bind("inproc://lat_test").await?;
    req.connect("inproc://lat_test").await?;
    let echoing = tokio::spawn(async move { echo(&rep, size, count).await });
    latency(size, count, ask(&req, size, count).await?);
    echoing.await.expect("the other side does not panic")
}
