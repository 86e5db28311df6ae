//! CURVE (RFC 26) as a client or a server that has the right keys and says what it likes.

use super::sodium::{Key, open, seal};
use super::zmtp::command;

/// The keys of one side, and what it has heard from the other.
#[derive(Debug)]
pub struct Curve {
    public: Key,
    secret: Key,
    /// For this connection only.
    short_public: Key,
    short_secret: Key,
    /// The other side's: the one that it is known by, and its short one.
    their_public: Key,
    their_short: Key,
    cookie: Vec<u8>,
    count: u64,
}

fn pair() -> (Key, Key) {
    let (public, secret) = zmq::curve_keypair().expect("with CURVE");
    (*public.as_bytes(), *secret.as_bytes())
}

impl Curve {
    pub fn new((public, secret): (Key, Key), their_public: Key) -> Self {
        let (short_public, short_secret) = pair();
        let cookie = vec![7; 96];
        Self { public, secret, short_public, short_secret, their_public, their_short: [0; 32], cookie, count: 0 }
    }

    fn nonce(&mut self, prefix: &[u8]) -> ([u8; 24], [u8; 8]) {
        self.count += 1;
        let count = self.count.to_be_bytes();
        let mut nonce = [0; 24];
        nonce[..16].copy_from_slice(prefix);
        nonce[16..].copy_from_slice(&count);
        (nonce, count)
    }

    fn long_nonce(prefix: &[u8]) -> ([u8; 24], [u8; 16]) {
        let mut nonce = [9; 24];
        nonce[..8].copy_from_slice(prefix);
        (nonce, [9; 16])
    }

    pub fn hello(&mut self) -> Vec<u8> {
        let (nonce, count) = self.nonce(b"CurveZMQHELLO---");
        let proof = seal(&[0; 64], nonce, &self.their_public, &self.short_secret);
        command(b"HELLO", &[&[1, 0][..], &[0; 72], &self.short_public, &count, &proof].concat())
    }

    /// From a client's HELLO or a server's WELCOME, with the name in front.
    pub fn hear(&mut self, body: &[u8]) {
        if let Some(hello) = body.strip_prefix(b"\x05HELLO") {
            if let Some(short) = hello.get(74..106) {
                self.their_short.copy_from_slice(short);
            }
        }
        if let Some(welcome) = body.strip_prefix(b"\x07WELCOME") {
            let Some((nonce, sealed)) = welcome.split_at_checked(16) else { return };
            let nonce = [b"WELCOME-", nonce].concat().try_into().expect("8 and 16 bytes");
            if let Some(plain) = open(sealed, nonce, &self.their_public, &self.short_secret) {
                if plain.len() == 128 {
                    self.their_short.copy_from_slice(&plain[..32]);
                    self.cookie = plain[32..].to_vec();
                }
            }
        }
    }

    pub fn welcome(&mut self) -> Vec<u8> {
        let (nonce, said) = Self::long_nonce(b"WELCOME-");
        let plain = [&self.short_public[..], &self.cookie].concat();
        command(b"WELCOME", &[&said[..], &seal(&plain, nonce, &self.their_short, &self.secret)].concat())
    }

    pub fn initiate(&mut self, metadata: &[u8]) -> Vec<u8> {
        let (vouch_nonce, said) = Self::long_nonce(b"VOUCH---");
        let vouched = [self.short_public, self.their_public].concat();
        let vouch = seal(&vouched, vouch_nonce, &self.their_short, &self.secret);
        let (nonce, count) = self.nonce(b"CurveZMQINITIATE");
        let plain = [&self.public[..], &said, &vouch, metadata].concat();
        let sealed = seal(&plain, nonce, &self.their_short, &self.short_secret);
        command(b"INITIATE", &[&self.cookie[..], &count, &sealed].concat())
    }

    pub fn ready(&mut self, metadata: &[u8]) -> Vec<u8> {
        let (nonce, count) = self.nonce(b"CurveZMQREADY---");
        command(b"READY", &[&count[..], &seal(metadata, nonce, &self.their_short, &self.short_secret)].concat())
    }

    /// What is said after the handshake.
    pub fn message(&mut self, is_client: bool, flags: u8, body: &[u8]) -> Vec<u8> {
        let (nonce, count) = self.nonce(if is_client { b"CurveZMQMESSAGEC" } else { b"CurveZMQMESSAGES" });
        let plain = [&[flags], body].concat();
        command(b"MESSAGE", &[&count[..], &seal(&plain, nonce, &self.their_short, &self.short_secret)].concat())
    }
}
