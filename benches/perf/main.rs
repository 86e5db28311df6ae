//! Our sockets against libzmq's own perf programs, in one run: `cargo bench`, `cargo bench -- rounds 101` for a steadier answer, `cargo bench -- rounds
//! 31 CURVE` for the cases whose names say so.
//!
//! libzmq's programs are compiled from the sources in the crate `zeromq-src` and linked with the very library that this program is
//! linked with. The two take turns, round after round, so that whatever else the machine does hits both; what is told is the
//! median of each, and the median of the ratios of neighbours. `instructions` counts what one message costs under callgrind;
//! `threshold` finds from which size on it is faster not to copy; `tokio` compares our blocking sockets with
//! those in tasks, and `peers` runs other crates in turn with ours, blocking and async.

mod instructions;
mod loops;
mod peers;
mod programs;
mod reference;
mod threshold;

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Command, ExitCode, Stdio};

use reference::Reference;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => compare(15, ""),
        ["rounds", rounds] => compare(rounds.parse::<usize>().expect("a number of rounds").max(1), ""),
        ["rounds", rounds, cases] => compare(rounds.parse::<usize>().expect("a number of rounds").max(1), cases),
        ["tokio"] => tokio(15),
        ["tokio", rounds] => tokio(rounds.parse::<usize>().expect("a number of rounds").max(1)),
        ["peers"] => peers::compare(9),
        ["peers", rounds] => peers::compare(rounds.parse::<usize>().expect("a number of rounds").max(1)),
        ["instructions"] => return instructions::count(false),
        ["instructions", "check"] => return instructions::count(true),
        ["threshold"] => threshold::threshold().expect("inproc works"),
        _ => programs::run(&arguments).expect("the program works"),
    }
    ExitCode::SUCCESS
}

/// A pair of programs, and what to look for in their output.
struct Case {
    name: &'static str,
    /// Runs first, and ends when it has got all messages; `None` for `inproc`.
    local: Option<&'static str>,
    remote: &'static str,
    size: usize,
    count: usize,
    /// With CURVE: libzmq's programs take that as a further argument, and so do ours.
    curve: bool,
    /// The figure is in what the local one, or the only one, says.
    figure: &'static str,
    told_by_local: bool,
}

/// The throughput programs of libzmq send memory that nobody wrote to; ours send bytes. So libzmq's are run twice: as they are,
/// and as `written.h` makes them.
const CASES: &[Case] = &[
    Case::throughput("tcp throughput, 64 B", Some("local_thr"), "remote_thr_written", 64, 500_000),
    Case::throughput("inproc throughput, 64 B", None, "inproc_thr_written", 64, 1_000_000),
    Case::throughput("tcp throughput, 64 KiB", Some("local_thr"), "remote_thr_written", 65536, 10_000),
    Case::throughput("tcp throughput, 64 B, libzmq's not written", Some("local_thr"), "remote_thr", 64, 500_000),
    Case::throughput("inproc throughput, 64 B, libzmq's not written", None, "inproc_thr", 64, 1_000_000),
    Case::throughput("tcp throughput with CURVE, 64 B", Some("local_thr"), "remote_thr_written", 64, 300_000).curve(),
    Case::throughput("tcp throughput with CURVE, 64 KiB", Some("local_thr"), "remote_thr_written", 65536, 5_000)
        .curve(),
    Case::throughput("proxy, XSUB and XPUB, 64 B", None, "proxy_thr", 64, 500_000),
    Case::latency("tcp latency, 64 B", Some("local_lat"), "remote_lat", 64, 10_000),
    Case::latency("inproc latency, 64 B", None, "inproc_lat", 64, 20_000),
];

const TOKIO: &[Case] = &[
    Case::throughput("inproc throughput, 64 B", None, "inproc_thr", 64, 1_000_000),
    Case::throughput("tcp throughput, 64 B", Some("local_thr"), "remote_thr", 64, 500_000),
    Case::throughput("tcp throughput, 64 KiB", Some("local_thr"), "remote_thr", 65536, 10_000),
    Case::latency("tcp latency, 64 B", Some("local_lat"), "remote_lat", 64, 10_000),
];

impl Case {
    const fn throughput(
        name: &'static str,
        local: Option<&'static str>,
        remote: &'static str,
        size: usize,
        count: usize,
    ) -> Self {
        Self { name, local, remote, size, count, curve: false, figure: "[msg/s]", told_by_local: local.is_some() }
    }

    const fn curve(self) -> Self {
        Self { curve: true, ..self }
    }

    const fn latency(
        name: &'static str,
        local: Option<&'static str>,
        remote: &'static str,
        size: usize,
        count: usize,
    ) -> Self {
        Self { name, local, remote, size, count, curve: false, figure: "[us]", told_by_local: false }
    }
}

