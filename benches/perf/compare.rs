//! Two libraries in turns: A B, B A, A B, and so on, so that whatever else the machine does hits both.

use crate::case::{Bytes, Case, Library, Measure, TRANSPORTS, Transport};
use crate::plot::{Line, Panel, Point, Scale};

/// How long a program should take.
pub(crate) const SECONDS: f64 = 0.25;
/// So many rounds at least.
pub(crate) const LEAST: usize = 11;
/// No further rounds if the median is known as well as this.
pub(crate) const ENOUGH: f64 = 0.005;

/// From 1 B to 16 MiB.
pub(crate) const SIZES: [usize; 7] = [1, 16, 256, 4 << 10, 64 << 10, 1 << 20, 16 << 20];

/// All of them, or with one small and one large size only.
pub(crate) fn cases(all: bool) -> Vec<Case> {
    let sizes: &[usize] = if all { &SIZES } else { &[64, 64 << 10] };
    let mut cases = Vec::new();
    for measure in [Measure::Throughput, Measure::Latency] {
        for (transport, curve) in kinds(all) {
            cases.extend(sizes.iter().map(|size| Case { measure, transport, curve, size: *size }));
        }
    }
    cases.push(Case { measure: Measure::Proxy, transport: Transport::Inproc, curve: false, size: 64 });
    cases
}

fn kinds(all: bool) -> Vec<(Transport, bool)> {
    let mut kinds: Vec<_> = TRANSPORTS.into_iter().map(|transport| (transport, false)).collect();
    kinds.push((Transport::Tcp, true));
    if all {
        kinds.push((Transport::Ipc, true));
    }
    kinds
}

/// What two libraries took for a case.
#[derive(Debug)]
pub(crate) struct Compared {
    pub(crate) case: Case,
    medians: [f64; 2],
    /// Second to first: the median of the rounds.
    pub(crate) ratio: f64,
    /// How far off the median may be, in 19 of 20 cases.
    error: f64,
    rounds: usize,
}

/// What is asked of the second library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bar {
    /// To be as fast, within 2 %.
    AsFast,
    /// To be faster, and not by chance.
    Ahead,
}

impl Compared {
    fn verdict(&self, bar: Bar) -> Verdict {
        let slower = match self.case.measure {
            Measure::Latency => self.ratio - 1.0,
            _ => 1.0 - self.ratio,
        };
        let (most, met) = match bar {
            Bar::AsFast => (0.02, slower <= 0.02),
            Bar::Ahead => (0.0, slower < -self.error),
        };
        if met {
            Verdict::Met
        } else if slower <= most + self.error {
            Verdict::Unclear
        } else {
            Verdict::Slower
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Met,
    /// What it lacks is less than the error.
    Unclear,
    Slower,
}

/// Compares them, for at most so many rounds.
pub(crate) fn compare(case: Case, libraries: [&Library; 2], rounds: usize) -> Option<Compared> {
    let count = case.count(libraries[0], SECONDS);
    let mut figures = [Vec::new(), Vec::new()];
    let mut ratios = Vec::new();
    while ratios.len() < LEAST.min(rounds) || (ratios.len() < rounds && error(&ratios) > ENOUGH) {
        let order = if ratios.len() % 2 == 0 { [0, 1] } else { [1, 0] };
        let mut round = [0.0; 2];
        for which in order {
            round[which] = case.run(libraries[which], count)?;
        }
        ratios.push(round[1] / round[0]);
        figures.iter_mut().zip(round).for_each(|(figures, figure)| figures.push(figure));
    }
    let error = error(&ratios);
    Some(Compared { case, medians: figures.map(median), rounds: ratios.len(), ratio: median(ratios), error })
}

/// Compares all the cases and prints a table; answers the plots of the ratios.
pub(crate) fn table(cases: Vec<Case>, libraries: [&Library; 2], rounds: usize, bar: Bar) -> Vec<Compared> {
    let [first, second] = libraries.map(|library| &library.name);
    println!("| case | unit | {first} | {second} | {second} / {first} | ± | rounds |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let mut all = Vec::new();
    for case in cases {
        let Some(compared) = compare(case, libraries, rounds) else {
            println!("| {case} | | failed | | | | |");
            continue;
        };
        let unit = case.measure.unit();
        let decimals = if unit == "us" { 2 } else { 0 };
        let [theirs, ours] = compared.medians;
        println!(
            "| {case} | {unit} | {theirs:.decimals$} | {ours:.decimals$} | {:.3} | {:.3} | {} |",
            compared.ratio, compared.error, compared.rounds
        );
        all.push(compared);
    }
    let of = |verdict: Verdict| all.iter().filter(move |compared| compared.verdict(bar) == verdict);
    let met = match bar {
        Bar::AsFast => "at least as fast, within 2 %",
        Bar::Ahead => "faster, by more than the error",
    };
    println!("\n{} of {} are {met}.", of(Verdict::Met).count(), all.len());
    for (verdict, name) in
        [(Verdict::Unclear, "Not told apart from that by so many rounds"), (Verdict::Slower, "Slower")]
    {
        of(verdict).for_each(|compared| println!("{name}: {}", compared.case));
    }
    all
}

/// A panel of ratios for each measure, with a line for each transport.
pub(crate) fn panels(all: &[Compared]) -> Vec<Panel> {
    let panel = |measure: Measure| {
        let line = |(transport, curve): (Transport, bool)| {
            let of = |compared: &&Compared| {
                let case = compared.case;
                (case.measure, case.transport, case.curve) == (measure, transport, curve)
            };
            let point =
                |compared: &Compared| Point { size: compared.case.size, value: compared.ratio, error: compared.error };
            Line {
                name: format!("{}{}", transport.name(), if curve { ", CURVE" } else { "" }),
                points: all.iter().filter(of).map(point).collect(),
            }
        };
        Panel {
            title: format!("{}: rszmq / libzmq", measure.name()),
            scale: Scale::Ratio,
            lines: kinds(true).into_iter().map(line).collect(),
        }
    };
    [Measure::Throughput, Measure::Latency].map(panel).into()
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    if figures.len() % 2 == 1 { figures[middle] } else { (figures[middle - 1] + figures[middle]) / 2.0 }
}

/// How far off the median of these may be, in 19 of 20 cases: twice its standard error, estimated from the middle half.
pub(crate) fn error(figures: &[f64]) -> f64 {
    let mut figures = figures.to_vec();
    figures.sort_by(f64::total_cmp);
    let (low, high) = (figures[figures.len() / 4], figures[figures.len() - 1 - figures.len() / 4]);
    2.0 * 1.2533 * (high - low) / 1.349 / (figures.len() as f64).sqrt()
}

/// The sizes as the heads of columns.
pub(crate) fn heads(sizes: &[usize]) -> String {
    sizes.iter().map(|size| format!(" {} |", Bytes(*size))).collect()
}
