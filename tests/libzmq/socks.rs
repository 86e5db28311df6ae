//! Connections through a SOCKS5 proxy. Its user and password are draft options that every build has, set by the raw handle.
//!
//! Each in a process of its own: with another libzmq than the bundled one a socket that has connected through a proxy stays open as long
//! as its process.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::sync::mpsc::{Receiver, channel};

use zmq::{Context, ErrorKind, Event, Kind, Pull, Push, Socket};

use crate::expect::{get_raw, hears, next, watch};
use crate::support::{Transport, child, deadline};
use crate::testutil::set_raw;

/// What a request names its destination by.
const IPV4: u8 = 1;
const DOMAIN_NAME: u8 = 3;
const IPV6: u8 = 4;

/// ZMQ_SOCKS_USERNAME and ZMQ_SOCKS_PASSWORD in zmq.h.
const SOCKS_USERNAME: i32 = 99;
const SOCKS_PASSWORD: i32 = 100;

/// Bound, and not yet listening: whoever connects is refused.
fn bound() -> TcpListener {
    // SAFETY: no preconditions.
    let socket = unsafe { libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0) };
    assert!(socket >= 0, "{}", std::io::Error::last_os_error());
    // SAFETY: it was just made, and is nobody else's.
    let socket = unsafe { OwnedFd::from_raw_fd(socket) };
    // SAFETY: zeros are an address: 0.0.0.0, port 0.
    let mut address: libc::sockaddr_in = unsafe { std::mem::zeroed() };
    address.sin_family = libc::AF_INET as libc::sa_family_t;
    address.sin_addr.s_addr = u32::from_ne_bytes([127, 0, 0, 1]);
    let length = size_of_val(&address) as libc::socklen_t;
    // SAFETY: `address` is an address of that family and length.
    let answer = unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) };
    assert_eq!(answer, 0, "{}", std::io::Error::last_os_error());
    socket.into()
}

fn listen(listener: &TcpListener) {
    // SAFETY: no preconditions.
    assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 1) }, 0, "{}", std::io::Error::last_os_error());
}

/// A proxy for one connection, which finds this machine for `somedomainname.org` and `::1`, and wants to know this user and password,
/// if any. It tells by what the destination was named.
fn serve(listener: TcpListener, account: Option<[&'static str; 2]>) -> Receiver<u8> {
    listen(&listener);
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        drop(listener);
        // Version and methods: 0 is none, 2 a user and a password.
        assert_eq!(read(&mut client), [5]);
        let methods = read_counted(&mut client);
        let method = if account.is_some() { 2 } else { 0 };
        assert!(methods.contains(&method), "{methods:?}");
        client.write_all(&[5, method]).unwrap();
        if let Some([username, password]) = account {
            assert_eq!(read(&mut client), [1]);
            assert_eq!(read_counted(&mut client), username.as_bytes());
            assert_eq!(read_counted(&mut client), password.as_bytes());
            client.write_all(&[1, 0]).unwrap();
        }

        // Version, CONNECT, a zero, and what kind of name follows.
        let [5, 1, 0, kind] = read(&mut client) else { panic!("no request to connect") };
        match kind {
            IPV4 => assert_eq!(read(&mut client), [127, 0, 0, 1]),
            DOMAIN_NAME => assert_eq!(read_counted(&mut client), b"somedomainname.org"),
            IPV6 => assert_eq!(read(&mut client), std::net::Ipv6Addr::LOCALHOST.octets()),
            other => panic!("a destination of kind {other}"),
        }
        let port = u16::from_be_bytes(read(&mut client));
        let remote = TcpStream::connect(("127.0.0.1", port)).unwrap();

        // Success, and where it was connected from, in the same form.
        let mut reply = vec![5, 0, 0, kind];
        match kind {
            IPV4 => reply.extend([127, 0, 0, 1]),
            DOMAIN_NAME => reply.extend(b"\x09localhost"),
            _ => reply.extend(std::net::Ipv6Addr::LOCALHOST.octets()),
        }
        reply.extend(remote.local_addr().unwrap().port().to_be_bytes());
        client.write_all(&reply).unwrap();
        tell.send(kind).unwrap();
        let (back, forth) = (remote.try_clone().unwrap(), client.try_clone().unwrap());
        std::thread::spawn(move || pass_on(back, forth));
        pass_on(client, remote);
    });
    told
}

