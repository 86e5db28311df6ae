//! A socket that insists on security.

use std::cell::Cell;

use zmq_sys as sys;

use super::kind::{Kind, SocketType};
use super::{Core, Socket};
use crate::context::ZAP_NAME;
use crate::curve::{CurvePublicKey, CurveSecretKey, curve_public};
use crate::endpoint::Endpoint;
use crate::error::{Errno, Error, ErrorKind, Operation, Result};
use crate::option::Mechanism;

/// libzmq calls it a draft, and has it in every build since 4.3.
const ZAP_ENFORCE_DOMAIN: std::ffi::c_int = 93;

/// The domain that a server gets if it has none: with none libzmq would not ask the authenticator.
const DOMAIN: &str = "global";

const NO_SERVER_KEY: &str =
    "a CURVE client needs the server's public key, set_curve_serverkey; a server says set_curve_server(true)";

/// What a socket insists on.
#[derive(Debug, Default)]
pub(super) struct Security {
    required: Cell<Option<Mechanism>>,
    /// ROUTER_RAW, which libzmq does not tell.
    raw: Cell<bool>,
}

impl Security {
    /// ROUTER_RAW was set to that.
    pub(super) fn set_raw(&self, raw: bool) {
        self.raw.set(raw);
    }
}

impl Core {
    /// Before a `bind` or `connect`.
    pub(super) fn check_security(&self, endpoint: &Endpoint<'_>, operation: Operation) -> Result<()> {
        let Some(required) = self.security.required.get() else { return Ok(()) };
        let insecure = |help: String| {
            let error = Error::new(operation, Errno(libc::EACCES)).with_kind(ErrorKind::Insecure);
            Err(error.with_target(endpoint.text().to_owned()).with_help(help))
        };
        if !endpoint.has_handshake() {
            return insecure(format!("{required} is required, and over this transport nothing is checked"));
        }
        if self.security.raw.get() {
            return insecure(format!("{required} is required, and with ROUTER_RAW nothing is checked"));
        }
        let explain = |errno| self.error(operation, errno);
        let has = Mechanism::from_raw(self.raw().get_int(sys::ZMQ_MECHANISM).map_err(explain)?);
        if has != required {
            return insecure(format!(
                "{required} is required, and the socket's mechanism is {has}{}",
                how_to_get(required)
            ));
        }
        let server = match required {
            // Either side may ask.
            Mechanism::Null => true,
            Mechanism::Plain => self.raw().get_int(sys::ZMQ_PLAIN_SERVER).map_err(explain)? != 0,
            Mechanism::Curve => self.raw().get_int(sys::ZMQ_CURVE_SERVER).map_err(explain)? != 0,
            Mechanism::Gssapi => self.raw().get_int(sys::ZMQ_GSSAPI_SERVER).map_err(explain)? != 0,
            Mechanism::Other(_) => return insecure("that mechanism is not known here".into()),
        };
        if required == Mechanism::Curve {
            if let Err(help) = self.check_keys(server).map_err(explain)? {
                return insecure(help.into());
            }
        }
        if !server {
            return Ok(());
        }
        if !self.has_authenticator().map_err(explain)? {
            return insecure(
                "no authenticator runs in the context: start a zmq::auth::ThreadAuthenticator before (CURVE_ALLOW_ANY lets in every key)".into(),
            );
        }
        self.enforce().map_err(explain)
    }

    /// Before a `bind` or `connect` as a CURVE client: with a server's key of nothing but zeros, which is also what there is if none was set,
    /// libsodium makes no HELLO (curve_client_tools.hpp, `produce_hello`), and libzmq tries again for ever and says nothing.
    pub(super) fn check_server_key(&self, endpoint: &Endpoint<'_>, operation: Operation) -> Result<()> {
        let get = |option| self.raw().get_int(option);
        let is_client = endpoint.has_handshake()
            && get(sys::ZMQ_MECHANISM) == Ok(sys::ZMQ_CURVE)
            && get(sys::ZMQ_CURVE_SERVER) == Ok(0)
            && self.kind() != SocketType::Stream
            && !self.security.raw.get();
        let mut key = [0; 32];
        if !is_client || self.raw().get(sys::ZMQ_CURVE_SERVERKEY, &mut key).is_err() || key != [0; 32] {
            return Ok(());
        }
        Err(Error::invalid(operation, NO_SERVER_KEY).with_target(endpoint.text().to_owned()))
    }

