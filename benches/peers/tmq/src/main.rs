//! libzmq's perf programs with `tmq`.

use std::time::Instant;

use futures::{SinkExt as _, StreamExt as _};
use tmq::{Context, Multipart};

#[tokio::main(flavor = "current_thread")]
async fn main() -> tmq::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let (endpoint, size, count) =
        (&arguments[2], arguments[3].parse::<usize>().unwrap(), arguments[4].parse::<usize>().unwrap());
    let context = Context::new();
    match arguments[1].as_str() {
        "local_thr" => {
            let mut pull = tmq::pull(&context).bind(endpoint)?;
            pull.next().await.unwrap()?;
            let started = Instant::now();
            for _ in 1..count {
                assert_eq!(pull.next().await.unwrap()?[0].len(), size);
            }
            println!("mean throughput: {:.0} [msg/s]", count as f64 / started.elapsed().as_secs_f64());
        }
        "remote_thr" => {
            let mut push = tmq::push(&context).connect(endpoint)?;
            let data = vec![0; size];
            for _ in 0..count {
                push.send(Multipart::from(vec![&data[..]])).await?;
            }
        }
        "local_lat" => {
            let mut rep = tmq::reply(&context).bind(endpoint)?;
            for _ in 0..count {
                let (message, answer) = rep.recv().await?;
                rep = answer.send(message).await?;
            }
        }
        "remote_lat" => {
            let mut req = tmq::request(&context).connect(endpoint)?;
            let mut message = Multipart::from(vec![&vec![0; size][..]]);
            let started = Instant::now();
            for _ in 0..count {
                let (answer, next) = req.send(message).await?.recv().await?;
                (message, req) = (answer, next);
            }
            println!("average latency: {:.3} [us]", started.elapsed().as_secs_f64() * 1e6 / count as f64 / 2.0);
        }
        other => panic!("there is no program {other}"),
    }
    Ok(())
}
