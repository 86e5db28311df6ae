//! Keys of the CURVE mechanism.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

use crate::error::{Error, ErrorKind, Operation, Result};
use crate::{raw, z85};

/// A public key of the CURVE mechanism: 32 bytes, or 40 characters of [Z85](crate::z85) as text.
///
/// ```
/// let key: zmq::CurvePublicKey = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7".parse().unwrap();
/// assert_eq!(key.to_string(), "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
/// assert_eq!(key.as_bytes().len(), 32);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurvePublicKey([u8; 32]);

/// A secret key of the CURVE mechanism: 32 bytes, or 40 characters of [Z85](crate::z85) as text.
///
/// It is not printed by `Debug`, has no `Display`, is compared in constant time, and its memory is overwritten when it is dropped.
/// To store it, make a [`Certificate`](crate::auth::Certificate), or ask for [`to_z85`](Self::to_z85).
#[derive(Clone)]
pub struct CurveSecretKey([u8; 32]);

macro_rules! key {
    ($name:ident) => {
        impl $name {
            /// The key from its 32 bytes.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes of the key.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// The 40 characters of the key, as pyzmq, certificate files and `zmq_curve_keypair` have it.
            pub fn to_z85(&self) -> String {
                z85::encode_groups(&self.0)
            }

            /// The key in `bytes`: 32 of them, or the 40 characters.
            pub(crate) fn from_either(bytes: &[u8]) -> Result<Self> {
                if let Ok(bytes) = bytes.try_into() {
                    return Ok(Self(bytes));
                }
                std::str::from_utf8(bytes).map_err(|_| wrong_length(bytes.len()))?.parse()
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// Reads the 40 characters of Z85.
            fn from_str(text: &str) -> Result<Self> {
                if text.len() != 40 {
                    return Err(wrong_length(text.len()));
                }
                let mut bytes = z85::decode(text)?;
                let mut key = [0; 32];
                key.copy_from_slice(&bytes);
                bytes.zeroize();
                Ok(Self(key))
            }
        }

        /// 32 bytes, or 40 characters of Z85, as pyzmq takes them.
        impl TryFrom<&[u8]> for $name {
            type Error = Error;

            fn try_from(bytes: &[u8]) -> Result<Self> {
                Self::from_either(bytes)
            }
        }

        impl From<[u8; 32]> for $name {
            fn from(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }
        }
    };
}

key!(CurvePublicKey);
key!(CurveSecretKey);

fn wrong_length(length: usize) -> Error {
    let help = format!("a CURVE key is 32 bytes, or 40 characters of Z85, not {length}");
    Error::invalid(Operation::Z85Decode, help)
}

impl fmt::Display for CurvePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_z85())
    }
}

impl fmt::Debug for CurvePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CurvePublicKey({self})")
    }
}

impl fmt::Debug for CurveSecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CurveSecretKey(..)")
    }
}

/// In constant time.
impl PartialEq for CurveSecretKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for CurveSecretKey {}

impl Drop for CurveSecretKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

fn explain(operation: Operation, errno: crate::error::Errno) -> Error {
    let error = Error::new(operation, errno);
    if error.kind() == ErrorKind::NotSupported {
        return Error::unsupported(operation, "this libzmq was built without CURVE (see zmq::has(\"curve\"))");
    }
    error
}

/// Makes a new key pair: `(public, secret)`, as pyzmq's `zmq.curve_keypair()`.
///
/// ```
/// let (public, secret) = zmq::curve_keypair().unwrap();
/// assert_eq!(zmq::curve_public(&secret).unwrap(), public);
/// assert_eq!(format!("{secret:?}"), "CurveSecretKey(..)");
/// ```
///
/// # Errors
///
/// [`Unsupported`](ErrorKind::Unsupported) if libzmq was built without CURVE.
///
/// C: `zmq_curve_keypair`.
#[doc(alias = "zmq_curve_keypair")]
pub fn curve_keypair() -> Result<(CurvePublicKey, CurveSecretKey)> {
    let operation = Operation::CurveKeypair;
    let (public, mut secret) = raw::curve_keypair().map_err(|errno| explain(operation, errno))?;
    let keys = CurvePublicKey::from_either(&public[..40]).and_then(|public| {
        let secret = CurveSecretKey::from_either(&secret[..40])?;
        Ok((public, secret))
    });
    secret.zeroize();
    keys
}

/// The public key that belongs to a secret key, as pyzmq's `zmq.curve_public()`.
///
/// # Errors
///
/// [`Unsupported`](ErrorKind::Unsupported) if libzmq was built without CURVE.
///
/// C: `zmq_curve_public`.
#[doc(alias = "zmq_curve_public")]
pub fn curve_public(secret: &CurveSecretKey) -> Result<CurvePublicKey> {
    let mut encoded = secret.to_z85();
    let mut text = [0; 41];
    text[..40].copy_from_slice(encoded.as_bytes());
    encoded.zeroize();
    let public = raw::curve_public(&text);
    text.zeroize();
    let public = public.map_err(|errno| explain(Operation::CurvePublic, errno))?;
    CurvePublicKey::from_either(&public[..40])
}
