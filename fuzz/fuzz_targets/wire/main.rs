//! Hostile peers: bytes as ZMTP has them, or does not, to sockets of every kind that listen or connect; whatever comes, the process
//! lives, and a good peer is served.
#![no_main]

mod curve;
#[path = "../input.rs"]
mod input;
mod sodium;
mod stream;
mod victim;
mod zmtp;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use curve::Curve;
use input::Input;
use libfuzzer_sys::fuzz_target;
use stream::{Stream, Where};
use victim::Mechanism;
use zmq::auth::{CURVE_ALLOW_ANY, ThreadAuthenticator};
use zmq::{Context, SocketType};
use zmtp::{COMMAND, Framing};

static CONTEXT: LazyLock<Context> = LazyLock::new(|| {
    let context = Context::new().expect("a context");
    // PLAIN lets nobody in whom no authenticator does.
    let mut authenticator = ThreadAuthenticator::new(&context);
    authenticator.policy().configure_plain("*", [("ann", "secret")]);
    authenticator.policy().configure_curve("*", CURVE_ALLOW_ANY).expect("all keys");
    authenticator.start().expect("nobody else does");
    // For as long as the process lives.
    std::mem::forget(authenticator);
    context
});

/// A public and a secret key.
type Pair = ([u8; 32], [u8; 32]);

fn pair() -> Pair {
    let (public, secret) = zmq::curve_keypair().expect("with CURVE");
    (*public.as_bytes(), *secret.as_bytes())
}

static SERVER: LazyLock<Pair> = LazyLock::new(pair);
static CLIENT: LazyLock<Pair> = LazyLock::new(pair);

/// A hostile peer.
struct Peer {
    stream: Option<Stream>,
    framing: Framing,
    curve: Curve,
    is_client: bool,
}

impl Peer {
    fn new(stream: Option<Stream>, framing: Framing, is_client: bool) -> Self {
        let curve = if is_client { Curve::new(*CLIENT, SERVER.0) } else { Curve::new(*SERVER, CLIENT.0) };
        Self { stream, framing, curve, is_client }
    }

    fn say(&mut self, bytes: &[u8]) {
        if let Some(stream) = &mut self.stream {
            stream.say(bytes);
        }
    }

    fn frame(&mut self, flags: u8, body: &[u8]) {
        self.say(&zmtp::frame(self.framing, flags, body, None));
    }

    /// What the other side says, as soon as it does; of a handshake's commands the keys are kept.
    fn hear(&mut self) {
        let Some(stream) = &mut self.stream else { return };
        let heard = stream.hear();
        for name in [&b"\x05HELLO"[..], b"\x07WELCOME"] {
            if let Some(at) = heard.windows(name.len()).position(|window| window == name) {
                // HELLO is 200 bytes, WELCOME 168.
                let length = if name.len() == 6 { 200 } else { 168 };
                self.curve.hear(&heard[at..heard.len().min(at + length)]);
            }
        }
    }

