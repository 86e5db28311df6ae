//! libzmq's perf programs with `rzmq`, which is all Rust.

use std::time::Instant;

use rzmq::{Context, Msg, SocketType, ZmqError};

#[tokio::main]
async fn main() -> Result<(), ZmqError> {
    let arguments: Vec<String> = std::env::args().collect();
    let (endpoint, size, count) =
        (&arguments[2], arguments[3].parse::<usize>().unwrap(), arguments[4].parse::<usize>().unwrap());
    let context = Context::new()?;
    let data = vec![0u8; size];
    match arguments[1].as_str() {
        "local_thr" => {
            let pull = context.socket(SocketType::Pull)?;
            pull.bind(endpoint).await?;
            pull.recv().await?;
            let started = Instant::now();
            for _ in 1..count {
                assert_eq!(pull.recv().await?.size(), size);
            }
            println!("mean throughput: {:.0} [msg/s]", count as f64 / started.elapsed().as_secs_f64());
        }
        "remote_thr" => {
            let push = context.socket(SocketType::Push)?;
            push.connect(endpoint).await?;
            for _ in 0..count {
                push.send(Msg::from_vec(data.clone())).await?;
            }
            // What it has not sent by then would be lost: it is ended from outside.
            tokio::time::sleep(std::time::Duration::from_secs(600)).await;
        }
        "local_lat" => {
            let rep = context.socket(SocketType::Rep)?;
            rep.bind(endpoint).await?;
            loop {
                let message = rep.recv().await?;
                rep.send(Msg::from_vec(message.data().unwrap_or_default().to_vec())).await?;
            }
        }
        "remote_lat" => {
            let req = context.socket(SocketType::Req)?;
            req.connect(endpoint).await?;
            let started = Instant::now();
            for _ in 0..count {
                req.send(Msg::from_vec(data.clone())).await?;
                assert_eq!(req.recv().await?.size(), size);
            }
            println!("average latency: {:.3} [us]", started.elapsed().as_secs_f64() * 1e6 / count as f64 / 2.0);
        }
        other => panic!("there is no program {other}"),
    }
    Ok(())
}
