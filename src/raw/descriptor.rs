//! What a descriptor is, and whether there are any left.

#[cfg(unix)]
use std::ffi::c_int;
#[cfg(unix)]
use std::os::fd::{AsFd, AsRawFd as _};

use crate::error::Errno;

/// Whether the descriptor is a stream socket that listens.
#[cfg(unix)]
pub(crate) fn is_listening(descriptor: &impl AsFd) -> bool {
    socket_option(descriptor, libc::SO_ACCEPTCONN) == Some(1)
        && socket_option(descriptor, libc::SO_TYPE) == Some(libc::SOCK_STREAM)
}

#[cfg(unix)]
fn socket_option(descriptor: &impl AsFd, option: c_int) -> Option<c_int> {
    let mut value: c_int = 0;
    let mut size = size_of::<c_int>() as libc::socklen_t;
    let descriptor = descriptor.as_fd().as_raw_fd();
    // SAFETY: the descriptor is open while it is borrowed; at most `size` bytes are written to `value`, which has that many.
    let answer = unsafe { libc::getsockopt(descriptor, libc::SOL_SOCKET, option, (&raw mut value).cast(), &mut size) };
    (answer == 0).then_some(value)
}

/// Whether the process can open `needed` descriptors now; if not, the error and how many it can.
#[cfg(unix)]
pub(crate) fn try_descriptors(needed: usize) -> Result<(), (Errno, usize)> {
    let mut taken = Vec::new();
    while taken.len() < needed {
        match std::fs::File::open("/dev/null") {
            Ok(file) => taken.push(file),
            Err(error) => match error.raw_os_error() {
                Some(errno) if errno == libc::EMFILE || errno == libc::ENFILE => {
                    return Err((Errno(errno), taken.len()));
                }
                // Without a /dev/null there is nothing to learn.
                _ => return Ok(()),
            },
        }
    }
    Ok(())
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "it is the same on every system")]
pub(crate) fn try_descriptors(_needed: usize) -> Result<(), (Errno, usize)> {
    Ok(())
}

/// Whether this machine has a network interface of that name, or with that address.
#[cfg(unix)]
pub(crate) fn has_interface(name: &str) -> bool {
    if let Ok(address) = name.parse::<std::net::IpAddr>() {
        return std::net::UdpSocket::bind((address, 0)).is_ok();
    }
    let Ok(name) = std::ffi::CString::new(name) else { return false };
    // SAFETY: the name ends with a NUL.
    unsafe { libc::if_nametoindex(name.as_ptr()) != 0 }
}

#[cfg(not(unix))]
pub(crate) fn has_interface(_name: &str) -> bool {
    true
}

/// Whether the process may open a socket for the protocol PGM.
#[cfg(unix)]
pub(crate) fn try_pgm() -> Result<(), Errno> {
    use std::os::fd::{FromRawFd as _, OwnedFd};
    /// IPPROTO_PGM, which libc does not have.
    const PGM: c_int = 113;
    // SAFETY: no preconditions.
    let descriptor = unsafe { libc::socket(libc::AF_INET, libc::SOCK_RAW, PGM) };
    if descriptor < 0 {
        return Err(Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EPERM)));
    }
    // SAFETY: it was just opened, and is nobody else's.
    drop(unsafe { OwnedFd::from_raw_fd(descriptor) });
    Ok(())
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "it is the same on every system")]
pub(crate) fn try_pgm() -> Result<(), Errno> {
    Ok(())
}