    /// A step of what the input wants to be said.
    fn step(&mut self, input: &mut Input<'_>) {
        const MECHANISMS: [&[u8]; 6] = [b"NULL", b"PLAIN", b"CURVE", b"GSSAPI", b"", b"NULL\0X"];
        const COMMANDS: [&[u8]; 14] = [
            b"READY",
            b"ERROR",
            b"PING",
            b"PONG",
            b"SUBSCRIBE",
            b"CANCEL",
            b"HELLO",
            b"WELCOME",
            b"INITIATE",
            b"MESSAGE",
            b"JOIN",
            b"LEAVE",
            b"",
            b"PIN",
        ];
        match input.byte() % 16 {
            0 => self.say(input.piece()),
            1 => {
                let version = input.pick(&[3, 3, 3, 3, 2, 1, 0, 4]);
                if version < 3 {
                    self.framing = if version == 0 { Framing::V1 } else { Framing::V2 };
                }
                let greeting = zmtp::greeting(
                    version,
                    input.pick(&[1, 0, 2]),
                    input.pick(&MECHANISMS),
                    input.flag(),
                    input.byte() % 16,
                );
                self.say(&greeting);
            }
            2 => {
                let name = input.pick(&COMMANDS);
                self.frame(COMMAND, &zmtp::command(name, input.piece()));
            }
            3 => {
                let name = input.pick(&[&b"READY"[..], b"INITIATE"]);
                let metadata = zmtp::metadata(input);
                self.frame(COMMAND, &zmtp::command(name, &metadata));
            }
            4 => {
                let (flags, body) = (input.byte(), input.piece());
                let claimed = input.flag().then(|| input.number() as u64);
                self.say(&zmtp::frame(self.framing, flags, body, claimed));
            }
            5 => self.hear(),
            6 => {
                // More than the queue takes.
                let (count, flags, body) = (usize::from(input.byte()) * 8, input.byte() & 3, input.piece());
                let body = &body[..body.len().min(16)];
                self.say(&zmtp::frame(self.framing, flags, body, None).repeat(count));
            }
            7 => self.say(&zmtp::frame(Framing::V1, input.byte(), input.piece(), None)),
            8 => self.upgrade(input),
            9 => {
                let (opcode, body) = (input.byte() & 0x8F, input.piece());
                let claimed = input.flag().then(|| input.number() as u64);
                self.say(&zmtp::web_frame(self.framing, opcode, body, claimed));
            }
            10 | 11 => self.curve_step(input),
            12 => {
                let (user, password) = (input.piece(), input.piece());
                let body = [&[user.len() as u8], user, &[password.len() as u8], password].concat();
                self.frame(COMMAND, &zmtp::command(b"HELLO", &body));
            }
            13 => self.frame(COMMAND, &zmtp::command(b"WELCOME", b"")),
            14 => {
                // A ping with a time to live, and a context that is too short, or too long.
                self.frame(COMMAND, &zmtp::command(b"PING", input.piece()));
            }
            _ => {
                let name = if input.flag() { &b"\x09SUBSCRIBE"[..] } else { b"\x06CANCEL" };
                let (flags, topic) = (input.byte(), input.piece());
                match flags % 3 {
                    0 => self.frame(0, &[&[flags >> 7], topic].concat()),
                    _ => self.frame(COMMAND, &[name, topic].concat()),
                }
            }
        }
    }

    fn curve_step(&mut self, input: &mut Input<'_>) {
        let mut said = match (input.byte() % 8, self.is_client) {
            (0 | 1, true) => self.curve.hello(),
            (0 | 1, false) => self.curve.welcome(),
            (2 | 3, true) => self.curve.initiate(&zmtp::metadata(input)),
            (2 | 3, false) => self.curve.ready(&zmtp::metadata(input)),
            (4, is_client) => {
                let message = self.curve.message(is_client, input.byte(), input.piece());
                return self.frame(0, &message);
            }
            (5, is_client) => {
                // A command under way in a message.
                let command = zmtp::command(input.pick(&[&b"PING"[..], b"SUBSCRIBE", b"CANCEL", b"X"]), input.piece());
                let message = self.curve.message(is_client, 2, &command);
                return self.frame(0, &message);
            }
            (6, is_client) => self.curve.message(is_client, 0, b""),
            _ => zmtp::command(b"ERROR", input.piece()),
        };
        let wrong = input.byte();
        if wrong & 1 != 0 {
            let at = usize::from(wrong) % said.len();
            said[at] ^= input.byte();
        }
        if wrong & 2 != 0 {
            said.truncate(usize::from(wrong));
        }
        self.frame(COMMAND, &said);
    }

    fn upgrade(&mut self, input: &mut Input<'_>) {
        let protocol =
            input.pick(&["ZWS2.0", "ZWS2.0/NULL", "ZWS2.0/PLAIN", "ZWS2.0/CURVE", "ZWS2.0,ZWS2.0/NULL", "x, ZWS2.0"]);
        let more = if input.flag() { String::from_utf8_lossy(input.piece()).into_owned() } else { String::new() };
        let long = usize::from(input.byte()) / 250 * 700;
        let more = format!("{more}{}", "x".repeat(long));
        let text = if self.is_client {
            format!(
                "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {more}x\r\n\
                 Sec-WebSocket-Protocol: {protocol}\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
        } else {
            format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Accept: {more}x\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n"
            )
        };
        self.say(text.as_bytes());
    }
}

