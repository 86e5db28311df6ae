//! Endpoints: refused where libzmq would quietly take them for something else, and explained where it refuses them.
//!
//! Only what 4.3.5 gets wrong is checked here; whatever else a newer libzmq may know is left to it.

use std::borrow::Cow;
use std::ffi::CString;
use std::net::{Ipv4Addr, UdpSocket};
use std::num::NonZeroU16;

use crate::error::{Errno, Error, ErrorKind, Operation, Result};

/// An endpoint that may be given to libzmq.
#[derive(Debug)]
pub(crate) struct Endpoint<'a> {
    text: &'a str,
    pub(crate) c: CString,
}

/// The two halves of `transport://address`, if there are two.
fn split(endpoint: &str) -> Option<(&str, &str)> {
    endpoint.split_once("://").filter(|(transport, address)| !transport.is_empty() && !address.is_empty())
}

/// The host and the port of a `tcp` or `ws` address.
fn host_and_port<'a>(transport: &str, address: &'a str) -> Option<(&'a str, &'a str)> {
    let address = if is_web(transport) {
        address.split_once('/').map_or(address, |(host, _path)| host)
    } else {
        // `source;destination`: only the destination counts (tcp_address.cpp).
        address.rsplit_once(';').map_or(address, |(_source, destination)| destination)
    };
    address.rsplit_once(':')
}

fn is_web(transport: &str) -> bool {
    matches!(transport, "ws" | "wss")
}

/// What is wrong with the address of a WebSocket to bind to. libzmq looks for the host before the last `/`, and for the port behind
/// the last `:` of that (ws_address.cpp, `resolve`).
fn web_fault_to_bind(address: &str) -> Option<&'static str> {
    let (host, path) = address.split_once('/')?;
    let (directories, _name) = path.rsplit_once('/')?;
    if directories.contains([':', ';']) {
        Some("of the path of a WebSocket only what comes after its last / can have a : or ; in it: write %3A or %3B")
    } else if host.ends_with(":*") || host.ends_with(":0") {
        Some("libzmq finds a free port only where the path has one /, as in ws://*:*/path")
    } else {
        None
    }
}

/// What is wrong with the address of a WebSocket to connect to.
fn web_fault_to_connect(address: &str) -> Option<&'static str> {
    // libzmq puts it into an HTTP request as it is.
    if address.len() > 2000 {
        // The request has room for 8192 bytes; of a longer one libzmq sends the rest from the memory behind them (ws_engine.cpp,
        // `start_ws_handshake`). Host and path are both taken from the address, and may overlap (ws_address.cpp).
        Some("the address of a WebSocket is at most 2000 bytes long")
    } else if address.bytes().any(|byte| byte <= b' ' || byte == 0x7F) {
        Some("the address of a WebSocket cannot have spaces or control characters in it: write %20 and its like")
    } else if address.split_once('/').is_some_and(|(_host, path)| path.contains([':', ';'])) {
        // It takes them, resolves the path with the rest (ws_connecter.cpp, `open`), and never connects.
        Some("the path of a WebSocket cannot have a : or ; in it: write %3A or %3B")
    } else {
        None
    }
}

/// What libzmq would abort on some time after the call, on its own thread (session_base.cpp, `start_connecting`; norm_engine.cpp,
/// `init`), and why.
fn multicast_fault(text: &str) -> Option<(Errno, &'static str)> {
    let (transport, address) = split(text)?;
    // Else it is refused as what it is.
    if !crate::version::has(if transport == "epgm" { "pgm" } else { transport }) {
        return None;
    }
    match transport {
        // It takes that, and then says that there is no room to send to it.
        "pgm" | "epgm" if address.rsplit_once(':').is_some_and(|(_, port)| port.parse() == Ok(0)) => {
            Some((Errno::INVALID, "the port of a group is a number from 1 to 65535"))
        }
        // OpenPGM needs it for the protocol itself; epgm goes by UDP.
        "pgm" => crate::raw::try_pgm()
            .err()
            .map(|errno| (errno, "pgm needs the right to use raw sockets (CAP_NET_RAW): epgm does the same by UDP")),
        "norm" => norm_fault(address),
        _ => None,
    }
}

