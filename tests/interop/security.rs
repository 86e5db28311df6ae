//! Security between the two, both ways round: the houses of the Guide, over each transport that both have, with clients that belong
//! and clients that do not; and certificates, which each writes and the other reads.
//!
//! pyzmq's wheels have no `ws`. Where they lack it, `tests/examples_security.rs` has it from Rust to Rust.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;
use zmq::auth::{Certificate, ThreadAuthenticator, create_certificates, load_certificate, load_certificates};

use crate::python::Language::{Python, Rust};
use crate::python::{Language, Script, begin, python, python_example};
use crate::support::programs::{Program, example};
use crate::support::{Transport, temp_dir};

const TCP: &str = "tcp://127.0.0.1:*";

const BOTH_WAYS: [(Language, Language); 2] = [(Rust, Python), (Python, Rust)];

/// A directory of the test's own.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(temp_dir())
    }

    /// With the certificates that the example makes in that language, of a server, a client, and a stranger whose public half no
    /// server gets to see.
    fn of_keys(language: Language) -> Self {
        let folder = Self::new();
        language.start("generate_certificates", &[folder.text(), "server", "client", "stranger"]).finish();
        fs::remove_file(folder.path("public_keys/stranger.key")).unwrap();
        folder
    }

    fn text(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn client_key(&self) -> String {
        load_certificate(self.path("private_keys/client.key_secret")).unwrap().0.to_z85()
    }
}

/// Runs a few lines of Python, which have `args`, and answers what they print.
#[track_caller]
fn python_prints(code: &str, args: &[&str]) -> Vec<String> {
    let mut command = Command::new(python().expect("it was asked for before"));
    let code = format!("import sys, zmq, zmq.auth\nargs = sys.argv[1:]\n{code}");
    command.args(["-uBc", &code]).args(args);
    Program::start(command).finish()
}

/// Where there is a handshake, of what both have. libzmq spells this one in capitals.
fn endpoints() -> Vec<String> {
    let mut endpoints = vec![Transport::Tcp.endpoint(), Transport::Ipc.endpoint()];
    if zmq::has("ws") && python_prints("print(zmq.has('WS'))", &[]) == ["True"] {
        endpoints.push("ws://127.0.0.1:*".to_owned());
    }
    endpoints
}

/// Where a server listens; pyzmq's authenticator logs some lines before.
#[track_caller]
fn endpoint(server: &mut Program) -> String {
    loop {
        if let Some(endpoint) = server.line().strip_prefix("listening on ") {
            return endpoint.to_owned();
        }
    }
}

/// What a server writes about a client, whichever language it is in: the code of ZAP and why, or what it received.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Code(String),
    Received(String),
}

/// The next that the server writes about a client. pyzmq's authenticator says more.
#[track_caller]
fn said(server: &mut Program) -> Said {
    loop {
        let line = server.line();
        if line.starts_with("received: ") {
            return Said::Received(line);
        }
        let ours = line.strip_prefix("ALLOWED ").or_else(|| line.strip_prefix("DENIED ")).filter(|rest| {
            // pyzmq has the same words, without the code.
            rest.starts_with(|first: char| first.is_ascii_digit())
        });
        let theirs = line.strip_prefix("ZAP reply code=b'");
        if let Some(code) = ours.or(theirs) {
            return Said::Code(code.to_owned());
        }
    }
}

/// The client gets its answer, and the server knows who it was.
#[track_caller]
fn lets_in(server: &mut Program, client: Program, user_id: &str) {
    assert_eq!(client.finish(), ["reply: World"]);
    // Our log is written once the client has been let in, so that it may come after what the client says.
    let mut both = [said(server), said(server)];
    both.sort();
    let [Said::Code(code), Said::Received(received)] = &both else { panic!("{both:?}") };
    assert!(code.starts_with("200"), "{code}");
    assert_eq!(*received, format!("received: Hello from {user_id}"));
}

/// The client is told that it is refused, and the server's log says why.
#[track_caller]
fn refuses(server: &mut Program, client: Program, reason: &str) {
    assert_eq!(client.finish(), ["handshake failed: refused with status 400"]);
    match said(server) {
        Said::Code(code) => assert!(code.starts_with("400") && code.contains(reason), "{code}"),
        received => panic!("{received:?}"),
    }
}

#[test]
fn grasslands() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in BOTH_WAYS {
        let mut server = bound.start("grasslands", &["server", TCP]);
        let client = connected.start("grasslands", &["client", &server.endpoint()]);
        assert_eq!(client.finish(), ["reply: World"]);
        assert_eq!(server.line(), "received: Hello from somebody");
    }
}

/// Both print the same about the same addresses.
#[test]
fn strawhouse() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in BOTH_WAYS {
        for (rule, expected) in [
            (["allow", "127.0.0.1"], Ok(())),
            (["allow", "192.0.2.7"], Err("Address not allowed")),
            (["deny", "192.0.2.7"], Ok(())),
            (["deny", "127.0.0.1"], Err("Address denied")),
        ] {
            let mut server = bound.start("strawhouse", &["server", TCP, rule[0], rule[1]]);
            let client = connected.start("strawhouse", &["client", &endpoint(&mut server)]);
            match expected {
                Ok(()) => lets_in(&mut server, client, "anonymous"),
                Err(reason) => refuses(&mut server, client, reason),
            }
        }
    }
}

