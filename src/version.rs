//! What the linked libzmq is and has.

use std::ffi::CString;
use std::fmt;

use crate::raw;

/// A version of libzmq.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// 4 of 4.3.5.
    pub major: u32,
    /// 3 of 4.3.5.
    pub minor: u32,
    /// 5 of 4.3.5.
    pub patch: u32,
}

impl Version {
    /// A version to compare with.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The version of the libzmq that is linked, at run time: pyzmq's `zmq_version_info()`; its `to_string()` is `zmq_version()`.
///
/// ```
/// assert!(zmq::version() >= zmq::Version::new(4, 2, 0));
/// println!("libzmq {}", zmq::version());
/// ```
///
/// C: `zmq_version`.
#[doc(alias = "zmq_version")]
pub fn version() -> Version {
    let (major, minor, patch) = raw::version();
    // libzmq's own version is never negative.
    Version::new(major.unsigned_abs(), minor.unsigned_abs(), patch.unsigned_abs())
}

/// Whether the linked libzmq was built with a capability: `ipc`, `curve`, `gssapi`, `pgm`, `tipc`, `norm`, `vmci`, `ws`, `wss`,
/// `draft`.
///
/// What every libzmq has (`tcp`, `inproc`, the NULL and PLAIN mechanisms) and what it does not know both answer `false`.
///
/// ```
/// if !zmq::has("curve") {
///     eprintln!("this libzmq cannot encrypt");
/// }
/// ```
///
/// C: `zmq_has`.
#[doc(alias = "zmq_has")]
pub fn has(capability: &str) -> bool {
    // These two are spelled in capitals in libzmq (zmq.cpp), unlike all others, and unlike the endpoints.
    let capability = match capability {
        "ws" => "WS",
        "wss" => "WSS",
        other => other,
    };
    CString::new(capability).is_ok_and(|capability| raw::has(&capability))
}

/// The text for an error number: pyzmq's `zmq.strerror`.
///
/// ```
/// let error = zmq::Context::new().unwrap().socket(zmq::REQ).unwrap().try_recv().unwrap_err();
/// assert_eq!(zmq::strerror(error.errno()), "Operation cannot be accomplished in current state");
/// ```
///
/// C: `zmq_strerror`.
#[doc(alias = "zmq_strerror")]
pub fn strerror(errno: i32) -> String {
    raw::strerror(errno)
}