fn norm_fault(address: &str) -> Option<(Errno, &'static str)> {
    const SHAPE: &str =
        "a norm address is [id,][interface;]group:port, as in norm://eth0;239.192.1.1:5555, with numbers for the group";
    let address = address.split_once(',').map_or(address, |(_id, rest)| rest);
    let (interface, address) = address.split_once(';').map_or((None, address), |(name, rest)| (Some(name), rest));
    let parse = |(host, port): (&str, &str)| Some((host.parse::<Ipv4Addr>().ok()?, port.parse::<NonZeroU16>().ok()?));
    let Some((host, port)) = address.rsplit_once(':').and_then(parse) else { return Some((Errno::INVALID, SHAPE)) };
    if interface.is_some_and(|name| !crate::raw::has_interface(name)) {
        return Some((Errno(libc::ENODEV), "this machine has no such network interface"));
    }
    // Only those that receive a group share a port.
    let free = host.is_multicast() || UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port.get())).is_ok();
    (!free).then_some((Errno::ADDRESS_IN_USE, "another program, or another socket, uses that port"))
}

impl<'a> Endpoint<'a> {
    /// For kinds that multicast carries.
    pub(crate) fn check_multicast(&self, operation: Operation) -> Result<()> {
        match multicast_fault(self.text) {
            Some((errno, help)) => Err(Error::new(operation, errno).with_target(self.text.to_owned()).with_help(help)),
            None => Ok(()),
        }
    }

    fn new(operation: Operation, text: &'a str) -> Result<Self> {
        match CString::new(text) {
            Ok(c) => Ok(Self { text, c }),
            Err(_) => {
                Err(Error::invalid(operation, "an endpoint cannot have a NUL in it")
                    .with_target(text.replace('\0', "\\0")))
            }
        }
    }

    /// For `unbind` and `disconnect`, where a wrong endpoint is merely not found.
    pub(crate) fn any(operation: Operation, text: &'a str) -> Result<Self> {
        Self::new(operation, text)
    }

    /// For `bind`.
    pub(crate) fn to_bind(text: &'a str) -> Result<Self> {
        let endpoint = Self::new(Operation::Bind, text)?;
        let refuse = |help: String| Err(Error::invalid(Operation::Bind, help).with_target(text.to_owned()));
        if let Some((transport @ ("tcp" | "ws" | "wss"), address)) = split(text) {
            match host_and_port(transport, address) {
                Some(("", _)) => {
                    return refuse("the host is missing: * binds to every interface, as in tcp://*:5555".into());
                }
                // atoi and a cast to 16 bits (ip_resolver.cpp) would make another port of it.
                Some((_, port)) if port != "*" && port.parse::<u16>().is_err() => {
                    return refuse(format!("{port:?} is not a port: 1 to 65535, or * for one that is free"));
                }
                Some(_) => {}
                None => return refuse("the port is missing: tcp://*:5555, or tcp://*:* for one that is free".into()),
            }
            if let Some(help) = web_fault_to_bind(address).filter(|_| is_web(transport)) {
                return refuse(help.into());
            }
        }
        Ok(endpoint)
    }

    /// For `connect`; `ipv6` asks whether the socket may use IPv6.
    pub(crate) fn to_connect(text: &'a str, ipv6: impl FnOnce() -> bool) -> Result<Self> {
        let endpoint = Self::new(Operation::Connect, text)?;
        let refuse = |help: String| Err(Error::invalid(Operation::Connect, help).with_target(text.to_owned()));
        let web = split(text).filter(|(transport, _)| is_web(transport));
        if let Some(help) = web.and_then(|(_, address)| web_fault_to_connect(address)) {
            return refuse(help.into());
        }
        match split(text) {
            Some((transport @ ("tcp" | "ws" | "wss"), address)) => match host_and_port(transport, address) {
                Some(("", _)) => return refuse("the host is missing: connect takes a name or an address".into()),
                // libzmq passes a longer one to a SOCKS proxy, which it does not survive (socks.cpp).
                Some((host, _)) if host.len() > 255 => {
                    return refuse("the host is longer than the 255 bytes that a name can have".into());
                }
                Some(("*", _)) => {
                    return refuse("* is only for bind: connect takes the name or address of the peer".into());
                }
                Some((_, "*")) => return refuse("* is only for bind: connect takes the port of the peer".into()),
                Some((_, port)) if port.parse::<u16>().is_ok_and(|port| port > 0) => {}
                // libzmq would take these, and never connect.
                Some((_, port)) => return refuse(format!("{port:?} is not a port: 1 to 65535")),
                None => return refuse("the port is missing: tcp://host:5555".into()),
            },
            Some(("ipc", address)) if address.starts_with('*') => {
                return refuse("* is only for bind: connect takes what the peer's last_endpoint() says".into());
            }
            _ => {}
        }
        // Without the option the name is never resolved, and the connection silently never made.
        let address_v6 = split(text)
            .filter(|(transport, _)| matches!(*transport, "tcp" | "ws" | "wss"))
            .and_then(|(transport, address)| host_and_port(transport, address))
            .is_some_and(|(host, _)| host.contains(':'));
        if address_v6 && !ipv6() {
            return refuse("an IPv6 address needs the option IPV6: socket.set_ipv6(true)".into());
        }
        Ok(endpoint)
    }

