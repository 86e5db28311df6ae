//! What of libsodium, which libzmq is linked with, a peer needs that speaks CURVE as it likes.

use std::ffi::{c_int, c_uchar, c_ulonglong};

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

pub type Key = [u8; 32];

/// The C functions want so many zeros in front of what is sealed, …
const BEFORE_PLAIN: usize = 32;
/// … and this many in front of what is opened.
const BEFORE_SEALED: usize = 16;

pub fn seal(plain: &[u8], nonce: [u8; 24], public: &Key, secret: &Key) -> Vec<u8> {
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
    // It refuses keys that no pair has.
    if answer == 0 { sealed.split_off(BEFORE_SEALED) } else { vec![0; plain.len() + 16] }
}

pub fn open(sealed: &[u8], nonce: [u8; 24], public: &Key, secret: &Key) -> Option<Vec<u8>> {
    let padded = [&[0; BEFORE_SEALED], sealed].concat();
    if padded.len() < BEFORE_PLAIN {
        return None;
    }
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
    (answer == 0).then(|| plain.split_off(BEFORE_PLAIN))
}
