//! libzmq's own perf programs, made from its sources and linked with the library that we are linked with.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::case::Library;

/// The programs, in a directory of their own.
pub(crate) struct Reference(PathBuf);

impl Reference {
    pub(crate) fn build() -> Self {
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("perf");
        std::fs::create_dir_all(&directory).expect("a directory for the programs");
        let include = Path::new(env!("ZMQ_INCLUDE_DIR"));
        // zeromq-src leaves the headers in `out/source/include`, and the library in `out/lib`.
        let out = include.ancestors().nth(2).filter(|out| out.join("lib/libzmq.a").is_file());
        let out = out.expect("the perf programs are for the bundled build: libzmq.a is beside its headers");
        let sources = sources();
        // It is included, and says nothing that these programs ask for.
        std::fs::write(directory.join("platform.hpp"), "").expect("a header");

        let reference = Self(directory);
        for name in ["local_thr", "remote_thr", "local_lat", "remote_lat", "inproc_thr", "inproc_lat", "proxy_thr"] {
            reference.compile("c++", &sources.join(format!("{name}.cpp")), name, &[], out);
        }
        let curve = ["-include", concat!(env!("CARGO_MANIFEST_DIR"), "/benches/perf/curve.h")];
        for name in ["local_lat", "remote_lat"] {
            reference.compile("c++", &sources.join(format!("{name}.cpp")), &format!("{name}_curve"), &curve, out);
        }
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/perf/loops.c");
        reference.compile("cc", &own, "loops", &[], out);
        reference
    }

    /// Its programs as a library's.
    pub(crate) fn library(&self, name: &str) -> Library {
        let directory = self.0.clone();
        Library {
            name: name.to_owned(),
            command: Box::new(move |program, arguments, curve| {
                // Those for the latency have no argument for CURVE.
                let other = curve && program.ends_with("_lat");
                let mut command =
                    Command::new(directory.join(if other { format!("{program}_curve") } else { program.to_owned() }));
                command.args(arguments).args((curve && !other).then_some("1"));
                command
            }),
            pinned: true,
            can: Box::new(|_| true),
        }
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn compile(&self, compiler: &str, source: &Path, name: &str, options: &[&str], out: &Path) {
        let mut command = Command::new(compiler);
        command.args(["-O3", "-w"]).args(options).arg("-o").arg(self.program(name)).arg(source);
        command.arg("-I").arg(&self.0).arg("-I").arg(out.join("source/include"));
        command.arg(out.join("lib/libzmq.a")).args(sodium(out)).args(["-lstdc++", "-lm", "-lpthread"]);
        let output = command.output().expect("there is a compiler");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// libsodium's archive, which its crate leaves in a build directory beside ours.
fn sodium(out: &Path) -> Option<PathBuf> {
    let builds = std::fs::read_dir(out.ancestors().nth(2)?).ok()?;
    let archives = builds.filter_map(|build| {
        let path = build.ok()?.path();
        path.file_name()?.to_str()?.starts_with("libsodium-sys-stable-").then_some(path)
    });
    archives.map(|path| path.join("out/installed/lib/libsodium.a")).find(|path| path.is_file())
}

/// Where the sources of the perf programs are: in the crate that libzmq was built from.
fn sources() -> PathBuf {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version=1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("there is a cargo");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    let package = packages.iter().find(|package| package["name"] == "zeromq-src").expect("zeromq-src is used");
    let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
    manifest.parent().expect("a directory").join("vendor/perf")
}
