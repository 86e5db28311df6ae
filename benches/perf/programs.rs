//! libzmq's six perf programs, with our sockets: the same arguments, the same work, the same output.

use std::time::{Duration, Instant};

use zmq::{Context, CurvePublicKey, CurveSecretKey, Message, Result};

/// Runs the program that `arguments` name.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let curve = arguments.get(4).is_some();
    let number = |at: usize| arguments[at].parse::<usize>().expect("sizes and counts are numbers");
    match arguments[0].as_str() {
        "local_thr" => local_thr(&arguments[1], number(2), number(3), false, curve),
        "local_thr_recv" => local_thr(&arguments[1], number(2), number(3), true, curve),
        "remote_thr" | "remote_thr_written" => remote_thr(&arguments[1], number(2), number(3), curve),
        "local_lat" => local_lat(&arguments[1], number(2), number(3)),
        "remote_lat" => remote_lat(&arguments[1], number(2), number(3)),
        "inproc_thr" | "inproc_thr_written" => inproc_thr(number(1), number(2)),
        "proxy_thr" => proxy_thr(number(1), number(2)),
        "inproc_lat" => inproc_lat(number(1), number(2)),
        "loop" => crate::loops::run(&arguments[1], number(2), number(3)),
        "tokio_local_thr" => current_thread(tokio_local_thr(arguments[1].clone(), number(2), number(3))),
        "tokio_remote_thr" => current_thread(tokio_remote_thr(arguments[1].clone(), number(2), number(3))),
        "tokio_inproc_thr" => tokio_inproc_thr(number(1), number(2)),
        "tokio_loop" => current_thread(crate::loops::tokio_send_recv(number(1), number(2))),
        "tokio_local_lat" => current_thread(tokio_local_lat(arguments[1].clone(), number(2), number(3))),
        "tokio_remote_lat" => current_thread(tokio_remote_lat(arguments[1].clone(), number(2), number(3))),
        other => panic!("there is no program {other}"),
    }
}

fn throughput(size: usize, count: usize, took: Duration) {
    let per_second = count as f64 / took.as_secs_f64();
    println!("message size: {size} [B]\nmessage count: {count}");
    println!("mean throughput: {per_second:.0} [msg/s]");
    println!("mean throughput: {:.3} [Mb/s]", per_second * size as f64 * 8.0 / 1e6);
}

fn latency(size: usize, count: usize, took: Duration) {
    println!("message size: {size} [B]\nroundtrip count: {count}");
    println!("average latency: {:.3} [us]", took.as_secs_f64() * 1e6 / count as f64 / 2.0);
}

/// Receives as a loop does that reuses its message, or one that has a new one each time.
fn receive(pull: &zmq::Socket<zmq::Pull>, size: usize, count: usize, anew: bool) -> Result<Duration> {
    let mut message = pull.recv()?;
    assert_eq!(message.len(), size);
    let started = Instant::now();
    if anew {
        for _ in 1..count {
            assert_eq!(pull.recv()?.len(), size);
        }
    } else {
        for _ in 1..count {
            pull.recv_into(&mut message)?;
            assert_eq!(message.len(), size);
        }
    }
    Ok(started.elapsed())
}

fn send(push: &zmq::Socket<zmq::Push>, size: usize, count: usize) -> Result<()> {
    let data = vec![0; size];
    for _ in 0..count {
        push.send(&data[..])?;
    }
    Ok(())
}

/// The same key for everyone, which nobody else has to know.
fn curve_keys() -> Result<(CurvePublicKey, CurveSecretKey)> {
    let secret = CurveSecretKey::from_bytes([7; 32]);
    Ok((zmq::curve_public(&secret)?, secret))
}

fn local_thr(endpoint: &str, size: usize, count: usize, anew: bool, curve: bool) -> Result<()> {
    let context = Context::new()?;
    let pull = context.socket(zmq::PULL)?;
    if curve {
        pull.set_curve_secretkey(curve_keys()?.1)?;
        pull.set_curve_server(true)?;
    }
    pull.bind(endpoint)?;
    throughput(size, count, receive(&pull, size, count, anew)?);
    Ok(())
}

fn remote_thr(endpoint: &str, size: usize, count: usize, curve: bool) -> Result<()> {
    let context = Context::new()?;
    let push = context.socket(zmq::PUSH)?;
    if curve {
        let (public, secret) = curve_keys()?;
        push.set_curve_publickey(public)?;
        push.set_curve_secretkey(secret)?;
        push.set_curve_serverkey(public)?;
    }
    push.connect(endpoint)?;
    send(&push, size, count)?;
    drop(push);
    context.term()
}

