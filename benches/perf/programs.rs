//! libzmq's perf programs with our sockets: the same arguments, the same work, the same output.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use zmq::{Context, Message, Result};

use crate::{loops, tasks};

/// How a program does its work: said by what its name begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As libzmq's.
    Usual,
    /// Sends copies of bytes, as a program that has something to say does.
    Copies,
    /// Sends the same bytes again and again, as some of the other libraries do.
    Shared,
    /// Looks for messages before it sleeps.
    Spin,
    /// In a task of tokio.
    Tokio,
}

impl Manner {
    fn of(name: &str) -> (Self, &str) {
        let manners =
            [("copies_", Self::Copies), ("shared_", Self::Shared), ("spin_", Self::Spin), ("tokio_", Self::Tokio)];
        let found = manners.iter().find_map(|(prefix, manner)| Some((*manner, name.strip_prefix(prefix)?)));
        found.unwrap_or((Self::Usual, name))
    }

    pub(crate) fn send(self, push: &zmq::Socket<zmq::Push>, size: usize, count: usize) -> Result<()> {
        match self {
            Self::Copies => {
                let data = vec![0; size];
                for _ in 0..count {
                    push.send(&data[..])?;
                }
            }
            Self::Shared => {
                let message = Message::from(vec![0; size]);
                for _ in 0..count {
                    push.send(&message)?;
                }
            }
            _ => {
                let mut message = Message::new();
                for _ in 0..count {
                    // SAFETY: nobody looks at what the bytes are, here or at the other end.
                    unsafe { message.rebuild_uninit(size)? };
                    push.send(&mut message)?;
                }
            }
        }
        Ok(())
    }

    fn receive<K: zmq::Receiver>(self, socket: &zmq::Socket<K>, message: &mut Message) -> Result<()> {
        /// For so long, which is for ever where all goes well.
        const SPIN: Duration = Duration::from_millis(10);
        if self == Self::Spin { socket.recv_spin(message, SPIN) } else { socket.recv_into(message) }
    }
}