/// Compares our blocking sockets and those in tasks of tokio.
fn tokio(rounds: usize) {
    let this = std::env::current_exe().expect("a program knows itself");
    println!("| case | unit | blocking | tokio | tokio / blocking | middle half of the ratios |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for case in TOKIO {
        let (mut blocking, mut tokio, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..rounds {
            let measure = |prefix: &str| {
                run(case, &|name| {
                    let name = name.trim_end_matches("_written");
                    (this.clone(), Some(format!("{prefix}{name}")))
                })
            };
            let (first, second) = if round % 2 == 0 { ("", "tokio_") } else { ("tokio_", "") };
            let (first, second) = (measure(first), measure(second));
            let (theirs, ours) = if round % 2 == 0 { (first, second) } else { (second, first) };
            blocking.push(theirs);
            tokio.push(ours);
            ratios.push(ours / theirs);
        }
        ratios.sort_by(f64::total_cmp);
        let (low, high) = (ratios[rounds / 4], ratios[rounds - 1 - rounds / 4]);
        let unit = case.figure.trim_matches(['[', ']']);
        println!(
            "| {} | {unit} | {:.1} | {:.1} | {:.3} | {low:.3} to {high:.3} |",
            case.name,
            median(blocking),
            median(tokio),
            median(ratios)
        );
    }
}

/// Compares the cases whose names have that in them, and prints a table.
fn compare(rounds: usize, cases: &str) {
    let reference = Reference::build();
    let this = std::env::current_exe().expect("a program knows itself");
    println!("libzmq {}; {rounds} rounds; higher is faster for msg/s, lower for us\n", zmq::version());
    println!(
        "| case | unit | libzmq | rszmq | rszmq / libzmq | middle half of the ratios |\n| --- | --- | --- | --- | --- | --- |"
    );
    for case in CASES.iter().filter(|case| case.name.contains(cases)) {
        let (mut theirs, mut ours, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..rounds {
            let mut measure = |own: bool| {
                let program = |name: &str| match own {
                    true => (this.clone(), Some(name.to_owned())),
                    false => (reference.program(name), None),
                };
                let figure = run(case, &program);
                if own {
                    ours.push(figure)
                } else {
                    theirs.push(figure)
                }
                figure
            };
            // Who goes first takes turns, too.
            let first = measure(round % 2 == 0);
            let second = measure(round % 2 != 0);
            ratios.push(if round % 2 == 0 { first / second } else { second / first });
        }
        let unit = case.figure.trim_matches(['[', ']']);
        ratios.sort_by(f64::total_cmp);
        let (low, high) = (ratios[rounds / 4], ratios[rounds - 1 - rounds / 4]);
        let decimals = if unit == "us" { 2 } else { 0 };
        println!(
            "| {} | {unit} | {:.decimals$} | {:.decimals$} | {:.3} | {low:.3} to {high:.3} |",
            case.name,
            median(theirs),
            median(ours),
            median(ratios)
        );
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Runs the case once with the programs that `program` names, and answers its figure.
fn run(case: &Case, program: &dyn Fn(&str) -> (std::path::PathBuf, Option<String>)) -> f64 {
    let command = |name: &str, endpoint: Option<&str>| {
        let (path, own) = program(name);
        let mut command = Command::new(path);
        command.args(own).args(endpoint).args([case.size.to_string(), case.count.to_string()]);
        command.args(case.curve.then_some("1"));
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command
    };
    let Some(local) = case.local else { return figure(case, command(case.remote, None)) };
    // Free now; libzmq's programs cannot be asked for the port that they found.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
    let endpoint = format!("tcp://127.0.0.1:{port}");
    let mut bound = command(local, Some(&endpoint)).spawn().expect("the program starts");
    let connected = command(case.remote, Some(&endpoint));
    if case.told_by_local {
        let mut connected = { connected }.spawn().expect("the program starts");
        let mut said = String::new();
        bound.stdout.take().expect("a pipe").read_to_string(&mut said).expect("text");
        assert!(connected.wait().expect("it ends").success() && bound.wait().expect("it ends").success());
        find(case, &said)
    } else {
        let figure = figure(case, connected);
        // libzmq's sleeps for a second at its end.
        let _ = bound.kill();
        let _ = bound.wait();
        figure
    }
}

fn figure(case: &Case, mut command: Command) -> f64 {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{command:?}: {}", output.status);
    find(case, &String::from_utf8_lossy(&output.stdout))
}

fn find(case: &Case, said: &str) -> f64 {
    let line = said.lines().find_map(|line| line.strip_suffix(case.figure));
    let number = line.and_then(|line| line.rsplit_once(": ")).and_then(|(_, number)| number.trim().parse().ok());
    number.unwrap_or_else(|| panic!("there is no figure in {said:?}"))
}
