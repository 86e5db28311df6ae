//! A client that speaks ZMTP by WebSocket (RFC 45) with CURVE (RFC 26), and nothing of which is libzmq: it sees what is under way,
//! and says what a libzmq without the mend says.

use std::ffi::{c_int, c_uchar, c_ulonglong};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

// Of libsodium, which the bundled libzmq is linked with.
unsafe extern "C" {
    fn crypto_box_curve25519xsalsa20poly1305(
        sealed: *mut c_uchar,
        plain: *const c_uchar,
        size: c_ulonglong,
        nonce: *const c_uchar,
        public: *const c_uchar,
        secret: *const c_uchar,
    ) -> c_int;

    fn crypto_box_curve25519xsalsa20poly1305_open(
        plain: *mut c_uchar,
        sealed: *const c_uchar,
        size: c_ulonglong,
        nonce: *const c_uchar,
        public: *const c_uchar,
        secret: *const c_uchar,
    ) -> c_int;
}

pub(crate) type Key = [u8; 32];

/// The C functions want so many zeros in front of what is sealed, …
const BEFORE_PLAIN: usize = 32;
/// … and this many in front of what is opened.
const BEFORE_SEALED: usize = 16;

fn seal(plain: &[u8], nonce: &[u8; 24], public: &Key, secret: &Key) -> Vec<u8> {
    let padded = [&[0; BEFORE_PLAIN], plain].concat();
    let mut sealed = vec![0; padded.len()];
    // SAFETY: both buffers are that long, the nonce and the keys as long as they have to be.
    let answer = unsafe {
        crypto_box_curve25519xsalsa20poly1305(
            sealed.as_mut_ptr(),
            padded.as_ptr(),
            padded.len() as c_ulonglong,
            nonce.as_ptr(),
            public.as_ptr(),
            secret.as_ptr(),
        )
    };
    assert_eq!(answer, 0, "the keys are keys");
    sealed.split_off(BEFORE_SEALED)
}

fn open(sealed: &[u8], nonce: &[u8; 24], public: &Key, secret: &Key) -> Vec<u8> {
    let padded = [&[0; BEFORE_SEALED], sealed].concat();
    assert!(padded.len() >= BEFORE_PLAIN, "a box is no shorter");
    let mut plain = vec![0; padded.len()];
    // SAFETY: as above.
    let answer = unsafe {
        crypto_box_curve25519xsalsa20poly1305_open(
            plain.as_mut_ptr(),
            padded.as_ptr(),
            padded.len() as c_ulonglong,
            nonce.as_ptr(),
            public.as_ptr(),
            secret.as_ptr(),
        )
    };
    assert_eq!(answer, 0, "it was sealed for us");
    plain.split_off(BEFORE_PLAIN)
}

fn pair() -> (Key, Key) {
    let (public, secret) = zmq::curve_keypair().unwrap();
    (*public.as_bytes(), *secret.as_bytes())
}

fn command(name: &str, body: &[u8]) -> Vec<u8> {
    [&[u8::try_from(name.len()).unwrap()], name.as_bytes(), body].concat()
}

/// What a frame by WebSocket begins with (ws_protocol.hpp), and what is in the box of a MESSAGE.
pub(crate) const MESSAGE: u8 = 0;
pub(crate) const COMMAND: u8 = 2;

/// The connection, after its handshake.
pub(crate) struct Peer {
    stream: TcpStream,
    short_secret: Key,
    their_short: Key,
    count: u64,
}

impl Peer {
    /// Connects to a server of CURVE, as a socket of that type.
    pub(crate) fn connect(endpoint: &str, server: &Key, socket_type: &str) -> Self {
        let address = endpoint.strip_prefix("ws://").unwrap().trim_end_matches('/');
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let request = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\
                       Sec-WebSocket-Protocol: ZWS2.0/CURVE\r\nSec-WebSocket-Version: 13\r\n\r\n";
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            answer.extend(byte);
        }

