//! What networks and full processes answer, and libzmq 4.3.5 takes for its own fault: the bundled one survives it.
#![cfg(zmq_vendored)]

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::time::{Duration, Instant};

use zmq::{Context, Event};

use crate::descriptors::{Scarcity, World};
use crate::namespaces::{LEFT, in_a_network, pass_on, skip};
use crate::network::{hurried, watch};
use crate::paths::Folder;
use crate::process::{impatient, next, until, until_connected, until_disconnected};
use crate::role::{role, say};
use crate::support::{Transport, child, deadline};

/// A network device whose other end is this program.
fn device(name: &str) -> std::io::Result<File> {
    /// linux/if_tun.h
    const TUNSETIFF: u64 = 0x4004_54ca;
    const IFF_TUN: i16 = 1;
    const IFF_NO_PI: i16 = 0x1000;

    let file = File::options().read(true).write(true).open("/dev/net/tun")?;
    // SAFETY: a struct of numbers, for which zeros are a value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(name.bytes()) {
        *to = from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = IFF_TUN | IFF_NO_PI;
    // SAFETY: an open descriptor, and a request of the type that this one takes.
    match unsafe { libc::ioctl(file.as_raw_fd(), TUNSETIFF as _, &raw mut request) } {
        0 => Ok(file),
        _ => Err(std::io::Error::last_os_error()),
    }
}

fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | pair.get(1).map_or(0, |low| u32::from(*low)));
    let sum: u32 = words.sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !((folded & 0xffff) + (folded >> 16)) as u16
}

/// "Destination unreachable" for that reason, in answer to an IPv4 packet (RFC 792).
fn unreachable(packet: &[u8], code: u8) -> Vec<u8> {
    let mut icmp = vec![3, code, 0, 0, 0, 0, 0, 0];
    icmp.extend(&packet[..28]);
    let sum = checksum(&icmp).to_be_bytes();
    icmp[2..4].copy_from_slice(&sum);
    let mut ip = vec![0x45, 0, 0, 0, 0, 0, 0, 0, 64, 1, 0, 0];
    ip[3] = 20 + icmp.len() as u8;
    ip.extend(&packet[16..20]);
    ip.extend(&packet[12..16]);
    let sum = checksum(&ip).to_be_bytes();
    ip[10..12].copy_from_slice(&sum);
    ip.extend(icmp);
    ip
}

/// Whatever a router answers to the first packet of a connection, the connection is tried again.
#[test]
fn a_router_that_refuses_for_whatever_reason() {
    let _deadline = deadline(100);
    in_a_network(|network| {
        for code in 0..=15 {
            let output = child(&format!("code {code}"), 20, || {
                let mut wire = match device("wire") {
                    Ok(wire) => wire,
                    Err(error) => return skip(&format!("there is no network device of its own: {error}")),
                };
                network.left_ip("address add 10.78.0.1/24 dev wire");
                network.left_ip("link set wire up");
                let context = Context::new().unwrap();
                let push = context.socket(zmq::PUSH).unwrap();
                impatient(&push);
                let monitor = push.monitor(zmq::EVENT_CONNECT_RETRIED).unwrap();
                push.connect("tcp://10.78.0.2:5555").unwrap();
                let mut tries = 0;
                while tries < 3 {
                    let mut packet = [0; 2000];
                    let size = wire.read(&mut packet).unwrap();
                    // IPv4, TCP, SYN
                    if size >= 40 && packet[0] == 0x45 && packet[9] == 6 && packet[33] & 2 != 0 {
                        wire.write_all(&unreachable(&packet, code)).unwrap();
                        tries += 1;
                        // Some are of no consequence: the system sends it again.
                        if let Ok(event) = monitor.recv_timeout(20) {
                            assert!(matches!(event.unwrap().event, Event::ConnectRetried { .. }));
                        }
                    }
                }
            })
            .succeeds();
            pass_on(&output);
        }
    });
}