fn read<const N: usize>(from: &mut TcpStream) -> [u8; N] {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes).unwrap();
    bytes
}

/// A byte that says how many follow, and these.
fn read_counted(from: &mut TcpStream) -> Vec<u8> {
    let [count] = read(from);
    let mut bytes = vec![0; count.into()];
    from.read_exact(&mut bytes).unwrap();
    bytes
}

fn pass_on(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

fn push_server(context: &Context) -> (Socket<Push>, String) {
    let push = context.socket(zmq::PUSH).unwrap();
    let endpoint = Transport::Tcp.bind(&push);
    (push, endpoint)
}

fn pull_client(context: &Context, endpoint: &str, proxy: &str) -> Socket<Pull> {
    let pull = context.socket(zmq::PULL).unwrap();
    pull.set_ipv6(true).unwrap();
    pull.set_socks_proxy(proxy).unwrap();
    pull.connect(endpoint).unwrap();
    pull
}

fn communicate(push: &Socket<Push>, pull: &Socket<Pull>) {
    for text in ["ABC", "DEF"] {
        push.send(text).unwrap();
    }
    for text in ["ABC", "DEF"] {
        hears(pull, [text]);
    }
}

/// Messages come through the proxy `{before}host:port` from the server at `{host}:port`, which is named as expected.
fn through_a_proxy(label: &str, before: &'static str, host: &'static str, expected: u8) {
    child(label, 40, || {
        let listener = bound();
        let proxy = format!("{before}{}", listener.local_addr().unwrap());
        let told = serve(listener, None);
        let context = Context::new().unwrap();
        let (push, endpoint) = push_server(&context);
        let (_, port) = endpoint.rsplit_once(':').unwrap();
        let pull = pull_client(&context, &format!("tcp://{host}:{port}"), &proxy);
        communicate(&push, &pull);
        assert_eq!(told.recv().unwrap(), expected);
    })
    .succeeds();
}

#[test]
fn socks_proxy_options() {
    let _deadline = deadline(30);
    let sub = Context::new().unwrap().socket(zmq::SUB).unwrap();
    assert_eq!(sub.socks_proxy().unwrap(), "");
    sub.set_socks_proxy("somehost:1080").unwrap();
    assert_eq!(sub.socks_proxy().unwrap(), "somehost:1080");
    sub.set_socks_proxy(None).unwrap();
    assert_eq!(sub.socks_proxy().unwrap(), "");
    // In C the empty text is an error; here it clears the option, as None does. What is no proxy is refused at once.
    sub.set_socks_proxy("somehost:1080").unwrap();
    sub.set_socks_proxy("").unwrap();
    assert_eq!(sub.socks_proxy().unwrap(), "");
    assert_eq!(sub.set_socks_proxy("somehost").unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn socks_no_socks() {
    let _deadline = deadline(60);
    let context = Context::new().unwrap();
    let (push, endpoint) = push_server(&context);
    let pull = context.socket(zmq::PULL).unwrap();
    pull.connect(&endpoint).unwrap();
    communicate(&push, &pull);
}

#[test]
fn socks() {
    let _deadline = deadline(60);
    through_a_proxy("socks", "", "127.0.0.1", IPV4);
}

/// As [`through_a_proxy`] that listens only after the client was refused.
fn through_a_late_proxy(label: &str, account: Option<[&'static str; 2]>) {
    child(label, 40, || {
        let listener = bound();
        let proxy = listener.local_addr().unwrap().to_string();
        let context = Context::new().unwrap();
        let (push, endpoint) = push_server(&context);
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_socks_proxy(&*proxy).unwrap();
        set_account(&pull, account.unwrap_or_default());
        let monitor = watch(&pull, zmq::EVENT_CONNECT_RETRIED);
        pull.connect(&endpoint).unwrap();
        assert!(matches!(next(&monitor), Event::ConnectRetried { .. }));
        let told = serve(listener, account);
        communicate(&push, &pull);
        assert_eq!(told.recv().unwrap(), IPV4);
    })
    .succeeds();
}

fn set_account<K: Kind>(socket: &Socket<K>, [username, password]: [&str; 2]) {
    assert!(set_raw(socket, SOCKS_USERNAME, username.as_bytes()));
    assert!(set_raw(socket, SOCKS_PASSWORD, password.as_bytes()));
}

/// A client that has this user and password comes through a proxy that wants these.
fn with_an_account(label: &str, has: [&'static str; 2], wanted: Option<[&'static str; 2]>) {
    child(label, 40, || {
        let listener = bound();
        let proxy = listener.local_addr().unwrap().to_string();
        let told = serve(listener, wanted);
        let context = Context::new().unwrap();
        let (push, endpoint) = push_server(&context);
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_socks_proxy(&*proxy).unwrap();
        set_account(&pull, has);
        pull.connect(&endpoint).unwrap();
        communicate(&push, &pull);
        assert_eq!(told.recv().unwrap(), IPV4);
    })
    .succeeds();
}

#[test]
fn socks_delay() {
    let _deadline = deadline(60);
    through_a_late_proxy("delay", None);
}

#[test]
fn socks_domainname() {
    let _deadline = deadline(60);
    through_a_proxy("domain name", "", "somedomainname.org", DOMAIN_NAME);
}

#[test]
fn socks_ipv6() {
    let _deadline = deadline(60);
    through_a_proxy("ipv6", "", "::1", IPV6);
}

#[test]
fn socks_ipv6_sb() {
    let _deadline = deadline(60);
    through_a_proxy("ipv6 in square brackets", "", "[::1]", IPV6);
}

/// The connection to the proxy comes from an address that was asked for.
#[test]
fn socks_bind_before_connect() {
    let _deadline = deadline(60);
    through_a_proxy("bind before connect", "127.0.0.1:0;", "127.0.0.1", IPV4);
}

#[test]
fn socks_basic_auth() {
    let _deadline = deadline(60);
    let account = ["someuser", "somepass"];
    with_an_account("basic auth", account, Some(account));
}

#[test]
fn socks_basic_auth_delay() {
    let _deadline = deadline(60);
    through_a_late_proxy("basic auth, delay", Some(["someuser", "somepass"]));
}

/// No user is no authentication, whether it was never set (`socks`) or is empty.
#[test]
fn socks_basic_auth_empty_user() {
    let _deadline = deadline(60);
    with_an_account("empty user", ["", ""], None);
}

#[test]
fn socks_basic_auth_empty_pass() {
    let _deadline = deadline(60);
    with_an_account("empty password", ["someuser", ""], Some(["someuser", ""]));
}

#[test]
fn socks_userpass_options() {
    let _deadline = deadline(30);
    let long: String = ('a'..='z').cycle().take(256).collect();
    for option in [SOCKS_USERNAME, SOCKS_PASSWORD] {
        let sub = Context::new().unwrap().socket(zmq::SUB).unwrap();
        // Read back with a NUL.
        for value in ["someuser", &long[..255], ""] {
            assert!(set_raw(&sub, option, value.as_bytes()));
            assert_eq!(get_raw(&sub, option, 1024), [value.as_bytes(), b"\0"].concat());
        }
        assert!(!set_raw(&sub, option, long.as_bytes()));
    }
}
