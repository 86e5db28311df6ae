//! Where the bundled libzmq is mended by line (`build/closing.h`, `engine.h`, `kerberos.h`, `session.h`, `socks.h`, `stream.h`,
//! `websocket.h`), the lines are what they were.
#![cfg(zmq_vendored)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Line, word, and the files that have the word in that line. Where there are two, the mend tells them apart or does no harm to the other.
const MENDED: &[(usize, &str, &[&str])] = &[
    (233, "errno_assert", &["session_base.cpp"]),
    (422, "errno_assert", &["zmtp_engine.cpp"]),
    // ipc_listener.cpp: `close` of a listener says that it failed. vmci_listener.cpp is not compiled.
    (170, "errno_assert", &["ipc_listener.cpp", "vmci_listener.cpp", "ws_engine.cpp"]),
    (509, "terminate", &["session_base.cpp"]),
    (411, "_insize", &["stream_engine_base.cpp"]),
    (413, "decode", &["stream_engine_base.cpp"]),
    (310, "zmq_assert", &["stream_engine_base.cpp"]),
    (338, "zmq_assert", &["generic_mtrie_impl.hpp", "stream_engine_base.cpp"]),
    (396, "zmq_assert", &["stream_engine_base.cpp"]),
    (487, "zmq_assert", &["object.cpp", "stream_engine_base.cpp"]),
    (603, "zmq_assert", &["stream_engine_base.cpp"]),
    (184, "is_credential", &["pipe.cpp"]),
    (53, "try_lock", &["dbuffer.hpp"]),
    (193, "is_delimiter", &["pipe.cpp"]),
    (39, "claimed_index", &["dist.cpp"]),
    (1943, "scoped_lock_t", &["socket_base.cpp"]),
    (457, "put_uint32", &["router.cpp"]),
    (480, "put_uint32", &["router.cpp"]),
    (221, "curve_server_t", &["ws_engine.cpp"]),
    (224, "curve_client_t", &["ws_engine.cpp"]),
    (904, "process_command_message", &["ws_engine.cpp"]),
    (47, "restart_output", &["i_engine.hpp"]),
    (43, "restart_output", &["stream_engine_base.hpp"]),
    (377, "restart_output", &["stream_engine_base.cpp"]),
    (117, "_pending", &["session_base.hpp"]),
    (485, "_pending", &["session_base.cpp"]),
    (491, "own_t", &["session_base.cpp"]),
    (514, "_engine", &["session_base.cpp"]),
    (249, "_io_error", &["stream_engine_base.cpp"]),
    (259, "_engine", &["session_base.cpp"]),
    (270, "_pending", &["session_base.cpp"]),
    (458, "_active", &["session_base.cpp"]),
    (526, "zmq_assert", &["session_base.cpp"]),
    (37, "target_name", &["gssapi_mechanism_base.cpp"]),
    (237, "rm_fd", &["socks_connecter.cpp"]),
];

#[test]
fn the_lines_are_where_they_were() {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(sources()).expect("sources").map(|file| file.unwrap().path()).collect();
    files.sort();
    let files: Vec<(String, String)> = files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "cpp" || extension == "hpp"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    for (line, word, expected) in MENDED {
        let has = |text: &str| {
            let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            words.any(|other| other == *word)
        };
        let found = files.iter().filter(|(_, text)| text.lines().nth(line - 1).is_some_and(has));
        let found: Vec<&str> = found.map(|(name, _)| name.as_str()).collect();
        assert_eq!(found, *expected, "{word} in line {line}");
    }
}

/// libzmq's, in the crate that it was built from.
fn sources() -> PathBuf {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version=1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("there is a cargo");
    let metadata = String::from_utf8(output.stdout).expect("JSON is text");
    // The only path to a manifest that has this in it.
    let manifest = metadata.split('"').find(|text| text.contains("zeromq-src-") && text.ends_with("Cargo.toml"));
    Path::new(manifest.expect("zeromq-src is used")).parent().expect("a directory").join("vendor/src")
}
