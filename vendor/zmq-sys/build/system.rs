//! Finds an installed libzmq with pkg-config, and holds it against the features that are on.

use std::path::{Path, PathBuf};

use pkg_config::{Config, Error, Library};

use crate::capability;
use crate::linked::Linked;

/// The oldest libzmq that serves: the first with every function that `zmq.h` did not add later as a draft.
const OLDEST: &str = "4.2";

/// The features that a system library may lack.
const FEATURES: [(&str, bool); 5] = [
    ("curve", cfg!(feature = "curve")),
    ("draft", cfg!(feature = "draft")),
    ("pgm", cfg!(feature = "pgm")),
    ("norm", cfg!(feature = "norm")),
    ("gssapi", cfg!(feature = "gssapi")),
];

/// Finds libzmq and prints its link lines.
///
/// # Errors
///
/// Returns what to install or to turn on where there is none, it is too old, or it lacks what a feature promises.
pub(crate) fn find(out: &Path) -> Result<Linked, String> {
    let library = Config::new().cargo_metadata(false).atleast_version(OLDEST).probe("libzmq").map_err(missing)?;
    let answers = if capability::can_run() { Some(capability::ask(&library, out)?) } else { None };
    let version = answers.as_ref().map_or_else(|| library.version.clone(), |answers| answers.version.clone());

    let mut capabilities = Vec::new();
    for (name, wanted) in FEATURES {
        let present = match &answers {
            Some(answers) => answers.has(name),
            // Its binaries do not run here: drafts leave a trace in the flags, the rest is taken on trust.
            None if name == "draft" => library.defines.contains_key("ZMQ_BUILD_DRAFT_API"),
            None => wanted,
        };
        if wanted && !present {
            return Err(format!(
                "feature `{name}` is on, but the libzmq {version} that pkg-config found was built without it. Turn the \
                 feature off, or turn the feature `vendored` on (and ZMQ_SYS_USE_PKG_CONFIG off) to build libzmq with it."
            ));
        }
        capabilities.push((name, present));
    }
    for name in ["ws", "tipc"] {
        capabilities.push((name, answers.as_ref().is_some_and(|answers| answers.has(name))));
    }

    // Found before; this time it prints the link lines.
    Config::new().atleast_version(OLDEST).probe("libzmq").map_err(missing)?;
    Ok(Linked {
        version,
        bundled: false,
        is_static: is_static(),
        capabilities,
        include: header_directory(&library),
        lib: library_directory(&library),
    })
}

/// Whether the user asked pkg-config for static libraries, by the variables that the crate `pkg-config` reads.
fn is_static() -> bool {
    let set = |name: &str| {
        println!("cargo::rerun-if-env-changed={name}");
        std::env::var_os(name).is_some()
    };
    set("LIBZMQ_STATIC") || (set("PKG_CONFIG_ALL_STATIC") && !set("LIBZMQ_DYNAMIC"))
}

fn header_directory(library: &Library) -> Option<PathBuf> {
    let variable = pkg_config::get_variable("libzmq", "includedir").ok().map(PathBuf::from);
    library.include_paths.iter().cloned().chain(variable).find(|path| path.join("zmq.h").is_file())
}

fn library_directory(library: &Library) -> Option<PathBuf> {
    let variable = pkg_config::get_variable("libzmq", "libdir").ok().map(PathBuf::from);
    library.link_paths.iter().cloned().chain(variable).next()
}

fn missing(error: Error) -> String {
    let why = match error {
        Error::Command { .. } => "pkg-config, which finds it, does not run".to_owned(),
        Error::CrossCompilation => {
            "pkg-config is not set up for cross-compiling: point PKG_CONFIG_SYSROOT_DIR or PKG_CONFIG_PATH at the \
             target's files and set PKG_CONFIG_ALLOW_CROSS=1"
                .to_owned()
        }
        Error::EnvNoPkgConfig(name) => format!("{name} forbids looking for it"),
        _ => match Config::new().cargo_metadata(false).probe("libzmq") {
            Ok(found) => format!("pkg-config finds only {}", found.version),
            Err(_) => "pkg-config does not find it".to_owned(),
        },
    };
    format!(
        "libzmq {OLDEST} or newer is needed: {why}. Install it with pkg-config (apt: libzmq3-dev, dnf: zeromq-devel, apk: \
         zeromq-dev, brew: zeromq), or turn the feature `vendored` on to build libzmq 4.3.5 from source."
    )
}
