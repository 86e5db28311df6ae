//! The checked-in bindings are what bindgen makes of the bundled header.
//!
//! With `REGENERATE=1` in the environment it writes them instead.
#![cfg(all(feature = "bindgen", zmq_vendored))]

use std::path::Path;
use std::{env, fs};

const COMMAND: &str = "REGENERATE=1 cargo test -p rszmq-sys --features bindgen --test bindings";

#[test]
fn the_checked_in_bindings_are_fresh() {
    let checked_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for name in ["bindings.rs", "draft.rs"] {
        let fresh = fs::read_to_string(Path::new(env!("OUT_DIR")).join(name)).expect("build.rs made it");
        let path = checked_in.join(name);
        if env::var_os("REGENERATE").is_some() {
            fs::write(&path, fresh).expect("src is writable");
        } else {
            let old = fs::read_to_string(&path).expect("it is checked in");
            assert!(old == fresh, "src/{name} is not what bindgen makes of zmq.h. To refresh it: {COMMAND}");
        }
    }
}
