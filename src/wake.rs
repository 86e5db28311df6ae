//! Waking a thread that polls, from another.

use std::io;

/// Something to poll, and what makes it ready.
///
/// Not a pair of sockets of libzmq's: whoever holds one end would keep the context from ending.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Wake(std::os::unix::net::UnixDatagram, std::os::unix::net::UnixDatagram);

/// A UDP socket that is connected to itself.
#[cfg(windows)]
#[derive(Debug)]
pub(crate) struct Wake(std::net::UdpSocket);

#[cfg(unix)]
impl Wake {
    pub(crate) fn new() -> io::Result<Self> {
        let (asleep, awake) = std::os::unix::net::UnixDatagram::pair()?;
        asleep.set_nonblocking(true)?;
        awake.set_nonblocking(true)?;
        Ok(Self(asleep, awake))
    }

    /// What is readable once `wake` was called.
    pub(crate) fn descriptor(&self) -> std::os::fd::BorrowedFd<'_> {
        std::os::fd::AsFd::as_fd(&self.0)
    }

    pub(crate) fn wake(&self) {
        // If there is no room, there is a call that was not seen yet.
        let _ = self.1.send(&[1]);
    }

    /// Until the next `wake`.
    pub(crate) fn clear(&self) {
        while self.0.recv(&mut [0]).is_ok() {}
    }
}

#[cfg(windows)]
impl Wake {
    pub(crate) fn new() -> io::Result<Self> {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
        socket.connect(socket.local_addr()?)?;
        socket.set_nonblocking(true)?;
        Ok(Self(socket))
    }

    /// What is readable once `wake` was called.
    pub(crate) fn descriptor(&self) -> std::os::windows::io::BorrowedSocket<'_> {
        std::os::windows::io::AsSocket::as_socket(&self.0)
    }

    pub(crate) fn wake(&self) {
        // If there is no room, there is a call that was not seen yet.
        let _ = self.0.send(&[1]);
    }

    /// Until the next `wake`.
    pub(crate) fn clear(&self) {
        while self.0.recv(&mut [0]).is_ok() {}
    }
}
