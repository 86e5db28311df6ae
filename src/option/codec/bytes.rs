//! Texts and other bytes.

use super::{Codec, Encoded, Fault, OptionValue, encode_as};
use crate::message::Message;

/// Text of at most `MAX` bytes; if `CLEAR`, the empty text or `None` clears the option.
#[derive(Debug)]
pub struct Text<const MAX: usize, const CLEAR: bool>;

impl<const MAX: usize, const CLEAR: bool> Codec for Text<MAX, CLEAR> {
    type Value = String;
    const CAPACITY: usize = 256;

    fn decode(bytes: &[u8]) -> Result<String, Fault> {
        decode_text(bytes)
    }
}

impl<const MAX: usize, const CLEAR: bool> OptionValue<Text<MAX, CLEAR>> for &str {
    fn encode(self) -> Result<Encoded, Fault> {
        encode_text(self, MAX, CLEAR)
    }
}

impl<const MAX: usize> OptionValue<Text<MAX, true>> for Option<&str> {
    fn encode(self) -> Result<Encoded, Fault> {
        encode_text(self.unwrap_or_default(), MAX, true)
    }
}

fn decode_text(bytes: &[u8]) -> Result<String, Fault> {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    String::from_utf8(text.to_vec()).map_err(|_| Fault::new("the value is no UTF-8"))
}

fn encode_text(text: &str, max: usize, clear: bool) -> Result<Encoded, Fault> {
    if text.contains('\0') {
        return Err(Fault::new("the text cannot have a NUL in it"));
    }
    match text.len() {
        0 if clear => Ok(Encoded::CLEAR),
        0 => Err(Fault::new("the text cannot be empty: libzmq has no way to clear it")),
        length if length > max => Err(Fault::new(format!("the text has {length} bytes: at most {max}"))),
        _ => Ok(Encoded::bytes(text)),
    }
}

macro_rules! owned_text {
    ($(impl[$($generics:tt)*] $codec:ty;)*) => {$(
        impl<$($generics)*> OptionValue<$codec> for &String {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_as::<$codec, &str>(self)
            }
        }

        impl<$($generics)*> OptionValue<$codec> for String {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_as::<$codec, &str>(&self)
            }
        }
    )*};
}

owned_text! {
    impl[const MAX: usize, const CLEAR: bool] Text<MAX, CLEAR>;
    impl[] Filter;
    impl[] Proxy;
}

macro_rules! checked_text {
    ($(#[doc = $doc:literal] $codec:ident: $check:ident;)*) => {$(
        #[doc = $doc]
        #[derive(Debug)]
        pub struct $codec;

        impl Codec for $codec {
            type Value = String;
            const CAPACITY: usize = 256;

            fn decode(bytes: &[u8]) -> Result<String, Fault> {
                decode_text(bytes)
            }
        }

        impl OptionValue<$codec> for &str {
            fn encode(self) -> Result<Encoded, Fault> {
                if !self.is_empty() {
                    $check(self)?;
                }
                encode_text(self, 255, true)
            }
        }

        impl OptionValue<$codec> for Option<&str> {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_as::<$codec, &str>(self.unwrap_or_default())
            }
        }
    )*};
}

checked_text! {
    /// An IP address, or a network as `10.0.0.0/8`; the empty text or `None` clears the option.
    Filter: check_filter;
    /// A host and a port, as `localhost:1080`; the empty text or `None` clears the option.
    Proxy: check_proxy;
}

/// libzmq reads the length of the network up to what is no digit (tcp_address.cpp), and knows what an address is.
fn check_filter(text: &str) -> Result<(), Fault> {
    match text.rsplit_once('/') {
        Some((_, bits)) if bits.is_empty() || !bits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(Fault::new(format!("{bits:?} is not the length of a network: a number, as in 10.0.0.0/8")))
        }
        _ => Ok(()),
    }
}

/// libzmq would find out only when it connects, tell nobody, and try again for ever.
fn check_proxy(text: &str) -> Result<(), Fault> {
    let usable = text.rsplit_once(':').is_some_and(|(host, port)| {
        let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        !host.is_empty() && digits && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if usable { Ok(()) } else { Err(Fault::new("the proxy is a host and a port, as localhost:1080")) }
}

/// From `MIN` to `MAX` bytes.
#[derive(Debug)]
pub struct Blob<const MIN: usize, const MAX: usize>;

impl<const MIN: usize, const MAX: usize> Codec for Blob<MIN, MAX> {
    type Value = Vec<u8>;
    const CAPACITY: usize = 256;

    fn decode(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        Ok(bytes.to_vec())
    }
}

fn encode_blob(bytes: &[u8], min: usize, max: usize) -> Result<Encoded, Fault> {
    if (min..=max).contains(&bytes.len()) {
        return Ok(Encoded::bytes(bytes));
    }
    Err(Fault::new(match max {
        usize::MAX => format!("the value has {} bytes: at least {min}", bytes.len()),
        _ => format!("the value has {} bytes: {min} to {max}", bytes.len()),
    }))
}

macro_rules! blob_from {
    ($($type:ty)*) => {$(
        impl<const MIN: usize, const MAX: usize> OptionValue<Blob<MIN, MAX>> for $type {
            fn encode(self) -> Result<Encoded, Fault> {
                encode_blob(self.as_ref(), MIN, MAX)
            }
        }
    )*};
}

blob_from! { &[u8] Vec<u8> &Vec<u8> &str String &String Message &Message }

impl<const MIN: usize, const MAX: usize, const N: usize> OptionValue<Blob<MIN, MAX>> for &[u8; N] {
    fn encode(self) -> Result<Encoded, Fault> {
        encode_blob(self, MIN, MAX)
    }
}

impl<const MIN: usize, const MAX: usize, const N: usize> OptionValue<Blob<MIN, MAX>> for [u8; N] {
    fn encode(self) -> Result<Encoded, Fault> {
        encode_blob(&self, MIN, MAX)
    }
}
