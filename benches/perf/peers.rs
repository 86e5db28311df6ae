//! Our sockets, blocking and in tasks of tokio, and those of other libraries, in turns.
//!
//! Each other library is in a package of its own (`benches/peers`), so that nothing of ours depends on it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::case::{Case, Library, Measure, TRANSPORTS, Transport};
use crate::compare::{SIZES, heads, median};
use crate::plot::{Line, Panel, Point, Scale};
use crate::{built, ours};

const SECONDS: f64 = 0.2;
const NAMES: [&str; 6] = ["zmq", "arzmq", "tmq", "zeromq", "rzmq", "pyzmq"];

/// The others, as far as they can be built here.
fn others(names: &[String]) -> Vec<Library> {
    let wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    let shared =
        Library { can: Box::new(|case| case.measure == Measure::Throughput), ..ours("rszmq, shared bytes", "shared_") };
    let mut libraries = vec![ours("rszmq", "copies_"), shared, ours("rszmq, tokio", "tokio_")];
    for name in NAMES.into_iter().filter(|name| wanted(name)) {
        match other(name) {
            Ok(library) => libraries.push(library),
            Err(why) => eprintln!("{why}"),
        }
    }
    libraries
}

fn other(name: &str) -> Result<Library, String> {
    if name == "pyzmq" {
        let python = python().ok_or("there is no Python with pyzmq: `cargo test --test interop` makes one")?;
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/pyzmq/peer.py");
        return Ok(library(name, move || {
            let mut command = Command::new(&python);
            command.arg(&program);
            command
        }));
    }
    let program = build(name).ok_or(format!("{name} does not build here"))?;
    Ok(library(name, move || Command::new(&program)))
}

/// One of the others, or another build of this program, and ours doing the same work.
pub(crate) fn pair(name: &str) -> Result<[Library; 2], String> {
    if Path::new(name).is_file() {
        return Ok([built(Path::new(name), name, "copies_"), ours("rszmq", "copies_")]);
    }
    if !NAMES.contains(&name) {
        return Err(format!("against what? One of {}, or a program.", NAMES.join(", ")));
    }
    // From which size on the bytes that it sends are shared, and not copied.
    let shares = match name {
        "zmq" | "arzmq" | "tmq" => usize::MAX,
        "pyzmq" => 64 << 10,
        _ => 0,
    };
    let [copies, shared] = ["copies_", "shared_"].map(|prefix| ours("rszmq", prefix));
    let command = move |program: &str, arguments: &[String], curve| {
        let size = arguments.iter().rev().nth(1).and_then(|size| size.parse().ok());
        let same = if size.is_some_and(|size: usize| size >= shares) { &shared } else { &copies };
        (same.command)(program, arguments, curve)
    };
    Ok([other(name)?, Library { command: Box::new(command), ..ours("rszmq", "copies_") }])
}

fn build(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = root.join("target/peers");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--quiet", "--manifest-path"])
        .arg(root.join("benches/peers").join(name).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status();
    status.is_ok_and(|status| status.success()).then(|| target.join(format!("release/peer-{name}")))
}

/// The environment that the tests against pyzmq make, or whatever `python3` is.
fn python() -> Option<PathBuf> {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/python");
    let nested = std::fs::read_dir(&made).into_iter().flatten().flatten().map(|entry| entry.path().join("bin/python"));
    let mut pythons = std::iter::once(made.join("bin/python")).chain(nested).chain([PathBuf::from("python3")]);
    pythons.find(|python| {
        let imported = Command::new(python).args(["-c", "import zmq"]).output();
        imported.is_ok_and(|output| output.status.success())
    })
}

fn library(name: &str, command: impl Fn() -> Command + 'static) -> Library {
    let can = command().arg("can").output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let can = can.unwrap_or_default();
    Library {
        name: name.to_owned(),
        command: Box::new(move |program, arguments, curve| {
            let mut command = command();
            command.arg(program).args(arguments).args(curve.then_some("1"));
            command
        }),
        pinned: true,
        can: Box::new(move |case| {
            let can = |what: &str| can.split_whitespace().any(|word| word == what);
            case.measure != Measure::Proxy && can(case.transport.name()) && (!case.curve || can("curve"))
        }),
    }
}

/// Measures all libraries in turns, prints tables, and answers the plots: absolute figures.
pub(crate) fn compare(rounds: usize, names: &[String]) -> Vec<Panel> {
    let libraries = others(names);
    let mut panels = Vec::new();
    for measure in [Measure::Throughput, Measure::Latency] {
        for transport in TRANSPORTS {
            panels.push(table(measure, transport, &libraries, rounds));
        }
    }
    panels
}

/// For each library the figures, and how ours compare: the median of the ratios of each round.
fn table(measure: Measure, transport: Transport, libraries: &[Library], rounds: usize) -> Panel {
    let title = format!("{} {} [{}]", transport.name(), measure.name(), measure.unit());
    println!("\n{title}, and rszmq's to it\n\n| |{}\n| --- |{}", heads(&SIZES), " --- |".repeat(SIZES.len()));
    let mut rows = vec![String::new(); libraries.len()];
    let mut lines: Vec<_> =
        libraries.iter().map(|library| Line { name: library.name.clone(), points: Vec::new() }).collect();
    for size in SIZES {
        let case = Case { measure, transport, curve: false, size };
        let counts: Vec<_> =
            libraries.iter().map(|library| (library.can)(&case).then(|| case.count(library, SECONDS))).collect();
        let mut figures = vec![Vec::new(); libraries.len()];
        for _ in 0..rounds {
            for ((library, count), figures) in libraries.iter().zip(&counts).zip(&mut figures) {
                figures.push(count.and_then(|count| case.run(library, count)));
            }
        }
        for (at, row) in rows.iter_mut().enumerate() {
            let all: Option<Vec<f64>> = figures[at].iter().copied().collect();
            let Some(all) = all else {
                row.push_str(" – |");
                continue;
            };
            let ratios = figures[0].iter().zip(&all).filter_map(|(ours, theirs)| ours.map(|ours| ours / theirs));
            let (figure, ratio) = (median(all.clone()), median(ratios.collect()));
            let decimals = usize::from(measure == Measure::Latency);
            row.push_str(&format!(" {figure:.decimals$} ({ratio:.2}) |"));
            lines[at].points.push(Point { size, value: figure, error: 0.0 });
        }
    }
    for (library, row) in libraries.iter().zip(rows) {
        println!("| {} |{row}", library.name);
    }
    Panel { title, scale: Scale::Log, lines }
}
