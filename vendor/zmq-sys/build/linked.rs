//! What was found or built, told to this crate and to those that depend on it.

use std::path::PathBuf;

/// The libzmq that will be linked.
#[derive(Debug)]
pub(crate) struct Linked {
    /// Its version: `4.3.5`.
    pub(crate) version: String,
    /// Whether it was built here.
    pub(crate) bundled: bool,
    /// Whether it is linked statically.
    pub(crate) is_static: bool,
    /// What it can and cannot do.
    pub(crate) capabilities: Vec<(&'static str, bool)>,
    /// Where `zmq.h` is.
    pub(crate) include: Option<PathBuf>,
    /// Where the library is.
    pub(crate) lib: Option<PathBuf>,
}

impl Linked {
    /// Prints what dependents see as `DEP_ZMQ_*`, and what this crate's own code and tests need.
    pub(crate) fn report(&self) {
        let source = if self.bundled { "vendored" } else { "system" };
        println!("cargo::metadata=VERSION={}", self.version);
        println!("cargo::metadata=SOURCE={source}");
        println!("cargo::metadata=STATIC={}", u8::from(self.is_static));
        for (name, present) in &self.capabilities {
            println!("cargo::metadata={}={}", name.to_uppercase(), u8::from(*present));
        }
        println!("cargo::rustc-env=RSZMQ_SYS_VERSION={}", self.version);
        if self.bundled {
            println!("cargo::rustc-cfg=zmq_vendored");
        }
        if self.is_static {
            println!("cargo::rustc-cfg=zmq_static");
        }
        // The variables are read by tests alone: `env!` in the library would put this machine's paths into it.
        if let Some(include) = &self.include {
            println!("cargo::metadata=INCLUDE={}", include.display());
            println!("cargo::rustc-env=RSZMQ_SYS_INCLUDE={}", include.display());
        }
        if let Some(lib) = &self.lib {
            println!("cargo::metadata=LIB={}", lib.display());
            println!("cargo::rustc-env=RSZMQ_SYS_LIB={}", lib.display());
        }
    }
}