fn inproc_thr(size: usize, count: usize) -> Result<()> {
    let context = Context::new()?;
    let pull = context.socket(zmq::PULL)?;
    pull.bind("inproc://thr_test")?;
    let sender = {
        let context = context.clone();
        std::thread::spawn(move || {
            let push = context.socket(zmq::PUSH)?;
            push.connect("inproc://thr_test")?;
            send(&push, size, count)
        })
    };
    let took = receive(&pull, size, count, false)?;
    throughput(size, count, took);
    sender.join().expect("the sender does not panic")
}

fn echo(rep: &zmq::Socket<zmq::Rep>, size: usize, count: usize) -> Result<()> {
    let mut message = Message::new();
    for _ in 0..count {
        rep.recv_into(&mut message)?;
        assert_eq!(message.len(), size);
        rep.send(std::mem::take(&mut message))?;
    }
    Ok(())
}

fn ask(req: &zmq::Socket<zmq::Req>, size: usize, count: usize) -> Result<Duration> {
    let mut message = Message::with_size(size)?;
    let started = Instant::now();
    for _ in 0..count {
        req.send(std::mem::take(&mut message))?;
        req.recv_into(&mut message)?;
        assert_eq!(message.len(), size);
    }
    Ok(started.elapsed())
}

fn local_lat(endpoint: &str, size: usize, count: usize) -> Result<()> {
    let context = Context::new()?;
    let rep = context.socket(zmq::REP)?;
    rep.bind(endpoint)?;
    echo(&rep, size, count)
}

fn remote_lat(endpoint: &str, size: usize, count: usize) -> Result<()> {
    let context = Context::new()?;
    let req = context.socket(zmq::REQ)?;
    req.connect(endpoint)?;
    latency(size, count, ask(&req, size, count)?);
    Ok(())
}

fn inproc_lat(size: usize, count: usize) -> Result<()> {
    let context = Context::new()?;
    let req = context.socket(zmq::REQ)?;
    req.bind("inproc://lat_test")?;
    let echoing = {
        let context = context.clone();
        std::thread::spawn(move || {
            let rep = context.socket(zmq::REP)?;
            rep.connect("inproc://lat_test")?;
            echo(&rep, size, count)
        })
    };
    latency(size, count, ask(&req, size, count)?);
    echoing.join().expect("the other side does not panic")
}

/// Sends a copy of `message` as libzmq's program does, so that what is measured is the proxy; `false` for EAGAIN.
fn send_copy(publisher: &zmq::Socket<zmq::Xpub>, message: &mut zmq_sys::zmq_msg_t) -> bool {
    let mut copy = zmq_sys::zmq_msg_t::uninit();
    // SAFETY: initialises the memory it is given.
    unsafe { zmq_sys::zmq_msg_init(&mut copy) };
    // SAFETY: both are messages.
    unsafe { zmq_sys::zmq_msg_copy(&mut copy, message) };
    // SAFETY: a message, and an open socket of this thread.
    let sent = unsafe { zmq_sys::zmq_msg_send(&mut copy, publisher.as_ptr(), 0) } != -1;
    if !sent {
        // SAFETY: a message, and not used again.
        unsafe { zmq_sys::zmq_msg_close(&mut copy) };
    }
    sent
}

/// Receives a message, and throws it away, as libzmq's program does.
fn discard(subscriber: &zmq::Socket<zmq::Sub>) {
    let mut message = zmq_sys::zmq_msg_t::uninit();
    // SAFETY: initialises the memory it is given.
    unsafe { zmq_sys::zmq_msg_init(&mut message) };
    // SAFETY: a message, and an open socket of this thread.
    unsafe { zmq_sys::zmq_msg_recv(&mut message, subscriber.as_ptr(), 0) };
    // SAFETY: a message, and not used again.
    unsafe { zmq_sys::zmq_msg_close(&mut message) };
}

