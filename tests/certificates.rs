//! `zmq::auth`'s certificates: what is written, who can read it, and what is said about files that are none.
#![cfg(all(unix, feature = "curve"))]

mod support;

use std::ffi::CString;
use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use support::{child, deadline, unique};
use zmq::auth::{Certificate, create_certificates, load_certificate, load_certificates};
use zmq::{Error, ErrorKind};

/// The pair of keys in `zmq_curve`'s manual.
const PUBLIC: &str = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";
const SECRET: &str = "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs";
/// And the other one's public key.
const OTHER: &str = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";

/// A directory that is gone in the end, with all that is in it.
struct Dir(PathBuf);

impl Dir {
    fn new() -> Self {
        let path = std::env::temp_dir().join(unique("rszmq-certificates"));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// The names in it, in their order.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// What an error says, whichever way it is asked: never a part of the secret key that a leak would be.
#[track_caller]
fn said(error: &Error) -> String {
    let said = format!("{error}");
    for text in [&said, &format!("{error:?}"), &format!("{error:#?}")] {
        assert!(!text.contains(&SECRET[..10]) && !text.contains(&SECRET[20..30]), "{text}");
    }
    said
}

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
fn a_pair_is_made_and_read() {
    let _deadline = deadline(60);
    let dir = Dir::new();
    let metadata = [("name", "Ann"), ("e-mail", "ann@example.org")];
    let (public_file, secret_file) = create_certificates(&dir.0, "ann", &metadata).unwrap();
    assert_eq!((&public_file, &secret_file), (&dir.0.join("ann.key"), &dir.0.join("ann.key_secret")));
    assert_eq!(dir.names(), ["ann.key", "ann.key_secret"]);

    let public = Certificate::load(&public_file).unwrap();
    let secret = Certificate::load(&secret_file).unwrap();
    assert_eq!(public.public_key(), secret.public_key());
    assert!(public.secret_key().is_none());
    assert_eq!(zmq::curve_public(secret.secret_key().unwrap()).unwrap(), *public.public_key());
    for certificate in [&public, &secret] {
        assert_eq!(certificate.metadata(), metadata.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!((certificate.get("e-mail"), certificate.get("phone")), (Some("ann@example.org"), None));
    }
    let key = secret.secret_key().unwrap().to_z85();
    assert!(!fs::read_to_string(&public_file).unwrap().contains(&key));
    for shown in [format!("{secret:?}"), format!("{secret:#?}"), format!("{:?}", load_certificate(&secret_file))] {
        assert!(!shown.contains(&key) && !shown.contains(&key[..10]), "{shown}");
    }
    assert_ne!(create_certificates(&dir.0, "bob", &[]).map(|(file, _)| load_certificate(file).unwrap().0).unwrap(), {
        *public.public_key()
    });
}

/// `umask` is the process's, so each is one of its own.
#[test]
fn the_secret_file_is_its_owners_whatever_the_umask() {
    let _deadline = deadline(60);
    for (umask, public, secret) in [(0, 0o666, 0o600), (0o022, 0o644, 0o600), (0o077, 0o600, 0o600)] {
        let outcome = child(&format!("umask {umask:o}"), 30, || {
            // SAFETY: umask only exchanges a number of the process.
            let _ = unsafe { libc::umask(umask) };
            let dir = Dir::new();
            let (public_file, secret_file) = create_certificates(&dir.0, "ann", &[]).unwrap();
            assert_eq!((mode(public_file), mode(&secret_file)), (public, secret));
            Certificate::new().unwrap().save_secret(dir.0.join("bob")).unwrap();
            assert_eq!(mode(dir.0.join("bob")), secret);
        });
        let _ = outcome.succeeds();
    }
}

/// What happened to the files of a directory since it is watched, as the kernel tells it.
#[cfg(target_os = "linux")]
mod watch {
    use std::ffi::CString;
    use std::fs::File;
    use std::io::Read as _;
    use std::os::fd::FromRawFd as _;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;

    pub(super) struct Watch(File);

    impl Watch {
        pub(super) fn new(dir: &Path) -> Self {
            // SAFETY: it takes no pointers.
            let descriptor = unsafe { libc::inotify_init1(libc::IN_CLOEXEC | libc::IN_NONBLOCK) };
            assert!(descriptor >= 0);
            let path = CString::new(dir.as_os_str().as_bytes()).unwrap();
            // SAFETY: the path is a string of C, and lives until the call returns.
            let added = unsafe { libc::inotify_add_watch(descriptor, path.as_ptr(), libc::IN_ALL_EVENTS) };
            assert!(added >= 0);
            // SAFETY: the descriptor was just made, and nobody else has it.
            Self(unsafe { File::from_raw_fd(descriptor) })
        }

        /// Each event's mask and the file's name.
        pub(super) fn events(&mut self) -> Vec<(u32, String)> {
            let mut bytes = vec![0; 64 << 10];
            let length = self.0.read(&mut bytes).unwrap_or(0);
            let mut events = Vec::new();
            let mut rest = &bytes[..length];
            // struct inotify_event: wd, mask, cookie, len, and as many bytes of a name.
            while let [_, _, _, _, a, b, c, d, _, _, _, _, e, f, g, h, more @ ..] = rest {
                let (name, more) = more.split_at(u32::from_ne_bytes([*e, *f, *g, *h]) as usize);
                let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
                events.push((u32::from_ne_bytes([*a, *b, *c, *d]), String::from_utf8_lossy(name).into_owned()));
                rest = more;
            }
            events
        }
    }
}

/// With a umask of zero it has the right mode in the end; so if nobody ever changes it, it had it from the beginning.
#[cfg(target_os = "linux")]
#[test]
fn the_secret_file_never_has_another_mode() {
    let _deadline = deadline(60);
    let outcome = child("watched", 30, || {
        // SAFETY: umask only exchanges a number of the process.
        let _ = unsafe { libc::umask(0) };
        let dir = Dir::new();
        let mut watch = watch::Watch::new(&dir.0);
        let (_, secret_file) = create_certificates(&dir.0, "ann", &[("name", "Ann")]).unwrap();
        let events = watch.events();
        assert_eq!(mode(&secret_file), 0o600);
        let of_secret: Vec<u32> =
            events.iter().filter(|(_, name)| name == "ann.key_secret").map(|(mask, _)| *mask).collect();
        assert_eq!(of_secret.first(), Some(&libc::IN_CREATE), "{events:?}");
        assert!(of_secret.contains(&libc::IN_CLOSE_WRITE), "{events:?}");
        assert!(of_secret.iter().all(|mask| mask & (libc::IN_ATTRIB | libc::IN_MOVED_TO) == 0), "{events:?}");
        // And it is not written under another name first.
        assert!(events.iter().all(|(_, name)| name == "ann.key_secret" || name == "ann.key"), "{events:?}");

        // The watch does see what it is there for.
        fs::set_permissions(&secret_file, fs::Permissions::from_mode(0o400)).unwrap();
        assert!(watch.events().iter().any(|(mask, _)| mask & libc::IN_ATTRIB != 0));
    });
    let _ = outcome.succeeds();
}

#[test]
fn nothing_is_overwritten_and_no_half_pair_is_left() {
    let _deadline = deadline(60);
    let dir = Dir::new();
    let certificate = Certificate::new().unwrap();
    for taken in ["ann.key", "ann.key_secret"] {
        let path = dir.file(taken, "precious");
        let error = create_certificates(&dir.0, "ann", &[]).unwrap_err();
        let said = said(&error);
        assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{said}");
        assert!(said.contains(path.to_str().unwrap()) && said.contains("no key is ever overwritten"), "{said}");
        assert_eq!(dir.names(), [taken]);
        for error in [certificate.save_public(&path).unwrap_err(), certificate.save_secret(&path).unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        }
        assert_eq!(fs::read(&path).unwrap(), b"precious");
        fs::remove_file(path).unwrap();
    }
    // A directory, and links: to a file, to nothing, to themselves. None is followed, and none is removed.
    fs::create_dir(dir.0.join("ann.key")).unwrap();
    let precious = dir.file("precious", "precious");
    symlink(&precious, dir.0.join("bob.key")).unwrap();
    symlink("nothing", dir.0.join("cleo.key_secret")).unwrap();
    symlink("dan.key", dir.0.join("dan.key")).unwrap();
    let before = dir.names();
    for name in ["ann", "bob", "cleo", "dan"] {
        let error = create_certificates(&dir.0, name, &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{}", said(&error));
        assert_eq!(dir.names(), before);
    }
    assert_eq!(fs::read(precious).unwrap(), b"precious");
}

/// A disk that is full, as far as a test can have one: files cannot be longer than that.
#[test]
fn what_cannot_be_written_is_not_left_half() {
    let _deadline = deadline(60);
    for (limit, what) in [(0, "nothing"), (100, "a part")] {
        let outcome = child(what, 30, || {
            let dir = Dir::new();
            let limit = libc::rlimit { rlim_cur: limit, rlim_max: libc::RLIM_INFINITY };
            // SAFETY: to ignore a signal runs no code.
            unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
            // SAFETY: the limit is read only, and lives until the call returns.
            assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit) }, 0);
            let error = create_certificates(&dir.0, "ann", &[]).unwrap_err();
            assert!(error.to_string().contains("ann.key_secret"), "{error}");
            assert_eq!(error.errno(), libc::EFBIG, "{error}");
            assert_eq!(dir.names(), [""; 0]);
            Certificate::new().unwrap().save_public(dir.0.join("bob")).unwrap_err();
            assert_eq!(dir.names(), [""; 0]);
        });
        let _ = outcome.succeeds();
    }
}

#[test]
fn names_that_are_no_files() {
    let _deadline = deadline(60);
    let dir = Dir::new();
    let inside = dir.0.join("inside");
    fs::create_dir(&inside).unwrap();
    let absolute = dir.0.join("absolute");
    for name in ["", ".", "..", "../x", "a/b", "a/", "./a", "/", absolute.to_str().unwrap()] {
        let error = create_certificates(&inside, name, &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{name:?}");
        assert!(said(&error).contains("it cannot be a path"), "{error}");
        assert!(error.to_string().contains(&format!("{name:?}")), "{error}");
    }
    let error = create_certificates(&inside, "a\0b", &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
    let error = create_certificates(&inside, &"x".repeat(300), &[]).unwrap_err();
    assert_eq!(error.errno(), libc::ENAMETOOLONG, "{error}");
    let error = create_certificates(dir.0.join("missing"), "ann", &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert!(said(&error).contains("missing/ann.key"), "{error}");
    assert_eq!(dir.names(), ["inside"]);
    assert_eq!(fs::read_dir(&inside).unwrap().count(), 0);

    // These are unusual, and no paths.
    for name in ["...", "a b", "ä", "-", "a.key", "\\", "a\nb"] {
        let (public_file, _) = create_certificates(&inside, name, &[]).unwrap();
        assert_eq!(public_file.parent(), Some(&*inside));
        load_certificate(public_file).unwrap();
    }
}

#[test]
fn metadata_that_would_be_more_than_that() {
    let _deadline = deadline(60);
    let dir = Dir::new();
    let long = "x".repeat(1001);
    let key = format!("x\ncurve\n    public-key = \"{OTHER}\"");
    for (name, value) in [
        ("", "x"),
        ("a b", "x"),
        ("a=b", "x"),
        ("a#b", "x"),
        ("a\nb", "x"),
        ("#a", "x"),
        ("ä", "x"),
        ("/a", "x"),
        ("a/", "x"),
        ("a", key.as_str()),
        ("a", "x\ry"),
        ("a", "x\0y"),
        ("a", "\u{85}"),
        ("a", "both \" and '"),
        ("public-key", "x"),
        ("public-keys", "x"),
        ("secret-key", "x"),
        ("a", long.as_str()),
    ] {
        let error = create_certificates(&dir.0, "ann", &[("name", "Ann"), (name, value)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{name:?} {value:?}");
        assert!(error.to_string().contains(&format!("metadata {name:?}")), "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
        let mut certificate = Certificate::new().unwrap();
        certificate.set_metadata(name, value).unwrap_err();
        assert!(certificate.metadata().is_empty());
    }
    assert_eq!(dir.names(), [""; 0]);
}

#[test]
fn metadata_there_and_back() {
    let _deadline = deadline(60);
    let dir = Dir::new();
    let long = "é".repeat(490);
    let metadata = [
        ("name", "Ann \"the Man\" B"),
        ("apostrophe", "it's"),
        ("hash", "# 1"),
        ("hashes", "a # b#c"),
        ("equals", "a = b = c"),
        ("both", "= \"#\" ="),
        ("empty", ""),
        ("spaces", "  in front and behind  "),
        ("section", "curve"),
        ("key", PUBLIC),
        ("nonascii", "Zoë 山 🦀"),
        ("$-_@.&+/x", "a name of all there is"),
        ("long", &long),
        ("curve", "a name that is a section, too"),
    ];
    let files = create_certificates(&dir.0, "ann", &metadata).unwrap();
    for file in <[_; 2]>::from(files) {
        let certificate = Certificate::load(&file).unwrap();
        let read: Vec<_> = certificate.metadata().iter().map(|(name, value)| (&name[..], &value[..])).collect();
        assert_eq!(read, metadata);
        assert_eq!(Certificate::parse(&fs::read(file).unwrap()).unwrap(), certificate);
    }

    let mut certificate = Certificate::new().unwrap();
    certificate.set_metadata("a", "1").unwrap();
    certificate.set_metadata("b", "2").unwrap();
    certificate.set_metadata("a", "3").unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(certificate.metadata(), [pair("a", "3"), pair("b", "2")]);
    assert_eq!(certificate.get("a"), Some("3"));
    certificate.save_secret(dir.0.join("again")).unwrap();
    assert_eq!(Certificate::load(dir.0.join("again")).unwrap(), certificate);
}

#[test]
fn broken_files_say_which_and_where() {
    let _deadline = deadline(60);
    let dir = Dir::new();
    let invalid = ErrorKind::InvalidArgument;
    let path = dir.0.join("broken.key");
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

    let huge = dir.0.join("huge.key");
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

    let error = Certificate::load(&dir.0).unwrap_err();
    assert_eq!(error.errno(), libc::EISDIR, "{error}");
    assert!(error.to_string().contains(dir.0.to_str().unwrap()), "{error}");
    let itself = dir.0.join("itself");
    symlink("itself", &itself).unwrap();
    let error = Certificate::load(&itself).unwrap_err();
    assert_eq!(error.errno(), libc::ELOOP, "{error}");
    assert!(error.to_string().contains(itself.to_str().unwrap()), "{error}");

    // Opening one waits for who writes, reading for what is written; nobody does either.
    let fifo = dir.0.join("fifo.key");
    let name = CString::new(fifo.as_os_str().as_bytes()).unwrap();
    // SAFETY: the path is a string of C, and lives until the call returns.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    refused(&fifo, invalid, &["no ordinary file"]);
    load_certificates(&dir.0).unwrap_err();
    let link = dir.0.join("link.key");
    symlink(&fifo, &link).unwrap();
    refused(&link, invalid, &["no ordinary file"]);
    for device in ["/dev/zero", "/dev/null", "/dev/tty"] {
        if Path::new(device).exists() && fs::File::open(device).is_ok() {
            refused(Path::new(device), invalid, &["no ordinary file"]);
        }
    }

    refused(&dir.0.join("missing"), ErrorKind::NotFound, &[]);
    refused(&dir.0.join("missing/ann.key"), ErrorKind::NotFound, &[]);
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
    let dir = Dir::new();
    let (_, path) = create_certificates(&dir.0, "ann", &[]).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0)).unwrap();
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

#[test]
fn a_directory_of_certificates() {
    let _deadline = deadline(60);
    let dir = Dir::new();
    assert_eq!(load_certificates(&dir.0).unwrap(), []);
    for name in ["cleo", "ann", "bob"] {
        create_certificates(&dir.0, name, &[("name", name)]).unwrap();
    }
    // Neither other files nor hidden ones count.
    dir.file(".hidden.key", "no certificate");
    dir.file(".key", "no certificate");
    dir.file("ann.key~", "no certificate");
    dir.file("README", "no certificate");
    let all = load_certificates(&dir.0).unwrap();
    assert_eq!(
        all.iter().map(|certificate| certificate.get("name").unwrap()).collect::<Vec<_>>(),
        ["ann", "bob", "cleo"]
    );
    assert!(all.iter().all(|certificate| certificate.secret_key().is_none()));

    let broken = dir.file("b.key", "metadata\ncurve\n    public-key\n");
    let error = load_certificates(&dir.0).unwrap_err();
    assert!(error.to_string().contains(broken.to_str().unwrap()) && error.to_string().contains("line 3"), "{error}");
    let error = load_certificates(dir.0.join("missing")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains(dir.0.join("missing").to_str().unwrap()), "{error}");
    assert_eq!(load_certificates(broken).unwrap_err().errno(), libc::ENOTDIR);
}

#[test]
fn a_certificate_is_given_to_a_socket() {
    let _deadline = deadline(60);
    let context = zmq::Context::new().unwrap();
    let secret = Certificate::new().unwrap();
    let socket = context.socket(zmq::DEALER).unwrap();
    secret.apply(&socket).unwrap();
    assert_eq!(socket.curve_publickey().unwrap(), *secret.public_key());
    assert_eq!(socket.curve_secretkey().unwrap(), *secret.secret_key().unwrap());

    let public = Certificate::from_keys(*secret.public_key(), None);
    let socket = context.socket(zmq::DEALER).unwrap();
    public.apply(&socket).unwrap();
    assert_eq!(socket.curve_publickey().unwrap(), *secret.public_key());

    let dir = Dir::new();
    let error = public.save_secret(dir.0.join("ann")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("no secret key"), "{error}");
    assert_eq!(dir.names(), [""; 0]);
}
