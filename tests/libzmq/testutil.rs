//! What several of the modules need, as `testutil.cpp` is for libzmq's tests.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use zmq::{Context, Event, Kind, Monitor, Receiver, Sender, Socket};

use crate::support::zmtp;

/// How long nothing must come to be taken for nothing.
pub(crate) const SILENCE: Duration = Duration::from_millis(150);
/// How long what must come may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

const CONTENT: &[u8; 32] = b"12345678ABCDEFGH12345678abcdefgh";

/// A message of two frames from the client to the server, and one back.
#[track_caller]
pub(crate) fn bounce<A: Sender + Receiver, B: Sender + Receiver>(server: &Socket<A>, client: &Socket<B>) {
    client.send_multipart([CONTENT, CONTENT]).unwrap();
    assert_eq!(server.recv_frames_timeout::<2>(PATIENCE).unwrap(), [CONTENT, CONTENT]);
    server.send_multipart([CONTENT, CONTENT]).unwrap();
    assert_eq!(client.recv_frames_timeout::<2>(PATIENCE).unwrap(), [CONTENT, CONTENT]);
}

/// Nothing is received.
#[track_caller]
pub(crate) fn silent<K: Receiver>(socket: &Socket<K>) {
    match socket.recv_multipart_timeout(SILENCE) {
        Ok(frames) => panic!("received {frames:?}"),
        Err(error) => assert!(error.is_again(), "{error}"),
    }
}

/// Receives until such an event comes.
#[track_caller]
pub(crate) fn wait_for_event(monitor: &Monitor, what: impl Fn(&Event) -> bool) -> Event {
    loop {
        let event = monitor.recv_timeout(PATIENCE).unwrap().expect("the monitoring goes on");
        if what(&event.event) {
            return event.event;
        }
    }
}

/// One line that says why the test is not made here.
pub(crate) fn skip(reason: &str) {
    // Not `println!`, which the test harness holds back.
    let _ = writeln!(std::io::stderr(), "skipped: {}: {reason}", crate::support::test_name());
}

/// Whether TIPC works here; if not, one line says why. It is a module of the kernel.
pub(crate) fn has_tipc() -> bool {
    let bound = Context::new().unwrap().socket(zmq::REP).unwrap().bind(&format!("tipc://{{{},0,0}}", tipc_type()));
    if let Err(error) = &bound {
        skip(&error.to_string());
    }
    bound.is_ok()
}

/// A TIPC service type that no other test uses: those below 64 are the kernel's own.
pub(crate) fn tipc_type() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    (1 << 30) | ((std::process::id() & 0x3f_ffff) << 8) | (COUNT.fetch_add(1, Ordering::Relaxed) & 0xff)
}

/// Sets an option that has no safe name, by its number in zmq.h, and answers whether libzmq has taken it.
#[allow(unsafe_code, reason = "only the raw handle can")]
pub(crate) fn set_raw<K: Kind>(socket: &Socket<K>, option: i32, value: &[u8]) -> bool {
    // SAFETY: the socket is open and used by this thread alone, and the bytes are there for the length of the call, which copies
    // them.
    let answer = unsafe { zmq_sys::zmq_setsockopt(socket.as_ptr(), option, value.as_ptr().cast(), value.len()) };
    answer == 0
}

/// A peer that speaks ZMTP 3.0 byte by byte (ZeroMQ RFC 23), without security.
#[derive(Debug)]
pub(crate) struct RawPeer(TcpStream);

impl RawPeer {
    /// Connects to what [`Socket::last_endpoint`] said.
    #[track_caller]
    pub(crate) fn connect(endpoint: &str) -> Self {
        let address = endpoint.strip_prefix("tcp://").expect("a tcp endpoint");
        let stream = TcpStream::connect(address).expect("somebody listens there");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// Greets as a socket of that kind, and announces these properties besides. Answers what the other side is ready with.
    #[track_caller]
    pub(crate) fn handshake(&mut self, kind: &str, properties: &[(&str, &[u8])]) -> Vec<u8> {
        zmtp::shake_hands(&mut self.0, 0, kind, properties)
    }

    #[track_caller]
    pub(crate) fn send(&mut self, flags: u8, body: &[u8]) {
        self.0.write_all(&zmtp::frame(flags, body)).unwrap();
    }

    /// Whether the other side closes the connection, now or soon, whatever it sends before.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.0.read_to_end(&mut Vec::new()).is_ok()
    }

    /// The next frame: its flags and its body.
    #[track_caller]
    pub(crate) fn recv(&mut self) -> (u8, Vec<u8>) {
        zmtp::receive(&mut self.0)
    }
}
