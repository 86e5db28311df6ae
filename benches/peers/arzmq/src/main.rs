//! libzmq's perf programs with `arzmq`, whose libzmq is 4.3.5.
//!
//! What is received is a new message each time, what is sent is copied from a slice: its API has nothing that would do less.

use std::time::{Duration, Instant};

use arzmq::prelude::{
    Context, Message, PullSocket, PushSocket, Receiver as _, RecvFlags, ReplySocket, RequestSocket, SendFlags,
    Sender as _, ZmqResult,
};
use arzmq::security::SecurityMechanism;

const SERVER_SECRET: &str = "{X}#>t#jRGaQ}gMhv=30r(Mw+87YGs+5%kh=i@f8";
const SERVER_PUBLIC: &str = "DX4nh=yUn{-9ugra0X3Src4SU-4xTgqxcYY.+<SH";
const CLIENT_PUBLIC: &str = "<n^oA}I:66W+*ds3tAmi1+KJzv-}k&fC2aA5Bj0K";
const CLIENT_SECRET: &str = "9R9bV}[6z6DC-%$!jTVTKvWc=LEL{4i4gzUe$@Zx";

fn main() -> ZmqResult<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse().expect("sizes and counts are numbers");
    let curve = arguments.get(4).is_some_and(|argument| argument == "1");
    match arguments[0].as_str() {
        "local_thr" => local_thr(&arguments[1], number(2), number(3), curve),
        "remote_thr" => remote_thr(&arguments[1], number(2), number(3), curve),
        "local_lat" => local_lat(&arguments[1], number(2), number(3), curve),
        "remote_lat" => remote_lat(&arguments[1], number(2), number(3), curve),
        "inproc_thr" => inproc_thr(number(1), number(2)),
        "inproc_lat" => inproc_lat(number(1), number(2)),
        "can" => {
            println!("tcp\nipc\ninproc\ncurve");
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

fn server(curve: bool) -> SecurityMechanism {
    if !curve {
        return SecurityMechanism::Null;
    }
    SecurityMechanism::CurveServer { secret_key: SERVER_SECRET.into() }
}

fn client(curve: bool) -> SecurityMechanism {
    if !curve {
        return SecurityMechanism::Null;
    }
    SecurityMechanism::CurveClient {
        server_key: SERVER_PUBLIC.into(),
        public_key: CLIENT_PUBLIC.into(),
        secret_key: CLIENT_SECRET.into(),
    }
}

/// The time from the first message to the last.
fn receive(pull: &PullSocket, size: usize, count: usize) -> ZmqResult<Duration> {
    pull.recv_msg(RecvFlags::empty())?;
    let started = Instant::now();
    for _ in 1..count {
        assert_eq!(pull.recv_msg(RecvFlags::empty())?.len(), size);
    }
    Ok(started.elapsed())
}

fn send(push: &PushSocket, size: usize, count: usize) -> ZmqResult<()> {
    let data = vec![0u8; size];
    for _ in 0..count {
        push.send_msg(&data[..], SendFlags::empty())?;
    }
    Ok(())
}

fn echo(rep: &ReplySocket, size: usize, count: usize) -> ZmqResult<()> {
    for _ in 0..count {
        let message = rep.recv_msg(RecvFlags::empty())?;
        assert_eq!(message.len(), size);
        rep.send_msg(message, SendFlags::empty())?;
    }
    Ok(())
}

fn ask(req: &RequestSocket, size: usize, count: usize) -> ZmqResult<Duration> {
    let mut message = Message::with_size(size)?;
    let started = Instant::now();
    for _ in 0..count {
        req.send_msg(message, SendFlags::empty())?;
        message = req.recv_msg(RecvFlags::empty())?;
        assert_eq!(message.len(), size);
    }
    Ok(started.elapsed())
}

fn local_thr(endpoint: &str, size: usize, count: usize, curve: bool) -> ZmqResult<()> {
    let pull = PullSocket::from_context(&Context::new()?)?;
    pull.set_security_mechanism(&server(curve))?;
    pull.bind(endpoint)?;
    throughput(size, count, receive(&pull, size, count)?);
    Ok(())
}

fn remote_thr(endpoint: &str, size: usize, count: usize, curve: bool) -> ZmqResult<()> {
    let push = PushSocket::from_context(&Context::new()?)?;
    push.set_security_mechanism(&client(curve))?;
    push.connect(endpoint)?;
    send(&push, size, count)?;
    if endpoint.starts_with("ipc:") {
        // libzmq's receiver that has no room drops what it has not yet read when the sender of an ipc connection hangs up
        // (stream_engine_base.cpp, in_event_internal, where _input_stopped): it is ended from outside.
        std::thread::sleep(Duration::from_secs(600));
    }
    Ok(())
}

fn local_lat(endpoint: &str, size: usize, count: usize, curve: bool) -> ZmqResult<()> {
    let rep = ReplySocket::from_context(&Context::new()?)?;
    rep.set_security_mechanism(&server(curve))?;
    rep.bind(endpoint)?;
    echo(&rep, size, count)
}

fn remote_lat(endpoint: &str, size: usize, count: usize, curve: bool) -> ZmqResult<()> {
    let req = RequestSocket::from_context(&Context::new()?)?;
    req.set_security_mechanism(&client(curve))?;
    req.connect(endpoint)?;
    latency(size, count, ask(&req, size, count)?);
    Ok(())
}

fn inproc_thr(size: usize, count: usize) -> ZmqResult<()> {
    let context = Context::new()?;
    let (pull, push) = (PullSocket::from_context(&context)?, PushSocket::from_context(&context)?);
    pull.bind("inproc://thr_test")?;
    push.connect("inproc://thr_test")?;
    let sender = std::thread::spawn(move || send(&push, size, count));
    throughput(size, count, receive(&pull, size, count)?);
    sender.join().expect("the sender does not panic")
}

fn inproc_lat(size: usize, count: usize) -> ZmqResult<()> {
    let context = Context::new()?;
    let (req, rep) = (RequestSocket::from_context(&context)?, ReplySocket::from_context(&context)?);
    req.bind("inproc://lat_test")?;
    rep.connect("inproc://lat_test")?;
    let echoing = std::thread::spawn(move || echo(&rep, size, count));
    latency(size, count, ask(&req, size, count)?);
    echoing.join().expect("the other side does not panic")
}