/// How many there are; each connection that is forgotten would be one more.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

fn check_descriptors() {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    if COUNT.fetch_add(1, Ordering::Relaxed) % 256 == 255 {
        let mut tries = 0;
        while descriptors() > 100 {
            tries += 1;
            assert!(tries < 1000, "{} descriptors", descriptors());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let kind = SocketType::ALL[usize::from(input.byte()) % SocketType::ALL.len()];
    let how = input.byte();
    let transport = match how & 7 {
        0..=4 => Where::Ipc,
        5 => Where::Tcp,
        _ => Where::Ws,
    };
    let mechanism = match how >> 3 & 3 {
        0 | 1 => Mechanism::Null,
        2 => Mechanism::Plain,
        _ => Mechanism::Curve,
    };
    let victim_connects = how & 0x20 != 0;
    let test_peer = how & 0x40 != 0;
    let monitored = how & 0x80 != 0;
    if kind == SocketType::Stream && (transport == Where::Ws || mechanism != Mechanism::Null) {
        return;
    }

    let victim = CONTEXT.socket(kind).expect("a socket");
    let serves = victim::configure(&victim, &mut input);
    victim::secure(&victim, mechanism, !victim_connects).expect("the options of a mechanism");
    let monitor = monitored.then(|| victim.monitor(zmq::EVENT_ALL).expect("a monitor"));
    let framing = if transport == Where::Ws { Framing::Ws { masked: !victim_connects } } else { Framing::V2 };

    let mut place =
        if victim_connects { stream::Place::listen(transport) } else { stream::Place::bind(&victim, transport) };
    if victim_connects {
        victim.connect(&place.endpoint).expect("somebody listens there");
    }
    let mut peers = [Peer::new(place.open(), framing, !victim_connects), Peer::new(None, framing, !victim_connects)];
    let mut now = 0;
    for _ in 0..40 {
        if input.is_empty() {
            break;
        }
        match input.byte() {
            // Another connection, or this one again.
            0..=9 => {
                now ^= 1;
                if peers[now].stream.is_none() {
                    peers[now] = Peer::new(place.open(), framing, !victim_connects);
                }
            }
            10..=19 => {
                peers[now] = Peer::new(place.open(), framing, !victim_connects);
            }
            20..=27 => {
                if let Some(stream) = peers[now].stream.take() {
                    stream.reset();
                }
            }
            28..=63 => victim::act(&victim, &mut input),
            64..=69 => std::thread::sleep(Duration::from_millis(12)),
            70..=75 => {
                if let Some(stream) = &mut peers[now].stream {
                    stream.finish();
                }
            }
            // What a good handshake begins with.
            76..=110 => {
                // By WebSocket, which of the names in `upgrade` it is.
                let (name, number): (&[u8], u8) = match mechanism {
                    Mechanism::Null => (b"NULL", 1),
                    Mechanism::Plain => (b"PLAIN", 2),
                    Mechanism::Curve => (b"CURVE", 3),
                };
                if transport == Where::Ws {
                    peers[now].upgrade(&mut Input(&[number, 0, 0]));
                } else {
                    peers[now].say(&zmtp::greeting(3, 1, name, victim_connects, 0));
                }
                if mechanism == Mechanism::Null {
                    peers[now].frame(COMMAND, &zmtp::command(b"READY", &zmtp::metadata(&mut Input(&[input.byte()]))));
                }
                peers[now].hear();
            }
            _ => peers[now].step(&mut input),
        }
    }
    for peer in &mut peers {
        if let Some(stream) = &mut peer.stream {
            stream.finish();
            stream.hear_out();
        }
    }
    drop(peers);
    if let Some(monitor) = &monitor {
        while let Ok(Some(event)) = monitor.try_recv() {
            let _ = event.to_string();
        }
    }
    if test_peer && serves && !victim_connects && victim::can_be_tested(&victim) {
        victim::serves(&CONTEXT, &victim, mechanism, &place.endpoint);
    } else {
        victim::drain(&victim, 2000);
    }
    drop(monitor);
    drop(victim);
    check_descriptors();
});