        let ((public, secret), (short_public, short_secret)) = (pair(), pair());
        let mut peer = Self { stream, short_secret, their_short: *server, count: 0 };
        let (sealed, count) = peer.seal(b"CurveZMQHELLO---", &[0; 64]);
        let body = [&[1, 0][..], &[0; 72], &short_public, &count, &sealed].concat();
        peer.say(COMMAND, &command("HELLO", &body));

        let (_, welcome) = peer.hear();
        let welcome = welcome.strip_prefix(b"\x07WELCOME").expect("a WELCOME");
        let nonce = [b"WELCOME-", &welcome[..16]].concat().try_into().unwrap();
        let plain = open(&welcome[16..], &nonce, server, &peer.short_secret);
        let (their_short, cookie) = plain.split_at(32);
        peer.their_short.copy_from_slice(their_short);

        let vouch_nonce = [&b"VOUCH---"[..], &[9; 16]].concat();
        let vouched = [short_public, *server].concat();
        let vouch = seal(&vouched, &vouch_nonce[..].try_into().unwrap(), &peer.their_short, &secret);
        let mut property = command("Socket-Type", &u32::try_from(socket_type.len()).unwrap().to_be_bytes());
        property.extend(socket_type.as_bytes());
        let plain = [&public[..], &vouch_nonce[8..], &vouch, &property].concat();
        let (sealed, count) = peer.seal(b"CurveZMQINITIATE", &plain);
        peer.say(COMMAND, &command("INITIATE", &[cookie, &count, &sealed].concat()));
        let (_, ready) = peer.hear();
        assert!(ready.starts_with(b"\x05READY"), "{ready:?}");
        peer
    }

    /// A box, and the half of its nonce that is said.
    fn seal(&mut self, prefix: &[u8; 16], plain: &[u8]) -> (Vec<u8>, [u8; 8]) {
        self.count += 1;
        let count = self.count.to_be_bytes();
        let nonce = [&prefix[..], &count].concat().try_into().unwrap();
        (seal(plain, &nonce, &self.their_short, &self.short_secret), count)
    }

    /// A frame to the server has a mask, here of zeros.
    fn say(&mut self, flags: u8, body: &[u8]) {
        let mut frame = vec![0x82, 0x80 | 126];
        frame.extend(u16::try_from(body.len() + 1).unwrap().to_be_bytes());
        frame.extend([0, 0, 0, 0, flags]);
        frame.extend(body);
        self.stream.write_all(&frame).unwrap();
    }

    /// The next frame: its flags, and what it says.
    fn hear(&mut self) -> (u8, Vec<u8>) {
        let mut begin = [0; 2];
        self.stream.read_exact(&mut begin).unwrap();
        assert_eq!(begin[0], 0x82, "a whole binary frame");
        let mut size = usize::from(begin[1]);
        if size == 126 {
            let mut long = [0; 2];
            self.stream.read_exact(&mut long).unwrap();
            size = usize::from(u16::from_be_bytes(long));
        }
        assert!((1..65_536).contains(&size), "{begin:?}");
        let mut frame = vec![0; size];
        self.stream.read_exact(&mut frame).unwrap();
        let body = frame.split_off(1);
        (frame[0], body)
    }

    /// A MESSAGE: the flags and the body are in its box.
    pub(crate) fn send(&mut self, flags: u8, body: &[u8]) {
        let (sealed, count) = self.seal(b"CurveZMQMESSAGEC", &[&[flags], body].concat());
        self.say(MESSAGE, &command("MESSAGE", &[&count[..], &sealed].concat()));
    }

    /// What is in the box of the next MESSAGE: the flags and the body.
    pub(crate) fn recv(&mut self) -> (u8, Vec<u8>) {
        let (flags, message) = self.hear();
        assert_eq!(flags, MESSAGE, "what it is is said in the box");
        let (count, sealed) = message.strip_prefix(b"\x07MESSAGE").expect("a MESSAGE").split_at(8);
        let nonce = [&b"CurveZMQMESSAGES"[..], count].concat().try_into().unwrap();
        let mut plain = open(sealed, &nonce, &self.their_short, &self.short_secret);
        let body = plain.split_off(1);
        (plain[0], body)
    }
}
