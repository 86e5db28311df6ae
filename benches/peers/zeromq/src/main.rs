//! libzmq's perf programs with `zeromq`, which is all Rust.

use std::time::Instant;

use zeromq::{Socket as _, SocketRecv as _, SocketSend as _, ZmqMessage};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let (endpoint, size, count) = (&arguments[2], arguments[3].parse::<usize>()?, arguments[4].parse::<usize>()?);
    let data = vec![0u8; size];
    match arguments[1].as_str() {
        "local_thr" => {
            let mut pull = zeromq::PullSocket::new();
            pull.bind(endpoint).await?;
            pull.recv().await?;
            let started = Instant::now();
            for _ in 1..count {
                assert_eq!(pull.recv().await?.get(0).unwrap().len(), size);
            }
            println!("mean throughput: {:.0} [msg/s]", count as f64 / started.elapsed().as_secs_f64());
        }
        "remote_thr" => {
            let mut push = zeromq::PushSocket::new();
            while push.connect(endpoint).await.is_err() {}
            for _ in 0..count {
                push.send(ZmqMessage::from(data.clone())).await?;
            }
            // What it has not sent by then would be lost: it is ended from outside.
            tokio::time::sleep(std::time::Duration::from_secs(600)).await;
        }
        "local_lat" => {
            let mut rep = zeromq::RepSocket::new();
            rep.bind(endpoint).await?;
            loop {
                let message = rep.recv().await?;
                rep.send(message).await?;
            }
        }
        "remote_lat" => {
            let mut req = zeromq::ReqSocket::new();
            while req.connect(endpoint).await.is_err() {}
            let mut message = ZmqMessage::from(data);
            let started = Instant::now();
            for _ in 0..count {
                req.send(message).await?;
                message = req.recv().await?;
            }
            println!("average latency: {:.3} [us]", started.elapsed().as_secs_f64() * 1e6 / count as f64 / 2.0);
        }
        other => panic!("there is no program {other}"),
    }
    Ok(())
}
