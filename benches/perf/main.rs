//! How fast it is, as ratios in one run. `cargo bench --bench perf -- help` says what there is.
//!
//! libzmq's own perf programs are compiled from the sources in the crate `zeromq-src` and linked with the very library that this program
//! is linked with. They and ours take turns, round after round, so that whatever else the machine does hits both; what is told is the
//! median of each, and the median of the ratios of neighbours.

mod batching;
mod case;
mod compare;
mod instructions;
mod loops;
mod peers;
mod plot;
mod programs;
mod reference;
mod tasks;
mod threshold;

use std::path::Path;
use std::process::{Command, ExitCode};

use case::{Case, Library, Measure};
use compare::Bar;
use reference::Reference;

const HELP: &str = "\
cargo bench --bench perf -- WORDS

(nothing)                   libzmq's perf programs and ours in turns: one small and one large size; two minutes
all [rounds N] [only X]     all sizes from 1 B to 16 MiB, tcp, ipc, inproc, CURVE; writes a plot; 15 minutes
rounds N [only X]           the usual sizes, at most N rounds; only the cases whose names have X in them
control [all] ...           libzmq against itself: what the machine alone makes of it
tokio [all] ...             our blocking sockets and those in tasks of tokio
spin ...                    latency of recv, and of recv_spin
peers [rounds N] [NAME...]  zmq, arzmq, tmq, zeromq, rzmq and pyzmq (built on first use); writes plots
against NAME [rounds N] [only X]
                            one of these and ours in turns, which is steadier: all sizes, tcp, ipc, inproc; or the path of
                            another build of this program
instructions [check]        what an operation costs, counted by callgrind; `check`: fails above the bounds
batching [rounds N] [only X]
                            larger IN_BATCH_SIZE and OUT_BATCH_SIZE; needs --features draft
threshold                   from which size on it is faster not to copy
local_thr tcp://127.0.0.1:5555 64 1000000
                            one of the programs: local_thr, remote_thr, local_lat, remote_lat, inproc_thr, inproc_lat,
                            proxy_thr, with libzmq's arguments; with tokio_ before it in a task, spin_ with recv_spin,
                            copies_ and shared_ with other bytes

A line's \u{b1} says how far off the median of its ratios may be, in 19 of 20 cases.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["help" | "--help" | "-h"] => println!("{HELP}"),
        ["instructions"] => return instructions::count(false),
        ["instructions", "check"] => return instructions::count(true),
        ["batching", ref rest @ ..] => return batching::batching(rest),
        ["threshold"] => threshold::threshold().expect("inproc works"),
        ["peers", ref rest @ ..] => {
            let (rounds, names) = match rest {
                ["rounds", rounds, names @ ..] => (rounds.parse().expect("a number of rounds"), names),
                names => (5, names),
            };
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            write_plot("peers.svg", &peers::compare(rounds, &names));
        }
        ["against", name, ref rest @ ..] => return said(against(name, rest)),
        [] | ["all" | "rounds" | "only" | "control" | "tokio" | "spin", ..] => return said(measure(&words)),
        _ => return programs::run(&arguments),
    }
    ExitCode::SUCCESS
}

/// What a comparison is asked for.
#[derive(Debug, Default)]
struct Asked<'a> {
    rounds: Option<usize>,
    only: Option<&'a str>,
    /// The words that stand alone.
    others: Vec<&'a str>,
}

impl<'a> Asked<'a> {
    /// What is not among `others` is refused, in a sentence.
    fn parse(words: &[&'a str], others: &[&str]) -> Result<Self, String> {
        let mut asked = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "rounds" => {
                    let rounds = words.next().and_then(|rounds| rounds.parse().ok()).filter(|rounds| *rounds > 0);
                    asked.rounds = Some(rounds.ok_or("how many rounds?")?);
                }
                "only" => asked.only = Some(words.next().ok_or("only what?")?),
                word if others.contains(&word) => asked.others.push(word),
                word => return Err(format!("what is {word}? See help.")),
            }
        }
        Ok(asked)
    }

    fn is(&self, word: &str) -> bool {
        self.others.contains(&word)
    }

    /// Those cases whose names have it in them; there must be one.
    fn choose(&self, mut cases: Vec<Case>) -> Result<Vec<Case>, String> {
        cases.retain(|case| self.only.is_none_or(|only| case.to_string().contains(only)));
        if cases.is_empty() { Err("there is no such case".to_owned()) } else { Ok(cases) }
    }
}

