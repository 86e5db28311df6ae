//! Certificates: the files that hold the keys of CURVE.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::zpl::{self, Fault};
use crate::curve::{CurvePublicKey, CurveSecretKey, curve_keypair};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::option::table::{CURVE_PUBLICKEY, CURVE_SECRETKEY};
use crate::socket::Socket;
use crate::socket::kind::Kind;

/// No certificate is that long; whatever is, is something else.
const MAX_SIZE: usize = 64 << 10;

/// A public key, perhaps with its secret key, and what else is written about its owner.
///
/// The files are those of pyzmq's `zmq.auth` and of czmq's `zcert`: each reads the others'.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// let mut certificate = zmq::auth::Certificate::new()?;
/// certificate.set_metadata("name", "Ann")?;
///
/// # let context = zmq::Context::new()?;
/// let client = context.socket(zmq::REQ)?;
/// certificate.apply(&client)?;            // its own keys; then `set_curve_serverkey` says whom it talks to
/// # assert_eq!(client.curve_publickey()?, *certificate.public_key());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    public_key: CurvePublicKey,
    secret_key: Option<CurveSecretKey>,
    metadata: Vec<(String, String)>,
}

impl Certificate {
    /// A new pair of keys.
    ///
    /// # Errors
    ///
    /// As for [`curve_keypair`].
    pub fn new() -> Result<Self> {
        let (public_key, secret_key) = curve_keypair()?;
        Ok(Self::from_keys(public_key, Some(secret_key)))
    }

    /// Of keys that are there already.
    pub fn from_keys(public_key: CurvePublicKey, secret_key: Option<CurveSecretKey>) -> Self {
        Self { public_key, secret_key, metadata: Vec::new() }
    }

    /// Reads what is in a certificate's file.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument), with the number of the line, for whatever is no certificate: any bytes can be
    /// given.
    pub fn parse(text: &[u8]) -> Result<Self> {
        Self::parse_named("", text)
    }

    fn parse_named(name: &str, text: &[u8]) -> Result<Self> {
        let read = zpl::parse(text).and_then(|read| {
            let secret_key = read.secret_key;
            if let Some((secret_key, line)) = &secret_key {
                // Both are right for themselves; together they would only make every handshake fail.
                if crate::curve::curve_public(secret_key).is_ok_and(|public_key| public_key != read.public_key) {
                    return Err(Fault::at(*line, "the secret key belongs to another public key"));
                }
            }
            let secret_key = secret_key.map(|(key, _)| key);
            Ok(Self { public_key: read.public_key, secret_key, metadata: read.metadata })
        });
        read.map_err(|Fault { line, help }| {
            let place = match (name, line) {
                ("", Some(line)) => format!("line {line}"),
                (name, Some(line)) => format!("{name}, line {line}"),
                (name, None) => name.to_owned(),
            };
            let error = Error::invalid(Operation::Certificate, help);
            if place.is_empty() { error } else { error.with_target(place) }
        })
    }