/// Runs the program that `arguments` name, or says how it is used.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let name = arguments[0].as_str();
    let (manner, program) = Manner::of(name);
    let in_task = manner == Manner::Tokio;
    let done = match program {
        "local_thr" | "remote_thr" | "local_lat" | "remote_lat" => match connected(arguments) {
            Some((endpoint, size, count, _)) if in_task => {
                let endpoint = endpoint.to_owned();
                match program {
                    "local_thr" => tasks::current_thread(tasks::local_thr(endpoint, size, count)),
                    "remote_thr" => tasks::current_thread(tasks::remote_thr(endpoint, size, count)),
                    "local_lat" => tasks::current_thread(tasks::local_lat(endpoint, size, count)),
                    _ => tasks::current_thread(tasks::remote_lat(endpoint, size, count)),
                }
            }
            Some((endpoint, size, count, curve)) => match program {
                "local_thr" => local_thr(endpoint, size, count, curve),
                "remote_thr" => remote_thr(endpoint, size, count, curve, manner),
                "local_lat" => local_lat(endpoint, size, count, curve, manner),
                _ => remote_lat(endpoint, size, count, curve, manner),
            },
            None => return usage(name, "<endpoint> <message-size> <count> [<enable_curve>]"),
        },
        "inproc_thr" | "inproc_lat" | "proxy_thr" => match alone(arguments) {
            Some((size, count)) => match program {
                "inproc_thr" if in_task => tasks::inproc_thr(size, count),
                "inproc_thr" => inproc_thr(size, count, manner),
                "inproc_lat" => inproc_lat(size, count, manner),
                _ => proxy_thr(size, count),
            },
            None => return usage(name, "<message-size> <count>"),
        },
        "loop" => match arguments {
            [_, size, count] if in_task => tasks::current_thread(loops::tokio_send_recv(number(size), number(count))),
            [_, operation, size, count] => loops::run(operation, number(size), number(count)),
            _ => return usage(name, "<operation> <message-size> <count>"),
        },
        _ => {
            eprintln!("there is no program {name}; see help");
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn usage(name: &str, arguments: &str) -> ExitCode {
    eprintln!("usage: {name} {arguments}");
    ExitCode::FAILURE
}

fn connected(arguments: &[String]) -> Option<(&str, usize, usize, bool)> {
    let (&[_, endpoint, size, count], curve) = (&arguments.get(..4)?.iter().collect::<Vec<_>>()[..], arguments.get(4))
    else {
        return None;
    };
    Some((endpoint, size.parse().ok()?, count.parse().ok()?, curve.is_some_and(|curve| curve != "0")))
}

fn alone(arguments: &[String]) -> Option<(usize, usize)> {
    let [_, size, count] = arguments else { return None };
    Some((size.parse().ok()?, count.parse().ok()?))
}

fn number(text: &str) -> usize {
    text.parse().expect("sizes and counts are numbers")
}

pub(crate) fn throughput(size: usize, count: usize, took: Duration) {
    let per_second = count as f64 / took.as_secs_f64();
    println!("message size: {size} [B]\nmessage count: {count}");
    println!("mean throughput: {per_second:.0} [msg/s]");
    println!("mean throughput: {:.3} [Mb/s]", per_second * size as f64 * 8.0 / 1e6);
}

pub(crate) fn latency(size: usize, count: usize, took: Duration) {
    println!("message size: {size} [B]\nroundtrip count: {count}");
    println!("average latency: {:.3} [us]", took.as_secs_f64() * 1e6 / count as f64 / 2.0);
}

/// The keys of libzmq's programs, so that ours talk to them.
const SERVER_PUBLIC: &str = "DX4nh=yUn{-9ugra0X3Src4SU-4xTgqxcYY.+<SH";
const SERVER_SECRET: &str = "{X}#>t#jRGaQ}gMhv=30r(Mw+87YGs+5%kh=i@f8";
const CLIENT_PUBLIC: &str = "<n^oA}I:66W+*ds3tAmi1+KJzv-}k&fC2aA5Bj0K";
const CLIENT_SECRET: &str = "9R9bV}[6z6DC-%$!jTVTKvWc=LEL{4i4gzUe$@Zx";

macro_rules! serve_curve {
    ($socket:expr, $curve:expr) => {
        if $curve {
            $socket.set_curve_secretkey(SERVER_SECRET)?;
            $socket.set_curve_server(true)?;
        }
    };
}

macro_rules! use_curve {
    ($socket:expr, $curve:expr) => {
        if $curve {
            $socket.set_curve_publickey(CLIENT_PUBLIC)?;
            $socket.set_curve_secretkey(CLIENT_SECRET)?;
            $socket.set_curve_serverkey(SERVER_PUBLIC)?;
        }
    };
}

pub(crate) fn receive(pull: &zmq::Socket<zmq::Pull>, size: usize, count: usize) -> Result<Duration> {
    let mut message = pull.recv()?;
    assert_eq!(message.len(), size);
    let started = Instant::now();
    for _ in 1..count {
        pull.recv_into(&mut message)?;
        assert_eq!(message.len(), size);
    }
    Ok(started.elapsed())
}

fn local_thr(endpoint: &str, size: usize, count: usize, curve: bool) -> Result<()> {
    let context = Context::new()?;
    let pull = context.socket(zmq::PULL)?;
    serve_curve!(pull, curve);
    pull.bind(endpoint)?;
    throughput(size, count, receive(&pull, size, count)?);
    drop(pull);
    context.term()
}

fn remote_thr(endpoint: &str, size: usize, count: usize, curve: bool, manner: Manner) -> Result<()> {
    let context = Context::new()?;
    let push = context.socket(zmq::PUSH)?;
    use_curve!(push, curve);
    push.connect(endpoint)?;
    manner.send(&push, size, count)?;
    drop(push);
    context.term()
}

fn inproc_thr(size: usize, count: usize, manner: Manner) -> Result<()> {
    let context = Context::new()?;
    let pull = context.socket(zmq::PULL)?;
    pull.bind("inproc://thr_test")?;
    let sender = {
        let context = context.clone();
        std::thread::spawn(move || {
            let push = context.socket(zmq::PUSH)?;
            push.connect("inproc://thr_test")?;
            manner.send(&push, size, count)
        })
    };
    let took = receive(&pull, size, count)?;
    throughput(size, count, took);
    sender.join().expect("the sender does not panic")
}

fn echo(rep: &zmq::Socket<zmq::Rep>, size: usize, count: usize, manner: Manner) -> Result<()> {
    let mut message = Message::new();
    for _ in 0..count {
        manner.receive(rep, &mut message)?;
        assert_eq!(message.len(), size);
        rep.send(&mut message)?;
    }
    Ok(())
}

fn ask(req: &zmq::Socket<zmq::Req>, size: usize, count: usize, manner: Manner) -> Result<Duration> {
    let mut message = Message::with_size(size)?;
    let started = Instant::now();
    for _ in 0..count {
        req.send(&mut message)?;
        manner.receive(req, &mut message)?;
        assert_eq!(message.len(), size);
    }
    Ok(started.elapsed())
}

fn local_lat(endpoint: &str, size: usize, count: usize, curve: bool, manner: Manner) -> Result<()> {
    let context = Context::new()?;
    let rep = context.socket(zmq::REP)?;
    serve_curve!(rep, curve);
    rep.bind(endpoint)?;
    echo(&rep, size, count, manner)?;
    // As libzmq's sleeps for a second: what was sent last is still on its way. Here `term` waits for it.
    drop(rep);
    context.term()
}

fn remote_lat(endpoint: &str, size: usize, count: usize, curve: bool, manner: Manner) -> Result<()> {
    let context = Context::new()?;
    let req = context.socket(zmq::REQ)?;
    use_curve!(req, curve);
    req.connect(endpoint)?;
    latency(size, count, ask(&req, size, count, manner)?);
    drop(req);
    context.term()
}

fn inproc_lat(size: usize, count: usize, manner: Manner) -> Result<()> {
    let context = Context::new()?;
    let req = context.socket(zmq::REQ)?;
    req.bind("inproc://lat_test")?;
    let echoing = {
        let context = context.clone();
        std::thread::spawn(move || {
            let rep = context.socket(zmq::REP)?;
            rep.connect("inproc://lat_test")?;
            echo(&rep, size, count, manner)
        })
    };
    latency(size, count, ask(&req, size, count, manner)?);
    echoing.join().expect("the other side does not panic")
}

/// Two publishers, a proxy that does not drop, and a subscriber that waits for as many messages as each of them sends.
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
        let mut message = Message::new();
        for _ in 0..count {
            subscriber.recv_into(&mut message)?;
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
            let message = Message::from(vec![b'A'; size]);
            let mut sent = 0;
            while sent < count {
                match publisher.send(&message) {
                    Ok(()) => sent += 1,
                    Err(error) if error.is_again() => {}
                    Err(error) => return Err(error.into()),
                }
            }
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
