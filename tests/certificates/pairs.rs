//! What is made and written.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use zmq::ErrorKind;
use zmq::auth::{Certificate, create_certificates, load_certificate, load_certificates};

use crate::support::{child, deadline};
use crate::{Dir, OTHER, PUBLIC, said};

fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_pair_is_made_and_read() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
    let dir = Dir::new();
    let metadata = [("name", "Ann"), ("e-mail", "ann@example.org")];
    let (public_file, secret_file) = create_certificates(dir.path(), "ann", &metadata).unwrap();
    assert_eq!((&public_file, &secret_file), (&dir.path().join("ann.key"), &dir.path().join("ann.key_secret")));
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
    assert_ne!(
        create_certificates(dir.path(), "bob", &[]).map(|(file, _)| load_certificate(file).unwrap().0).unwrap(),
        { *public.public_key() }
    );
}

/// `umask` is the process's, so each is one of its own.
#[test]
fn the_secret_file_is_its_owners_whatever_the_umask() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
    for (umask, public, secret) in [(0, 0o666, 0o600), (0o022, 0o644, 0o600), (0o077, 0o600, 0o600)] {
        let outcome = child(&format!("umask {umask:o}"), 30, || {
            // SAFETY: umask only exchanges a number of the process.
            let _ = unsafe { libc::umask(umask) };
            let dir = Dir::new();
            let (public_file, secret_file) = create_certificates(dir.path(), "ann", &[]).unwrap();
            assert_eq!((mode(public_file), mode(&secret_file)), (public, secret));
            Certificate::new().unwrap().save_secret(dir.path().join("bob")).unwrap();
            assert_eq!(mode(dir.path().join("bob")), secret);
        });
        let _ = outcome.succeeds();
    }
}

/// With a umask of zero it has the right mode in the end; so if nobody ever changes it, it had it from the beginning.
#[cfg(target_os = "linux")]
#[test]
fn the_secret_file_never_has_another_mode() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
    let outcome = child("watched", 30, || {
        // SAFETY: umask only exchanges a number of the process.
        let _ = unsafe { libc::umask(0) };
        let dir = Dir::new();
        let mut watch = crate::watch::Watch::new(dir.path());
        let (_, secret_file) = create_certificates(dir.path(), "ann", &[("name", "Ann")]).unwrap();
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
    if !zmq::has("curve") {
        return;
    }
    let dir = Dir::new();
    let certificate = Certificate::new().unwrap();
    for taken in ["ann.key", "ann.key_secret"] {
        let path = dir.file(taken, "precious");
        let error = create_certificates(dir.path(), "ann", &[]).unwrap_err();
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
    fs::create_dir(dir.path().join("ann.key")).unwrap();
    let precious = dir.file("precious", "precious");
    symlink(&precious, dir.path().join("bob.key")).unwrap();
    symlink("nothing", dir.path().join("cleo.key_secret")).unwrap();
    symlink("dan.key", dir.path().join("dan.key")).unwrap();
    let before = dir.names();
    for name in ["ann", "bob", "cleo", "dan"] {
        let error = create_certificates(dir.path(), name, &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{}", said(&error));
        assert_eq!(dir.names(), before);
    }
    assert_eq!(fs::read(precious).unwrap(), b"precious");
}

/// A disk that is full, as far as a test can have one: files cannot be longer than that.
#[test]
fn what_cannot_be_written_is_not_left_half() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
    for (limit, what) in [(0, "nothing"), (100, "a part")] {
        let outcome = child(what, 30, || {
            let dir = Dir::new();
            let limit = libc::rlimit { rlim_cur: limit, rlim_max: libc::RLIM_INFINITY };
            // SAFETY: to ignore a signal runs no code.
            unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
            // SAFETY: the limit is read only, and lives until the call returns.
            assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit) }, 0);
            let error = create_certificates(dir.path(), "ann", &[]).unwrap_err();
            assert!(error.to_string().contains("ann.key_secret"), "{error}");
            assert_eq!(error.errno(), libc::EFBIG, "{error}");
            assert_eq!(dir.names(), [""; 0]);
            Certificate::new().unwrap().save_public(dir.path().join("bob")).unwrap_err();
            assert_eq!(dir.names(), [""; 0]);
        });
        let _ = outcome.succeeds();
    }
}