    /// Reads a certificate's file, public or secret. Who else may read a secret one is not looked at: that it is its owner's alone is for
    /// whoever copies it to see to.
    ///
    /// # Errors
    ///
    /// What the system answers ([`NotFound`](ErrorKind::NotFound), [`PermissionDenied`](ErrorKind::PermissionDenied), …), and
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for what is no certificate. It says which file, and which line.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let name = shown(path);
        let text = read(path).map_err(|error| about(&name, &error))?;
        if text.len() > MAX_SIZE {
            let help = format!("longer than {MAX_SIZE} bytes, so no certificate");
            return Err(Error::invalid(Operation::Certificate, help).with_target(name));
        }
        Self::parse_named(&name, &text)
    }

    /// Writes the file that others may have: the public key, and the metadata.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](ErrorKind::AlreadyExists) if there is such a file: no key is ever overwritten;
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) if metadata that came from another file cannot be written again, or all of it is
    /// too long. And what the system answers.
    pub fn save_public(&self, path: impl AsRef<Path>) -> Result<()> {
        write(path.as_ref(), &self.text(false)?, false)
    }

    /// Writes the file that nobody else may have: both keys, and the metadata.
    ///
    /// On Unix only its owner can read it (mode 0600), from the first instant on. On other systems the directory decides.
    ///
    /// # Errors
    ///
    /// [`AlreadyExists`](ErrorKind::AlreadyExists) if there is such a file: no key is ever overwritten;
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) if there is no secret key. And what the system answers.
    pub fn save_secret(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if self.secret_key.is_none() {
            let error = Error::invalid(Operation::Certificate, "it has no secret key to be saved");
            return Err(error.with_target(shown(path)));
        }
        write(path, &self.text(true)?, true)
    }

    /// The public key.
    pub fn public_key(&self) -> &CurvePublicKey {
        &self.public_key
    }

    /// The secret key, if the certificate is a secret one.
    pub fn secret_key(&self) -> Option<&CurveSecretKey> {
        self.secret_key.as_ref()
    }

    /// What is written about the owner, in its order.
    ///
    /// An authenticator that knows the certificate adds it to the peer's messages; see [`Message::property`](crate::Message::property).
    pub fn metadata(&self) -> &[(String, String)] {
        &self.metadata
    }

    /// The value of a name in the metadata.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.metadata.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Writes something about the owner, or something else about it than before.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](ErrorKind::InvalidArgument) for what would make another file of it: a name is letters, digits and
    /// `$-_@.&+/`, and not the name of a key; a value has no control characters, and not both kinds of quotes.
    pub fn set_metadata(&mut self, name: &str, value: &str) -> Result<()> {
        check_metadata(name, value)?;
        match self.metadata.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.metadata.push((name.to_owned(), value.to_owned())),
        }
        Ok(())
    }

    /// Gives a socket the keys: both for a secret certificate, which makes the socket's mechanism CURVE. A server then needs
    /// [`set_curve_server`](Socket::set_curve_server), a client [`set_curve_serverkey`](Socket::set_curve_serverkey).
    ///
    /// # Errors
    ///
    /// As for [`Socket::set`].
    ///
    /// czmq: `zcert_apply`.
    pub fn apply<K: Kind>(&self, socket: &Socket<K>) -> Result<()> {
        socket.set(CURVE_PUBLICKEY, self.public_key)?;
        self.secret_key.as_ref().map_or(Ok(()), |key| socket.set(CURVE_SECRETKEY, key))
    }

    fn text(&self, secret: bool) -> Result<Zeroizing<String>> {
        // Where it was read others may have other rules.
        self.metadata.iter().try_for_each(|(name, value)| check_metadata(name, value))?;
        // Room for all of it, so that nothing of the secret is left behind where it was moved from.
        let room = self.metadata.iter().map(|(name, value)| name.len() + value.len() + 16).sum::<usize>() + 512;
        let mut text = Zeroizing::new(String::with_capacity(room));
        text.push_str(match secret {
            true => {
                "# CURVE certificate (ZeroMQ), SECRET, made by rszmq.\n\
                 # Whoever has this file is its owner: give it to nobody, and leave its permissions as they are.\n\n"
            }
            false => {
                "# CURVE certificate (ZeroMQ), public, made by rszmq.\n\
                 # Hand it over by a way that nobody can change it on, or compare the key afterwards.\n\n"
            }
        });
        text.push_str("metadata\n");
        for (name, value) in &self.metadata {
            let quote = if value.contains('"') { '\'' } else { '"' };
            let _ = writeln!(text, "    {name} = {quote}{value}{quote}");
        }
        let _ = writeln!(text, "curve\n    public-key = \"{}\"", self.public_key);
        if let Some(secret_key) = self.secret_key.as_ref().filter(|_| secret) {
            let encoded = Zeroizing::new(secret_key.to_z85());
            let _ = writeln!(text, "    secret-key = \"{}\"", *encoded);
        }
        if text.len() > MAX_SIZE {
            let help =
                format!("with all its metadata it would be longer than {MAX_SIZE} bytes, which is not read again");
            return Err(Error::invalid(Operation::Certificate, help));
        }
        Ok(text)
    }
}

fn check_metadata(name: &str, value: &str) -> Result<()> {
    zpl::check_metadata(name, value)
        .map_err(|help| Error::invalid(Operation::Certificate, help).with_target(format!("metadata {name:?}")))
}

/// A path as a person can read it.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.is_empty() || text.contains(char::is_control) { format!("{text:?}") } else { text }
}

/// The whole file, or as much of it as shows that it is too long.
fn read(path: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut options = OpenOptions::new();
    options.read(true);
    // Else a FIFO is waited for until somebody writes to it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(std::io::Error::from_raw_os_error(libc::EISDIR));
    }
    if !metadata.is_file() {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "no ordinary file"));
    }
    // All of the room at once: a vector that grows leaves copies of the secret behind.
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_SIZE + 2));
    file.take(MAX_SIZE as u64 + 1).read_to_end(&mut text)?;
    Ok(text)
}

