//! ZMTP (RFCs 13, 15, 23 and 37) and ZWS (RFC 45) by the rules, to be broken afterwards.

use crate::input::Input;

/// How frames are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    V1,
    V2,
    Ws { masked: bool },
}

pub const MORE: u8 = 1;
pub const LARGE: u8 = 2;
pub const COMMAND: u8 = 4;

/// A greeting; `version` as it is on the wire, 3 with a mechanism.
pub fn greeting(version: u8, minor: u8, mechanism: &[u8], as_server: bool, socket_type: u8) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, version];
    if version < 3 {
        // The socket's type, then the routing id, which is none.
        bytes.extend([socket_type, 0, 0]);
        return bytes;
    }
    bytes.push(minor);
    bytes.extend(&mechanism[..mechanism.len().min(20)]);
    bytes.resize(32, 0);
    bytes.push(u8::from(as_server));
    bytes.resize(64, 0);
    bytes
}

/// One frame. `claimed` is the length that it says it has, if not its own.
pub fn frame(framing: Framing, flags: u8, body: &[u8], claimed: Option<u64>) -> Vec<u8> {
    let length = claimed.unwrap_or(body.len() as u64);
    let mut bytes = Vec::new();
    match framing {
        Framing::V1 => {
            match u8::try_from(length + 1) {
                Ok(short) if short < 255 && flags & LARGE == 0 => bytes.push(short),
                _ => {
                    bytes.push(255);
                    bytes.extend(length.wrapping_add(1).to_be_bytes());
                }
            }
            bytes.push(flags & MORE);
        }
        Framing::V2 => match u8::try_from(length) {
            Ok(short) if flags & LARGE == 0 => bytes.extend([flags, short]),
            _ => {
                bytes.push(flags | LARGE);
                bytes.extend(length.to_be_bytes());
            }
        },
        Framing::Ws { .. } => {
            let inner = flags & MORE | u8::from(flags & COMMAND != 0) << 1;
            return web_frame(framing, 2, &[&[inner], body].concat(), claimed);
        }
    }
    bytes.extend(body);
    bytes
}

/// A frame of a WebSocket; the mask is zero, so that the bytes are what they are.
pub fn web_frame(framing: Framing, opcode: u8, body: &[u8], claimed: Option<u64>) -> Vec<u8> {
    let mask = if framing == (Framing::Ws { masked: true }) { 0x80 } else { 0 };
    let length = claimed.unwrap_or(body.len() as u64);
    let mut bytes = vec![0x80 | opcode];
    match length {
        0..=125 => bytes.push(mask | length as u8),
        126..=65_535 => {
            bytes.push(mask | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        _ => {
            bytes.push(mask | 127);
            bytes.extend(length.to_be_bytes());
        }
    }
    if mask != 0 {
        bytes.extend([0; 4]);
    }
    bytes.extend(body);
    bytes
}

pub fn property(name: &[u8], value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![name.len() as u8];
    bytes.extend(name);
    bytes.extend((value.len() as u32).to_be_bytes());
    bytes.extend(value);
    bytes
}

/// Metadata as a socket sends them, with what the input wants to be wrong.
pub fn metadata(input: &mut Input<'_>) -> Vec<u8> {
    const KINDS: [&[u8]; 12] =
        [b"DEALER", b"PUSH", b"SUB", b"REQ", b"ROUTER", b"PUB", b"REP", b"PAIR", b"XSUB", b"XPUB", b"PULL", b"STREAM"];
    let mut bytes = property(b"Socket-Type", input.pick(&KINDS));
    let wanted = input.byte();
    if wanted & 1 != 0 {
        bytes.extend(property(b"Identity", input.piece()));
    }
    if wanted & 2 != 0 {
        bytes.extend(property(input.piece(), input.piece()));
    }
    if wanted & 4 != 0 {
        // A length that is not true, somewhere.
        let at = usize::from(input.byte()) % bytes.len();
        bytes[at] = input.byte();
    }
    if wanted & 8 != 0 {
        bytes.truncate(usize::from(input.byte()));
    }
    bytes
}

/// A command: its name's length, its name, what it says.
pub fn command(name: &[u8], body: &[u8]) -> Vec<u8> {
    [&[name.len() as u8], name, body].concat()
}
