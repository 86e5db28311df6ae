//! Who may connect: certificates, and the authenticator. pyzmq's `zmq.auth`.
//!
//! ØMQ has four mechanisms, which a socket is given by its options: none (NULL), user name and password in clear text (PLAIN), keys
//! and encryption (CURVE), and Kerberos (GSSAPI). Whether a peer is let in is decided by an authenticator, which libzmq asks about
//! each connection (ZAP, ZeroMQ RFC 27): a [`ThreadAuthenticator`], or an [`Authenticator`] for who polls anyway.
//!
//! ```
//! # fn main() -> zmq::Result<()> {
//! # let dir = tempfile::tempdir().unwrap();
//! use zmq::auth::{ThreadAuthenticator, create_certificates, load_certificate};
//!
//! // Once, by hand: keys for the server and for each client. The server gets the clients' public files, and they get its.
//! # let public_keys = dir.path().join("public_keys");
//! # std::fs::create_dir_all(&public_keys).unwrap();
//! let (_, server_secret) = create_certificates(&dir, "server", &[])?;
//! let (client_public, client_secret) = create_certificates(&dir, "client", &[("name", "Ann")])?;
//! std::fs::copy(client_public, public_keys.join("client.key")).unwrap();
//!
//! let context = zmq::Context::new()?;
//! let mut auth = ThreadAuthenticator::new(&context);
//! auth.configure_curve("*", &public_keys)?;
//! auth.start()?;
//!
//! let server = context.socket(zmq::REP)?;
//! let (server_public, server_key) = load_certificate(&server_secret)?;
//! server.set_curve_secretkey(server_key.unwrap())?;
//! server.set_curve_server(true)?;
//! server.require_security(zmq::Mechanism::Curve)?;         // rather not at all than without the authenticator
//! server.bind("tcp://127.0.0.1:*")?;
//!
//! let client = context.socket(zmq::REQ)?;
//! zmq::auth::Certificate::load(&client_secret)?.apply(&client)?;
//! client.set_curve_serverkey(server_public)?;
//! client.connect(&server.last_endpoint()?)?;
//!
//! client.send("hello")?;
//! let message = server.recv()?;
//! assert_eq!(message.property("name")?, Some(&b"Ann"[..]));
//! auth.stop()?;
//! # Ok(())
//! # }
//! ```
//!
//! # A CURVE server without an authenticator
//!
//! It encrypts, and lets in **everyone** who knows its public key, which is no secret. That is libzmq's way, and that of its manual's
//! examples; the Guide calls it *stonehouse*. To know who the clients are takes an authenticator that was told their keys
//! (*ironhouse*). [`Socket::require_security`](crate::Socket::require_security) makes sure that there is one, now and later.
//!
//! # Kerberos
//!
//! What an authenticator refuses by GSSAPI libzmq itself would let in all the same; here it does not. Other things cannot be helped
//! from outside: libzmq asks the KDC in its I/O thread, so that one that does not answer holds up every socket of the context
//! (give GSSAPI a context of its own). And libzmq keeps in memory, for ever, every message that it has sent encrypted, and what strangers
//! begin a handshake with, of up to [`MAXMSGSIZE`](crate::MAXMSGSIZE). The bundled one does not.
//!
//! # What it does not do
//!
//! libzmq asks once, when a connection is made: who is connected stays so after it was denied. Nothing is asked over `inproc`, which
//! never leaves the process, nor by STREAM sockets or multicast.

mod access;
mod address;
mod authenticator;
mod certificate;
mod decision;
mod policy;
mod thread;
mod zap;
mod zpl;

pub use access::Access;
pub use authenticator::Authenticator;
pub use certificate::{Certificate, create_certificates, load_certificate, load_certificates};
pub use decision::Decision;
pub use policy::{CURVE_ALLOW_ANY, CurveKeys, GSSAPI_ALLOW_ANY, GssapiPrincipals, Policy};
pub use thread::ThreadAuthenticator;
pub use zap::{Credentials, ZapRequest};
