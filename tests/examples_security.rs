//! Each example about security runs, alone and as two programs, and refuses who does not belong. With Python on the other side:
//! `tests/interop/security.rs`.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use support::Transport;
use support::programs::{Program, begin, example, run};
use tempfile::TempDir;
use zmq::auth::{Certificate, load_certificate, load_certificates};

const REFUSED: &str = "handshake failed: refused with status 400";

/// Starts the example with these arguments.
fn start(name: &str, args: &[&str]) -> Program {
    let mut command = example(name);
    command.args(args);
    Program::start(command)
}

/// Runs it to an end that need not be a success.
fn output(name: &str, args: &[&str]) -> Output {
    example(name).args(args).output().unwrap()
}

/// A directory with the certificates that the example makes.
struct Keys(TempDir);

impl Keys {
    fn new() -> Self {
        let keys = Self(support::temp_dir());
        run("generate_certificates", &[keys.text()]);
        keys
    }

    /// Has a pair made whose public half no server gets to see.
    fn add_stranger(&self) {
        run("generate_certificates", &[self.text(), "stranger"]);
        fs::remove_file(self.path("public_keys/stranger.key")).unwrap();
    }

    fn text(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    /// Who an authenticator says the owner is.
    fn user_id(&self, name: &str) -> String {
        let (public_key, _) = load_certificate(self.path(&format!("private_keys/{name}.key_secret"))).unwrap();
        public_key.to_z85()
    }
}

/// The transports that this libzmq has a handshake over.
fn endpoints() -> Vec<String> {
    let mut endpoints = vec![Transport::Tcp.endpoint()];
    if cfg!(unix) {
        endpoints.push(Transport::Ipc.endpoint());
    }
    if zmq::has("ws") {
        endpoints.push("ws://127.0.0.1:*".to_owned());
    }
    endpoints
}

/// The client gets its answer, and the server knows who it was.
#[track_caller]
fn lets_in(server: &mut Program, client: Program, user_id: &str) {
    let lines = client.finish();
    assert_eq!(lines.last().map(String::as_str), Some("reply: World"), "{lines:?}");
    // The log is written once the client has been let in, so that it may come after what the client says.
    let mut log = [server.line(), server.line()];
    log.sort();
    assert!(log[0].starts_with("ALLOWED 200 "), "{log:?}");
    assert_eq!(log[1], format!("received: Hello from {user_id}"));
}

/// The client is told that it is refused, and the server's log says why.
#[track_caller]
fn refuses(server: &mut Program, client: Program, reason: &str) {
    assert_eq!(client.finish(), [REFUSED]);
    let log = server.line();
    assert!(log.starts_with("DENIED 400 ") && log.ends_with(reason), "{log}");
}

/// What a program with both sides prints, without where it listens: the threads print as they come.
fn both(name: &str) -> Vec<String> {
    let mut lines = run(name, &[]);
    lines.retain(|line| !line.starts_with("listening on tcp://127.0.0.1:"));
    lines.sort();
    lines
}

#[test]
fn generate_certificates() {
    let _deadline = begin();
    if !zmq::has("curve") {
        return;
    }
    let keys = Keys::new();
    let public_keys = load_certificates(keys.path("public_keys")).unwrap();
    assert_eq!(public_keys.len(), 2);
    for name in ["client", "server"] {
        let secret_file = keys.path(&format!("private_keys/{name}.key_secret"));
        let secret = Certificate::load(&secret_file).unwrap();
        let public = Certificate::load(keys.path(&format!("public_keys/{name}.key"))).unwrap();
        assert!(secret.secret_key().is_some() && public.secret_key().is_none());
        assert_eq!(secret.public_key(), public.public_key());
        assert_eq!((secret.get("name"), public.get("name")), (Some(name), Some(name)));
        assert!(public_keys.contains(&public));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&secret_file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

/// A second run is an error, and leaves the keys as they are.
#[test]
fn generate_certificates_overwrites_nothing() {
    let _deadline = begin();
    if !zmq::has("curve") {
        return;
    }
    let keys = Keys::new();
    let before = keys.user_id("server");
    let again = output("generate_certificates", &[keys.text()]);
    assert!(!again.status.success());
    let message = String::from_utf8(again.stderr).unwrap();
    assert!(message.contains("server.key_secret"), "{message}");
    assert_eq!(keys.user_id("server"), before);
    assert_eq!(*Certificate::load(keys.path("public_keys/server.key")).unwrap().public_key().to_z85(), before);
    // The name of a key cannot lead elsewhere unnoticed: there is no such directory.
    assert!(!output("generate_certificates", &[keys.text(), "no/where"]).status.success());
}

/// What it prints is a certificate, too.
#[test]
fn generate_certificates_as_text() {
    let _deadline = begin();
    if !zmq::has("curve") {
        return;
    }
    let [first, second] = [(); 2].map(|()| {
        let lines = run("generate_certificates", &["--keypair"]);
        let certificate = Certificate::parse(lines.join("\n").as_bytes()).unwrap();
        assert!(certificate.secret_key().is_some());
        certificate
    });
    assert_ne!(first, second);
    assert!(!Path::new("--keypair").exists());
}

#[test]
fn grasslands() {
    let _deadline = begin();
    assert_eq!(both("grasslands"), ["received: Hello from somebody", "reply: World"]);
}

#[test]
fn strawhouse() {
    let _deadline = begin();
    let expected = [
        "ALLOWED 200 NULL domain=\"global\" address=127.0.0.1: OK",
        "DENIED 400 NULL domain=\"global\" address=127.0.0.1: Address denied",
        REFUSED,
        "received: Hello from anonymous",
        "reply: World",
    ];
    assert_eq!(both("strawhouse"), expected);
}

#[test]
fn strawhouse_in_two_programs() {
    let _deadline = begin();
    let cases: [(&[&str], Result<(), &str>); 5] = [
        (&[], Ok(())),
        (&["allow", "192.0.2.7", "127.0.0.0/8"], Ok(())),
        (&["allow", "192.0.2.7"], Err("Address not allowed")),
        (&["deny", "192.0.2.7"], Ok(())),
        (&["deny", "192.0.2.7", "localhost"], Err("Address denied")),
    ];
    for (rule, expected) in cases {
        let mut server = start("strawhouse", &[&["server", "tcp://127.0.0.1:*"], rule].concat());
        let client = start("strawhouse", &["client", &server.endpoint()]);
        match expected {
            Ok(()) => lets_in(&mut server, client, "anonymous"),
            Err(reason) => refuses(&mut server, client, reason),
        }
    }
    // What is no address is not taken for one that never comes.
    let wrong = output("strawhouse", &["server", "tcp://127.0.0.1:*", "deny", "nonsense"]);
    assert!(!wrong.status.success() && wrong.stdout.is_empty());
}

#[test]
fn woodhouse() {
    let _deadline = begin();
    let expected = [
        "ALLOWED 200 PLAIN domain=\"global\" address=127.0.0.1 identity=\"admin\": OK",
        "DENIED 400 PLAIN domain=\"global\" address=127.0.0.1 identity=\"admin\": Invalid password",
        REFUSED,
        "received: Hello from admin",
        "reply: World",
    ];
    assert_eq!(both("woodhouse"), expected);
}

#[test]
fn woodhouse_in_two_programs() {
    let _deadline = begin();
    for endpoint in endpoints() {
        let mut server = start("woodhouse", &["server", &endpoint]);
        let endpoint = server.endpoint();
        let client = |more: &[&str]| start("woodhouse", &[&["client", &endpoint], more].concat());
        refuses(&mut server, client(&["admin", "guessed"]), "Invalid password");
        refuses(&mut server, client(&["root", "secret"]), "Invalid username");
        lets_in(&mut server, client(&[]), "admin");
    }
}

#[test]
fn stonehouse() {
    let _deadline = begin();
    if !zmq::has("curve") {
        return;
    }
    let lines = both("stonehouse");
    let [allowed, client, received, reply] = &lines[..] else { panic!("{lines:?}") };
    let key = client.strip_prefix("client: ").unwrap();
    let expected = format!("ALLOWED 200 CURVE domain=\"global\" address=127.0.0.1 identity={key:?}: OK");
    assert_eq!(*allowed, expected);
    assert_eq!(*received, format!("received: Hello from {key}"));
    assert_eq!(reply, "reply: World");
}

/// Two clients with keys of their own: both are let in.
#[test]
fn stonehouse_in_two_programs() {
    let _deadline = begin();
    if !zmq::has("curve") {
        return;
    }
    let keys = Keys::new();
    for endpoint in endpoints() {
        let mut server = start("stonehouse", &["server", &endpoint, keys.text()]);
        let endpoint = server.endpoint();
        for _ in 0..2 {
            let mut client = start("stonehouse", &["client", &endpoint, keys.text()]);
            let key = client.line();
            lets_in(&mut server, client, key.strip_prefix("client: ").unwrap());
        }
    }
}

#[test]
fn ironhouse() {
    let _deadline = begin();
    if !zmq::has("curve") {
        return;
    }
    let lines = both("ironhouse");
    let [allowed, denied, refused, received, reply] = &lines[..] else { panic!("{lines:?}") };
    let key = received.strip_prefix("received: Hello from ").unwrap();
    let start = "CURVE domain=\"global\" address=127.0.0.1 identity=";
    assert_eq!(*allowed, format!("ALLOWED 200 {start}{key:?}: OK"));
    assert!(denied.starts_with(&format!("DENIED 400 {start}")) && denied.ends_with(": Unknown key"), "{denied}");
    assert!(!denied.contains(key));
    assert_eq!([&**refused, &**reply], [REFUSED, "reply: World"]);
}

/// One server that takes the endpoint and the keys, one that takes also the name of the part.
#[test]
fn ironhouse_and_auth_server_in_two_programs() {
    let _deadline = begin();
    if !zmq::has("curve") {
        return;
    }
    let keys = Keys::new();
    keys.add_stranger();
    for (name, part) in [("ironhouse", &["server"][..]), ("auth_server", &[])] {
        for endpoint in endpoints() {
            let mut server = start(name, &[part, &[&endpoint, keys.text()]].concat());
            let endpoint = server.endpoint();
            let client = |name: &str| start("ironhouse", &["client", &endpoint, keys.text(), name]);
            refuses(&mut server, client("stranger"), "Unknown key");
            lets_in(&mut server, client("client"), &keys.user_id("client"));
            // A key that was made up a moment ago, which stonehouse lets in. This client has no monitor: the server's log says it.
            let mut made_up = start("stonehouse", &["client", &endpoint, keys.text()]);
            let key = made_up.line();
            let key = key.strip_prefix("client: ").unwrap();
            let log = server.line();
            assert!(
                log.starts_with("DENIED 400 ") && log.ends_with(&format!("identity={key:?}: Unknown key")),
                "{log}"
            );
        }
    }
}

/// A server whose keys are not there does not listen.
#[test]
fn servers_need_their_keys() {
    let _deadline = begin();
    let empty = Keys(support::temp_dir());
    let endpoint = "tcp://127.0.0.1:*";
    for (name, args) in [
        ("auth_server", &[endpoint, empty.text()][..]),
        ("ironhouse", &["server", endpoint, empty.text()]),
        ("stonehouse", &["server", endpoint, empty.text()]),
    ] {
        let ended = output(name, args);
        assert!(!ended.status.success() && ended.stdout.is_empty(), "{name}: {ended:?}");
        let message = String::from_utf8(ended.stderr).unwrap();
        assert!(message.contains("(ENOENT)"), "{name}: {message}");
    }
}
