//! ZMTP 3 byte by byte (ZeroMQ RFC 23 and 37), for peers that are written by hand.

use std::io::{Read, Write};

/// Flags of a frame.
pub const LONG: u8 = 2;
/// It is a command, and no part of a message.
pub const COMMAND: u8 = 4;

/// What a client of ZMTP 3.`minor` says first.
pub fn greeting(minor: u8, mechanism: &str) -> Vec<u8> {
    let mut greeting = b"\xff\0\0\0\0\0\0\0\x01\x7f\x03".to_vec();
    greeting.push(minor);
    greeting.extend_from_slice(mechanism.as_bytes());
    greeting.resize(64, 0);
    greeting
}

pub fn frame(flags: u8, body: &[u8]) -> Vec<u8> {
    match u8::try_from(body.len()) {
        Ok(length) => [&[flags, length], body].concat(),
        Err(_) => [&[flags | LONG][..], &(body.len() as u64).to_be_bytes(), body].concat(),
    }
}

pub fn command(name: &str, data: &[u8]) -> Vec<u8> {
    frame(COMMAND, &[&[name.len() as u8], name.as_bytes(), data].concat())
}

/// The command that ends a handshake without security, of a socket of that kind, with these properties besides.
pub fn ready(kind: &str, properties: &[(&str, &[u8])]) -> Vec<u8> {
    let mut metadata = Vec::new();
    for (name, value) in [("Socket-Type", kind.as_bytes())].iter().chain(properties) {
        metadata.push(u8::try_from(name.len()).expect("a name is short"));
        metadata.extend_from_slice(name.as_bytes());
        metadata.extend_from_slice(&(value.len() as u32).to_be_bytes());
        metadata.extend_from_slice(value);
    }
    command("READY", &metadata)
}

/// Shakes hands as a socket of that kind, without security. Answers the body of the other side's READY.
#[track_caller]
pub fn shake_hands(stream: &mut (impl Read + Write), minor: u8, kind: &str, properties: &[(&str, &[u8])]) -> Vec<u8> {
    stream.write_all(&[greeting(minor, "NULL"), ready(kind, properties)].concat()).expect("they read");
    let mut theirs = [0; 64];
    stream.read_exact(&mut theirs).expect("their greeting");
    assert_eq!((theirs[0], theirs[9], theirs[10], &theirs[12..17]), (0xff, 0x7f, 3, &b"NULL\0"[..]));
    let (flags, theirs) = receive(stream);
    assert_eq!((flags, theirs.get(..6)), (COMMAND, Some(&b"\x05READY"[..])));
    theirs
}

/// The next frame, a short one: its flags and its body.
#[track_caller]
pub fn receive(stream: &mut impl Read) -> (u8, Vec<u8>) {
    let mut head = [0; 2];
    stream.read_exact(&mut head).expect("a frame comes");
    assert_eq!(head[0] & LONG, 0, "a short frame");
    let mut body = vec![0; head[1].into()];
    stream.read_exact(&mut body).expect("the frame is whole");
    (head[0], body)
}
