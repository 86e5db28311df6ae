//! Files as others write them, and files that are no certificates.

use std::ffi::CString;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::{Duration, Instant};

use zmq::ErrorKind;
use zmq::auth::{Certificate, create_certificates, load_certificate, load_certificates};

use crate::support::deadline;
use crate::{Dir, OTHER, PUBLIC, SECRET, said};

/// The file is refused, and the error names it and what is wrong.
#[track_caller]
fn refused(path: &Path, kind: ErrorKind, parts: &[&str]) {
    let error = Certificate::load(path).expect_err("it is no certificate");
    let said = said(&error);
    assert_eq!(error.kind(), kind, "{said}");
    assert!(said.contains(path.to_str().unwrap()), "{said}");
    for part in parts {
        assert!(said.contains(part), "{part:?} is not in {said:?}");
    }
    assert_eq!(load_certificate(path).unwrap_err().to_string(), said);
}

#[test]
fn broken_files_say_which_and_where() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
    let dir = Dir::new();
    let invalid = ErrorKind::InvalidArgument;
    let path = dir.path().join("broken.key");
    let wrong_letter = SECRET.replace('I', " ");
    let too_many = format!("{}#####", &SECRET[..35]);
    let secret = |text: &str| format!("curve\n    public-key = \"{PUBLIC}\"\n    secret-key = \"{text}\"\n");
    for (content, parts) in [
        (String::new(), &["no public-key"][..]),
        ("curve\n".into(), &["no public-key"]),
        (format!("curve\n    secret-key = \"{SECRET}\"\n"), &["no public-key"]),
        (format!("other\n    public-key = \"{PUBLIC}\"\n"), &["no public-key"]),
        ("\n\ncurve\n    public-key\n".into(), &["line 4", "public-key has no value"]),
        ("curve\n    public-key # = x\n".into(), &["no public-key"]),
        ("curve\n    public-key =\n".into(), &["line 2", "public-key", "not 0"]),
        ("curve\n    public-key = \"\"\n".into(), &["line 2", "public-key", "not 0"]),
        (format!("curve\n    public-key = \"{}\"\n", &PUBLIC[1..]), &["line 2", "public-key", "40 characters", "39"]),
        (secret(&SECRET[..39]), &["line 3", "secret-key", "40 characters", "39"]),
        (secret(&SECRET.repeat(2)), &["line 3", "secret-key", "80"]),
        (secret(&wrong_letter), &["line 3", "secret-key", "not one of Z85"]),
        (secret(&too_many), &["line 3", "secret-key", "group at 35", "32 bits"]),
        // Forty bytes, which are not as many characters.
        (secret(&format!("{}é", &SECRET[..38])), &["line 3", "secret-key", "not one of Z85"]),
        // A quote that does not end is not guessed at.
        (secret(SECRET).replace("cs\"", "cs\" x\"y"), &[]),
        (
            format!("{}    public-key = \"{OTHER}\"\n", secret(SECRET)),
            &["line 4", "public-key is there twice", "line 2"],
        ),
        (format!("public-key = {PUBLIC}\ncurve\n    public-key = {PUBLIC}\n"), &["line 3", "twice", "line 1"]),
        (format!("{0}{1}", secret(SECRET), secret(SECRET)), &["line 5", "twice", "line 2"]),
        (
            format!("curve\n    secret-key = \"{SECRET}\"\n    public-key = \"{OTHER}\""),
            &["line 2", "another public key"],
        ),
    ] {
        fs::write(&path, &content).unwrap();
        if parts.is_empty() {
            // What comes after a quoted key is not looked at.
            Certificate::load(&path).unwrap();
            continue;
        }
        refused(&path, invalid, parts);
        // Without a file it says the same, except which.
        let error = Certificate::parse(content.as_bytes()).unwrap_err();
        assert!(parts.iter().all(|part| said(&error).contains(part)), "{error}");
    }
    let latin1 = [b"# caf\xE9\n".as_slice(), secret(SECRET).as_bytes()].concat();
    fs::write(&path, latin1).unwrap();
    refused(&path, invalid, &["line 1", "not UTF-8"]);
    fs::write(&path, [secret(SECRET).as_bytes(), b"x = \xFF\xFE"].concat()).unwrap();
    refused(&path, invalid, &["line 4", "not UTF-8"]);
    // As Windows' editors call it Unicode.
    let utf16: Vec<u8> = "\u{feff}curve\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(&path, utf16).unwrap();
    refused(&path, invalid, &["line 1", "not UTF-8"]);
    fs::write(&path, [0; 1000]).unwrap();
    refused(&path, invalid, &["no public-key"]);
}

