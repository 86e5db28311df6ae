//! What the security tests have in common: a ZAP handler that can misbehave, servers and clients of each mechanism, and what
//! monitors see of their handshakes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use zmq::{
    Context, CurvePublicKey, CurveSecretKey, Dealer, Event, Mechanism, Message, Monitor, Pair, Poller, Rep, Socket,
};

use crate::exchange::bounce_fails;
use crate::expect::{SOON, watch};
use crate::support::{Transport, unique};
use crate::testutil::{SILENCE, skip};

pub(crate) const ZAP: &str = "inproc://zeromq.zap.01";

/// The routing id of servers, which the handler must be told.
const ID: &str = "IDENT";

/// How the handler behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Manner {
    Correct,
    TemporaryFailure,
    InternalError,
    WrongVersion,
    WrongRequestId,
    InvalidStatus,
    TooManyParts,
    /// It takes the first frame, and goes away.
    Disconnect,
    /// It is there, and asks for nothing.
    DoNotReceive,
    /// It answers all but the last frame.
    DoNotSend,
}

/// Who may come in.
#[derive(Debug, Clone)]
pub(crate) struct Guests {
    pub(crate) domain: &'static str,
    pub(crate) routing_id: String,
    pub(crate) plain: [&'static str; 2],
    pub(crate) curve: Option<CurvePublicKey>,
}

impl Default for Guests {
    fn default() -> Self {
        Self { domain: "ZAPTEST", routing_id: ID.to_owned(), plain: ["testuser", "testpass"], curve: None }
    }
}

/// A thread that answers ZAP requests, until it is dropped.
#[derive(Debug)]
pub(crate) struct Handler {
    control: Socket<Pair>,
    thread: Option<JoinHandle<()>>,
    pub(crate) handled: Arc<AtomicUsize>,
}

impl Handler {
    pub(crate) fn new(context: &Context, guests: Guests, manner: Manner) -> Self {
        let (control, controlled) = Transport::Inproc.pair(context, zmq::PAIR, zmq::PAIR);
        let socket = context.socket(zmq::REP).unwrap();
        socket.set_linger(0).unwrap();
        socket.bind(ZAP).unwrap();
        let handled = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&handled);
        let thread = std::thread::Builder::new().name(unique("zap"));
        let thread = thread.spawn(move || handle(&socket, &controlled, &guests, manner, &count)).unwrap();
        Self { control, thread: Some(thread), handled }
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        let _ = self.control.try_send("STOP");
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(std::thread::panicking() || matches!(ended, Some(Ok(()))), "the ZAP handler panicked");
    }
}

fn handle(socket: &Socket<Rep>, control: &Socket<Pair>, guests: &Guests, manner: Manner, handled: &AtomicUsize) {
    let mut poller = Poller::new();
    poller.register(control, zmq::POLLIN).unwrap();
    if manner != Manner::DoNotReceive {
        poller.register(socket, zmq::POLLIN).unwrap();
    }
    loop {
        let ready = poller.poll(-1).unwrap();
        if ready.contains(control) {
            return;
        }
        if manner == Manner::Disconnect {
            socket.recv().unwrap();
            return;
        }
        let request = socket.recv_multipart().unwrap();
        let answer = answer(&request, guests, manner);
        if manner == Manner::DoNotSend {
            for part in answer.into_iter().take(5) {
                socket.send_flags(part, zmq::SNDMORE).unwrap();
            }
            handled.fetch_add(1, Ordering::Relaxed);
            // No other request can be taken before this one is answered.
            control.recv().unwrap();
            return;
        }
        // Before it is sent: who is let in by it may look at the count.
        handled.fetch_add(1, Ordering::Relaxed);
        socket.send_multipart(answer).unwrap();
    }
}

fn answer(request: &[Message], guests: &Guests, manner: Manner) -> Vec<Message> {
    let [version, sequence, domain, _address, routing_id, mechanism, credentials @ ..] = request else {
        panic!("a request of {} frames", request.len());
    };
    assert_eq!(*version, "1.0");
    assert_eq!(*routing_id, guests.routing_id);
    let known = match (&mechanism[..], credentials) {
        (b"NULL", []) | (b"GSSAPI", [_]) => true,
        (b"PLAIN", [username, password]) => *username == guests.plain[0] && *password == guests.plain[1],
        (b"CURVE", [key]) => guests.curve.is_some_and(|known| *key == known.as_bytes()),
        _ => panic!("a request for {mechanism:?} with {} frames of credentials", credentials.len()),
    };
    let (status, text, user) = match manner {
        _ if !(known && *domain == guests.domain) => ("400", "who are you?", ""),
        Manner::TemporaryFailure => ("300", "OK", "anonymous"),
        Manner::InternalError => ("500", "OK", "anonymous"),
        Manner::InvalidStatus => ("invalid_status", "OK", "anonymous"),
        _ => ("200", "OK", "anonymous"),
    };
    let version = if manner == Manner::WrongVersion { "invalid_version".into() } else { version.clone() };
    let sequence = if manner == Manner::WrongRequestId { "invalid_request_id".into() } else { sequence.clone() };
    let mut answer = vec![version, sequence, status.into(), text.into(), user.into(), Message::new()];
    if manner == Manner::TooManyParts {
        answer.push(Message::new());
    }
    answer
}

/// The keys of a server and of the one client that it knows.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub(crate) server: (CurvePublicKey, CurveSecretKey),
    pub(crate) client: (CurvePublicKey, CurveSecretKey),
}

