//! libzmq's perf programs in tasks of a current-thread runtime of tokio.

use std::time::{Duration, Instant};

use zmq::{Message, Result};

use crate::programs::{latency, throughput};

/// Runs it as a task: to wake the future of `block_on` costs tokio a system call.
pub(crate) fn current_thread(work: impl Future<Output = Result<()>> + Send + 'static) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let task = async { tokio::spawn(work).await.expect("it does not panic") };
    runtime.expect("a runtime can be made").block_on(task)
}

async fn receive(pull: &zmq::tokio::Socket<zmq::Pull>, size: usize, count: usize) -> Result<Duration> {
    let mut message = pull.recv().await?;
    let started = Instant::now();
    for _ in 1..count {
        pull.recv_into(&mut message).await?;
        assert_eq!(message.len(), size);
    }
    Ok(started.elapsed())
}

async fn send(push: &zmq::tokio::Socket<zmq::Push>, size: usize, count: usize) -> Result<()> {
    let data = vec![0; size];
    for _ in 0..count {
        push.send(&data[..]).await?;
    }
    Ok(())
}

pub(crate) async fn local_thr(endpoint: String, size: usize, count: usize) -> Result<()> {
    let context = zmq::tokio::Context::new()?;
    let pull = context.socket(zmq::PULL)?;
    pull.bind(&endpoint)?;
    throughput(size, count, receive(&pull, size, count).await?);
    Ok(())
}

pub(crate) async fn remote_thr(endpoint: String, size: usize, count: usize) -> Result<()> {
    let context = zmq::tokio::Context::new()?;
    let push = context.socket(zmq::PUSH)?;
    push.connect(&endpoint)?;
    send(&push, size, count).await?;
    push.close().await?;
    context.term().await
}

/// A thread for each side, as in `inproc_thr`.
pub(crate) fn inproc_thr(size: usize, count: usize) -> Result<()> {
    let context = zmq::tokio::Context::new()?;
    let pull = context.socket(zmq::PULL)?;
    pull.bind("inproc://thr_test")?;
    let sender = {
        let context = context.clone();
        std::thread::spawn(move || {
            let push = context.socket(zmq::PUSH)?;
            push.connect("inproc://thr_test")?;
            current_thread(async move { send(&push, size, count).await })
        })
    };
    current_thread(async move {
        throughput(size, count, receive(&pull, size, count).await?);
        Ok(())
    })?;
    sender.join().expect("the sender does not panic")
}

pub(crate) async fn local_lat(endpoint: String, size: usize, count: usize) -> Result<()> {
    let context = zmq::tokio::Context::new()?;
    let rep = context.socket(zmq::REP)?;
    rep.bind(&endpoint)?;
    for _ in 0..count {
        let message = rep.recv().await?;
        assert_eq!(message.len(), size);
        rep.send(message).await?;
    }
    rep.close().await?;
    context.term().await
}

pub(crate) async fn remote_lat(endpoint: String, size: usize, count: usize) -> Result<()> {
    let context = zmq::tokio::Context::new()?;
    let req = context.socket(zmq::REQ)?;
    req.connect(&endpoint)?;
    let mut message = Message::with_size(size)?;
    let started = Instant::now();
    for _ in 0..count {
        req.send(message).await?;
        message = req.recv().await?;
        assert_eq!(message.len(), size);
    }
    latency(size, count, started.elapsed());
    Ok(())
}
