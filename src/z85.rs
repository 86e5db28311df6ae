//! Z85, the text form of CURVE keys (ZeroMQ RFC 32): five printable characters for each four bytes.
//!
//! As pyzmq's `zmq.utils.z85`. It is strict where libzmq is not: whatever is not exactly Z85 is an error.

use crate::error::{Error, Operation, Result};

const ALPHABET: &[u8; 85] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// The value of each character, or 85 for those that are not in the alphabet.
const VALUES: [u8; 256] = {
    let mut values = [85; 256];
    let mut i = 0;
    while i < ALPHABET.len() {
        values[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    values
};

/// Encodes bytes, whose number must be a multiple of four.
///
/// ```
/// let hello = [0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B];
/// assert_eq!(zmq::z85::encode(&hello).unwrap(), "HelloWorld");
/// ```
///
/// # Errors
///
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if the number of bytes is not a multiple of four.
///
/// C: the format of `zmq_z85_encode`.
#[doc(alias = "zmq_z85_encode")]
pub fn encode(data: &[u8]) -> Result<String> {
    if data.len() % 4 != 0 {
        let help = format!("{} bytes are not a multiple of four", data.len());
        return Err(Error::invalid(Operation::Z85Encode, help));
    }
    Ok(encode_groups(data))
}

/// Encodes the whole groups of four that are in `data`.
pub(crate) fn encode_groups(data: &[u8]) -> String {
    let mut text = String::with_capacity(data.len() / 4 * 5);
    for group in data.chunks_exact(4) {
        let value = group.iter().fold(0, |value: u32, byte| value << 8 | u32::from(*byte));
        for power in [85 * 85 * 85 * 85, 85 * 85 * 85, 85 * 85, 85, 1] {
            text.push(char::from(ALPHABET[(value / power % 85) as usize]));
        }
    }
    text
}

/// Decodes text, whose length must be a multiple of five.
///
/// ```
/// assert_eq!(zmq::z85::decode("HelloWorld").unwrap(), [0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B]);
/// assert!(zmq::z85::decode("Hello World").is_err());
/// ```
///
/// # Errors
///
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if the length is not a multiple of five, a character is not one of the
/// 85, or a group says a number of more than 32 bits.
///
/// C: the format of `zmq_z85_decode`.
#[doc(alias = "zmq_z85_decode")]
pub fn decode(text: &str) -> Result<Vec<u8>> {
    let invalid = |help: String| Error::invalid(Operation::Z85Decode, help);
    if text.len() % 5 != 0 {
        return Err(invalid(format!("{} characters are not a multiple of five", text.len())));
    }
    let mut data = Vec::with_capacity(text.len() / 5 * 4);
    for (number, group) in text.as_bytes().chunks_exact(5).enumerate() {
        let mut value: u64 = 0;
        for (place, character) in group.iter().enumerate() {
            let digit = VALUES[usize::from(*character)];
            if digit == 85 {
                return Err(invalid(format!("the character at {} is not one of Z85", number * 5 + place)));
            }
            value = value * 85 + u64::from(digit);
        }
        let value = u32::try_from(value);
        let value = value.map_err(|_| invalid(format!("the group at {} is more than 32 bits", number * 5)))?;
        data.extend_from_slice(&value.to_be_bytes());
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use std::ffi::CString;

    use super::{ALPHABET, decode, encode};
    use crate::raw;

    /// A reproducible stream of numbers (xorshift).
    fn numbers() -> impl FnMut() -> u32 {
        let mut state = 0x9E37_79B9_u32;
        move || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state
        }
    }

    #[test]
    fn agrees_with_libzmq_both_ways() {
        let mut next = numbers();
        for round in 0..2000 {
            let data: Vec<u8> = (0..round % 12 * 4).map(|_| next() as u8).collect();
            let text = encode(&data).unwrap();
            assert_eq!(Some(&text), raw::z85_encode(&data).as_ref());
            assert_eq!(decode(&text).unwrap(), data);
            if !text.is_empty() {
                assert_eq!(raw::z85_decode(&CString::new(text).unwrap()), Some(data));
            }
        }
    }

    #[test]
    fn refuses_what_libzmq_refuses_and_more() {
        let mut next = numbers();
        for _ in 0..20_000 {
            // Mostly letters of the alphabet, so that the overflow of a group is met too.
            let text: Vec<u8> = (0..5)
                .map(|_| match next() % 40 {
                    0 => (next() % 255 + 1) as u8,
                    _ => ALPHABET[next() as usize % 85],
                })
                .collect();
            let ours = std::str::from_utf8(&text).ok().and_then(|text| decode(text).ok());
            let theirs = raw::z85_decode(&CString::new(text.clone()).unwrap());
            match (&ours, &theirs) {
                (Some(ours), Some(theirs)) => assert_eq!(ours, theirs),
                (Some(_), None) => panic!("{text:?} is refused by libzmq only"),
                (None, _) => {}
            }
        }
        for wrong in ["1", "1234", "123456", "12 45", "1234\u{e9}", "#####", "1234\n"] {
            assert!(decode(wrong).is_err(), "{wrong:?}");
        }
    }
}