    /// CURVE takes keys that cannot work as long as nobody connects.
    fn check_keys(&self, server: bool) -> Result<Result<(), &'static str>, Errno> {
        let key = |option| -> Result<[u8; 32], Errno> {
            let mut key = [0; 32];
            self.raw().get(option, &mut key).map(|_| key)
        };
        let public_key = CurvePublicKey::from_bytes(key(sys::ZMQ_CURVE_PUBLICKEY)?);
        let secret_key = CurveSecretKey::from_bytes(key(sys::ZMQ_CURVE_SECRETKEY)?);
        let none = [0; 32];
        let fault = if *secret_key.as_bytes() == none {
            "the socket has no secret key: set_curve_secretkey"
        } else if server {
            // It needs no public key itself.
            return Ok(Ok(()));
        } else if key(sys::ZMQ_CURVE_SERVERKEY)? == none {
            NO_SERVER_KEY
        } else if *public_key.as_bytes() == none {
            "the socket has no public key: set_curve_publickey"
        } else if curve_public(&secret_key).is_ok_and(|belongs| belongs != public_key) {
            "the socket's public key does not belong to its secret key"
        } else {
            return Ok(Ok(()));
        };
        Ok(Err(fault))
    }

    /// Whether somebody answers ZAP requests in the socket's context.
    fn has_authenticator(&self) -> Result<bool, Errno> {
        match self.context() {
            Some(context) => context.is_inproc_bound(ZAP_NAME),
            // Of a context that belongs to other code. libzmq asks anyway, and lets nobody in without an answer.
            None => Ok(true),
        }
    }

    /// Has libzmq let nobody in when there is no authenticator later.
    fn enforce(&self) -> Result<(), Errno> {
        // First: with the one and without the other libzmq lets in everyone by CURVE, and aborts by PLAIN (plain_server.cpp).
        if self.get_bytes(sys::ZMQ_ZAP_DOMAIN, 256)?.len() <= 1 {
            self.raw().set(sys::ZMQ_ZAP_DOMAIN, Some(DOMAIN.as_bytes()))?;
        }
        self.raw().set_int(ZAP_ENFORCE_DOMAIN, 1)
    }
}

fn how_to_get(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::Plain => ": set_plain_server, or set_plain_username and set_plain_password",
        Mechanism::Curve => {
            ": set_curve_secretkey, and set_curve_server or set_curve_publickey and set_curve_serverkey"
        }
        Mechanism::Gssapi => ": set_gssapi_server, or set_gssapi_service_principal",
        _ => "",
    }
}

impl<K: Kind> Socket<K> {
    /// Makes the socket refuse to bind or connect without this mechanism, from now on: an endpoint is [`Insecure`](ErrorKind::Insecure)
    ///
    /// - if the mechanism that the options ask for is another one. An option that was forgotten, or set last and resets the others,
    ///   would go unnoticed else: libzmq then talks to everyone, in clear text;
    /// - by CURVE, if a key is missing, or the public key does not belong to the secret one;
    /// - on the side that decides who is let in (`curve_server`, `plain_server`, `gssapi_server`; with [`Mechanism::Null`] on both), if no
    ///   authenticator runs in the context: without one a CURVE server encrypts, and lets in everyone who knows its public
    ///   key. If the authenticator stops later nobody is let in until there is one again (with GSSAPI libzmq does not keep to that:
    ///   then everyone is let in whom Kerberos knows);
    /// - over `inproc` and multicast, where nothing is checked.
    ///
    /// A server without a [`ZAP_DOMAIN`](crate::ZAP_DOMAIN) gets the domain `global`, since libzmq checks nothing without one.
    ///
    /// ```
    /// # fn main() -> zmq::Result<()> {
    /// let context = zmq::Context::new()?;
    /// let (_, secret_key) = zmq::curve_keypair()?;
    /// let server = context.socket(zmq::REP)?;
    /// server.require_security(zmq::Mechanism::Curve)?;
    /// server.set_curve_secretkey(&secret_key)?;
    /// server.set_curve_server(true)?;
    ///
    /// let error = server.bind("tcp://127.0.0.1:*").unwrap_err();
    /// assert_eq!(error.kind(), zmq::ErrorKind::Insecure);
    /// assert!(error.to_string().contains("no authenticator runs in the context"));
    ///
    /// let mut auth = zmq::auth::ThreadAuthenticator::new(&context);
    /// auth.start()?;
    /// server.bind("tcp://127.0.0.1:*")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`WrongState`](ErrorKind::WrongState) if the socket was bound or connected already, which would stay as it is;
    /// [`NotSupported`](ErrorKind::NotSupported) for a STREAM, which has no mechanism; and [`Unsupported`](ErrorKind::Unsupported) with a
    /// libzmq before 4.3.
    ///
    /// C: what `ZMQ_ZAP_ENFORCE_DOMAIN` is meant for, and what it leaves out.
    pub fn require_security(&self, mechanism: Mechanism) -> Result<()> {
        let operation = Operation::RequireSecurity;
        let core = &self.core;
        if core.kind() == SocketType::Stream {
            let error = Error::new(operation, Errno(sys::ENOTSUP)).with_target("STREAM");
            return Err(error.with_help("a STREAM talks to programs that do not know ZeroMQ, and has no mechanism"));
        }
        if crate::version() < crate::Version::new(4, 3, 0) {
            return Err(Error::unsupported(operation, "it needs libzmq 4.3"));
        }
        if !core.last_endpoint().map_err(|errno| core.error(operation, errno))?.is_empty() {
            let error = Error::new(operation, Errno(sys::EFSM));
            return Err(error.with_help("the socket is bound or connected already: say it before"));
        }
        core.security.required.set(Some(mechanism));
        Ok(())
    }
}
