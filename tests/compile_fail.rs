//! What must not compile, and that the compiler says why in words that a newcomer understands.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::deadline;

/// Compiles a program against the library that this test is linked with, and answers what the compiler said.
fn compile(library: &Path, body: &str) -> Result<(), String> {
    let directory = support::temp_dir();
    let source = directory.path().join("main.rs");
    let program = format!(
        "#![allow(unused)]\nfn main() -> zmq::Result<()> {{\n    let context = zmq::Context::new()?;\n{body}\n    Ok(())\n}}\n"
    );
    std::fs::write(&source, program).unwrap();
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--edition=2024", "--emit=metadata", "--color=never", "--out-dir"])
        .arg(directory.path())
        .arg("-L")
        .arg(format!("dependency={}", dependencies().display()))
        .arg("--extern")
        .arg(format!("zmq={}", library.display()))
        .arg(&source)
        .output()
        .expect("there is a compiler");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Where this test, and the libraries it is made of, are.
fn dependencies() -> PathBuf {
    let test = std::env::current_exe().expect("the test knows its own program");
    test.parent().expect("it is in a directory").to_owned()
}

/// The newest build of the library that a program can be compiled with: other builds may lack what they were linked with.
fn library() -> PathBuf {
    let mut builds: Vec<_> = std::fs::read_dir(dependencies())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rlib"))
        .filter(|path| path.file_stem().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("libzmq-")))
        .collect();
    builds.sort_by_key(|path| std::cmp::Reverse(path.metadata().and_then(|metadata| metadata.modified()).ok()));
    let mut said = String::new();
    for build in builds {
        match compile(&build, "    context.socket(zmq::REP)?.set_linger(0)?;") {
            Ok(()) => return build,
            Err(error) => said = error,
        }
    }
    panic!("no build of the library can be used: {said}");
}

#[test]
fn mistakes_are_explained_by_the_compiler() {
    let _deadline = deadline(120);
    let library = library();
    for (body, expected) in [
        ("context.socket(zmq::PUSH)?.recv()?;", "error[E0277]: a zmq::Push socket cannot receive"),
        (
            "let shared = std::sync::Arc::new(context.socket(zmq::PUSH)?);\n\
             let other = shared.clone();\n\
             std::thread::spawn(move || other.send(\"x\"));",
            "error[E0277]: a zmq::Socket cannot be used by two threads at once",
        ),
        ("context.socket(zmq::PULL)?.send(\"x\")?;", "error[E0277]: a zmq::Pull socket cannot send"),
        (
            "context.socket(zmq::DEALER)?.subscribe(\"x\")?;",
            "error[E0277]: `SUBSCRIBE` is not an option of zmq::Dealer sockets",
        ),
        (
            "context.socket(zmq::PUSH)?.set(zmq::SUBSCRIBE, \"x\")?;",
            "error[E0277]: `SUBSCRIBE` is not an option of zmq::Push sockets",
        ),
        ("context.socket(zmq::PUSH)?.set(zmq::RCVMORE, true)?;", "error[E0277]: the option `RCVMORE` cannot be set"),
        ("context.socket(zmq::SUB)?.get(zmq::SUBSCRIBE)?;", "error[E0277]: the option `SUBSCRIBE` cannot be read"),
        ("context.socket(zmq::PUSH)?.set(zmq::SNDHWM, \"x\")?;", "cannot be set to a `&str`"),
        ("context.socket(zmq::LINGER)?;", "error[E0277]: `LINGER` is not a kind of socket"),
        (
            "context.socket(zmq::PUSH)?.send_multipart(\"x\")?;",
            "error[E0277]: `&str` cannot be sent as the frames of a message",
        ),
        (
            "context.socket(zmq::PUSH)?.wait_for_subscriptions(1, 0)?;",
            "error[E0277]: a zmq::Push socket has no subscribers",
        ),
        (
            "let push = context.socket(zmq::PUSH)?; std::thread::scope(|scope| { scope.spawn(|| push.send(\"x\")); });",
            "a zmq::Socket cannot be used by two threads at once",
        ),
        (
            "let pull = context.socket(zmq::PULL)?; let mut poller = zmq::Poller::new(); \
             poller.register(&pull, zmq::POLLIN)?; pull.close()?; poller.poll(0)?;",
            "error[E0505]: cannot move out of `pull` because it is borrowed",
        ),
        (
            "let (one, two) = (context.socket(zmq::PULL)?, context.socket(zmq::PUSH)?); \
             std::thread::scope(|scope| { scope.spawn(|| zmq::proxy(&one, &two)); scope.spawn(|| zmq::proxy(&one, &two)); });",
            "a zmq::Socket cannot be used by two threads at once",
        ),
        (
            "let push = context.socket(zmq::PUSH)?; push.close()?; push.send(\"x\")?;",
            "error[E0382]: borrow of moved value: `push`",
        ),
    ] {
        match compile(&library, body) {
            Ok(()) => panic!("this compiles: {body}"),
            Err(said) => assert!(said.contains(expected), "{body}\nis expected to say: {expected}\nand says:\n{said}"),
        }
    }
}
