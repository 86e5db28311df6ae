//! Our sockets, blocking and in tasks of tokio, and those of other crates, in turns: `cargo bench -- peers`.
//!
//! Each other crate is in a package of its own (`benches/peers`), so that nothing of ours depends on it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::median;

/// Who is compared, and how its programs are called.
struct Peer {
    name: &'static str,
    program: PathBuf,
    prefix: &'static str,
}

fn peers() -> Vec<Peer> {
    let this = std::env::current_exe().expect("a program knows itself");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = root.join("target/peers");
    let mut peers = vec![
        Peer { name: "rszmq, blocking", program: this.clone(), prefix: "" },
        Peer { name: "rszmq, tokio", program: this, prefix: "tokio_" },
    ];
    for name in ["tmq", "zeromq", "rzmq", "zmq"] {
        let built = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--release", "--quiet", "--manifest-path"])
            .arg(root.join("benches/peers").join(name).join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&target)
            .status();
        assert!(built.is_ok_and(|status| status.success()), "{name} does not build");
        peers.push(Peer { name, program: target.join(format!("release/peer-{name}")), prefix: "" });
    }
    peers
}

fn start(peer: &Peer, program: &str, endpoint: &str, count: usize) -> Child {
    let mut command = Command::new(&peer.program);
    command.args([&format!("{}{program}", peer.prefix), endpoint, "64", &count.to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// The figure that the one of the two programs says which ends by itself.
fn figure(said: std::process::Output) -> f64 {
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let figure = said.lines().find_map(|line| line.strip_suffix(" [msg/s]").or_else(|| line.strip_suffix(" [us]")));
    let figure = figure.and_then(|line| line.rsplit_once(": ")).and_then(|(_, number)| number.parse().ok());
    figure.unwrap_or_else(|| panic!("there is no figure in {said:?}"))
}

fn run(peer: &Peer, local: &str, remote: &str, count: usize) -> f64 {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
    let endpoint = format!("tcp://127.0.0.1:{port}");
    let mut bound = start(peer, local, &endpoint, count);
    let mut connected = start(peer, remote, &endpoint, count);
    let (telling, other) = match local {
        "local_thr" => (bound, &mut connected),
        _ => (connected, &mut bound),
    };
    let figure = figure(telling.wait_with_output().expect("it ends"));
    let _ = other.kill();
    let _ = other.wait();
    figure
}

pub(super) fn compare(rounds: usize) {
    let peers = peers();
    println!("64 B over tcp, {rounds} rounds in turns\n\n| | msg/s | us |\n| --- | --- | --- |");
    let mut figures = vec![(Vec::new(), Vec::new()); peers.len()];
    for _ in 0..rounds {
        for (peer, (throughput, latency)) in peers.iter().zip(&mut figures) {
            throughput.push(run(peer, "local_thr", "remote_thr", 300_000));
            latency.push(run(peer, "local_lat", "remote_lat", 5_000));
        }
    }
    for (peer, (throughput, latency)) in peers.iter().zip(figures) {
        println!("| {} | {:.0} | {:.1} |", peer.name, median(throughput), median(latency));
    }
}
