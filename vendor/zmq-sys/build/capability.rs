//! Asks an installed libzmq what it is, by linking a small program with it as Cargo will.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output};

use pkg_config::Library;

/// What the library said.
#[derive(Debug)]
pub(crate) struct Answers {
    /// Its version: `4.3.4`.
    pub(crate) version: String,
    present: BTreeMap<String, bool>,
}

impl Answers {
    /// Whether `zmq_has` confirmed the capability.
    #[must_use]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.present.get(name).copied().unwrap_or(false)
    }
}

/// Whether programs for the target run on this machine.
#[must_use]
pub(crate) fn can_run() -> bool {
    env::var_os("HOST") == env::var_os("TARGET")
}

/// Compiles, links and runs `build/capability/main.rs`.
///
/// With `rustc`, so that linking an installed library needs no C compiler.
///
/// # Errors
///
/// Returns what is wrong, in words, where the library does not link or the program does not run.
pub(crate) fn ask(library: &Library, out: &Path) -> Result<Answers, String> {
    let program = out.join(format!("capability{}", env::consts::EXE_SUFFIX));
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition=2021", "--crate-type=bin", "--crate-name=capability", "build/capability/main.rs", "-o"]);
    rustc.arg(&program);
    if let Some(linker) = env::var_os("RUSTC_LINKER") {
        let mut option = OsString::from("-Clinker=");
        option.push(linker);
        rustc.arg(option);
    }
    for path in &library.link_paths {
        rustc.arg("-L").arg(path);
    }
    rustc.args(library.libs.iter().map(|name| format!("-l{name}")));
    rustc.args(library.link_files.iter().map(|file| format!("-Clink-arg={}", file.display())));
    run(&mut rustc, "links")?;

    let mut child = Command::new(&program);
    let variable = if cfg!(target_os = "macos") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
    let inherited = env::var_os(variable).unwrap_or_default();
    let paths = library.link_paths.iter().cloned().chain(env::split_paths(&inherited));
    child.env(variable, env::join_paths(paths).unwrap_or(inherited.clone()));
    let output = run(&mut child, "runs")?;

    let mut answers = Answers { version: library.version.clone(), present: BTreeMap::new() };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        match line.split_once('=') {
            Some(("version", version)) => version.clone_into(&mut answers.version),
            Some((name, value)) => {
                answers.present.insert(name.to_owned(), value == "1");
            }
            None => {}
        }
    }
    Ok(answers)
}

fn run(command: &mut Command, verb: &str) -> Result<Output, String> {
    let output =
        command.output().map_err(|error| format!("cannot run {}: {error}", command.get_program().to_string_lossy()))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(format!(
        "pkg-config finds libzmq, but no program {verb} with it: {}",
        String::from_utf8_lossy(&output.stderr).lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" | ")
    ))
}
