//! Prints the version of the libzmq it is linked with, and what that can do. Compiled by `build/capability.rs`.

use std::ffi::{CStr, c_char, c_int};

unsafe extern "C" {
    fn zmq_version(major: *mut c_int, minor: *mut c_int, patch: *mut c_int);
    fn zmq_has(capability: *const c_char) -> c_int;
}

const CAPABILITIES: [(&str, &CStr); 7] = [
    ("curve", c"curve"),
    ("draft", c"draft"),
    ("pgm", c"pgm"),
    ("norm", c"norm"),
    ("gssapi", c"gssapi"),
    ("ws", c"WS"),
    ("tipc", c"tipc"),
];

fn main() {
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: three valid places for an int each, which is all that zmq_version asks for.
    unsafe { zmq_version(&mut major, &mut minor, &mut patch) };
    println!("version={major}.{minor}.{patch}");
    for (name, capability) in CAPABILITIES {
        // SAFETY: a NUL-terminated string that zmq_has only compares.
        let present = unsafe { zmq_has(capability.as_ptr()) };
        println!("{name}={present}");
    }
}