    /// The endpoint as it was given.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn is_tipc(&self) -> bool {
        self.text.starts_with("tipc://")
    }

    /// Whether the transport has the handshake in which peers show who they are.
    pub(crate) fn has_handshake(&self) -> bool {
        split(self.text)
            .is_some_and(|(transport, _)| matches!(transport, "tcp" | "ipc" | "ws" | "wss" | "tipc" | "vmci"))
    }

    /// The name of an `inproc` endpoint.
    pub(crate) fn inproc(&self) -> Option<&'a str> {
        split(self.text).and_then(|(transport, name)| (transport == "inproc").then_some(name))
    }

    /// The path of an `ipc` endpoint that is a file.
    #[cfg_attr(not(unix), allow(dead_code, reason = "there are no files to look at"))]
    pub(crate) fn ipc_path(&self) -> Option<&'a str> {
        let (transport, path) = split(self.text)?;
        (transport == "ipc" && !path.starts_with(['@', '*'])).then_some(path)
    }

    /// What libzmq answered, with the endpoint and what to do about it.
    pub(crate) fn explain(&self, operation: Operation, errno: Errno) -> Error {
        let error = Error::new(operation, errno).with_target(self.text.to_owned());
        match help(operation, self.text, error.kind()) {
            Some(help) => error.with_help(help),
            None => error,
        }
    }
}

fn help(operation: Operation, endpoint: &str, kind: ErrorKind) -> Option<Cow<'static, str>> {
    let Some((transport, address)) = split(endpoint) else {
        return Some("an endpoint is transport://address, such as tcp://127.0.0.1:5555 or inproc://name".into());
    };
    Some(match (operation, kind) {
        (_, ErrorKind::AddressInUse) if transport == "inproc" => {
            "another socket of this context is bound to that name".into()
        }
        (_, ErrorKind::AddressInUse) => "another socket, perhaps in an earlier run that still lives, is bound to it; \
             bind_to_random_port and tcp://*:* find a free port"
            .into(),
        (Operation::Bind, ErrorKind::NoDevice) if address.starts_with('[') => {
            "an IPv6 address needs the option IPV6: socket.set_ipv6(true)".into()
        }
        (Operation::Bind, ErrorKind::NoDevice) => {
            "bind takes *, the name of a network interface, or an address of this machine: \
             tcp://*:5555, tcp://lo:5555, tcp://127.0.0.1:5555"
                .into()
        }
        (Operation::Bind, ErrorKind::AddressNotAvailable) => {
            "that is not an address of this machine: bind to * or to one that is, and connect from the others".into()
        }
        (_, ErrorKind::ProtocolNotSupported) => no_transport(transport),
        (_, ErrorKind::IncompatibleProtocol) => match transport {
            "udp" => "udp carries only the draft kinds RADIO, DISH and DGRAM".into(),
            "pgm" | "epgm" | "norm" => "multicast carries only PUB, SUB, XPUB and XSUB".into(),
            _ => return None,
        },
        (_, ErrorKind::NotFound) if transport == "ipc" && operation == Operation::Bind => {
            "the directory of the path does not exist".into()
        }
        (Operation::Unbind | Operation::Disconnect, ErrorKind::NotFound) => {
            "the socket has no such endpoint; give what it was bound or connected with, or what last_endpoint() said"
                .into()
        }
        (_, ErrorKind::NameTooLong) => "the path of an ipc endpoint is at most 107 bytes long".into(),
        (Operation::Bind, ErrorKind::PermissionDenied) if transport == "tcp" => {
            "the system keeps ports below 1024 for privileged programs".into()
        }
        (_, ErrorKind::NoThread) => {
            "no I/O thread serves the socket: see the context option IO_THREADS and the socket option AFFINITY".into()
        }
        (_, ErrorKind::TooManyOpen) => "the process has no file descriptors left: see ulimit -n".into(),
        (_, ErrorKind::InvalidArgument) => match transport {
            "tcp" | "ws" | "wss" => {
                "an address is host:port, as in tcp://192.0.2.7:5555 or tcp://example.org:5555".into()
            }
            "ipc" => "an ipc endpoint is a path, @name (Linux) or *".into(),
            "tipc" => "a tipc address is {type,instance}, {type,lower,upper} or <zone.cluster.node:reference>".into(),
            "pgm" | "epgm" => "a multicast address is interface;group:port, as in epgm://eth0;239.192.1.1:5555".into(),
            _ => return None,
        },
        _ => return None,
    })
}

