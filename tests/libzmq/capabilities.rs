//! What `has` says is so.

use zmq::{Context, ErrorKind};

use crate::support::{Transport, deadline};

/// The bundled libzmq has what the features say, and on Linux what every build there has.
#[test]
fn capabilities() {
    let _deadline = deadline(30);
    assert!(zmq::has("ipc"));
    assert!(!zmq::has("no such thing") && !zmq::has(""));
    if cfg!(zmq_vendored) {
        for (capability, expected) in [
            ("pgm", cfg!(feature = "pgm")),
            ("norm", cfg!(feature = "norm")),
            ("curve", cfg!(feature = "curve")),
            ("gssapi", cfg!(feature = "gssapi")),
            ("draft", cfg!(feature = "draft")),
            ("tipc", cfg!(target_os = "linux")),
            ("vmci", false),
        ] {
            assert_eq!(zmq::has(capability), expected, "{capability}");
        }
    }
}

/// A transport that it has not is refused as such, one that it has for another reason, if at all: no DEALER does multicast.
#[test]
fn what_has_says_is_so() {
    let _deadline = deadline(30);
    let context = Context::new().unwrap();
    let socket = context.socket(zmq::DEALER).unwrap();
    for (capability, endpoint) in [
        ("ipc", &*Transport::Ipc.endpoint()),
        ("pgm", "pgm://x"),
        ("norm", "norm://x"),
        ("tipc", "tipc://<"),
        ("vmci", "vmci://-"),
    ] {
        let refused = socket.bind(endpoint).is_err_and(|error| error.kind() == ErrorKind::ProtocolNotSupported);
        assert_eq!(zmq::has(capability), !refused, "{capability}");
    }
    let unsupported = |kind| kind == ErrorKind::Unsupported;
    assert_eq!(zmq::has("curve"), !zmq::curve_keypair().is_err_and(|error| unsupported(error.kind())));
    let gssapi = socket.set_gssapi_server(false);
    assert_eq!(zmq::has("gssapi"), !gssapi.is_err_and(|error| unsupported(error.kind())));
}
