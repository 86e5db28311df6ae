//! A mixed load for as long as told: does it lose anything, and does it grow?
//!
//! ```sh
//! cargo bench --bench soak -- 10m          # or 30s, or 8h; 1 min if nothing is said
//! cargo bench --bench soak -- 10m CURVE    # only the loads with that in their name
//! ```
//!
//! Every message is checked by content, and counted. Throughput, memory, descriptors and threads are printed, and written with a plot to
//! `target/soak`. The exit status is 1 if a message was lost or wrong, if memory or descriptors grow (a line through the second half of
//! the time says so), or if a descriptor is left in the end. Memory and descriptors are those of Linux, from `/proc`.

mod connections;
mod content;
mod load;
mod patterns;
mod peers;
mod plot;
mod samples;
mod tasks;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use load::{Load, Outcome, Run, Transport};
use samples::{Sample, Trend};

type Work = fn(&Run, &Load) -> Outcome;

fn loads() -> Vec<(Load, Work)> {
    use Transport::{Inproc, Ipc, Tcp, Ws};
    let works: [(&str, Work, &[Transport]); 9] = [
        ("REQ/REP", patterns::request_reply, &[Tcp, Ipc, Inproc, Ws]),
        ("PUB/SUB", patterns::publish_subscribe, &[Tcp, Ipc, Inproc, Ws]),
        ("PUSH/PULL", patterns::fan_in, &[Tcp, Ipc, Inproc]),
        ("proxy", connections::proxied, &[Tcp, Inproc]),
        ("CURVE", connections::curve, &[Tcp, Ipc, Ws]),
        ("monitor", connections::monitored, &[Tcp, Ipc]),
        ("contexts", connections::contexts, &[Tcp, Inproc]),
        ("tokio", tasks::tasks, &[Tcp, Ipc, Inproc]),
        ("killed peer", peers::killed, &[Tcp, Ipc]),
    ];
    let all = works.into_iter().flat_map(|(name, work, transports)| {
        transports.iter().map(move |transport| (Load::new(name, *transport), work))
    });
    let has = |transport| match transport {
        Ws => zmq::has("ws"),
        _ => true,
    };
    let mut all: Vec<_> = all.filter(|(load, _)| has(load.transport)).collect();
    if !zmq::has("curve") {
        all.retain(|(load, _)| !load.name.starts_with("CURVE"));
    }
    all.push((Load::new("poller", Tcp), patterns::polling));
    all
}

fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let seconds = match unit {
        "" | "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        _ => return None,
    };
    Some(Duration::from_secs(number.parse::<u64>().ok()?.checked_mul(seconds)?))
}

/// Samples until the time is over, or there is a fault.
fn watch(run: &Run, loads: &[(Load, Work)], time: Duration) -> Vec<Sample> {
    let interval = (time / 600).clamp(Duration::from_millis(200), Duration::from_secs(10));
    let total = || {
        let counts = loads.iter().map(|(load, _)| load.counts());
        counts.fold((0, 0), |(messages, bytes), count| (messages + count[1], bytes + count[2]))
    };
    let started = Instant::now();
    let (mut samples, mut last, mut before) = (Vec::<Sample>::new(), total(), 0.0);
    let mut next_line = 0.0;
    println!(
        "{:>8} {:>12} {:>8} {:>11} {:>12} {:>8}",
        "time", "messages/s", "MiB/s", "memory MiB", "descriptors", "threads"
    );
    while run.goes_on() && started.elapsed() < time {
        thread::sleep(interval);
        let (now, seconds) = (total(), started.elapsed().as_secs_f64());
        let passed = seconds - before;
        let (memory, threads) = samples::memory_and_threads();
        let sample = Sample {
            seconds,
            messages_per_second: (now.0 - last.0) as f64 / passed,
            mebibytes_per_second: (now.1 - last.1) as f64 / passed / f64::from(1 << 20),
            memory,
            descriptors: samples::descriptors() as f64,
            threads,
        };
        if seconds >= next_line {
            let Sample { messages_per_second, mebibytes_per_second, memory, descriptors, threads, .. } = sample;
            println!(
                "{seconds:>7.0}s {messages_per_second:>12.0} {mebibytes_per_second:>8.1} {memory:>11.1} {descriptors:>12.0} {threads:>8.0}"
            );
            next_line += (time.as_secs_f64() / 20.0).max(1.0);
        }
        samples.push(sample);
        (last, before) = (now, seconds);
    }
    samples
}

