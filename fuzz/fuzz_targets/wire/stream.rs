//! The hostile peer's end of a connection.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use zmq::{Dynamic, Socket};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// In the abstract namespace, where nothing is left over, and no port is used up.
    Ipc,
    Tcp,
    Ws,
}

#[derive(Debug)]
enum Listener {
    /// It is the socket's.
    Theirs,
    Unix(UnixListener),
    Tcp(TcpListener),
}

/// Where the two meet.
#[derive(Debug)]
pub struct Place {
    pub endpoint: String,
    listener: Listener,
}

fn name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("rszmq-fuzz-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

impl Place {
    pub fn bind(socket: &Socket<Dynamic>, at: Where) -> Self {
        let endpoint = match at {
            Where::Ipc => format!("ipc://@{}", name()),
            Where::Tcp => "tcp://127.0.0.1:*".to_owned(),
            Where::Ws => "ws://127.0.0.1:*/".to_owned(),
        };
        socket.bind(&endpoint).expect("the endpoint is free");
        Self { endpoint: socket.last_endpoint().expect("it is bound"), listener: Listener::Theirs }
    }

    pub fn listen(at: Where) -> Self {
        if at == Where::Ipc {
            let name = name();
            let address = SocketAddr::from_abstract_name(&name).expect("a short name");
            let listener = UnixListener::bind_addr(&address).expect("the name is free");
            listener.set_nonblocking(true).expect("a flag");
            return Self { endpoint: format!("ipc://@{name}"), listener: Listener::Unix(listener) };
        }
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a flag");
        let address = listener.local_addr().expect("it is bound");
        let transport = if at == Where::Tcp { "tcp" } else { "ws" };
        Self { endpoint: format!("{transport}://{address}"), listener: Listener::Tcp(listener) }
    }

    /// A connection, if there is one.
    pub fn open(&mut self) -> Option<Stream> {
        let started = Instant::now();
        loop {
            let stream = match &self.listener {
                Listener::Theirs => self.connect(),
                Listener::Unix(listener) => listener.accept().ok().map(|(stream, _)| Stream::Unix(stream)),
                Listener::Tcp(listener) => listener.accept().ok().map(|(stream, _)| Stream::Tcp(stream)),
            };
            if let Some(stream) = stream {
                stream.prepare();
                return Some(stream);
            }
            if matches!(self.listener, Listener::Theirs) || started.elapsed() > Duration::from_millis(30) {
                return None;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    fn connect(&self) -> Option<Stream> {
        if let Some(name) = self.endpoint.strip_prefix("ipc://@") {
            let address = SocketAddr::from_abstract_name(name).expect("it was one before");
            return UnixStream::connect_addr(&address).ok().map(Stream::Unix);
        }
        let address = self.endpoint.split_once("://").map_or("", |(_, address)| address.trim_end_matches('/'));
        TcpStream::connect(address).ok().map(Stream::Tcp)
    }
}

#[derive(Debug)]
pub enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Stream {
    fn prepare(&self) {
        let (short, long) = (Some(Duration::from_millis(4)), Some(Duration::from_millis(20)));
        match self {
            Self::Unix(stream) => {
                let _ = stream.set_nonblocking(false);
                let _ = stream.set_read_timeout(short);
                let _ = stream.set_write_timeout(long);
            }
            Self::Tcp(stream) => {
                let _ = stream.set_nonblocking(false);
                let _ = stream.set_nodelay(true);
                let _ = stream.set_read_timeout(short);
                let _ = stream.set_write_timeout(long);
                // Closed with an RST in any case: no port waits then.
                let linger = libc::linger { l_onoff: 1, l_linger: 0 };
                // SAFETY: the descriptor is open, the value of that type and size.
                unsafe {
                    libc::setsockopt(
                        stream.as_raw_fd(),
                        libc::SOL_SOCKET,
                        libc::SO_LINGER,
                        (&raw const linger).cast(),
                        size_of::<libc::linger>() as libc::socklen_t,
                    );
                }
            }
        }
    }

    pub fn say(&mut self, bytes: &[u8]) {
        let _ = match self {
            Self::Unix(stream) => stream.write_all(bytes),
            Self::Tcp(stream) => stream.write_all(bytes),
        };
    }

    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.read(buffer),
            Self::Tcp(stream) => stream.read(buffer),
        }
    }

    /// What is said until there is a pause.
    pub fn hear(&mut self) -> Vec<u8> {
        let mut heard = Vec::new();
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = self.read(&mut buffer) {
            heard.extend(&buffer[..count]);
            if count < 60 || heard.len() > 1 << 20 {
                break;
            }
        }
        heard
    }

    /// Everything until the other side closes, or says nothing for a while.
    pub fn hear_out(&mut self) {
        let mut buffer = [0; 8192];
        let started = Instant::now();
        while started.elapsed() < Duration::from_millis(20) {
            match self.read(&mut buffer) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => return,
            }
        }
    }

    /// Says that nothing more comes.
    pub fn finish(&mut self) {
        let _ = match self {
            Self::Unix(stream) => stream.shutdown(Shutdown::Write),
            Self::Tcp(stream) => stream.shutdown(Shutdown::Write),
        };
    }

    /// Closes it at once; with an RST, where that is known, or with what was said to it unread, which is the same.
    pub fn reset(self) {}
}