/// A route that forbids is `EACCES` for a connection by IPv6, when the system gives it up.
#[test]
fn a_connection_that_becomes_forbidden_is_given_up() {
    let _deadline = deadline(60);
    let receiver = role("receiver", |_| {
        let context = Context::new().unwrap();
        let pull = context.socket(zmq::PULL).unwrap();
        pull.set_ipv6(true).unwrap();
        pull.bind("tcp://[fd77::2]:*").unwrap();
        say(pull.last_endpoint().unwrap());
        for message in pull.iter() {
            say(message.unwrap().as_str().unwrap());
        }
    });
    in_a_network(|network| {
        child("", 40, || {
            network.left_ip("address add fd77::1/64 dev cable nodad");
            network.right_ip("address add fd77::2/64 dev cable nodad");
            let mut receiver = network.start_on_the_right(receiver, &[]);
            let endpoint = receiver.line();
            let _server = std::net::UdpSocket::bind((LEFT, 53)).unwrap();
            let folder = Folder::in_namespace_of_its_own().unwrap();
            let settings = folder.path().join("resolv.conf");
            std::fs::write(&settings, format!("nameserver {LEFT}\noptions timeout:4 attempts:1\n")).unwrap();
            folder.show_as(&settings, "/etc/resolv.conf");
            let context = Context::new().unwrap();
            let push = context.socket(zmq::PUSH).unwrap();
            hurried(&push);
            push.set_ipv6(true).unwrap();
            push.set_tcp_maxrt(300).unwrap();
            let monitor = watch(&push);
            push.connect(&endpoint).unwrap();
            until_connected(&monitor, 1);
            push.send("before").unwrap();
            std::thread::sleep(Duration::from_millis(100));
            network.left_ip("route add prohibit fd77::2");
            push.send("lost with the connection").unwrap();
            std::thread::sleep(Duration::from_millis(100));
            // It has the thread wait for an answer, so that the end of the connection and the next message meet it at once.
            let lost = context.socket(zmq::PUSH).unwrap();
            impatient(&lost);
            lost.connect("tcp://nobody.knows.this.example:5555").unwrap();
            std::thread::sleep(Duration::from_millis(500));
            push.send("after").unwrap();
            until_disconnected(&monitor);
        })
        .succeeds();
    });
}

/// A source address that is an interface's name is looked up in libzmq's own thread, for which it needs a descriptor.
#[test]
fn a_connection_from_an_interface_with_no_descriptors_left() {
    let _deadline = deadline(30);
    child("", 20, || {
        let world = World::new();
        let scarcity = Scarcity::leaving(0);
        // It cannot be told that the connection is not wanted any more, for the same reason.
        let error = world.connect(&world.endpoint.replace("tcp://", "tcp://lo:0;")).unwrap_err();
        assert_eq!(error.kind(), zmq::ErrorKind::TooManyOpen);
        drop(scarcity);
        world.talk();
        until(&world.monitor, |event| matches!(event, Event::Connected { .. }));
    })
    .succeeds();
}

/// What waits to be accepted is tried a thousand times a second, and not as often as the processor can.
#[test]
fn a_listener_that_cannot_accept_does_not_spin() {
    let _deadline = deadline(60);
    for transport in [Transport::Tcp, Transport::Ipc] {
        child(&format!("{transport:?}"), 25, || {
            let world = World::new();
            let pull = world.context.socket(zmq::PULL).unwrap();
            let monitor = pull.monitor(zmq::EVENT_ACCEPT_FAILED).unwrap();
            let endpoint = transport.bind(&pull);
            // One is enough for this end of the connection, and not for the other.
            let scarcity = Scarcity::leaving(1);
            world.spare.connect(&endpoint).unwrap();
            until(&monitor, |_| true);
            let started = Instant::now();
            let mut events = 0;
            while started.elapsed() < Duration::from_millis(500) {
                events += std::iter::from_fn(|| next(&monitor)).count();
            }
            assert!(events < 2000, "{events} in half a second");
            drop(scarcity);
            world.spare.send("let in").unwrap();
            assert_eq!(pull.recv_timeout(20_000).unwrap(), "let in");
        })
        .succeeds();
    }
}
