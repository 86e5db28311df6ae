//! The rest of a large message is looked for before the I/O thread sleeps, as long as that finds something (`build/mends/rest.patch`).
//!
//! One test a file: the function of the C library that libzmq calls to sleep is this process's own.
#![cfg(all(target_os = "linux", zmq_vendored))]

mod support;

use std::cell::Cell;
use std::ffi::c_int;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::Duration;

use support::deadline::Deadline;
use support::{Context, Socket};
use zmq_sys::{ZMQ_PULL, ZMQ_PUSH, ZMQ_REP, ZMQ_REQ, ZMQ_SNDBUF};

/// How often a thread looked for a while.
static LOOKED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static LOOKS: Cell<bool> = const { Cell::new(false) };
}

/// What libzmq calls to look, or to sleep.
///
/// # Safety
///
/// As the C library's.
#[unsafe(no_mangle)]
unsafe extern "C" fn epoll_wait(poller: c_int, events: *mut libc::epoll_event, most: c_int, timeout: c_int) -> c_int {
    let looks = timeout == 0;
    if !LOOKS.replace(looks) && looks {
        LOOKED.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: what the caller is asked for is passed on.
    unsafe { libc::epoll_pwait(poller, events, most, timeout, std::ptr::null()) }
}

fn looked() -> usize {
    LOOKED.swap(0, Ordering::Relaxed)
}

const LARGE: usize = 1 << 20;
/// A part of it that comes by itself.
const PART: usize = LARGE / 64;

/// Shakes hands as a peer without security, as of ZMTP 3.0.
fn shake_hands(stream: &mut (impl Read + Write), kind: &str) {
    let mut greeting = [0; 64];
    greeting[..12].copy_from_slice(b"\xff\0\0\0\0\0\0\0\x01\x7f\x03\0");
    greeting[12..16].copy_from_slice(b"NULL");
    stream.write_all(&greeting).expect("write");
    let mut ready = b"\x04\0\x05READY\x0bSocket-Type\0\0\0".to_vec();
    ready.push(kind.len() as u8);
    ready.extend_from_slice(kind.as_bytes());
    ready[1] = ready.len() as u8 - 2;
    stream.write_all(&ready).expect("write");
    stream.read_exact(&mut greeting).expect("their greeting");
    let mut head = [0; 2];
    stream.read_exact(&mut head).expect("the head of their READY");
    stream.read_exact(&mut vec![0; head[1].into()]).expect("their READY");
}

/// Connects by tcp to where this socket binds.
fn tcp_to(pull: &Socket<'_>) -> TcpStream {
    let endpoint = pull.bind("tcp://127.0.0.1:*").expect("bind");
    let mut stream = TcpStream::connect(endpoint.trim_start_matches("tcp://")).expect("connect");
    stream.set_nodelay(true).expect("TCP_NODELAY");
    shake_hands(&mut stream, "PUSH");
    stream
}

fn ipc_to(pull: &Socket<'_>) -> UnixStream {
    let endpoint = pull.bind("ipc://*").expect("bind");
    let mut stream = UnixStream::connect(endpoint.trim_start_matches("ipc://")).expect("connect");
    shake_hands(&mut stream, "PUSH");
    stream
}

/// Has this socket connect by tcp, and answers the other side.
fn tcp_from(push: &Socket<'_>) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    push.connect(&format!("tcp://{}", listener.local_addr().expect("an address"))).expect("connect");
    let (mut stream, _) = listener.accept().expect("accept");
    shake_hands(&mut stream, "PULL");
    stream
}

fn ipc_from(push: &Socket<'_>) -> UnixStream {
    // A name that is no file's, so that nothing can be left of it.
    let name = format!("rszmq-rest-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).expect("a name");
    let listener = UnixListener::bind_addr(&address).expect("bind");
    push.connect(&format!("ipc://@{name}")).expect("connect");
    let (mut stream, _) = listener.accept().expect("accept");
    shake_hands(&mut stream, "PULL");
    stream
}

/// A large message as it is sent.
fn framed(size: usize) -> Vec<u8> {
    let mut frame = vec![2];
    frame.extend_from_slice(&size.to_be_bytes());
    frame.resize(frame.len() + size, 7);
    frame
}

/// Sends a part, and waits for longer than it is looked for the next one.
fn write_part(stream: &mut impl Write, part: &[u8]) {
    stream.write_all(part).expect("write");
    sleep(Duration::from_millis(2));
}

/// Receives a large message whose parts come far between, and tells how often it was looked for one.
fn receive_slowly(pull: &Socket<'_>, stream: &mut TcpStream) -> usize {
    looked();
    let frame = framed(LARGE);
    for part in frame.chunks(PART) {
        write_part(stream, part);
    }
    assert_eq!(pull.recv().expect("recv").bytes(), &frame[9..]);
    looked()
}

/// Receives a message of several megabytes whose beginning comes slowly, and tells how often its rest was looked for in that time.
fn begin_slowly(pull: &Socket<'_>, mut stream: impl Write) -> usize {
    looked();
    let frame = framed(4 * LARGE);
    let (beginning, rest) = frame.split_at(4 * PART);
    for part in beginning.chunks(PART) {
        write_part(&mut stream, part);
    }
    let looked = looked();
    stream.write_all(rest).expect("write");
    assert_eq!(pull.recv().expect("recv").bytes(), &frame[9..]);
    looked
}

/// Sends a large message that its peer takes late, and tells how often room for the rest was looked for.
fn send_slowly(push: &Socket<'_>, mut stream: impl Read + Send + 'static) -> usize {
    looked();
    let reading = thread::spawn(move || {
        sleep(Duration::from_millis(50));
        let mut frame = vec![0; 9 + LARGE];
        stream.read_exact(&mut frame).expect("read");
        frame
    });
    push.send(&vec![7; LARGE]).expect("send");
    assert_eq!(reading.join().expect("it does not panic"), framed(LARGE));
    looked()
}

#[test]
fn the_rest_is_looked_for() {
    let _deadline = Deadline::seconds(60);
    let context = Context::new();

    // What is not large is slept for.
    let (server, client) = (context.socket(ZMQ_REP), context.socket(ZMQ_REQ));
    client.connect(&server.bind("tcp://127.0.0.1:*").expect("bind")).expect("connect");
    for size in [0, 1, 1000, 8000] {
        client.send(&vec![1; size]).expect("send");
        server.recv().expect("recv");
        server.send(&vec![1; size]).expect("send");
        client.recv().expect("recv");
    }
    assert_eq!(looked(), 0, "small messages");

    // 64 times a part is not there in time, which is not looked for each time.
    let pull = context.socket(ZMQ_PULL);
    let mut stream = tcp_to(&pull);
    let first = receive_slowly(&pull, &mut stream);
    assert!((1..=16).contains(&first), "{first}");
    let all: usize = (0..4).map(|_| receive_slowly(&pull, &mut stream)).sum();
    assert!(all <= 16, "{first}, {all}");

    // Contexts of their own from here on, since this one has found nothing. However much is to come.
    let context = Context::new();
    let pull = context.socket(ZMQ_PULL);
    assert!(begin_slowly(&pull, tcp_to(&pull)) > 0, "several megabytes by tcp");

    let context = Context::new();
    let pull = context.socket(ZMQ_PULL);
    assert!(begin_slowly(&pull, ipc_to(&pull)) > 0, "several megabytes by ipc");

    // What the system has no room for.
    let context = Context::new();
    let push = context.socket(ZMQ_PUSH);
    push.set(ZMQ_SNDBUF, 64 << 10).expect("SNDBUF");
    assert!(send_slowly(&push, tcp_from(&push)) > 0, "room to write by tcp");

    let context = Context::new();
    let push = context.socket(ZMQ_PUSH);
    assert!(send_slowly(&push, ipc_from(&push)) > 0, "room to write by ipc");
}