fn write(path: &Path, text: &str, secret: bool) -> Result<()> {
    let name = shown(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = secret;
    let mut file = options.open(path).map_err(|error| match about(&name, &error) {
        error if error.kind() == ErrorKind::AlreadyExists => {
            error.with_help("no key is ever overwritten: remove the file, or take another name")
        }
        error => error,
    })?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.map_err(|error| {
        drop::<File>(file);
        // Half a certificate is none.
        let _ = std::fs::remove_file(path);
        about(&name, &error)
    })
}

fn about(name: &str, error: &std::io::Error) -> Error {
    Error::from_io(Operation::Certificate, error).with_target(name.to_owned())
}

/// Makes a new pair of keys and writes it to `name.key` and `name.key_secret` in a directory, as pyzmq does: answers the paths of
/// the public and the secret file.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// # let dir = tempfile::tempdir().unwrap();
/// let (public_file, secret_file) = zmq::auth::create_certificates(&dir, "ann", &[("name", "Ann")])?;
///
/// let (public_key, secret_key) = zmq::auth::load_certificate(&secret_file)?;
/// assert_eq!(zmq::auth::load_certificate(&public_file)?, (public_key, None));
/// assert_eq!(zmq::curve_public(&secret_key.unwrap())?, public_key);
/// # Ok(())
/// # }
/// ```
///
/// The secret file can be read by its owner only, from the first instant on (on Unix). Unlike pyzmq it overwrites nothing, and the
/// metadata is in both files, as in czmq's.
///
/// # Errors
///
/// [`AlreadyExists`](ErrorKind::AlreadyExists) if one of the files is there; [`InvalidArgument`](ErrorKind::InvalidArgument) for a name
/// that is no file's name, or metadata that cannot be written; what the system answers, and as for [`curve_keypair`].
///
/// pyzmq: `zmq.auth.create_certificates`.
pub fn create_certificates(
    key_dir: impl AsRef<Path>,
    name: &str,
    metadata: &[(&str, &str)],
) -> Result<(PathBuf, PathBuf)> {
    let mut parts = Path::new(name).components();
    let is_path =
        !matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(only)), None) if only == name);
    if is_path || name.starts_with('.') || name.contains(char::is_control) {
        let help = "the name becomes that of two files: it cannot be a path, nor begin with a dot, which hides it";
        let error = Error::invalid(Operation::Certificate, help);
        return Err(error.with_target(format!("{name:?}")));
    }
    let mut certificate = Certificate::new()?;
    for (name, value) in metadata {
        certificate.set_metadata(name, value)?;
    }
    let public_file = key_dir.as_ref().join(format!("{name}.key"));
    let secret_file = key_dir.as_ref().join(format!("{name}.key_secret"));
    certificate.save_secret(&secret_file)?;
    certificate.save_public(&public_file).inspect_err(|_| {
        // Made just now, and of no use without the other.
        let _ = std::fs::remove_file(&secret_file);
    })?;
    Ok((public_file, secret_file))
}

/// The keys in a certificate's file: the public one, and the secret one if it is a secret file. [`Certificate::load`] has the
/// metadata, too.
///
/// # Errors
///
/// As for [`Certificate::load`].
///
/// pyzmq: `zmq.auth.load_certificate`.
pub fn load_certificate(filename: impl AsRef<Path>) -> Result<(CurvePublicKey, Option<CurveSecretKey>)> {
    let certificate = Certificate::load(filename)?;
    Ok((certificate.public_key, certificate.secret_key))
}

/// The public certificates in a directory: the files whose names end in `.key`, in the order of their names. As in pyzmq, files
/// whose name begins with a dot are left out.
///
/// ```
/// # fn main() -> zmq::Result<()> {
/// # let dir = tempfile::tempdir().unwrap();
/// # zmq::auth::create_certificates(&dir, "ann", &[("name", "Ann")])?;
/// for certificate in zmq::auth::load_certificates(&dir)? {
///     println!("{} {:?}", certificate.public_key(), certificate.get("name"));
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As for [`Certificate::load`], for the first that is broken, and what the system answers about the directory.
///
/// pyzmq: `zmq.auth.load_certificates`.
pub fn load_certificates(directory: impl AsRef<Path>) -> Result<Vec<Certificate>> {
    let directory = directory.as_ref();
    let explain = |error: std::io::Error| about(&shown(directory), &error);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(explain)? {
        let path = entry.map_err(explain)?.path();
        let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden && path.extension().is_some_and(|extension| extension == "key") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(Certificate::load).collect()
}