/// PLAIN: the right password, a wrong one, and a wrong name.
#[test]
fn woodhouse() {
    let Some(_deadline) = begin() else { return };
    for (bound, connected) in BOTH_WAYS {
        for at in endpoints() {
            let mut server = bound.start("woodhouse", &["server", &at]);
            let at = endpoint(&mut server);
            let client = |name: &str, password: &str| connected.start("woodhouse", &["client", &at, name, password]);
            refuses(&mut server, client("admin", "guessed"), "Invalid password");
            refuses(&mut server, client("root", "secret"), "Invalid username");
            lets_in(&mut server, client("admin", "secret"), "admin");
        }
    }
}

/// CURVE for every key: the server sees the key that the client has just made.
#[test]
fn stonehouse() {
    let Some(_deadline) = begin().filter(|_| zmq::has("curve")) else { return };
    for (bound, connected) in BOTH_WAYS {
        let keys = Folder::of_keys(connected);
        for at in endpoints() {
            let mut server = bound.start("stonehouse", &["server", &at, keys.text()]);
            let at = endpoint(&mut server);
            let mut client = connected.start("stonehouse", &["client", &at, keys.text()]);
            let key = client.line();
            lets_in(&mut server, client, key.strip_prefix("client: ").unwrap());
        }
    }
}

/// CURVE for known keys, which the other language has made; with the client of `ironhouse`, for the server of the tutorial, too.
fn known_keys(name: &str, part: &[&str]) {
    let Some(_deadline) = begin().filter(|_| zmq::has("curve")) else { return };
    for (bound, connected) in BOTH_WAYS {
        let keys = Folder::of_keys(connected);
        for at in endpoints() {
            let mut server = bound.start(name, &[part, &[&at, keys.text()]].concat());
            let at = endpoint(&mut server);
            let client = |name: &str| connected.start("ironhouse", &["client", &at, keys.text(), name]);
            refuses(&mut server, client("stranger"), "Unknown key");
            lets_in(&mut server, client("client"), &keys.client_key());
        }
    }
}

#[test]
fn ironhouse() {
    known_keys("ironhouse", &["server"]);
}

#[test]
fn auth_server() {
    known_keys("auth_server", &[]);
}

/// The pair that is printed is a certificate to the other.
#[test]
fn generate_certificates_as_text() {
    let Some(_deadline) = begin().filter(|_| zmq::has("curve")) else { return };
    let text = Python.start("generate_certificates", &["--keypair"]).finish().join("\n");
    assert!(Certificate::parse(text.as_bytes()).unwrap().secret_key().is_some());

    let folder = Folder::new();
    let file = folder.path("pair");
    let text = Rust.start("generate_certificates", &["--keypair"]).finish().join("\n");
    fs::write(&file, &text).unwrap();
    let certificate = Certificate::parse(text.as_bytes()).unwrap();
    let keys = python_prints(PRINT_KEYS, &[file.to_str().unwrap()]);
    assert_eq!(keys, [certificate.public_key().to_z85(), certificate.secret_key().unwrap().to_z85()]);
}

const PRINT_KEYS: &str = "
for key in zmq.auth.load_certificate(args[0]):
    print(key and key.decode())
";

/// Files made here, with metadata of all kinds, opened by pyzmq.
#[test]
fn python_opens_our_certificates() {
    let Some(_deadline) = begin().filter(|_| zmq::has("curve")) else { return };
    let folder = Folder::new();
    let metadata = [
        ("name", "Ann Möller"),
        ("empty", ""),
        ("quoted", "she said \"hello\""),
        ("Email", "ann@example.com # not a comment"),
        ("equation", "a = b"),
        ("key", "public-key = \"x\""),
    ];
    let mut all = Vec::new();
    for (name, metadata) in [("ann", &metadata[..]), ("bob", &[])] {
        let (public_file, secret_file) = create_certificates(&folder.0, name, metadata).unwrap();
        let (public_key, secret_key) = load_certificate(&secret_file).unwrap();
        let keys = [public_key.to_z85(), secret_key.unwrap().to_z85()];
        assert_eq!(python_prints(PRINT_KEYS, &[secret_file.to_str().unwrap()]), keys);
        assert_eq!(python_prints(PRINT_KEYS, &[public_file.to_str().unwrap()]), [&keys[0], "None"]);
        all.push(public_key.to_z85());
    }
    let mut found =
        python_prints("for key in zmq.auth.load_certificates(args[0]): print(key.decode())", &[folder.text()]);
    found.sort();
    all.sort();
    assert_eq!(found, all);
}

