//! Tasks of tokio that share sockets, and often give up waiting.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use zmq::Message;
use zmq::tokio::{Context, Socket};

use crate::content::{Numbers, check, message};
use crate::load::{Load, Outcome, Run};

const TASKS: u64 = 4;
const COUNT: u64 = 200;

/// Each round has a context, a DEALER that some tasks share, and a ROUTER that some others share; half of the waits are given up.
pub(crate) fn tasks(run: &Run, load: &Load) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    while run.goes_on() {
        runtime.block_on(async { tokio::time::timeout(Duration::from_secs(60), round(load)).await })??;
        load.round();
    }
    Ok(())
}

async fn round(load: &Load) -> Outcome {
    let context = Context::new()?;
    let (router, dealer) = (Arc::new(context.socket(zmq::ROUTER)?), Arc::new(context.socket(zmq::DEALER)?));
    router.set_hwm(2000)?; // a ROUTER drops what has no room
    let place = router.with(|socket| load.transport.bind(socket))?;
    dealer.connect(&place.endpoint)?;

    let mut servers = JoinSet::new();
    for seed in 0..TASKS {
        servers.spawn(serve(Arc::clone(&router), seed));
    }
    let mut senders = JoinSet::new();
    for stream in 0..TASKS {
        let dealer = Arc::clone(&dealer);
        senders.spawn(async move {
            for number in 0..COUNT {
                let label = [stream.to_le_bytes(), number.to_le_bytes()].concat();
                dealer.send_multipart([Message::from(label), message(stream, number)]).await?;
            }
            Ok::<(), zmq::Error>(())
        });
    }
    let mut seen = HashSet::new();
    let mut numbers = Numbers::new(9);
    for _ in 0..TASKS * COUNT {
        let frames = restless(&dealer, &mut numbers).await?;
        let (label, body) = match &frames[..] {
            [label, body] => (label, body),
            other => return Err(format!("{} frames came instead of 2", other.len()).into()),
        };
        let (stream, number) = label.split_at(8);
        let (stream, number) = (u64::from_le_bytes(stream.try_into()?), u64::from_le_bytes(number.try_into()?));
        check(stream, number, body)?;
        load.sent();
        load.received(body.len());
        if !seen.insert((stream, number)) {
            return Err(format!("message {number} of stream {stream} came twice").into());
        }
    }
    while let Some(sender) = senders.join_next().await {
        sender??;
    }
    servers.shutdown().await;
    drop((router, dealer));
    context.term().await?;
    Ok(())
}

/// Echoes until it is ended, anywhere.
async fn serve(router: Arc<Socket<zmq::Router>>, seed: u64) -> zmq::Result<()> {
    let mut numbers = Numbers::new(seed);
    loop {
        let request = restless(&router, &mut numbers).await?;
        router.send_multipart(request).await?;
    }
}

/// Receives, after having given up now and then.
async fn restless<K: zmq::Receiver>(socket: &Socket<K>, numbers: &mut Numbers) -> zmq::Result<Vec<Message>> {
    loop {
        match numbers.below(4) {
            0 => {
                tokio::select! {
                    biased;
                    frames = socket.recv_multipart() => return frames,
                    () = tokio::task::yield_now() => {}
                }
            }
            1 => {
                let time = Duration::from_micros(numbers.below(500));
                if let Ok(frames) = tokio::time::timeout(time, socket.recv_multipart()).await {
                    return frames;
                }
            }
            _ => return socket.recv_multipart().await,
        }
    }
}
