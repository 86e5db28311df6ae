//! Owns contexts and sockets for the tests, over the raw functions.
#![allow(dead_code, reason = "each test file uses a part")]

pub(crate) mod deadline;

use std::ffi::{CStr, CString, c_int, c_void};
use std::ptr::NonNull;

use zmq_sys::{
    ZMQ_BLOCKY, ZMQ_LAST_ENDPOINT, ZMQ_LINGER, ZMQ_RCVTIMEO, ZMQ_SNDTIMEO, zmq_bind, zmq_close, zmq_connect,
    zmq_ctx_get, zmq_ctx_new, zmq_ctx_set, zmq_ctx_term, zmq_errno, zmq_getsockopt, zmq_has, zmq_msg_close,
    zmq_msg_data, zmq_msg_get, zmq_msg_gets, zmq_msg_init, zmq_msg_init_size, zmq_msg_recv, zmq_msg_size, zmq_msg_t,
    zmq_send, zmq_setsockopt, zmq_socket, zmq_unbind,
};

/// An error number.
pub(crate) type Errno = c_int;

/// Turns a -1 into the error number.
fn check(result: c_int) -> Result<c_int, Errno> {
    if result == -1 { Err(errno()) } else { Ok(result) }
}

fn errno() -> Errno {
    // SAFETY: takes nothing, and only reads what the C library keeps for this thread.
    unsafe { zmq_errno() }
}

fn c_string(text: &str) -> CString {
    CString::new(text).expect("the tests' texts have no NUL")
}

/// Asks the linked library what it can do.
pub(crate) fn has(capability: &CStr) -> bool {
    // SAFETY: a NUL-terminated string that the function only compares.
    unsafe { zmq_has(capability.as_ptr()) == 1 }
}

/// A context, terminated when dropped: after its sockets, which borrow it.
#[derive(Debug)]
pub(crate) struct Context(NonNull<c_void>);

// SAFETY: libzmq's contexts are for several threads at once: `zmq_ctx_set`, `zmq_ctx_get` and `zmq_socket`, which is all that a shared one is
// used for here, each hold one of its locks. Only its owner ends it.
unsafe impl Sync for Context {}

impl Context {
    pub(crate) fn new() -> Self {
        // SAFETY: takes nothing; the result is checked for NULL.
        let context = NonNull::new(unsafe { zmq_ctx_new() }).expect("a context");
        let context = Self(context);
        // New sockets start with LINGER 0, so that no test waits for messages it did not want.
        context.set(ZMQ_BLOCKY, 0).expect("BLOCKY");
        context
    }

    pub(crate) fn set(&self, option: c_int, value: c_int) -> Result<c_int, Errno> {
        // SAFETY: the context is live, since only `drop` terminates it.
        check(unsafe { zmq_ctx_set(self.0.as_ptr(), option, value) })
    }

    pub(crate) fn get(&self, option: c_int) -> Result<c_int, Errno> {
        // SAFETY: the context is live, since only `drop` terminates it.
        check(unsafe { zmq_ctx_get(self.0.as_ptr(), option) })
    }

    /// Opens a socket whose calls give up after five seconds.
    pub(crate) fn socket(&self, kind: c_int) -> Socket<'_> {
        // SAFETY: the context is live, since only `drop` terminates it; the result is checked for NULL.
        let socket = NonNull::new(unsafe { zmq_socket(self.0.as_ptr(), kind) }).expect("a socket");
        let socket = Socket { socket, _context: self };
        socket.set(ZMQ_LINGER, 0).expect("LINGER");
        socket.set(ZMQ_RCVTIMEO, 5000).expect("RCVTIMEO");
        socket.set(ZMQ_SNDTIMEO, 5000).expect("SNDTIMEO");
        socket
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the context is live, and nothing uses it afterwards: its sockets borrowed it and are closed.
        unsafe { zmq_ctx_term(self.0.as_ptr()) };
    }
}

/// A socket, closed when dropped.
#[derive(Debug)]
pub(crate) struct Socket<'c> {
    socket: NonNull<c_void>,
    _context: &'c Context,
}