/// Two publishers, a proxy that does not drop, and a subscriber that waits for as many messages as each of them sends. Only the proxy
/// is ours.
fn proxy_thr(size: usize, count: usize) -> Result<()> {
    const HWM: i32 = 10_000;
    let context = Context::new()?;
    context.set_io_threads(4)?;
    let (frontend, backend) = (context.socket(zmq::XSUB)?, context.socket(zmq::XPUB)?);
    frontend.set_hwm(HWM)?;
    backend.set_hwm(HWM)?;
    backend.set_xpub_nodrop(true)?;
    let endpoints = ["inproc://perf_pub1", "inproc://perf_pub2"];
    for endpoint in endpoints {
        frontend.bind(endpoint)?;
    }
    backend.bind("inproc://perf_backend")?;
    let control = context.socket(zmq::REP)?;
    control.bind("inproc://ctrl")?;
    let proxy = std::thread::spawn(move || zmq::proxy_steerable(&frontend, &backend, &control));
    let subscriber = context.socket(zmq::SUB)?;
    subscriber.set_hwm(HWM)?;
    subscriber.subscribe("")?;
    subscriber.connect("inproc://perf_backend")?;
    let receiver = std::thread::spawn(move || -> Result<()> {
        for _ in 0..count {
            discard(&subscriber);
        }
        Ok(())
    });
    let started = Instant::now();
    let publish = |endpoint: &'static str| {
        let context = context.clone();
        std::thread::spawn(move || -> Result<()> {
            let publisher = context.socket(zmq::XPUB)?;
            publisher.set_hwm(HWM)?;
            publisher.set_xpub_nodrop(true)?;
            publisher.set_sndtimeo(1)?;
            publisher.connect(endpoint)?;
            publisher.recv()?;
            let mut message = zmq_sys::zmq_msg_t::uninit();
            // SAFETY: initialises the memory it is given.
            assert_eq!(unsafe { zmq_sys::zmq_msg_init_size(&mut message, size) }, 0);
            // SAFETY: a message.
            let data = unsafe { zmq_sys::zmq_msg_data(&mut message) }.cast::<u8>();
            // SAFETY: it has as many bytes.
            unsafe { data.write_bytes(b'A', size) };
            let mut sent = 0;
            while sent < count {
                sent += usize::from(send_copy(&publisher, &mut message));
            }
            // SAFETY: a message, and not used again.
            unsafe { zmq_sys::zmq_msg_close(&mut message) };
            Ok(())
        })
    };
    let publishers = endpoints.map(publish);
    receiver.join().expect("the receiver does not panic")?;
    throughput(size, count, started.elapsed());
    let steering = context.socket(zmq::REQ)?;
    steering.connect("inproc://ctrl")?;
    for publisher in publishers {
        publisher.join().expect("a publisher does not panic")?;
    }
    steering.send("TERMINATE")?;
    proxy.join().expect("the proxy does not panic")
}

/// Runs it as a task: to wake the future of `block_on` costs tokio a system call.
fn current_thread(work: impl Future<Output = Result<()>> + Send + 'static) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let task = async { tokio::spawn(work).await.expect("it does not panic") };
    runtime.expect("a runtime can be made").block_on(task)
}

async fn tokio_receive(pull: &zmq::tokio::Socket<zmq::Pull>, size: usize, count: usize) -> Result<Duration> {
    let mut message = pull.recv().await?;
    let started = Instant::now();
    for _ in 1..count {
        pull.recv_into(&mut message).await?;
        assert_eq!(message.len(), size);
    }
    Ok(started.elapsed())
}

async fn tokio_send(push: &zmq::tokio::Socket<zmq::Push>, size: usize, count: usize) -> Result<()> {
    let data = vec![0; size];
    for _ in 0..count {
        push.send(&data[..]).await?;
    }
    Ok(())
}

async fn tokio_local_thr(endpoint: String, size: usize, count: usize) -> Result<()> {
    let context = zmq::tokio::Context::new()?;
    let pull = context.socket(zmq::PULL)?;
    pull.bind(&endpoint)?;
    throughput(size, count, tokio_receive(&pull, size, count).await?);
    Ok(())
}

async fn tokio_remote_thr(endpoint: String, size: usize, count: usize) -> Result<()> {
    let context = zmq::tokio::Context::new()?;
    let push = context.socket(zmq::PUSH)?;
    push.connect(&endpoint)?;
    tokio_send(&push, size, count).await?;
    push.close().await?;
    context.term().await
}

/// A thread for each side, as in `inproc_thr`.
fn tokio_inproc_thr(size: usize, count: usize) -> Result<()> {
    let context = zmq::tokio::Context::new()?;
    let pull = context.socket(zmq::PULL)?;
    pull.bind("inproc://thr_test")?;
    let sender = {
        let context = context.clone();
        std::thread::spawn(move || {
            let push = context.socket(zmq::PUSH)?;
            push.connect("inproc://thr_test")?;
            current_thread(async move { tokio_send(&push, size, count).await })
        })
    };
    current_thread(async move {
        throughput(size, count, tokio_receive(&pull, size, count).await?);
        Ok(())
    })?;
    sender.join().expect("the sender does not panic")
}

async fn tokio_local_lat(endpoint: String, size: usize, count: usize) -> Result<()> {
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

async fn tokio_remote_lat(endpoint: String, size: usize, count: usize) -> Result<()> {
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
