//! test_version.py.

use zmq::Version;

#[test]
fn zmq_version_info() {
    let Version { major, minor, patch, .. } = zmq::version();
    assert!((major, minor, patch) >= (4, 2, 0));
}

#[test]
fn zmq_version() {
    let version = zmq::version();
    assert_eq!(version.to_string(), format!("{}.{}.{}", version.major, version.minor, version.patch));
}
