//! Compiles libzmq from the sources that the crate `zeromq-src` carries, mended, with the whole configuration of the target.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::extension::{EXTENSIONS, Extension};
use crate::linked::Linked;
use crate::mended;
use crate::platform::{Configuration, Define, Target, configure, needs_platform_header};
use crate::probe::probe;

/// Builds libzmq and prints its link lines.
///
/// # Errors
///
/// Returns what is wrong, in words.
///
/// # Panics
///
/// Panics, in `zeromq-src`, where the compiler fails.
pub(crate) fn build(out: &Path) -> Result<Linked, String> {
    let (os, abi, arch) = (cargo("CARGO_CFG_TARGET_OS"), cargo("CARGO_CFG_TARGET_ENV"), cargo("CARGO_CFG_TARGET_ARCH"));
    let target = Target { os: &os, env: &abi, arch: &arch };
    let extensions: Vec<&Extension> = EXTENSIONS.iter().filter(|extension| extension.is_enabled()).collect();

    let mut flags = Flags::default();
    flags.configure(&configuration(target, out)?);
    if needs_platform_header(target) {
        flags.include(&empty_platform_header(out)?);
    }
    if cfg!(feature = "curve") {
        flags.define_all(&[("ZMQ_HAVE_CURVE", "1"), ("ZMQ_USE_LIBSODIUM", "1"), ("SODIUM_STATIC", "1")]);
        flags.0.extend(sodium_include().map(|path| format!("-I{}", path.display())));
    }
    for extension in &extensions {
        flags.define_all(extension.defines);
        flags.add_cflags(&extension.find()?);
    }
    // Its warnings are not ours.
    flags.0.push("-w".to_owned());
    if target.os != "windows" {
        // Before the flags are exported, which are the stand-in's and not the compiler's own.
        let stand_in = mended::prepare(out)?;
        set(&format!("CXX_{}", cargo("TARGET")), stand_in.program.as_os_str());
        for (name, value) in &stand_in.environment {
            set(name, value.as_ref());
        }
    }
    flags.export();

    zeromq_src::Build::new().enable_draft(cfg!(feature = "draft")).build();
    if target.os != "windows" {
        mended::confirm(out)?;
    }
    let source = out.join("source");
    if target.os == "windows" {
        if target.env == "gnu" {
            // zeromq-src selects wepoll on every Windows and compiles it for MSVC only.
            cc::Build::new().warnings(false).file(source.join("external/wepoll/wepoll.c")).compile("wepoll");
        }
        for library in ["ws2_32", "advapi32"] {
            println!("cargo::rustc-link-lib={library}");
        }
    }
    for extension in &extensions {
        extension.link();
    }

    let include = source.join("include");
    let enabled = |feature| extensions.iter().any(|extension| extension.feature == feature);
    Ok(Linked {
        version: header_version(&include)?,
        bundled: true,
        is_static: true,
        capabilities: vec![
            ("curve", cfg!(feature = "curve")),
            ("draft", cfg!(feature = "draft")),
            ("pgm", enabled("pgm")),
            ("norm", enabled("norm")),
            ("gssapi", enabled("gssapi")),
            ("ws", true),
            ("tipc", flags.defines("ZMQ_HAVE_TIPC")),
        ],
        include: Some(include),
        lib: Some(out.join("lib")),
    })
}

