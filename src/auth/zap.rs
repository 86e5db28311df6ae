//! ZAP 1.0 (ZeroMQ RFC 27): what libzmq asks an authenticator, and what it is answered.

use std::fmt;

use zeroize::Zeroizing;

use super::access::Access;
use crate::curve::CurvePublicKey;
use crate::message::Message;

const VERSION: &[u8] = b"1.0";

/// What libzmq asks about a peer that connects.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZapRequest {
    /// The socket's [`ZAP_DOMAIN`](crate::ZAP_DOMAIN), empty if it has none.
    pub domain: String,
    /// Where the peer connects from: `192.0.2.7` for TCP, `localhost:uid:gid:pid` for `ipc`, where the system tells that.
    pub address: String,
    /// The routing id that the socket itself was given, not that of the peer.
    pub identity: Vec<u8>,
    /// What the peer shows.
    pub credentials: Credentials,
}

/// What a peer shows to be let in.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// Nothing.
    Null,
    /// A name and a password. `Debug` does not show the password.
    Plain {
        /// Who it says it is.
        username: String,
        /// What only that one should know.
        password: Zeroizing<Vec<u8>>,
    },
    /// A public key, whose secret key it has: libzmq has made sure of that.
    Curve(CurvePublicKey),
    /// The name of a principal, which Kerberos has made sure of.
    Gssapi(String),
    /// A mechanism that this crate does not know.
    Other {
        /// Its name.
        mechanism: String,
        /// Its frames.
        frames: Vec<Vec<u8>>,
    },
}

impl Credentials {
    /// The mechanism's name: `NULL`, `PLAIN`, `CURVE`, `GSSAPI`, …
    pub fn mechanism(&self) -> &str {
        match self {
            Self::Null => "NULL",
            Self::Plain { .. } => "PLAIN",
            Self::Curve(_) => "CURVE",
            Self::Gssapi(_) => "GSSAPI",
            Self::Other { mechanism, .. } => mechanism,
        }
    }

    /// What the peer shows, without what is secret: its name, its key as Z85, its principal.
    pub(super) fn identity(&self) -> Option<String> {
        match self {
            Self::Null | Self::Other { .. } => None,
            Self::Plain { username: name, .. } | Self::Gssapi(name) => Some(name.clone()),
            Self::Curve(key) => Some(key.to_z85()),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Plain { username, .. } => f.debug_struct("Plain").field("username", username).finish_non_exhaustive(),
            Self::Curve(key) => f.debug_tuple("Curve").field(key).finish(),
            Self::Gssapi(principal) => f.debug_tuple("Gssapi").field(principal).finish(),
            // It may be secret, whatever it is.
            Self::Other { mechanism, .. } => f.debug_tuple("Other").field(mechanism).finish_non_exhaustive(),
        }
    }
}

/// Text that becomes part of what others are told about the peer. libzmq's properties end at a zero byte, so that `admin\0x` would
/// be `admin` to whoever reads them.
fn name(frame: &[u8], wrong: &'static str) -> Result<String, &'static str> {
    match std::str::from_utf8(frame) {
        Ok(text) if !text.contains('\0') => Ok(text.to_owned()),
        _ => Err(wrong),
    }
}

impl ZapRequest {
    /// Reads the frames of a request, from the version on.
    ///
    /// # Errors
    ///
    /// Why it is none, in words that can be the answer to it: any frames can be given.
    pub fn parse(frames: &[impl AsRef<[u8]>]) -> Result<Self, &'static str> {
        let [version, _id, domain, address, identity, mechanism, credentials @ ..] = frames else {
            return Err("Not enough frames");
        };
        if version.as_ref() != VERSION {
            return Err("Invalid version");
        }
        let credentials = match (mechanism.as_ref(), credentials) {
            (b"NULL", []) => Credentials::Null,
            (b"PLAIN", [username, password]) => Credentials::Plain {
                username: name(username.as_ref(), "Invalid username")?,
                password: Zeroizing::new(password.as_ref().to_vec()),
            },
            (b"CURVE", [key]) => {
                let key: [u8; 32] = key.as_ref().try_into().map_err(|_| "Invalid key")?;
                Credentials::Curve(key.into())
            }
            (b"GSSAPI", [principal]) => Credentials::Gssapi(name(principal.as_ref(), "Invalid principal")?),
            (b"NULL" | b"PLAIN" | b"CURVE" | b"GSSAPI", _) => return Err("Invalid credentials"),
            (mechanism, frames) => Credentials::Other {
                mechanism: name(mechanism, "Invalid mechanism")?,
                frames: frames.iter().map(|frame| frame.as_ref().to_vec()).collect(),
            },
        };
        Ok(Self {
            domain: name(domain.as_ref(), "Invalid domain")?,
            address: name(address.as_ref(), "Invalid address")?,
            identity: identity.as_ref().to_vec(),
            credentials,
        })
    }
}

/// The answer to a request, whose frames say which it was.
pub(super) fn reply(request: &[Message], access: &Access) -> [Message; 6] {
    let mut metadata = access.encoded_metadata();
    // libzmq up to 4.3.5 tells of a refusal by GSSAPI, and lets the peer in all the same (gssapi_server.cpp). An answer that it cannot
    // read, and this is none, ends the connection.
    if !access.is_allowed() && request.get(5).is_some_and(|mechanism| **mechanism == *b"GSSAPI") {
        metadata = vec![0];
    }
    let id = request.get(1).map(|id| id[..].to_vec()).unwrap_or_default();
    [
        Message::from_static(VERSION),
        id.into(),
        access.status.as_str().into(),
        access.reason.as_bytes().into(),
        access.user_id.as_deref().unwrap_or_default().into(),
        metadata.into(),
    ]
}
