//! Endpoints: what is bound is what was asked for; what is refused here libzmq refuses, too, or takes for something else; and what
//! was taken can be given up by its name.
#![no_main]

#[path = "input.rs"]
mod input;

use std::ffi::CString;
use std::sync::LazyLock;
use std::time::Duration;

use input::Input;
use libfuzzer_sys::fuzz_target;
use zmq::{Context, ErrorKind, SocketType};

static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context::new().expect("a context"));

/// An endpoint in pieces, most of which mean something. No name in it has to be looked up, and no file is made.
fn endpoint(input: &mut Input<'_>) -> String {
    // Not norm and pgm, whose failures are libzmq's end (session_base.cpp, `start_connecting`).
    const TRANSPORTS: [&str; 12] =
        ["tcp", "tcp", "tcp", "ws", "inproc", "ipc", "udp", "TCP", "", "tipc", "wss", "vmci"];
    const HOSTS: [&str; 16] = [
        "127.0.0.1",
        "*",
        "lo",
        "[::1]",
        "::1",
        "",
        "0.0.0.0",
        "[::]",
        "127.0.0.1:5;127.0.0.1",
        "127.1",
        "[::1%lo]",
        "256.0.0.1",
        "[127.0.0.1]",
        "@",
        "{1,2,3}",
        "127.0.0.1:",
    ];
    const PORTS: [&str; 14] = [
        "*",
        "0",
        "",
        "65535",
        "65536",
        "-1",
        "+40001",
        "040001",
        "40001 ",
        "!",
        "40001x",
        "99999999999999999999",
        "*x",
        "0x1",
    ];
    let transport = input.pick(&TRANSPORTS);
    let separator = input.pick(&["://", "://", "://", "://", "://", ":", "//", ":/", ""]);
    if transport == "ipc" {
        // In the abstract namespace only.
        let name = input.text();
        return format!("ipc{separator}{}{name}", if name == "*" { "" } else { "@" });
    }
    if transport == "inproc" || transport.is_empty() {
        return format!("{transport}{separator}{}", input.text());
    }
    let wild: String = input.text().chars().filter(|c| "0123456789.:*[];%/ \u{7f}\n\0ä".contains(*c)).collect();
    let host = if input.byte() > 230 { &*wild } else { input.pick(&HOSTS) };
    let port = match input.byte() {
        0..=99 => input.pick(&PORTS).to_owned(),
        100..=199 => (40_000 + u32::from(input.byte())).to_string(),
        _ => input.text().chars().filter(|c| c.is_ascii_digit() || "+-*x /".contains(*c)).collect(),
    };
    let colon = if input.byte() > 240 { "" } else { ":" };
    let path = if transport.starts_with("ws") { format!("/{}", input.text()) } else { String::new() };
    format!("{transport}{separator}{host}{colon}{port}{path}")
}

/// What libzmq binds to, if it is not held back.
fn libzmq(socket: &zmq::Socket<zmq::Dynamic>, endpoint: &str) -> Option<String> {
    let endpoint = CString::new(endpoint).ok()?;
    // SAFETY: the socket is open and on this thread, the text ends with a NUL.
    let answer = unsafe { zmq_sys::zmq_bind(socket.as_ptr(), endpoint.as_ptr()) };
    (answer == 0).then(|| socket.last_endpoint().expect("it is bound"))
}

/// Those that were closed may take their time to be gone, but not for ever.
fn socket(kind: SocketType) -> zmq::Socket<zmq::Dynamic> {
    let mut tries = 0;
    loop {
        match CONTEXT.socket(kind) {
            Ok(socket) => return socket,
            Err(error) => assert!(error.kind() == ErrorKind::TooManyOpen && tries < 5000, "{error}"),
        }
        tries += 1;
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn port(endpoint: &str) -> Option<&str> {
    let (transport, address) = endpoint.split_once("://")?;
    let address = if transport == "ws" { address.split('/').next()? } else { address };
    address.rsplit_once(':').map(|(_, port)| port)
}

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let binds = input.flag();
    let kind = input.pick(&[SocketType::Rep, SocketType::Pub, SocketType::Stream, SocketType::Pair]);
    let socket = socket(kind);
    socket.set_linger(0).expect("an option");
    socket.set_ipv6(input.flag()).expect("an option");
    let endpoint = endpoint(&mut input);
    if !binds && endpoint.starts_with("inproc:") {
        // A socket that waited for a name stays one of MAX_SOCKETS when it is closed, until the name is bound or the context ends.
        return;
    }

    let answer = if binds { socket.bind(&endpoint) } else { socket.connect(&endpoint) };
    match answer {
        Ok(()) if binds => {
            let bound = socket.last_endpoint().expect("it is bound");
            let (given, got) = (port(&endpoint), port(&bound));
            if endpoint.starts_with("tcp") || endpoint.starts_with("ws") {
                let given: u16 = given.filter(|given| *given != "*").map_or(0, |given| given.parse().expect("a port"));
                let got: u16 = got.expect("a port").parse().expect("a port");
                assert!(given == got || given == 0 && got > 0, "{endpoint:?} became {bound:?}");
            }
            assert_eq!(
                endpoint.split_once("://").map(|(transport, _)| transport),
                bound.split_once("://").map(|(t, _)| t)
            );
            socket.unbind(&endpoint).expect("by the name it was given");
            assert_eq!(socket.unbind(&endpoint).expect_err("only once").kind(), ErrorKind::NotFound);
        }
        Ok(()) => {
            socket.disconnect(&endpoint).expect("by the name it was given");
        }
        Err(error) => {
            let shown = error.to_string();
            assert!(!matches!(error.kind(), ErrorKind::Other(_)), "{shown}");
            // A ZAP name, and a STREAM in inproc, are what libzmq takes and does not survive.
            let refused_alone = binds && error.kind() == ErrorKind::InvalidArgument && endpoint.starts_with("tcp://");
            if let Some(bound) = refused_alone.then(|| libzmq(&socket, &endpoint)).flatten() {
                assert_ne!(port(&bound), port(&endpoint), "{endpoint:?} was refused: {shown}");
            }
        }
    }
});
