//! From which size on it is faster to hand bytes over than to copy them: what `ZERO_COPY_THRESHOLD` is set from.

use std::sync::Arc;
use std::time::Instant;

use zmq::{Context, Message, Result};

/// Makes the bytes, sends them to another thread, and waits for the answer that they are gone; ns for each message.
fn cost(size: usize, rounds: usize, make: impl Fn(Vec<u8>) -> Message) -> Result<f64> {
    let context = Context::new()?;
    let (push, pull) = (context.socket(zmq::PUSH)?, context.socket(zmq::PULL)?);
    pull.bind("inproc://threshold")?;
    push.connect("inproc://threshold")?;
    let receiver = std::thread::spawn(move || -> Result<()> {
        let mut message = Message::new();
        for _ in 0..rounds {
            pull.recv_into(&mut message)?;
            std::hint::black_box(&message[..]);
        }
        Ok(())
    });
    let started = Instant::now();
    for round in 0..rounds {
        push.send(make(vec![round as u8; size]))?;
    }
    receiver.join().expect("the receiver does not panic")?;
    Ok(started.elapsed().as_nanos() as f64 / rounds as f64)
}

pub(crate) fn threshold() -> Result<()> {
    println!("| bytes | copied | Vec handed over | Arc, copied into and handed over |\n| --- | --- | --- | --- |");
    for size in [64, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536] {
        let rounds = (200_000_000 / (size + 2000)).clamp(2_000, 60_000);
        let mut best = [f64::MAX; 3];
        for _ in 0..9 {
            let copied = cost(size, rounds, |vec| Message::from(&vec[..]))?;
            let vec = cost(size, rounds, Message::from)?;
            let arc = cost(size, rounds, |vec| Message::from_owner(Arc::<[u8]>::from(vec)))?;
            for (best, cost) in best.iter_mut().zip([copied, vec, arc]) {
                *best = best.min(cost);
            }
        }
        println!("| {size} | {:.0} ns | {:.0} ns | {:.0} ns |", best[0], best[1], best[2]);
    }
    println!("(A Vec below {} bytes is copied.)", zmq::ZERO_COPY_THRESHOLD);
    Ok(())
}