fn said(done: Result<(), String>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn against(name: &str, words: &[&str]) -> Result<(), String> {
    let asked = Asked::parse(words, &[])?;
    let [theirs, ours] = peers::pair(name)?;
    let mut cases = compare::cases(true);
    cases.retain(|case| !case.curve && (theirs.can)(case));
    compare::table(asked.choose(cases)?, [&theirs, &ours], asked.rounds.unwrap_or(31), Bar::Ahead);
    Ok(())
}

fn measure(words: &[&str]) -> Result<(), String> {
    let asked = Asked::parse(words, &["all", "control", "tokio", "spin"])?;
    let all = asked.is("all");
    let rounds = asked.rounds.unwrap_or(if all { 41 } else { 15 });
    let mut cases = compare::cases(all);
    if asked.is("tokio") {
        cases.retain(|case| {
            let alone = case.transport == case::Transport::Inproc && case.measure == Measure::Latency;
            !case.curve && case.measure != Measure::Proxy && !alone
        });
        // A task sends bytes that are copied, so both do.
        compare::table(
            asked.choose(cases)?,
            [&ours("blocking", "copies_"), &ours("tokio", "tokio_")],
            rounds,
            Bar::AsFast,
        );
        return Ok(());
    }
    if asked.is("spin") {
        cases.retain(|case| case.measure == Measure::Latency);
        // Who looks needs a core for that.
        let free = |name, prefix| Library { pinned: false, ..ours(name, prefix) };
        compare::table(asked.choose(cases)?, [&free("recv", ""), &free("recv_spin", "spin_")], rounds, Bar::AsFast);
        return Ok(());
    }
    let cases = asked.choose(cases)?;
    let reference = Reference::build();
    println!("libzmq {}; higher is faster for msg/s, lower for us\n", zmq::version());
    if asked.is("control") {
        compare::table(cases, [&reference.library("libzmq"), &reference.library("libzmq again")], rounds, Bar::AsFast);
        return Ok(());
    }
    let compared = compare::table(cases, [&reference.library("libzmq"), &ours("rszmq", "")], rounds, Bar::AsFast);
    if all && asked.only.is_none() {
        write_plot("libzmq.svg", &compare::panels(&compared));
    }
    Ok(())
}

/// This program, whose programs' names begin with `prefix`.
fn ours(name: &str, prefix: &'static str) -> Library {
    built(&std::env::current_exe().expect("a program knows itself"), name, prefix)
}

/// The same of a program like this one, built of something else.
fn built(other: &Path, name: &str, prefix: &'static str) -> Library {
    let other = other.to_owned();
    Library {
        name: name.to_owned(),
        command: Box::new(move |program, arguments, curve| {
            let mut command = Command::new(&other);
            command.arg(format!("{prefix}{program}")).args(arguments).args(curve.then_some("1"));
            command
        }),
        pinned: true,
        // In tasks there are not all of them; the others do nothing else for what their manner is not about.
        can: Box::new(move |case| {
            let alone = case.transport == case::Transport::Inproc;
            prefix != "tokio_" || !(case.curve || alone && case.measure == Measure::Latency)
        }),
    }
}

fn write_plot(name: &str, panels: &[plot::Panel]) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    match std::fs::write(&path, plot::svg(panels)) {
        Ok(()) => println!("\nplotted to {}", path.display()),
        Err(error) => eprintln!("{}: {error}", path.display()),
    }
}