#[test]
fn what_is_no_ordinary_file() {
    let _deadline = deadline(60);
    let dir = Dir::new();
    let invalid = ErrorKind::InvalidArgument;
    let started = Instant::now();

    let huge = dir.path().join("huge.key");
    fs::File::create(&huge).unwrap().set_len(1 << 30).unwrap();
    refused(&huge, invalid, &["longer than 65536 bytes"]);
    // One byte too long, and one byte less.
    let long = |length| {
        let mut content = format!("curve\n    public-key = \"{PUBLIC}\"\n#").into_bytes();
        content.resize(length, b'x');
        dir.file("long.key", content)
    };
    refused(&long(65537), invalid, &["longer than 65536 bytes"]);
    assert_eq!(load_certificate(long(65536)).unwrap().0.to_z85(), PUBLIC);

    let error = Certificate::load(dir.path()).unwrap_err();
    assert_eq!(error.errno(), libc::EISDIR, "{error}");
    assert!(error.to_string().contains(dir.path().to_str().unwrap()), "{error}");
    let itself = dir.path().join("itself");
    symlink("itself", &itself).unwrap();
    let error = Certificate::load(&itself).unwrap_err();
    assert_eq!(error.errno(), libc::ELOOP, "{error}");
    assert!(error.to_string().contains(itself.to_str().unwrap()), "{error}");

    // Opening one waits for who writes, reading for what is written; nobody does either.
    let fifo = dir.path().join("fifo.key");
    let name = CString::new(fifo.as_os_str().as_bytes()).unwrap();
    // SAFETY: the path is a string of C, and lives until the call returns.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    refused(&fifo, invalid, &["no ordinary file"]);
    load_certificates(dir.path()).unwrap_err();
    let link = dir.path().join("link.key");
    symlink(&fifo, &link).unwrap();
    refused(&link, invalid, &["no ordinary file"]);
    for device in ["/dev/zero", "/dev/null", "/dev/tty"] {
        if Path::new(device).exists() && fs::File::open(device).is_ok() {
            refused(Path::new(device), invalid, &["no ordinary file"]);
        }
    }

    refused(&dir.path().join("missing"), ErrorKind::NotFound, &[]);
    refused(&dir.path().join("missing/ann.key"), ErrorKind::NotFound, &[]);
    refused(Path::new(""), ErrorKind::NotFound, &[]);
    let file = dir.file("file", "");
    let error = Certificate::load(file.join("ann.key")).unwrap_err();
    assert_eq!(error.errno(), libc::ENOTDIR, "{error}");
    assert_eq!(Certificate::load("a\0b").unwrap_err().kind(), invalid);
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn an_unreadable_file() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
    let dir = Dir::new();
    let (_, path) = create_certificates(dir.path(), "ann", &[]).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::File::open(&path).is_ok() {
        // Not `println!`, which the test harness holds back.
        let _ = writeln!(std::io::stderr(), "skipped: an unreadable file: root reads all of them");
        return;
    }
    refused(&path, ErrorKind::PermissionDenied, &[]);
}

/// A certificate of a file, told from the others by its metadata.
#[track_caller]
fn reads(content: impl AsRef<[u8]>) -> Certificate {
    let certificate = Certificate::parse(content.as_ref()).unwrap();
    assert_eq!(certificate.public_key().to_z85(), PUBLIC);
    certificate
}

#[test]
fn files_as_others_write_them() {
    let _deadline = deadline(60);
    let usual = format!(
        "#   ****  Generated on 2026-01-02 by pyzmq  ****\n#   comment\n\nmetadata\n    name = \"Ann\"\ncurve\n    \
         public-key = \"{PUBLIC}\"\n    secret-key = \"{SECRET}\"\n"
    );
    let wanted = reads(&usual);
    assert_eq!(wanted.secret_key().unwrap().to_z85(), SECRET);
    assert_eq!(wanted.get("name"), Some("Ann"));
    for (what, content) in [
        ("CRLF", usual.replace('\n', "\r\n")),
        ("BOM", format!("\u{feff}{usual}")),
        ("BOM and section first", format!("\u{feff}{}", &usual[usual.find("metadata").unwrap()..])),
        ("tabs", usual.replace("    ", "\t").replace(" = ", "\t=\t")),
        ("no newline at the end", usual.trim_end().to_owned()),
        ("spaces at the ends", usual.replace('\n', "  \t\n")),
        ("comments after values", usual.replace("\"\n", "\" # \"more\" = 'x'\n")),
        ("comments after sections", usual.replace("curve\n", "curve # keys\n").replace("metadata\n", "metadata#\n")),
        ("apostrophes", usual.replace('"', "'")),
        ("no spaces", usual.replace(" = ", "=")),
        ("empty lines", usual.replace('\n', "\n\n  \n")),
        ("other sections", format!("version\n    major = 1\n{usual}\nother\n    secret-key = \"x\"\n")),
        ("the other order", {
            let (front, keys) = usual.split_once("curve\n").unwrap();
            let keys: Vec<_> = keys.lines().rev().collect();
            format!("curve\n{}\n{front}", keys.join("\n"))
        }),
    ] {
        assert_eq!(reads(&content), wanted, "{what}");
    }

    // pyzmq reads these, too: it looks for lines that begin so.
    for content in [
        format!("public-key = \"{PUBLIC}\"\nsecret-key = \"{SECRET}\"\n"),
        format!("    public-key=\"{PUBLIC}\"\n\tsecret-key='{SECRET}'"),
        format!("curve\npublic-key = {PUBLIC}\nsecret-key = {SECRET}"),
    ] {
        let read = reads(&content);
        assert_eq!(read.secret_key(), wanted.secret_key(), "{content}");
        assert!(read.metadata().is_empty());
    }
    // Metadata as it comes from pyzmq, which quotes nothing.
    let odd =
        format!("metadata\n    a = b # c\n    q = \"x\" y\n    half = \"x\n    alone\ncurve\n  public-key='{PUBLIC}'");
    let odd = reads(odd);
    let read: Vec<_> = odd.metadata().iter().map(|(name, value)| (&name[..], &value[..])).collect();
    assert_eq!(read, [("a", "b"), ("q", "\"x\" y"), ("half", "\"x"), ("alone", "")]);
}
