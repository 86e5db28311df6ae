//! Connections through a SOCKS5 proxy. Its user and password are draft options.
//!
//! Each in a process of its own: a socket that has connected through a proxy stays open as long as its process.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::sync::mpsc::{Receiver, channel};

use zmq::{Context, ErrorKind, Event, Pull, Push, Socket};

use crate::expect::{hears, next, watch};
use crate::support::{Transport, child, deadline};

/// What a request names its destination by.
const IPV4: u8 = 1;
const DOMAIN_NAME: u8 = 3;
const IPV6: u8 = 4;

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

/// A proxy for one connection, which finds this machine for `somedomainname.org` and `::1`. It tells by what the destination was named.
fn serve(listener: TcpListener) -> Receiver<u8> {
    listen(&listener);
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        drop(listener);
        // Version and methods; of these "no authentication" is taken.
        let [version, count] = read(&mut client);
        assert_eq!(version, 5);
        let mut methods = vec![0; count.into()];
        client.read_exact(&mut methods).unwrap();
        assert!(methods.contains(&0));
        client.write_all(&[5, 0]).unwrap();

        // Version, CONNECT, a zero, and what kind of name follows.
        let [5, 1, 0, kind] = read(&mut client) else { panic!("no request to connect") };
        match kind {
            IPV4 => assert_eq!(read(&mut client), [127, 0, 0, 1]),
            DOMAIN_NAME => {
                let [length] = read(&mut client);
                let mut name = vec![0; length.into()];
                client.read_exact(&mut name).unwrap();
                assert_eq!(name, b"somedomainname.org");
            }
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
        let told = serve(listener);
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

/// The proxy listens only after somebody was refused.
#[test]
fn socks_delay() {
    let _deadline = deadline(60);
    child("delay", 40, || {
        let listener = bound();
        let proxy = listener.local_addr().unwrap().to_string();
        let context = Context::new().unwrap();
        let (push, endpoint) = push_server(&context);
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_socks_proxy(&*proxy).unwrap();
        let monitor = watch(&pull, zmq::EVENT_CONNECT_RETRIED);
        pull.connect(&endpoint).unwrap();
        assert!(matches!(next(&monitor), Event::ConnectRetried { .. }));
        let told = serve(listener);
        communicate(&push, &pull);
        assert_eq!(told.recv().unwrap(), IPV4);
    })
    .succeeds();
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
