//! Peers that send rubbish, stop in the middle, or say nothing at all: who belongs is served all the while.

#![cfg(unix)]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use support::zmtp::{command, greeting};
use support::{Transport, child, deadline, eventually};
use zmq::auth::ThreadAuthenticator;
use zmq::{Context, CurvePublicKey, CurveSecretKey, Mechanism, Rep, Req, Socket, curve_keypair};

/// A reproducible stream of numbers (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// A CURVE or PLAIN server that echoes, and what its clients need.
struct Guarded {
    context: Context,
    _auth: ThreadAuthenticator,
    server_key: CurvePublicKey,
    keys: (CurvePublicKey, CurveSecretKey),
    mechanism: Mechanism,
    endpoint: String,
    echo: Option<std::thread::JoinHandle<()>>,
}

impl Guarded {
    fn new(mechanism: Mechanism) -> Self {
        let context = Context::new().unwrap();
        let mut auth = ThreadAuthenticator::new(&context);
        let keys = curve_keypair().unwrap();
        let (server_key, server_secret) = curve_keypair().unwrap();
        auth.configure_curve("*", [keys.0]).unwrap();
        auth.configure_plain("*", [("ann", "secret")]);
        auth.start().unwrap();
        let server = context.socket(zmq::REP).unwrap();
        match mechanism {
            Mechanism::Plain => server.set_plain_server(true).unwrap(),
            Mechanism::Curve => {
                server.set_curve_secretkey(server_secret).unwrap();
                server.set_curve_server(true).unwrap();
            }
            _ => {}
        }
        server.require_security(mechanism).unwrap();
        server.set_maxmsgsize(1 << 20).unwrap();
        let endpoint = Transport::Tcp.bind(&server);
        let echo = std::thread::spawn(move || echo(&server));
        Self { context, _auth: auth, server_key, keys, mechanism, endpoint, echo: Some(echo) }
    }

    fn address(&self) -> SocketAddr {
        self.endpoint.strip_prefix("tcp://").unwrap().parse().unwrap()
    }

    /// A client that belongs, over a connection of its own.
    fn client(&self) -> Socket<Req> {
        let client = self.context.socket(zmq::REQ).unwrap();
        client.set_linger(0).unwrap();
        match self.mechanism {
            Mechanism::Plain => {
                client.set_plain_username("ann").unwrap();
                client.set_plain_password("secret").unwrap();
            }
            Mechanism::Curve => {
                client.set_curve_publickey(self.keys.0).unwrap();
                client.set_curve_secretkey(&self.keys.1).unwrap();
                client.set_curve_serverkey(self.server_key).unwrap();
            }
            _ => {}
        }
        client.connect(&self.endpoint).unwrap();
        client
    }

    #[track_caller]
    fn serves(&self, client: &Socket<Req>) {
        client.send_timeout("hello", 20_000).unwrap();
        assert_eq!(client.recv_timeout(20_000).unwrap(), "hello");
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.context.shutdown();
        let ended = self.echo.take().map(std::thread::JoinHandle::join);
        assert!(std::thread::panicking() || matches!(ended, Some(Ok(()))), "the server panicked");
    }
}

fn echo(server: &Socket<Rep>) {
    while let Ok(request) = server.recv_multipart() {
        if server.send_multipart(request).is_err() {
            break;
        }
    }
}

const MECHANISMS: [Mechanism; 3] = [Mechanism::Null, Mechanism::Plain, Mechanism::Curve];

/// Opens a connection that a full backlog may refuse for the moment.
fn connect(address: SocketAddr) -> TcpStream {
    eventually("a connection", || TcpStream::connect_timeout(&address, Duration::from_secs(5)).ok())
}

/// A known client that is served again and again, until it is dropped; each answer came within the time.
struct Served {
    stop: Arc<AtomicBool>,
    count: Arc<AtomicU32>,
    thread: Option<std::thread::JoinHandle<Duration>>,
}

