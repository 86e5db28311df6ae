//! What only drafts have: sets of bits, how `norm` adapts, and properties.

use std::ffi::c_int;

use super::{Codec, Encoded, Fault, OptionValue, decode_int, encode_as};
use crate::option::draft::{NormMode, RECONNECT_STOP_AFTER_DISCONNECT, ReconnectStop, RouterNotify};
use crate::version::{Version, version};

macro_rules! codecs {
    ($($(#[doc = $doc:literal])+ $codec:ident of $value:ident: $check:expr;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub struct $codec;

        impl Codec for $codec {
            type Value = $value;
            const CAPACITY: usize = size_of::<c_int>();

            fn decode(bytes: &[u8]) -> Result<$value, Fault> {
                decode_int(bytes).map($value::from_raw)
            }
        }

        impl OptionValue<$codec> for $value {
            fn encode(self) -> Result<Encoded, Fault> {
                $check(self)?;
                Ok(Encoded::int(self.as_raw()))
            }
        }
    )*};
}

codecs! {
    /// What a ROUTER is told of.
    NotifyCode of RouterNotify: |value: RouterNotify| known(value, value.as_raw() & !3 == 0);
    /// When connecting ends.
    StopCode of ReconnectStop: |value: ReconnectStop| {
        known(value, value.as_raw() & !7 == 0)?;
        // Its number was 3 in 4.3.4, which is the two others.
        if value.contains(RECONNECT_STOP_AFTER_DISCONNECT) && version() < Version::new(4, 3, 5) {
            return Err(Fault::new("RECONNECT_STOP_AFTER_DISCONNECT came with libzmq 4.3.5"));
        }
        Ok(())
    };
    /// How `norm` adapts.
    NormModeCode of NormMode: |value: NormMode| known(value, !matches!(value, NormMode::Other(_)));
}

fn known(value: impl std::fmt::Debug, known: bool) -> Result<(), Fault> {
    if known { Ok(()) } else { Err(Fault::new(format!("libzmq does not know {value:?}"))) }
}

/// What a program tells its peers of itself: a name and a value, or both in one text, as `X-Name:value`.
#[derive(Debug)]
pub struct Property;

/// How much there can be of it: what is sent with every handshake need not be more.
const LONGEST_PROPERTY: usize = 65_535;

impl Codec for Property {
    type Value = String;
    const CAPACITY: usize = 256;

    fn decode(_: &[u8]) -> Result<String, Fault> {
        Err(Fault::new("libzmq does not tell it"))
    }
}

impl<N: AsRef<str>, V: AsRef<str>> OptionValue<Property> for (N, V) {
    fn encode(self) -> Result<Encoded, Fault> {
        let (name, value) = (self.0.as_ref(), self.1.as_ref());
        let fault = if !name.starts_with("X-") || name.len() < 3 || name.contains(':') {
            format!("{name:?} is no name of a property: it begins with X-, goes on after it, and has no colon")
        } else if name.len() > 255 {
            format!("the name has {} bytes: at most 255", name.len())
        } else if value.is_empty() {
            "the value cannot be empty".to_owned()
        } else if name.contains('\0') || value.contains('\0') {
            "the property cannot have a NUL in it".to_owned()
        } else if name.len() + value.len() > LONGEST_PROPERTY {
            format!("the property has {} bytes: at most {LONGEST_PROPERTY}", name.len() + value.len())
        } else {
            return Ok(Encoded::bytes(format!("{name}:{value}")));
        };
        Err(Fault::new(fault))
    }
}

impl OptionValue<Property> for &str {
    fn encode(self) -> Result<Encoded, Fault> {
        match self.split_once(':') {
            Some(property) => encode_as::<Property, _>(property),
            None => Err(Fault::new("a property is a name and a value, as X-Name:value")),
        }
    }
}

impl OptionValue<Property> for &String {
    fn encode(self) -> Result<Encoded, Fault> {
        encode_as::<Property, &str>(self)
    }
}

impl OptionValue<Property> for String {
    fn encode(self) -> Result<Encoded, Fault> {
        encode_as::<Property, &str>(&self)
    }
}