fn no_transport(transport: &str) -> Cow<'static, str> {
    let lower = transport.to_ascii_lowercase();
    match lower.as_str() {
        known @ ("tcp" | "ipc" | "inproc" | "ws" | "udp") if known != transport => {
            format!("transports are written in lower case: {known}://").into()
        }
        "pgm" | "epgm" => "this libzmq was built without PGM; the bundled one has it with the feature `pgm`".into(),
        "norm" => "this libzmq was built without NORM; the bundled one has it with the feature `norm`".into(),
        "ws" | "wss" | "tipc" | "vmci" | "ipc" => format!("this libzmq was built without {lower}").into(),
        _ => "the transports are tcp, ipc, inproc and ws, and pgm, epgm, norm, tipc, vmci, udp where libzmq has them"
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    fn bind(endpoint: &str) -> Result<(), String> {
        Endpoint::to_bind(endpoint).map(drop).map_err(|error| error.to_string())
    }

    fn connect(endpoint: &str) -> Result<(), String> {
        Endpoint::to_connect(endpoint, || false).map(drop).map_err(|error| error.to_string())
    }

    #[test]
    fn takes_what_libzmq_means_by_it() {
        for endpoint in [
            "tcp://*:*",
            "tcp://127.0.0.1:0",
            "tcp://lo:5555",
            "tcp://[::1]:5555",
            "ws://*:80/path",
            "ws://*:80/a/b/c",
            "ws://*:*/a:b;c",
            "ipc://*",
            "ipc://@a",
            "inproc://a/b c*@",
            "foo://bar",
            "udp://1.2.3.4:5",
            "epgm://eth0;239.192.1.1:5555",
            "",
            "tcp",
        ] {
            assert_eq!(bind(endpoint), Ok(()), "{endpoint}");
        }
        for endpoint in [
            "tcp://localhost:5555",
            "tcp://127.0.0.1:0;127.0.0.1:45011",
            "tcp://eth0:0;example.org:5555",
            "ipc://rel.sock",
            "ws://127.0.0.1:5555/a/b?c=d",
            "foo://bar",
        ] {
            assert_eq!(connect(endpoint), Ok(()), "{endpoint}");
        }
    }

    #[test]
    fn refuses_what_libzmq_takes_for_something_else() {
        for endpoint in [
            "tcp://127.0.0.1:70001",
            "tcp://127.0.0.1:-1",
            "tcp://127.0.0.1:45001abc",
            "tcp://127.0.0.1:45013/",
            "tcp://127.0.0.1:99999999999",
            "tcp://127.0.0.1",
            "tcp://:45008",
            "tcp://127.0.0.1:",
            "tcp://a\0b:1",
        ] {
            assert!(bind(endpoint).is_err(), "{endpoint}");
            assert!(connect(endpoint).is_err(), "{endpoint}");
        }
        for endpoint in
            ["tcp://*:5555", "tcp://127.0.0.1:*", "tcp://127.0.0.1:0", "tcp://[::1]:5555", "tcp://::1:5", "ipc://*"]
        {
            assert!(connect(endpoint).is_err(), "{endpoint}");
        }
        assert!(Endpoint::to_connect("tcp://[::1]:5555", || true).is_ok());
        for endpoint in [
            "ws://127.0.0.1:-1/.;;1:*",
            "ws://127.0.0.1:/a",
            "ws://127.0.0.1/a:5/b",
            "ws://::1/a:46123/b",
            "ws://127.0.0.1:40001/a;127.0.0.1:5/b",
            "ws://127.0.0.1:*/a/b",
            "ws://127.0.0.1:0/a/b",
        ] {
            assert!(bind(endpoint).is_err(), "{endpoint}");
        }
        for path in ["a:b", "a;b", "a;127.0.0.1:5", "a b", "a HTTP/1.1\r\nHost: other", "\x7f", &"x".repeat(2000)] {
            assert!(connect(&format!("ws://127.0.0.1:5555/{path}")).is_err(), "{path:?}");
        }
        assert_eq!(connect(&format!("ws://127.0.0.1:5555/{}", "x".repeat(1900))), Ok(()));
    }
}
