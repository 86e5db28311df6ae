//! Answers what the target's name does not tell by compiling a few lines for it.

use std::path::Path;
use std::process::Stdio;

use crate::platform::Probe;

/// Tries whether the C++ compiler for the target accepts the program that stands for `probe`.
///
/// # Errors
///
/// Returns what is wrong, in words, where the program cannot be written or the compiler cannot be run.
pub(crate) fn probe(probe: Probe, out: &Path) -> Result<bool, String> {
    let source = out.join(format!("probe_{probe:?}.cpp"));
    std::fs::write(&source, program(probe)).map_err(|error| format!("cannot write {}: {error}", source.display()))?;
    let compiler = cc::Build::new().cpp(true).cargo_metadata(false).warnings(false).get_compiler();
    compiler
        .to_command()
        .arg("-c")
        .arg(&source)
        .arg("-o")
        .arg(source.with_extension("o"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map(|status| status.success())
        .map_err(|error| {
            format!(
                "building libzmq needs a C++ compiler, and {} does not run ({error}). Install one (apt: g++, dnf: gcc-c++, \
                 apk: g++, macOS: xcode-select --install) or name it in CXX; or turn the feature `vendored` off to link an \
                 installed libzmq.",
                compiler.path().display()
            )
        })
}

fn program(probe: Probe) -> &'static str {
    match probe {
        Probe::Tipc => {
            "#include <sys/socket.h>\n\
             #include <linux/tipc.h>\n\
             int main() {\n\
             struct sockaddr_tipc address = {};\n\
             address.family = AF_TIPC;\n\
             address.addrtype = TIPC_ADDR_NAMESEQ;\n\
             address.scope = TIPC_ZONE_SCOPE;\n\
             address.addr.name.domain = tipc_addr(1, 1, 1);\n\
             return (int) address.addr.nameseq.type - TIPC_RESERVED_TYPES;\n\
             }\n"
        }
        Probe::LocalPeercred => {
            "#include <sys/types.h>\n\
             #include <sys/socket.h>\n\
             #include <sys/un.h>\n\
             #include <sys/ucred.h>\n\
             int main() {\n\
             struct xucred peer;\n\
             socklen_t size = sizeof(peer);\n\
             return getsockopt(0, 0, LOCAL_PEERCRED, &peer, &size) + peer.cr_uid + peer.cr_ngroups + XUCRED_VERSION;\n\
             }\n"
        }
        Probe::Eventfd => {
            "#include <sys/eventfd.h>\n\
             int main() { return eventfd(0, EFD_CLOEXEC); }\n"
        }
        Probe::ThreadName => {
            "#include <pthread.h>\n\
             int main() { return pthread_setname_np(pthread_self(), \"name\"); }\n"
        }
        Probe::KeventIntptr => {
            "#include <sys/types.h>\n\
             #include <sys/event.h>\n\
             #include <stdint.h>\n\
             int main() { struct kevent event; intptr_t *data = &event.udata; return *data != 0; }\n"
        }
    }
}
