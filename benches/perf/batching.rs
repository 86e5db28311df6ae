//! What it brings to hand more to the system at once, and to take more from it: `OUT_BATCH_SIZE` and `IN_BATCH_SIZE`.

use std::process::{Command, ExitCode};

use zmq::{Context, Result};

use crate::Asked;
use crate::case::{Case, Library, Measure, Transport};
use crate::compare::{ENOUGH, LEAST, SECONDS, error, median};
use crate::programs::{Manner, receive, throughput};

/// The first is libzmq's own, to which the others are compared: a byte less, since the mended one takes exactly 8 KiB, the second, for leave
/// to use more.
const BATCHES: [(usize, &str); 4] =
    [((8 << 10) - 1, "8 KiB"), (8 << 10, "left alone"), (64 << 10, "64 KiB"), (256 << 10, "256 KiB")];
const SIZES: [usize; 6] = [64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10];

pub(crate) fn batching(words: &[&str]) -> ExitCode {
    match words {
        ["local_thr" | "remote_thr", batch, endpoint, size, count] => {
            let number = |text: &str| text.parse::<i32>().expect("sizes and counts are numbers");
            let (size, count) = (number(size) as usize, number(count) as usize);
            run(words[0], number(batch), endpoint, size, count).expect("the program works");
            return ExitCode::SUCCESS;
        }
        _ if !zmq::has("draft") => {
            eprintln!(
                "This libzmq was built without its draft API, which has the options IN_BATCH_SIZE and OUT_BATCH_SIZE:\n\
                 cargo bench --bench perf --features draft -- batching"
            );
            return ExitCode::FAILURE;
        }
        _ => {}
    }
    let mut cases = Vec::new();
    for transport in [Transport::Tcp, Transport::Ipc] {
        cases.extend(SIZES.map(|size| Case { measure: Measure::Throughput, transport, curve: false, size }));
    }
    match Asked::parse(words, &[]).and_then(|asked| Ok((asked.choose(cases)?, asked.rounds))) {
        Ok((cases, rounds)) => table(&cases, rounds.unwrap_or(15)),
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn table(cases: &[Case], rounds: usize) {
    let libraries = BATCHES.map(|(batch, name)| library(batch, name));
    let [default, rest @ ..] = BATCHES.map(|(_, name)| name);
    println!("libzmq {}; batches on both sides; messages a second, higher is faster\n", zmq::version());
    let heads: String = rest.iter().map(|batch| format!(" {batch} | {batch} / {default} | ± |")).collect();
    println!("| case | {default} |{heads} rounds |\n| --- | --- |{} --- |", " --- | --- | --- |".repeat(rest.len()));
    for case in cases {
        match compare(case, &libraries, rounds) {
            Some(line) => println!("| {case} | {line} |"),
            None => println!("| {case} | failed |"),
        }
    }
}

/// All take turns, each round beginning with another, so that whatever else the machine does hits all.
fn compare(case: &Case, libraries: &[Library], rounds: usize) -> Option<String> {
    let count = case.count(&libraries[0], SECONDS);
    let mut figures = vec![Vec::new(); libraries.len()];
    let mut ratios = vec![Vec::new(); libraries.len() - 1];
    let known = |ratios: &[Vec<f64>]| ratios.iter().all(|ratios| error(ratios) <= ENOUGH);
    for round in 0..rounds {
        if round >= LEAST && known(&ratios) {
            break;
        }
        let mut said = vec![0.0; libraries.len()];
        for turn in 0..libraries.len() {
            let which = (round + turn) % libraries.len();
            said[which] = case.run(&libraries[which], count)?;
        }
        figures.iter_mut().zip(&said).for_each(|(figures, figure)| figures.push(*figure));
        ratios.iter_mut().zip(&said[1..]).for_each(|(ratios, figure)| ratios.push(figure / said[0]));
    }
    let done = ratios[0].len();
    if done == 0 {
        return None;
    }
    let mut medians = figures.into_iter().map(median);
    let mut line = format!("{:.0} |", medians.next()?);
    for (ratios, figure) in ratios.into_iter().zip(medians) {
        let error = error(&ratios);
        line += &format!(" {figure:.0} | {:.3} | {error:.3} |", median(ratios));
    }
    Some(format!("{line} {done}"))
}

/// This program, with such batches.
fn library(batch: usize, name: &str) -> Library {
    let this = std::env::current_exe().expect("a program knows itself");
    Library {
        name: name.to_owned(),
        command: Box::new(move |program, arguments, _| {
            let mut command = Command::new(&this);
            command.args(["batching", program, &batch.to_string()]).args(arguments);
            command
        }),
        pinned: true,
        can: Box::new(|case| case.measure == Measure::Throughput && case.transport != Transport::Inproc && !case.curve),
    }
}

/// As `local_thr` and `remote_thr`.
fn run(program: &str, batch: i32, endpoint: &str, size: usize, count: usize) -> Result<()> {
    let context = Context::new()?;
    if program == "local_thr" {
        let pull = context.socket(zmq::PULL)?;
        pull.set_in_batch_size(batch)?;
        pull.bind(endpoint)?;
        throughput(size, count, receive(&pull, size, count)?);
    } else {
        let push = context.socket(zmq::PUSH)?;
        push.set_out_batch_size(batch)?;
        push.connect(endpoint)?;
        Manner::Usual.send(&push, size, count)?;
    }
    context.term()
}