/// Files made by pyzmq, whose metadata is in the secret one only and without quotes, opened here.
#[test]
fn we_open_pythons_certificates() {
    let Some(_deadline) = begin().filter(|_| zmq::has("curve")) else { return };
    let folder = Folder::new();
    let create = "
metadata = {'name': 'Ann Möller', 'equation': 'a = b', 'Email': 'ann@example.com', b'bytes': b'too'}
for name, metadata in [('ann', metadata), ('bob', None)]:
    for path in zmq.auth.create_certificates(args[0], name, metadata):
        print(path)
        print(*(key and key.decode() for key in zmq.auth.load_certificate(path)))
";
    let lines = python_prints(create, &[folder.text()]);
    assert_eq!(lines.len(), 8, "{lines:?}");
    let mut public = Vec::new();
    for file in lines.chunks(2) {
        let certificate = Certificate::load(&file[0]).unwrap();
        let (public_key, secret_key) = file[1].split_once(' ').unwrap();
        assert_eq!(certificate.public_key().to_z85(), public_key);
        assert_eq!(certificate.secret_key().map_or("None".to_owned(), zmq::CurveSecretKey::to_z85), secret_key);
        let (loaded, loaded_secret) = load_certificate(&file[0]).unwrap();
        assert_eq!((&loaded, loaded_secret.as_ref()), (certificate.public_key(), certificate.secret_key()));
        let metadata: Vec<_> =
            certificate.metadata().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if file[0].ends_with("ann.key_secret") {
            let expected =
                [("name", "Ann Möller"), ("equation", "a = b"), ("Email", "ann@example.com"), ("bytes", "too")];
            assert_eq!(metadata, expected);
        } else {
            assert!(metadata.is_empty(), "{metadata:?}");
        }
        if file[0].ends_with(".key") {
            public.push(certificate);
        }
    }
    assert_eq!(load_certificates(&folder.0).unwrap(), public, "in the order of their names");

    // Written again by us they are the same to pyzmq.
    let again = folder.path("again.key_secret");
    let ann = Certificate::load(folder.path("ann.key_secret")).unwrap();
    ann.save_secret(&again).unwrap();
    let keys = [ann.public_key().to_z85(), ann.secret_key().unwrap().to_z85()];
    assert_eq!(python_prints(PRINT_KEYS, &[again.to_str().unwrap()]), keys);
    assert_eq!(Certificate::load(&again).unwrap(), ann);
}

/// What a certificate says about its owner arrives with the messages of a Python client that has it.
#[test]
fn metadata_of_a_python_client() {
    let Some(_deadline) = begin().filter(|_| zmq::has("curve")) else { return };
    let folder = Folder::new();
    let (public_file, secret_file) =
        create_certificates(&folder.0, "ann", &[("name", "Ann"), ("Role", "admin")]).unwrap();
    let (public_key, _) = load_certificate(public_file).unwrap();
    let context = zmq::Context::new().unwrap();
    let mut auth = ThreadAuthenticator::new(&context);
    auth.configure_curve("*", folder.0.path()).unwrap();
    auth.start().unwrap();
    let server = context.socket(zmq::REP).unwrap();
    server.require_security(zmq::Mechanism::Curve).unwrap();
    let certificate = Certificate::new().unwrap();
    certificate.apply(&server).unwrap();
    server.set_curve_server(true).unwrap();

    let setup = "
import zmq.auth
socket.curve_publickey, socket.curve_secretkey = zmq.auth.load_certificate(args[0])
socket.curve_serverkey = args[1].encode()
";
    let args = [secret_file.to_str().unwrap(), &certificate.public_key().to_z85()];
    let body = "socket.send(b'Hello'); assert socket.recv() == b'World'";
    let endpoint = Transport::Tcp.bind(&server);
    let program = Script { kind: "REQ", endpoint: &endpoint, binds: false, setup, body, args: &args }.start();
    let message = server.recv().unwrap();
    assert_eq!(message.user_id().as_deref(), Some(&*public_key.to_z85()));
    assert_eq!(message.property("name").unwrap(), Some(&b"Ann"[..]));
    assert_eq!(message.property("Role").unwrap(), Some(&b"admin"[..]));
    server.send("World").unwrap();
    program.finish();
    auth.stop().unwrap();
}

/// Neither generator overwrites a key, its own or the other's.
#[test]
fn generate_certificates_overwrites_nothing() {
    let Some(_deadline) = begin().filter(|_| zmq::has("curve")) else { return };
    for (first, _) in BOTH_WAYS {
        let keys = Folder::of_keys(first);
        let before = fs::read(keys.path("private_keys/server.key_secret")).unwrap();
        for mut again in [
            example("generate_certificates"),
            python_example(python().expect("it was asked for before"), "generate_certificates"),
        ] {
            let again = again.arg(keys.text()).output().unwrap();
            assert!(!again.status.success() && again.stdout.is_empty(), "{again:?}");
            assert_eq!(fs::read(keys.path("private_keys/server.key_secret")).unwrap(), before);
        }
        let mode = fs::metadata(keys.path("private_keys/server.key_secret")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
