//! What the process takes while it runs, and whether that grows.

use std::fs;

/// Of this process, at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Since the beginning.
    pub(crate) seconds: f64,
    /// Since the sample before.
    pub(crate) messages_per_second: f64,
    pub(crate) mebibytes_per_second: f64,
    /// Resident.
    pub(crate) memory: f64,
    pub(crate) descriptors: f64,
    pub(crate) threads: f64,
}

/// Resident memory in MiB, and how many threads there are.
pub(crate) fn memory_and_threads() -> (f64, f64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let number = |name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0.0)
    };
    (number("VmRSS:") / 1024.0, number("Threads:"))
}

pub(crate) fn descriptors() -> usize {
    // Without the one that lists them.
    fs::read_dir("/proc/self/fd").map_or(0, |entries| entries.count() - 1)
}

/// What a straight line through the second half of the samples says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    /// Where the line begins and ends, and its value there.
    pub(crate) line: [(f64, f64); 2],
    pub(crate) growth: f64,
    pub(crate) allowed: f64,
}

impl Fit {
    /// By least squares. `part` of what there is at the beginning of the second half may come on top, and `at_least` in any case.
    pub(crate) fn new(samples: &[Sample], value: impl Fn(&Sample) -> f64, part: f64, at_least: f64) -> Self {
        let half = &samples[samples.len() / 2..];
        let count = half.len().max(1) as f64;
        let time = half.iter().map(|sample| sample.seconds).sum::<f64>() / count;
        let mean = half.iter().map(&value).sum::<f64>() / count;
        let apart = half.iter().map(|sample| (sample.seconds - time).powi(2)).sum::<f64>();
        let together = half.iter().map(|sample| (sample.seconds - time) * (value(sample) - mean)).sum::<f64>();
        let slope = if apart > 0.0 { together / apart } else { 0.0 };
        let at = |sample: Option<&Sample>| {
            let seconds = sample.map_or(time, |sample| sample.seconds);
            (seconds, mean + slope * (seconds - time))
        };
        let line = [at(half.first()), at(half.last())];
        Self { line, growth: line[1].1 - line[0].1, allowed: (part * line[0].1).max(at_least) }
    }

    pub(crate) fn is_flat(&self) -> bool {
        self.growth <= self.allowed
    }
}