impl Keys {
    /// `None`, after a line that says so, where libzmq has no CURVE.
    pub(crate) fn new() -> Option<Self> {
        if !zmq::has("curve") {
            skip("this libzmq has no CURVE");
            return None;
        }
        Some(Self { server: zmq::curve_keypair().unwrap(), client: zmq::curve_keypair().unwrap() })
    }
}

/// The four ways in which a handshake can end.
pub(crate) fn watch_handshakes(socket: &Socket<Dealer>) -> Monitor {
    let failures =
        zmq::EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq::EVENT_HANDSHAKE_FAILED_AUTH | zmq::EVENT_HANDSHAKE_FAILED_PROTOCOL;
    watch(socket, zmq::EVENT_HANDSHAKE_SUCCEEDED | failures)
}

/// A server with a routing id and a domain; its mechanism is what `set_up` makes of it.
pub(crate) fn server(
    context: &Context,
    routing_id: &str,
    set_up: impl FnOnce(&Socket<Dealer>),
) -> (Socket<Dealer>, Monitor, String) {
    let server = context.socket(zmq::DEALER).unwrap();
    server.set_linger(0).unwrap();
    server.set_maxmsgsize(64 << 20).unwrap();
    server.set_zap_domain("ZAPTEST").unwrap();
    server.set_routing_id(routing_id).unwrap();
    set_up(&server);
    let monitor = watch_handshakes(&server);
    let endpoint = Transport::Tcp.bind(&server);
    (server, monitor, endpoint)
}

/// A client of that mechanism, which the default guests know, not yet connected.
pub(crate) fn client(context: &Context, mechanism: Mechanism, keys: Option<&Keys>) -> Socket<Dealer> {
    let client = context.socket(zmq::DEALER).unwrap();
    client.set_linger(0).unwrap();
    match (mechanism, keys) {
        (Mechanism::Plain, _) => {
            client.set_plain_password("testpass").unwrap();
            client.set_plain_username("testuser").unwrap();
        }
        (Mechanism::Curve, Some(keys)) => {
            client.set_curve_serverkey(keys.server.0).unwrap();
            client.set_curve_publickey(keys.client.0).unwrap();
            client.set_curve_secretkey(&keys.client.1).unwrap();
        }
        _ => {}
    }
    client
}

/// Makes the socket a server of that mechanism.
pub(crate) fn serve(socket: &Socket<Dealer>, mechanism: Mechanism, keys: Option<&Keys>) {
    match (mechanism, keys) {
        (Mechanism::Plain, _) => socket.set_plain_server(true).unwrap(),
        (Mechanism::Curve, Some(keys)) => {
            socket.set_curve_server(true).unwrap();
            socket.set_curve_secretkey(&keys.server.1).unwrap();
        }
        _ => {}
    }
}

/// Whether the peer has merely gone, which may be noticed before, or instead of, what was wrong with it.
fn is_gone(event: Event) -> bool {
    let gone = [libc::EPIPE, libc::ECONNRESET, libc::ECONNABORTED];
    matches!(event, Event::HandshakeFailedNoDetail { errno } if gone.contains(&errno))
}

/// Waits for that event; the only others that may come say that the peer is gone. Whether it came: `false` is for a peer that left first.
#[track_caller]
fn comes(monitor: &Monitor, expected: Event) -> bool {
    let mut gone = false;
    loop {
        match monitor.recv_timeout(if gone { SILENCE.as_millis() as i32 } else { SOON }) {
            Ok(event) => match event.expect("the socket is still there").event {
                event if event == expected => return true,
                event if is_gone(event) => gone = true,
                event => panic!("{event:?} instead of {expected:?}"),
            },
            Err(error) => {
                assert!(gone && error.is_again(), "{error} instead of {expected:?}");
                return false;
            }
        }
    }
}

/// Waits for that event, which must come.
#[track_caller]
pub(crate) fn expect_event(monitor: &Monitor, expected: Event) {
    assert!(comes(monitor, expected), "the peer was gone before {expected:?}");
}

/// Waits for that event, or for the end of a peer that has noticed first.
#[track_caller]
pub(crate) fn expect_event_or_end(monitor: &Monitor, expected: Event) {
    comes(monitor, expected);
}

/// Waits until a peer is gone in the middle of its handshake.
#[track_caller]
pub(crate) fn expect_gone(monitor: &Monitor) {
    let event = crate::expect::next(monitor);
    assert!(is_gone(event), "{event:?}");
}

/// Nothing more is seen, but perhaps that the peer is gone.
#[track_caller]
pub(crate) fn expect_no_more(monitor: &Monitor) {
    while let Ok(Some(event)) = monitor.recv_timeout(SILENCE) {
        assert!(is_gone(event.event), "{event}");
    }
}

/// Who speaks the ZMTP 1.0 of long ago has shown nothing, and is not heard.
pub(crate) fn vanilla_socket(server: &Socket<Dealer>, endpoint: &str) {
    use std::io::Write as _;
    let mut stranger = std::net::TcpStream::connect(endpoint.strip_prefix("tcp://").unwrap()).unwrap();
    // A greeting without a name, and a message.
    stranger.write_all(b"\x01\x00").unwrap();
    stranger.write_all(b"\x08\x00sneaky\0").unwrap();
    assert!(server.recv_timeout(250).unwrap_err().is_again());
}

/// A client that is connected, and gets nothing through.
pub(crate) fn is_refused(server: &Socket<Dealer>, client: &Socket<Dealer>, endpoint: &str) {
    client.connect(endpoint).unwrap();
    bounce_fails(server, client);
}
