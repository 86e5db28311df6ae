//! Passes on what `rszmq-sys` reports of the libzmq that is linked.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(zmq_vendored)");
    println!("cargo::rustc-check-cfg=cfg(zmq_system)");

    let reported = |name: &str| env::var(format!("DEP_ZMQ_{name}")).unwrap_or_default();
    let source = if reported("SOURCE") == "vendored" { "zmq_vendored" } else { "zmq_system" };
    println!("cargo::rustc-cfg={source}");
    println!("cargo::rustc-env=ZMQ_BUILD_VERSION={}", reported("VERSION"));
    // For tests, which read the header: in the library it would be a path of this machine.
    println!("cargo::rustc-env=ZMQ_INCLUDE_DIR={}", reported("INCLUDE"));
}
