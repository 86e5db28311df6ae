//! The version, and texts of errors.

use crate::support::deadline;

/// The library that runs is the one that was found or built when this was built.
#[test]
fn version() {
    let _deadline = deadline(30);
    assert_eq!(zmq::version().to_string(), env!("ZMQ_BUILD_VERSION"));
}

#[test]
fn strerror() {
    let _deadline = deadline(30);
    assert_eq!(zmq::strerror(libc::EINVAL), "Invalid argument");
    // Those of libzmq's own, too.
    assert_eq!(zmq::strerror(zmq_sys::ETERM), "Context was terminated");
}