fn cargo(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// The defines for the target, those that need a compiler's answer included.
fn configuration(target: Target<'_>, out: &Path) -> Result<Configuration, String> {
    let mut failure = None;
    let found = configure(target, &mut |question| {
        probe(question, out).unwrap_or_else(|error| {
            failure = Some(error);
            false
        })
    });
    if let Some(error) = failure {
        return Err(error);
    }
    found.map_err(|os| {
        format!(
            "libzmq cannot be built for the operating system `{os}` here: turn the feature `vendored` off (or set \
             ZMQ_SYS_USE_PKG_CONFIG=1) to link one that is installed."
        )
    })
}

/// A directory with the header that libzmq includes; the defines are on the command line.
fn empty_platform_header(out: &Path) -> Result<PathBuf, String> {
    let directory = out.join("platform");
    let header = directory.join("platform.hpp");
    std::fs::create_dir_all(&directory)
        .and_then(|()| std::fs::write(&header, ""))
        .map_err(|error| format!("cannot write {}: {error}", header.display()))?;
    Ok(directory)
}

/// Reads the version that the `zmq.h` in `include` states.
fn header_version(include: &Path) -> Result<String, String> {
    let path = include.join("zmq.h");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let number = |part: &str| {
        let mut defines = text.lines().filter_map(|line| line.strip_prefix("#define ZMQ_VERSION_"));
        defines
            .find_map(|define| define.strip_prefix(part))
            .map(str::trim)
            .ok_or_else(|| format!("{} does not define ZMQ_VERSION_{part}", path.display()))
    };
    Ok(format!("{}.{}.{}", number("MAJOR")?, number("MINOR")?, number("PATCH")?))
}

/// Where libsodium's headers are, or nothing where only the compiler can know.
fn sodium_include() -> Option<PathBuf> {
    let reported = PathBuf::from(env::var_os("DEP_SODIUM_INCLUDE")?);
    // The prebuilt archives for Windows have a directory more than libsodium-sys-stable says.
    let install = reported.parent().map(Path::to_path_buf).unwrap_or_default();
    let prebuilt = ["libsodium", "libsodium-win64", "libsodium-win32"].map(|name| install.join(name).join("include"));
    let found = prebuilt.into_iter().find(|path| path.join("sodium.h").is_file());
    if reported.join("sodium.h").is_file() { Some(reported) } else { found.or(Some(reported)) }
}

/// Flags for the C++ compiler.
#[derive(Debug, Default)]
struct Flags(Vec<String>);

impl Flags {
    fn configure(&mut self, configuration: &Configuration) {
        self.define_all(&configuration.defines);
        self.0.extend(configuration.undefined.iter().map(|name| format!("-U{name}")));
        self.0.extend(configuration.headers.iter().flat_map(|header| ["-include".to_owned(), (*header).to_owned()]));
    }

    fn define_all(&mut self, defines: &[Define]) {
        self.0.extend(defines.iter().map(|(name, value)| format!("-D{name}={value}")));
    }

    fn include(&mut self, path: &Path) {
        self.0.push(format!("-I{}", path.display()));
    }

    fn add_cflags(&mut self, library: &pkg_config::Library) {
        for path in &library.include_paths {
            self.include(path);
        }
        let mut defines: Vec<_> = library.defines.iter().collect();
        defines.sort();
        for (name, value) in defines {
            self.0.push(match value {
                Some(value) => format!("-D{name}={value}"),
                None => format!("-D{name}"),
            });
        }
    }

    fn defines(&self, name: &str) -> bool {
        self.0.iter().any(|flag| flag.strip_prefix("-D").and_then(|flag| flag.strip_suffix("=1")) == Some(name))
    }

    /// Hands the flags to `cc` inside `zeromq-src`, which has no other way in, and has it build a debug profile's libzmq
    /// as a release profile's: optimised, and without debug information, which is nine tenths of its size.
    ///
    /// What the user set for this target comes after, so it wins: `CXXFLAGS=-g` brings the debug information back.
    fn export(&self) {
        let triple = cargo("TARGET");
        let underscored = triple.replace(['-', '.'], "_");
        let name = format!("CXXFLAGS_{triple}");
        let users: Vec<String> = ["CXXFLAGS", "TARGET_CXXFLAGS", &format!("CXXFLAGS_{underscored}"), &name]
            .into_iter()
            .filter_map(|name| env::var(name).ok())
            .collect();
        let escaped = env::var_os("CC_SHELL_ESCAPED_FLAGS").is_some();
        let spaced = self.0.iter().any(|flag| flag.contains(char::is_whitespace));
        let all = if escaped || spaced {
            let quoted = self.0.iter().map(|flag| quote(flag));
            let words = users.iter().flat_map(|flags| {
                if escaped { vec![flags.clone()] } else { flags.split_ascii_whitespace().map(quote).collect() }
            });
            quoted.chain(words).collect::<Vec<_>>().join(" ")
        } else {
            self.0.iter().chain(&users).map(String::as_str).collect::<Vec<_>>().join(" ")
        };
        set(&name, all.as_ref());
        set("OPT_LEVEL", "3".as_ref());
        set("DEBUG", "false".as_ref());
        if spaced {
            set("CC_SHELL_ESCAPED_FLAGS", "1".as_ref());
        }
    }
}

fn quote(flag: &str) -> String {
    format!("'{}'", flag.replace('\'', r"'\''"))
}

fn set(name: &str, value: &OsStr) {
    // SAFETY: no other thread reads or writes the environment meanwhile. A build script is a process of its own that
    // Cargo starts, this one starts no thread, and those of `cc`, which it calls before (to probe) and after, end
    // before `cc` returns.
    unsafe { env::set_var(name, value) };
}
