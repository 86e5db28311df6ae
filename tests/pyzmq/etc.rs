//! test_etc.py.

#[test]
fn has() {
    assert!(!zmq::has("something weird"));
}

#[test]
#[cfg(all(feature = "vendored", feature = "curve"))]
fn has_curve() {
    assert!(zmq::has("curve"), "the libzmq that is built in has it");
}

#[test]
#[cfg(all(feature = "vendored", unix))]
fn has_ipc() {
    assert!(zmq::has("ipc"), "the libzmq that is built in has it");
}
