//! Certificates and the real czmq: each reads the other's.
//!
//! A small C program is compiled against the installed library. Where there is none the tests say so in one line and pass; with
//! `RSZMQ_REQUIRE_INTEROP=1` they fail.
#![cfg(unix)]

mod support;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use support::{deadline, temp_dir, unique};
use zmq::auth::{Certificate, create_certificates};

/// The C program; `None`, after one printed line, if there is no czmq.
fn program() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let program = PROGRAM.get_or_init(|| match compile() {
        Ok(program) => Some(program),
        Err(reason) => {
            // Not `println!`, which the test harness holds back.
            let _ = writeln!(std::io::stderr(), "skipped: the tests with czmq: {reason}");
            None
        }
    });
    let required = std::env::var_os("RSZMQ_REQUIRE_INTEROP").is_some_and(|value| value != "0");
    assert!(program.is_some() || !required, "RSZMQ_REQUIRE_INTEROP is set, and there is no czmq");
    program.as_deref()
}

/// An error is what is missing on this machine; that the program itself is wrong is the test's failure.
fn compile() -> Result<PathBuf, String> {
    let flags = Command::new("pkg-config").args(["--cflags", "--libs", "libczmq"]).output();
    let flags = flags.map_err(|error| format!("pkg-config: {error}"))?;
    if !flags.status.success() {
        return Err("pkg-config knows no libczmq".to_owned());
    }
    let flags = String::from_utf8_lossy(&flags.stdout).into_owned();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/czmq/certificate.c");
    // Made beside it and then moved, in one step: another process may be at it, too.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (new, program) = (folder.join(unique("czmq-certificate")), folder.join("czmq-certificate"));
    let mut compiler = Command::new("cc");
    compiler.args(["-std=gnu11", "-Wall", "-Werror", "-o"]).arg(&new).arg(source).args(flags.split_whitespace());
    let compiled = compiler.output().map_err(|error| format!("cc: {error}"))?;
    assert!(compiled.status.success(), "{compiler:?}: {}", String::from_utf8_lossy(&compiled.stderr));
    fs::rename(&new, &program).map_err(|error| format!("{}: {error}", program.display()))?;
    Ok(program)
}

fn czmq(arguments: &[&str]) -> Output {
    let program = program().expect("it was asked for first");
    Command::new(program).args(arguments).output().expect("the program runs")
}

/// What it prints: the two keys, and the metadata, which czmq has in no order.
#[track_caller]
fn prints(arguments: &[&str]) -> (String, String, Vec<String>) {
    let output = czmq(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines().map(str::to_owned);
    let keys = (lines.next().expect("a public key"), lines.next().expect("a secret key"));
    let mut metadata: Vec<_> = lines.collect();
    metadata.sort();
    (keys.0, keys.1, metadata)
}

/// What czmq has for no secret key: zeros.
const NO_KEY: &str = "0000000000000000000000000000000000000000";

const METADATA: [(&str, &str); 11] = [
    ("name", "Ann # B"),
    ("hash", "#1"),
    ("equals", "a = b"),
    ("apostrophe", "it's"),
    ("quotes", "Ann \"the Man\" B"),
    ("nonascii", "Zoë 山"),
    ("spaces", " in front and behind "),
    ("e-mail", "ann@example.org"),
    ("section", "curve"),
    ("empty", ""),
    ("$-_@.&+/x", "all that a name can have"),
];

fn shown() -> Vec<String> {
    let mut shown: Vec<_> = METADATA.iter().map(|(name, value)| format!("{name}=[{value}]")).collect();
    shown.sort();
    shown
}

#[test]
fn czmq_opens_ours() {
    let _deadline = deadline(120);
    if !zmq::has("curve") || program().is_none() {
        return;
    }
    let dir = temp_dir();
    let (public_file, secret_file) = create_certificates(&dir, "ann", &METADATA).unwrap();
    let certificate = Certificate::load(&secret_file).unwrap();
    let (public, secret) = (certificate.public_key().to_z85(), certificate.secret_key().unwrap().to_z85());

    // Named after the public file it finds the secret one, as it does with its own.
    for file in [&secret_file, &public_file] {
        let read = prints(&["load", file.to_str().unwrap()]);
        assert_eq!(read, (public.clone(), secret.clone(), shown()), "{file:?}");
    }
    fs::remove_file(&secret_file).unwrap();
    let read = prints(&["load", public_file.to_str().unwrap()]);
    assert_eq!(read, (public.clone(), NO_KEY.to_owned(), shown()));
    // And in a directory of them.
    let read = prints(&["store", dir.path().to_str().unwrap(), &public]);
    assert_eq!((read.0, read.2), (public, shown()));

    // As long as it can be.
    let long = "x".repeat(996);
    for metadata in [&[][..], &[("long", &*long)]] {
        let name = format!("bob{}", metadata.len());
        let (public_file, _) = create_certificates(&dir, &name, metadata).unwrap();
        let (_, secret, read) = prints(&["load", public_file.to_str().unwrap()]);
        assert_ne!(secret, NO_KEY);
        assert_eq!(read, metadata.iter().map(|(name, value)| format!("{name}=[{value}]")).collect::<Vec<_>>());
    }
}

#[test]
fn we_open_czmqs() {
    let _deadline = deadline(120);
    if !zmq::has("curve") || program().is_none() {
        return;
    }
    let dir = temp_dir();
    let file = dir.path().join("ann.key");
    let mut arguments = vec!["save", file.to_str().unwrap()];
    arguments.extend(METADATA.iter().flat_map(|(name, value)| [*name, *value]));
    let (public, secret, metadata) = prints(&arguments);
    assert_eq!(metadata, shown());
    for (file, wanted) in [(file.clone(), None), (dir.path().join("ann.key_secret"), Some(secret))] {
        let read = Certificate::load(&file).unwrap();
        assert_eq!(read.public_key().to_z85(), public);
        assert_eq!(read.secret_key().map(|key| key.to_z85()), wanted);
        for (name, value) in METADATA {
            // czmq writes `"Ann "the Man" B"`, and cannot read it itself.
            let value = if name == "quotes" { &format!("\"{value}\"") } else { value };
            assert_eq!(read.get(name), Some(value), "{}", fs::read_to_string(&file).unwrap());
        }
        assert_eq!(read.metadata().len(), METADATA.len());
    }
    let all = zmq::auth::load_certificates(&dir).unwrap();
    assert_eq!(all.len(), 1);
}

/// One that neither takes for a certificate.
#[test]
fn both_refuse() {
    let _deadline = deadline(120);
    if !zmq::has("curve") || program().is_none() {
        return;
    }
    let dir = temp_dir();
    let file = dir.path().join("ann.key");
    for content in ["", "curve\n", "curve\n    public-key = \"abc\"\n", "metadata\n    public-key = \"x\"\n"] {
        fs::write(&file, content).unwrap();
        assert_eq!(czmq(&["load", file.to_str().unwrap()]).status.code(), Some(1), "{content:?}");
        Certificate::load(&file).unwrap_err();
    }
}