#[test]
fn names_that_are_no_files() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
    let dir = Dir::new();
    let inside = dir.path().join("inside");
    fs::create_dir(&inside).unwrap();
    let absolute = dir.path().join("absolute");
    for name in
        ["", ".", "..", "../x", "a/b", "a/", "./a", "/", absolute.to_str().unwrap(), "...", ".hidden", "a\nb", "a\0b"]
    {
        let error = create_certificates(&inside, name, &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{name:?}");
        assert!(said(&error).contains("it cannot be a path"), "{error}");
        assert!(error.to_string().contains(&format!("{name:?}")), "{error}");
    }
    let error = create_certificates(&inside, &"x".repeat(300), &[]).unwrap_err();
    assert_eq!(error.errno(), libc::ENAMETOOLONG, "{error}");
    let error = create_certificates(dir.path().join("missing"), "ann", &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert!(said(&error).contains("missing/ann.key"), "{error}");
    assert_eq!(dir.names(), ["inside"]);
    assert_eq!(fs::read_dir(&inside).unwrap().count(), 0);

    // These are unusual, and no paths.
    for name in ["a b", "ä", "-", "a.key", "\\"] {
        let (public_file, _) = create_certificates(&inside, name, &[]).unwrap();
        assert_eq!(public_file.parent(), Some(&*inside));
        load_certificate(public_file).unwrap();
    }
}

#[test]
fn metadata_that_would_be_more_than_that() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
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
        let error = create_certificates(dir.path(), "ann", &[("name", "Ann"), (name, value)]).unwrap_err();
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
    if !zmq::has("curve") {
        return;
    }
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
    let files = create_certificates(dir.path(), "ann", &metadata).unwrap();
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
    certificate.save_secret(dir.path().join("again")).unwrap();
    assert_eq!(Certificate::load(dir.path().join("again")).unwrap(), certificate);
}

#[test]
fn a_directory_of_certificates() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
    let dir = Dir::new();
    assert_eq!(load_certificates(dir.path()).unwrap(), []);
    for name in ["cleo", "ann", "bob"] {
        create_certificates(dir.path(), name, &[("name", name)]).unwrap();
    }
    // Neither other files nor hidden ones count.
    dir.file(".hidden.key", "no certificate");
    dir.file(".key", "no certificate");
    dir.file("ann.key~", "no certificate");
    dir.file("README", "no certificate");
    let all = load_certificates(dir.path()).unwrap();
    assert_eq!(
        all.iter().map(|certificate| certificate.get("name").unwrap()).collect::<Vec<_>>(),
        ["ann", "bob", "cleo"]
    );
    assert!(all.iter().all(|certificate| certificate.secret_key().is_none()));

    let broken = dir.file("b.key", "metadata\ncurve\n    public-key\n");
    let error = load_certificates(dir.path()).unwrap_err();
    assert!(error.to_string().contains(broken.to_str().unwrap()) && error.to_string().contains("line 3"), "{error}");
    let error = load_certificates(dir.path().join("missing")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains(dir.path().join("missing").to_str().unwrap()), "{error}");
    assert_eq!(load_certificates(broken).unwrap_err().errno(), libc::ENOTDIR);
}

#[test]
fn a_certificate_is_given_to_a_socket() {
    let _deadline = deadline(60);
    if !zmq::has("curve") {
        return;
    }
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
    let error = public.save_secret(dir.path().join("ann")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("no secret key"), "{error}");
    assert_eq!(dir.names(), [""; 0]);
}

/// What another program wrote as metadata is not published as such when it is a key, nor written so that others read something else.
#[test]
fn metadata_of_others_that_cannot_be_written_again() {
    let _deadline = deadline(60);
    let dir = Dir::new();
    let read = |metadata: &str| {
        Certificate::parse(format!("metadata\n{metadata}\ncurve\n    public-key = \"{}\"\n", "0".repeat(40)).as_bytes())
    };
    for key in ["secret-key", "public-key", "secret-keys"] {
        let error = read(&format!("    name = x\n    {key} = \"hidden\"")).unwrap_err();
        assert!(error.to_string().contains("line 3") && error.to_string().contains("belongs under curve"), "{error}");
        assert!(!error.to_string().contains("hidden"), "{error}");
    }
    for metadata in ["    both = x\"y'z", "    a name = x", "    long = ".to_owned().as_str()] {
        let long = format!("{metadata}{}", if metadata.ends_with("= ") { "x".repeat(1000) } else { String::new() });
        let certificate = read(&long).unwrap();
        let error = certificate.save_public(dir.path().join("x.key")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
    }
    let mut much = read("").unwrap();
    for number in 0..100 {
        much.set_metadata(&format!("n{number}"), &"x".repeat(900)).unwrap();
    }
    let error = much.save_public(dir.path().join("x.key")).unwrap_err();
    assert!(error.to_string().contains("which is not read again"), "{error}");
    assert!(dir.names().is_empty());
}
