//! What the linked library says of itself, against what the build promised.

mod support;

use std::ffi::CStr;

use support::deadline::Deadline;
use support::{Context, has};
use zmq_sys::{ZMQ_MSG_T_SIZE, ZMQ_VERSION, zmq_msg_t, zmq_version};

fn version() -> (i32, i32, i32) {
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: three valid places for an int each, which is all that zmq_version asks for.
    unsafe { zmq_version(&raw mut major, &raw mut minor, &raw mut patch) };
    (major, minor, patch)
}

#[test]
fn the_version_is_the_one_reported() {
    let (major, minor, patch) = version();
    assert_eq!(format!("{major}.{minor}.{patch}"), env!("RSZMQ_SYS_VERSION"));
}

#[test]
#[cfg(zmq_vendored)]
fn the_bundled_version_is_the_one_of_the_bindings() {
    let (major, minor, patch) = version();
    assert_eq!(zmq_sys::ZMQ_MAKE_VERSION(major, minor, patch), ZMQ_VERSION);
    assert_eq!(ZMQ_VERSION, 40305);
}

#[test]
#[cfg(not(zmq_vendored))]
fn the_system_version_is_not_too_old() {
    assert!(version() >= (4, 2, 0));
    assert_eq!(ZMQ_VERSION, 40305, "the bindings stay those of 4.3.5");
}

#[test]
fn every_feature_is_there() {
    let features: [(&CStr, bool); 5] = [
        (c"curve", cfg!(feature = "curve")),
        (c"draft", cfg!(feature = "draft")),
        (c"pgm", cfg!(feature = "pgm")),
        (c"norm", cfg!(feature = "norm")),
        (c"gssapi", cfg!(feature = "gssapi")),
    ];
    for (name, wanted) in features {
        if wanted {
            assert!(has(name), "{name:?}");
        } else if cfg!(zmq_vendored) {
            assert!(!has(name), "{name:?} is compiled in, and no feature asked for it");
        }
    }
}

#[test]
#[cfg(zmq_vendored)]
fn the_bundled_transports_are_there() {
    assert!(has(c"WS"));
    if cfg!(unix) {
        assert!(has(c"ipc"));
    }
    // Whether a machine without glibc has <linux/tipc.h> is its owner's choice.
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        assert!(has(c"tipc"));
    }
}

#[test]
#[cfg(feature = "curve")]
fn curve_makes_keys() {
    use zmq_sys::{zmq_curve_keypair, zmq_curve_public};

    let (mut public, mut secret, mut derived) = ([0; 41], [0; 41], [0; 41]);
    // SAFETY: room for 40 characters and a NUL in each.
    let made = unsafe { zmq_curve_keypair(public.as_mut_ptr(), secret.as_mut_ptr()) };
    assert_eq!(made, 0);
    // SAFETY: the same room, and the NUL-terminated key of 40 characters that was just made.
    let derived_it = unsafe { zmq_curve_public(derived.as_mut_ptr(), secret.as_ptr()) };
    assert_eq!(derived_it, 0);
    assert_eq!(public, derived);
    assert_ne!(public, secret);
}

#[test]
fn a_message_is_as_large_as_the_library_has_it() {
    let _deadline = Deadline::seconds(20);
    let context = Context::new();
    let size = context.get(ZMQ_MSG_T_SIZE).expect("MSG_T_SIZE");
    assert_eq!(usize::try_from(size), Ok(size_of::<zmq_msg_t>()));
}