impl Socket<'_> {
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.socket.as_ptr()
    }

    pub(crate) fn set(&self, option: c_int, value: c_int) -> Result<c_int, Errno> {
        self.set_bytes(option, &value.to_ne_bytes())
    }

    pub(crate) fn set_bytes(&self, option: c_int, value: &[u8]) -> Result<c_int, Errno> {
        // SAFETY: the socket is live until `drop`, and the pointer and the length are those of one slice.
        check(unsafe { zmq_setsockopt(self.as_ptr(), option, value.as_ptr().cast(), value.len()) })
    }

    /// The endpoint that the last bind or connect came to.
    pub(crate) fn last_endpoint(&self) -> String {
        let mut buffer = [0_u8; 1024];
        let mut size = buffer.len();
        // SAFETY: the socket is live until `drop`; the pointer and the length are those of `buffer`.
        let result =
            unsafe { zmq_getsockopt(self.as_ptr(), ZMQ_LAST_ENDPOINT, buffer.as_mut_ptr().cast(), &raw mut size) };
        check(result).expect("LAST_ENDPOINT");
        let text = CStr::from_bytes_with_nul(&buffer[..size]).expect("a C string");
        text.to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn bind(&self, endpoint: &str) -> Result<String, Errno> {
        let endpoint = c_string(endpoint);
        // SAFETY: the socket is live until `drop`; a NUL-terminated string that the function copies.
        check(unsafe { zmq_bind(self.as_ptr(), endpoint.as_ptr()) })?;
        Ok(self.last_endpoint())
    }

    pub(crate) fn unbind(&self, endpoint: &str) -> Result<c_int, Errno> {
        let endpoint = c_string(endpoint);
        // SAFETY: the socket is live until `drop`; a NUL-terminated string that the function copies.
        check(unsafe { zmq_unbind(self.as_ptr(), endpoint.as_ptr()) })
    }

    pub(crate) fn connect(&self, endpoint: &str) -> Result<c_int, Errno> {
        let endpoint = c_string(endpoint);
        // SAFETY: the socket is live until `drop`; a NUL-terminated string that the function copies.
        check(unsafe { zmq_connect(self.as_ptr(), endpoint.as_ptr()) })
    }

    pub(crate) fn send(&self, bytes: &[u8]) -> Result<c_int, Errno> {
        // SAFETY: the socket is live until `drop`; the pointer and the length are those of one slice, which is copied.
        check(unsafe { zmq_send(self.as_ptr(), bytes.as_ptr().cast(), bytes.len(), 0) })
    }

    pub(crate) fn recv(&self) -> Result<Message, Errno> {
        let mut message = Message::new();
        // SAFETY: an initialised message, and a socket that is live until `drop`.
        check(unsafe { zmq_msg_recv(&raw mut message.0, self.as_ptr(), 0) })?;
        Ok(message)
    }

    /// Closes the socket in a process that only inherited it.
    pub(crate) fn close(&self) -> Result<c_int, Errno> {
        // SAFETY: the socket is live: the caller exits without dropping it.
        check(unsafe { zmq_close(self.as_ptr()) })
    }
}

impl Drop for Socket<'_> {
    fn drop(&mut self) {
        // SAFETY: the socket is live, and nothing uses it afterwards.
        unsafe { zmq_close(self.as_ptr()) };
    }
}

/// A message, received or made.
#[derive(Debug)]
pub(crate) struct Message(zmq_msg_t);

impl Message {
    fn new() -> Self {
        let mut message = Self(zmq_msg_t::uninit());
        // SAFETY: room for one message. It holds nothing yet and may move until something is received into it.
        unsafe { zmq_msg_init(&raw mut message.0) };
        message
    }

    /// A message of so many zeros.
    pub(crate) fn with_size(size: usize) -> Self {
        let mut message = Self(zmq_msg_t::uninit());
        // SAFETY: room for one message. It may move until it is sent.
        check(unsafe { zmq_msg_init_size(&raw mut message.0, size) }).expect("memory");
        // SAFETY: an initialised message.
        let data = unsafe { zmq_msg_data(&raw mut message.0) };
        // SAFETY: there is room for `size` bytes, and nobody else has the message.
        unsafe { data.write_bytes(0, size) };
        message
    }

    pub(crate) fn bytes(&mut self) -> &[u8] {
        // SAFETY: an initialised message.
        let size = unsafe { zmq_msg_size(&raw const self.0) };
        // SAFETY: an initialised message.
        let data = unsafe { zmq_msg_data(&raw mut self.0) };
        // SAFETY: libzmq keeps `size` bytes at `data` until the message is closed or received into; the borrow of
        // `self` sees to both.
        unsafe { std::slice::from_raw_parts(data.cast(), size) }
    }

    pub(crate) fn property(&self, property: c_int) -> Result<c_int, Errno> {
        // SAFETY: an initialised message.
        check(unsafe { zmq_msg_get(&raw const self.0, property) })
    }

    pub(crate) fn text(&self, property: &CStr) -> Option<String> {
        // SAFETY: an initialised message, and a NUL-terminated string that the function only compares.
        let text = NonNull::new(unsafe { zmq_msg_gets(&raw const self.0, property.as_ptr()) }.cast_mut())?;
        // SAFETY: a NUL-terminated string that lives as long as the message.
        let text = unsafe { CStr::from_ptr(text.as_ptr()) };
        Some(text.to_str().expect("UTF-8").to_owned())
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        // SAFETY: an initialised message, closed once.
        unsafe { zmq_msg_close(&raw mut self.0) };
    }
}