impl Served {
    fn new(guarded: &Guarded) -> Self {
        let (stop, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let client = guarded.client();
        let (stops, counts) = (Arc::clone(&stop), Arc::clone(&count));
        let thread = std::thread::spawn(move || {
            let mut longest = Duration::ZERO;
            while !stops.load(Ordering::Relaxed) {
                let started = Instant::now();
                client.send("hello").unwrap();
                assert_eq!(client.recv_timeout(20_000).expect("the known client is served"), "hello");
                longest = longest.max(started.elapsed());
                counts.fetch_add(1, Ordering::Relaxed);
            }
            longest
        });
        let served = Self { stop, count, thread: Some(thread) };
        served.goes_on();
        served
    }

    /// Waits for some more answers.
    #[track_caller]
    fn goes_on(&self) {
        let before = self.count.load(Ordering::Relaxed);
        eventually("the known client is served", || (self.count.load(Ordering::Relaxed) > before + 3).then_some(()));
    }

    fn end(mut self) -> Duration {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().expect("the known client was served to the end")
    }
}

/// `n` descriptors on each side of the connections, and some more: the limit is usually 1024.
fn allow_descriptors(needed: libc::rlim_t) -> bool {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: writes to the struct it is given.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
    limit.rlim_cur = limit.rlim_max.min(4096).max(limit.rlim_cur);
    // SAFETY: reads it; the process is this test's own.
    let _ = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    limit.rlim_cur >= needed
}

#[test]
fn connections_that_say_nothing() {
    let _deadline = deadline(120);
    child("", 110, || {
        assert!(allow_descriptors(1200), "the test needs descriptors");
        for mechanism in MECHANISMS {
            let guarded = Guarded::new(mechanism);
            let served = Served::new(&guarded);
            let silent: Vec<TcpStream> = (0..500).map(|_| connect(guarded.address())).collect();
            served.goes_on();
            // Also one that comes now.
            guarded.serves(&guarded.client());
            // Those that have said half of what there is to say, at every length.
            for (at, mut stream) in silent.iter().enumerate() {
                let greeting = greeting(0, &mechanism.to_string());
                stream.write_all(&greeting[..at % 64]).unwrap();
            }
            served.goes_on();
            guarded.serves(&guarded.client());
            drop(silent);
            guarded.serves(&guarded.client());
            served.end();
        }
    })
    .succeeds();
}

#[test]
fn connections_that_send_rubbish() {
    let _deadline = deadline(180);
    child("", 170, || {
        let mut numbers = Numbers(0x1234_5678_9ABC_DEF1);
        for mechanism in MECHANISMS {
            let guarded = Guarded::new(mechanism);
            let served = Served::new(&guarded);
            let name = mechanism.to_string();
            let ready = b"\x0bSocket-Type\0\0\0\x03REQ\x08Identity\0\0\0\0";
            // The commands of a good handshake of each mechanism, as far as one can go without the keys.
            let commands: Vec<Vec<u8>> = vec![
                command("READY", ready),
                command("HELLO", b"\x03ann\x06secret"),
                command("HELLO", b"\x03ann\x05wrong"),
                command("HELLO", &[&[1, 0][..], &[0; 72], &numbers.bytes(32), &[0; 8], &numbers.bytes(80)].concat()),
                command("INITIATE", ready),
                command("INITIATE", &numbers.bytes(300)),
                command("WELCOME", &[]),
                command("ERROR", b"\x03400"),
                command("ERROR", b"\xff400"),
                command("PING", b"\0\x64"),
                command("SUBSCRIBE", b"x"),
                b"\0\x05hello".to_vec(),
                b"\x02\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
                b"\x06\x7f\xff\xff\xff\xff\xff\xff\xff".to_vec(),
                b"\x06\0\0\0\0\0\x0f\xff\xff".to_vec(),
            ];
            for round in 0..600 {
                let mut stream = connect(guarded.address());
                let mut said = match round % 4 {
                    0 => {
                        let length = numbers.below(300);
                        numbers.bytes(length)
                    }
                    1 => {
                        greeting(0, ["NULL", "PLAIN", "CURVE", "GSSAPI", "", "CURVECURVECURVECURVE"][numbers.below(6)])
                    }
                    _ => greeting(0, &name),
                };
                if round % 4 > 1 {
                    for _ in 0..numbers.below(4) {
                        let mut command = commands[numbers.below(commands.len())].clone();
                        if round % 4 == 3 {
                            for _ in 0..=numbers.below(3) {
                                let at = numbers.below(command.len());
                                command[at] = numbers.next() as u8;
                            }
                        }
                        said.extend_from_slice(&command);
                    }
                    said.truncate(said.len() - numbers.below(8));
                }
                // It may have been thrown out by then.
                let _ = stream.write_all(&said);
                if numbers.below(2) == 0 {
                    // As long as it takes, or until there is nothing more to come.
                    stream.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
                    let _ = stream.read(&mut [0; 256]);
                }
                if round % 100 == 0 {
                    served.goes_on();
                    guarded.serves(&guarded.client());
                }
            }
            served.end();
            guarded.serves(&guarded.client());
        }
    })
    .succeeds();
}

/// The authenticator is asked about each of them, and each is refused.
#[test]
fn many_who_try_passwords() {
    let _deadline = deadline(120);
    child("", 110, || {
        let guarded = Guarded::new(Mechanism::Plain);
        let denied = Arc::new(AtomicU32::new(0));
        let counts = Arc::clone(&denied);
        guarded._auth.set_log(move |decision| {
            counts.fetch_add(u32::from(!decision.is_allowed()), Ordering::Relaxed);
        });
        let served = Served::new(&guarded);
        let streams: Vec<TcpStream> = (0..200)
            .map(|number| {
                let mut stream = connect(guarded.address());
                let guess = format!("guess{number:04}");
                let hello = [&b"\x03ann\x09"[..], guess.as_bytes()].concat();
                stream.write_all(&[greeting(0, "PLAIN"), command("HELLO", &hello)].concat()).unwrap();
                stream
            })
            .collect();
        eventually("each is refused", || (denied.load(Ordering::Relaxed) == 200).then_some(()));
        for mut stream in streams {
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            // With PLAIN libzmq misspells ERROR: "\\x5ERROR" is five bytes to C++ (plain_common.hpp).
            let end = b"RROR\x03400";
            let mut said = Vec::new();
            let mut byte = [0];
            while !said.ends_with(end) && stream.read(&mut byte).is_ok_and(|length| length == 1) {
                said.push(byte[0]);
            }
            assert!(said.ends_with(end), "{said:?}");
        }
        served.end();
    })
    .succeeds();
}
