//! Has libzmq compiled from mended sources. Each of `mends/*.patch` says what it mends.
//!
//! The crate `zeromq-src` has the sources compiled where they are, among Cargo's, which nobody may change. So it is given this very program
//! for a compiler, which calls the real one with a mended copy of what it was asked to compile.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use diffy::patch_set::{FileOperation, ParseOptions, PatchSet};

/// In this order: some change the same lines.
const PATCHES: [(&str, &str); 16] = [
    ("accept", include_str!("mends/accept.patch")),
    ("network", include_str!("mends/network.patch")),
    ("session", include_str!("mends/session.patch")),
    ("engine", include_str!("mends/engine.patch")),
    ("forgotten", include_str!("mends/forgotten.patch")),
    ("conflate", include_str!("mends/conflate.patch")),
    ("stream", include_str!("mends/stream.patch")),
    ("closing", include_str!("mends/closing.patch")),
    ("websocket", include_str!("mends/websocket.patch")),
    ("socks", include_str!("mends/socks.patch")),
    ("calls", include_str!("mends/calls.patch")),
    ("kerberos", include_str!("mends/kerberos.patch")),
    ("batches", include_str!("mends/batches.patch")),
    ("rest", include_str!("mends/rest.patch")),
    ("aligned", include_str!("mends/aligned.patch")),
    ("huge", include_str!("mends/huge.patch")),
];

/// What this program finds in its environment where it stands in for a compiler: the command of the real one, a word a line.
const REAL: &str = "RSZMQ_REAL_COMPILER";
/// And where the mended sources are, or are to be.
const SOURCES: &str = "RSZMQ_MENDED_SOURCES";

/// The compiler to be told to `cc`, and what it has to find in its environment.
pub(crate) struct StandIn {
    pub(crate) program: PathBuf,
    pub(crate) environment: [(&'static str, String); 2],
}

fn mended(out: &Path) -> PathBuf {
    out.join("mended")
}

/// Whether what was compiled was mended.
///
/// # Errors
///
/// Returns what is wrong, in words: nothing that was compiled looked like libzmq's sources.
pub(crate) fn confirm(out: &Path) -> Result<(), String> {
    if mended(out).is_dir() {
        Ok(())
    } else {
        Err("libzmq's sources are not where they were expected, so they are not mended".to_owned())
    }
}

/// Makes this program look like the C++ compiler for the target.
///
/// # Errors
///
/// Returns what is wrong, in words.
pub(crate) fn prepare(out: &Path) -> Result<StandIn, String> {
    let compiler =
        cc::Build::new().cpp(true).cargo_metadata(false).no_default_flags(true).warnings(false).get_compiler();
    // Where in a cache line a function begins is worth some per cent for small messages, and is else chance, another one in each program.
    let aligned = (compiler.is_like_gnu() || compiler.is_like_clang()).then_some(OsStr::new("-falign-functions=64"));
    // Its wrapper, if it has one, and what the user has put behind its name in CXX.
    let command = compiler.to_command();
    let words: Option<Vec<&str>> =
        std::iter::once(command.get_program()).chain(command.get_args()).chain(aligned).map(OsStr::to_str).collect();
    let words = words.ok_or("the C++ compiler has a name, or flags, that are not UTF-8")?;

    let sources = mended(out);
    if sources.exists() {
        fs::remove_dir_all(&sources).map_err(|error| format!("cannot remove {}: {error}", sources.display()))?;
    }
    // By its name `cc` knows what some compilers are for.
    let name = compiler.path().file_name().ok_or("the C++ compiler has no name")?;
    let directory = out.join("compiler");
    let program = directory.join(name);
    let this = env::current_exe().map_err(|error| format!("where this program is, is not known: {error}"))?;
    let made = fs::create_dir_all(&directory).and_then(|()| {
        let _earlier = fs::remove_file(&program);
        fs::hard_link(&this, &program).or_else(|_| fs::copy(&this, &program).map(drop))
    });
    made.map_err(|error| format!("cannot make {}: {error}", program.display()))?;
    let sources = sources.to_str().ok_or("the target directory is not UTF-8")?.to_owned();
    Ok(StandIn { program, environment: [(REAL, words.join("\n")), (SOURCES, sources)] })
}

/// Calls the real compiler, where this program stands in for it; `None` where it does not.
pub(crate) fn stand_in() -> Option<ExitCode> {
    let (real, sources) = (env::var(REAL).ok()?, env::var_os(SOURCES)?);
    let code = compile(&real, Path::new(&sources)).unwrap_or_else(|error| {
        eprintln!("{error}");
        1
    });
    Some(ExitCode::from(code))
}

fn compile(real: &str, mended: &Path) -> Result<u8, String> {
    let mut words = real.split('\n');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    for argument in env::args_os().skip(1) {
        match source(Path::new(&argument)) {
            Some((directory, name)) => {
                mend(directory, mended)?;
                command.arg(mended.join(name))
            }
            None => command.arg(argument),
        };
    }
    let status = command.status().map_err(|error| format!("{:?} does not run: {error}", command.get_program()))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// If this is one of libzmq's, the directory it is in and its name.
fn source(argument: &Path) -> Option<(&Path, &OsStr)> {
    let directory = argument.parent().filter(|directory| directory.ends_with("vendor/src"))?;
    let is_source = argument.extension().is_some_and(|extension| extension == "cpp") && argument.is_file();
    Some((directory, argument.file_name().filter(|_| is_source)?))
}

/// Makes a mended copy of the sources, unless another of the compilers that run at once has made it.
fn mend(sources: &Path, mended: &Path) -> Result<(), String> {
    if mended.is_dir() {
        return Ok(());
    }
    let own = mended.with_extension(std::process::id().to_string());
    copy(sources, &own).map_err(|error| format!("cannot copy {} to {}: {error}", sources.display(), own.display()))?;
    for (name, patches) in PATCHES {
        patch(&own, patches).map_err(|why| format!("the mend {name} does not fit libzmq's sources: {why}"))?;
    }
    // All at once, so that nobody sees a part of it.
    let moved = fs::rename(&own, mended);
    if moved.is_err() && mended.is_dir() {
        let _other = fs::remove_dir_all(&own);
        return Ok(());
    }
    moved.map_err(|error| format!("cannot make {}: {error}", mended.display()))
}

fn copy(sources: &Path, copy: &Path) -> std::io::Result<()> {
    fs::create_dir_all(copy)?;
    for file in fs::read_dir(sources)? {
        let file = file?;
        // Not with its permissions: it is to be written to.
        fs::write(copy.join(file.file_name()), fs::read(file.path())?)?;
    }
    Ok(())
}

fn patch(sources: &Path, patches: &str) -> Result<(), String> {
    for file in PatchSet::parse(patches, ParseOptions::unidiff()) {
        let file = file.map_err(|error| error.to_string())?;
        let FileOperation::Modify { modified, .. } = file.operation().strip_prefix(2) else {
            return Err("it does more than to change files".to_owned());
        };
        let path = sources.join(&*modified);
        let change = file.patch().as_text().ok_or("it is not text")?;
        let changed = fs::read_to_string(&path)
            .map_err(|error| error.to_string())
            .and_then(|text| diffy::apply(&text, change).map_err(|error| error.to_string()))
            .and_then(|text| fs::write(&path, text).map_err(|error| error.to_string()));
        changed.map_err(|error| format!("{modified}: {error}"))?;
    }
    Ok(())
}
