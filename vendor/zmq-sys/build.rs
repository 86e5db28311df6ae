//! Finds or builds libzmq.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(zmq_vendored)");
    println!("cargo::rustc-cfg=zmq_vendored");
    zeromq_src::Build::new().build();
}
