//! The key functions of libzmq, and its Z85 codec (which only tests use, to hold ours against it).

use std::ffi::c_char;

use zmq_sys as sys;

use super::check;
use super::fork::without_fork;
use crate::error::Errno;

/// 40 characters of Z85 and a NUL, as libzmq writes them.
pub(crate) type KeyText = [u8; 41];

pub(crate) fn curve_keypair() -> Result<(KeyText, KeyText), Errno> {
    let mut public: KeyText = [0; 41];
    let mut secret: KeyText = [0; 41];
    let (public_at, secret_at) = (public.as_mut_ptr().cast::<c_char>(), secret.as_mut_ptr().cast::<c_char>());
    // SAFETY: writes 41 bytes to each pointer, which is what the arrays hold (zmq_curve_keypair(3)).
    without_fork(|| check(unsafe { sys::zmq_curve_keypair(public_at, secret_at) }))?;
    Ok((public, secret))
}

pub(crate) fn curve_public(secret: &KeyText) -> Result<KeyText, Errno> {
    debug_assert_eq!(secret[40], 0);
    let mut public: KeyText = [0; 41];
    let public_at = public.as_mut_ptr().cast::<c_char>();
    // SAFETY: `secret` is 40 characters and a NUL, so no more than 32 bytes are decoded into the function's buffer of 32
    // (zmq_utils.cpp; a longer text would overflow it); `public` takes the 41 bytes that are written.
    without_fork(|| check(unsafe { sys::zmq_curve_public(public_at, secret.as_ptr().cast()) }))?;
    Ok(public)
}

#[cfg(test)]
pub(crate) fn z85_encode(data: &[u8]) -> Option<String> {
    let mut text = vec![0u8; data.len() / 4 * 5 + 1];
    let at = text.as_mut_ptr().cast::<c_char>();
    // SAFETY: writes five characters for each four bytes and a NUL, which is what `text` holds; other lengths are refused.
    let answer = unsafe { sys::zmq_z85_encode(at, data.as_ptr(), data.len()) };
    if answer.is_null() {
        return None;
    }
    text.pop();
    String::from_utf8(text).ok()
}

#[cfg(test)]
pub(crate) fn z85_decode(text: &std::ffi::CStr) -> Option<Vec<u8>> {
    let mut data = vec![0u8; text.count_bytes() / 5 * 4 + 4];
    // SAFETY: writes four bytes for each five characters, and `data` holds one group more.
    let answer = unsafe { sys::zmq_z85_decode(data.as_mut_ptr(), text.as_ptr()) };
    data.truncate(text.count_bytes() / 5 * 4);
    (!answer.is_null()).then_some(data)
}