/// Writes what was measured, and answers where.
fn write(samples: &[Sample], memory: &Trend, descriptors: &Trend) -> std::io::Result<PathBuf> {
    let folder =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from).join("soak");
    fs::create_dir_all(&folder)?;
    let mut csv = "seconds,messages_per_second,mebibytes_per_second,memory_mebibytes,descriptors,threads\n".to_owned();
    for sample in samples {
        let Sample { seconds, messages_per_second, mebibytes_per_second, memory, descriptors, threads } = sample;
        csv += &format!(
            "{seconds:.1},{messages_per_second:.0},{mebibytes_per_second:.2},{memory:.2},{descriptors},{threads}\n"
        );
    }
    fs::write(folder.join("soak.csv"), csv)?;
    let times: Vec<_> = samples.iter().map(|sample| sample.seconds).collect();
    let series = |name: &str, value: fn(&Sample) -> f64, line| plot::Series {
        name: name.to_owned(),
        values: samples.iter().map(value).collect(),
        line,
    };
    let panels = [
        series("messages/s", |sample| sample.messages_per_second, None),
        series("MiB/s", |sample| sample.mebibytes_per_second, None),
        series("resident memory, MiB", |sample| sample.memory, Some(memory.line)),
        series("descriptors", |sample| sample.descriptors, Some(descriptors.line)),
        series("threads", |sample| sample.threads, None),
    ];
    fs::write(folder.join("soak.svg"), plot::svg("soak", &times, &panels))?;
    Ok(folder)
}

/// Prints how each load did, and answers whether nothing is missing.
fn report(loads: &[(Load, Work)]) -> bool {
    println!("\n{:<20} {:>12} {:>12} {:>10} {:>8}", "load", "sent", "received", "MiB", "rounds");
    let mut complete = true;
    for (load, _) in loads {
        let [sent, received, bytes, rounds] = load.counts();
        let lost = if sent == received { "" } else { "  LOST" };
        println!("{:<20} {sent:>12} {received:>12} {:>10} {rounds:>8}{lost}", load.name, bytes >> 20);
        complete &= sent == received && received > 0;
    }
    complete
}

fn soak(time: Duration, only: &str) -> bool {
    let (run, mut loads) = (Run::default(), loads());
    loads.retain(|(load, _)| load.name.contains(only));
    // tokio keeps two descriptors for signals, from its first runtime on.
    drop(tokio::runtime::Runtime::new());
    let at_first = samples::descriptors();
    let samples = thread::scope(|scope| {
        for (load, work) in &loads {
            let run = &run;
            scope.spawn(move || {
                if let Err(error) = work(run, load) {
                    run.fault(format!("{}: {error}", load.name));
                }
            });
        }
        let samples = watch(&run, &loads, time);
        run.stop();
        samples
    });
    let complete = report(&loads) && run.faults() == 0;

    // A short time says little: everything is made for the first time in it, and malloc keeps what it had at its busiest.
    let least = if time < Duration::from_secs(120) { 32.0 } else { 4.0 };
    let memory = Trend::new(&samples, |sample| sample.memory, 0.05, least);
    let descriptors = Trend::new(&samples, |sample| sample.descriptors, 0.05, 5.0);
    match write(&samples, &memory, &descriptors) {
        Ok(folder) => println!("\nwritten: soak.csv and soak.svg in {}", folder.display()),
        Err(error) => println!("\nnothing is written: {error}"),
    }
    for (name, unit, trend) in [("memory", " MiB", memory), ("descriptors", "", descriptors)] {
        let ([from, to], verdict) = (trend.line, if trend.is_flat() { "flat" } else { "NOT FLAT" });
        println!(
            "{name}: {verdict}; floor in the second half from {:.1} to {:.1}{unit}, {:+.1} of {:.1} allowed",
            from.1, to.1, trend.growth, trend.allowed
        );
    }
    let left = samples::descriptors();
    println!("descriptors before the first context: {at_first}, after the last: {left}");
    if !complete {
        println!("NOT COMPLETE: something was lost, wrong, or never came");
    }
    complete && memory.is_flat() && descriptors.is_flat() && left == at_first
}

fn main() -> ExitCode {
    // `cargo bench` says `--bench`.
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let succeeded = match args[..] {
        [peers::PEER, endpoint, stream] => match peers::peer(endpoint, stream) {
            Ok(()) => true,
            Err(error) => {
                eprintln!("peer {stream}: {error}");
                false
            }
        },
        [] => soak(Duration::from_secs(60), ""),
        [time] | [time, _] => match duration(time) {
            Some(time) => soak(time, args.get(1).copied().unwrap_or_default()),
            None => {
                eprintln!("how long? 30s, 10m, 8h");
                false
            }
        },
        _ => {
            eprintln!("how long, and which loads");
            false
        }
    };
    if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
