//! Keys of the CURVE mechanism.

use super::{Codec, Encoded, Fault, OptionValue, encode_as};
use crate::curve::{CurvePublicKey, CurveSecretKey};

macro_rules! key_codec {
    ($(#[doc = $doc:literal] $codec:ident of $key:ident;)*) => {$(
        #[doc = $doc]
        #[derive(Debug)]
        pub struct $codec;

        impl Codec for $codec {
            type Value = $key;
            const CAPACITY: usize = 32;

            fn decode(bytes: &[u8]) -> Result<$key, Fault> {
                $key::from_either(bytes).map_err(|_| Fault::new("libzmq answered something that is no key"))
            }
        }

        impl OptionValue<$codec> for &$key {
            fn encode(self) -> Result<Encoded, Fault> {
                Ok(Encoded::bytes(self.as_bytes().as_slice()))
            }
        }

        impl OptionValue<$codec> for $key {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_as::<$codec, _>(&self)
            }
        }

        impl OptionValue<$codec> for &[u8] {
            fn encode(self) -> Result<Encoded, Fault> {
                let key = $key::from_either(self);
                encode_as::<$codec, _>(key.map_err(|error| Fault::new(error.help().unwrap_or_default().to_owned()))?)
            }
        }

        key_codec! { $codec from &str String &String Vec<u8> &Vec<u8> }

        impl<const N: usize> OptionValue<$codec> for &[u8; N] {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_as::<$codec, &[u8]>(&self[..])
            }
        }

        impl<const N: usize> OptionValue<$codec> for [u8; N] {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_as::<$codec, &[u8]>(&self[..])
            }
        }
    )*};
    ($codec:ident from $($type:ty)*) => {$(
        impl OptionValue<$codec> for $type {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_as::<$codec, &[u8]>(self.as_ref())
            }
        }
    )*};
}

key_codec! {
    /// A CURVE public key: as a [`CurvePublicKey`], 32 bytes, or 40 characters of Z85.
    PublicKey of CurvePublicKey;
    /// A CURVE secret key: as a [`CurveSecretKey`], 32 bytes, or 40 characters of Z85.
    SecretKey of CurveSecretKey;
}
