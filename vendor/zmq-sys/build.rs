//! Finds or builds libzmq, and tells dependents what it got.

#[cfg(feature = "vendored")]
#[path = "build/bundled.rs"]
mod bundled;
#[path = "build/capability.rs"]
mod capability;
#[cfg(feature = "vendored")]
#[path = "build/extension.rs"]
mod extension;
#[cfg(feature = "bindgen")]
#[path = "build/generate.rs"]
mod generate;
#[path = "build/linked.rs"]
mod linked;
#[cfg(feature = "vendored")]
#[path = "build/mended.rs"]
mod mended;
#[cfg(feature = "vendored")]
#[path = "build/platform.rs"]
mod platform;
#[cfg(feature = "vendored")]
#[path = "build/probe.rs"]
mod probe;
#[path = "build/system.rs"]
mod system;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use linked::Linked;

/// For packagers: link the installed libzmq whatever the features say.
const USE_PKG_CONFIG: &str = "ZMQ_SYS_USE_PKG_CONFIG";

fn main() -> ExitCode {
    #[cfg(feature = "vendored")]
    if let Some(code) = mended::stand_in() {
        return code;
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-env-changed={USE_PKG_CONFIG}");
    println!("cargo::rustc-check-cfg=cfg(zmq_vendored)");
    println!("cargo::rustc-check-cfg=cfg(zmq_static)");

    // docs.rs and `cargo check` alike: OUT_DIR is always set for a build script.
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    match link(&out) {
        Ok(linked) => linked.report(),
        // Cargo fails the build for it. An exit status would have it print all that this script printed as well.
        Err(message) => println!("cargo::error={message}"),
    }
    ExitCode::SUCCESS
}

fn link(out: &Path) -> Result<Linked, String> {
    let linked = obtain(out)?;
    #[cfg(feature = "bindgen")]
    {
        let include = linked
            .include
            .as_deref()
            .ok_or("feature `bindgen` needs zmq.h, and pkg-config does not say where it is.")?;
        generate::generate(include, out)?;
    }
    Ok(linked)
}

#[cfg(feature = "vendored")]
fn obtain(out: &Path) -> Result<Linked, String> {
    let overridden = env::var(USE_PKG_CONFIG).is_ok_and(|value| !value.is_empty() && value != "0");
    if overridden { system::find(out) } else { bundled::build(out) }
}

#[cfg(not(feature = "vendored"))]
fn obtain(out: &Path) -> Result<Linked, String> {
    system::find(out)
}
