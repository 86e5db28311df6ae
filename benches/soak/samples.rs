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

/// What the second half of the samples says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trend {
    /// Where the second half begins and ends, and the floor there, but for what did not go on.
    pub(crate) line: [(f64, f64); 2],
    pub(crate) growth: f64,
    pub(crate) allowed: f64,
}

impl Trend {
    /// By the floors of its three parts, since what is taken for a while only does not count. What leaks makes each higher than the one
    /// before; what is made once, or kept by malloc after its busiest moment, does so once. `part` of the first floor may come on top,
    /// and `at_least` in any case.
    pub(crate) fn new(samples: &[Sample], value: impl Fn(&Sample) -> f64, part: f64, at_least: f64) -> Self {
        let half = &samples[samples.len() / 2..];
        let third = half.len() / 3;
        let floor = |part: &[Sample]| part.iter().map(&value).fold(f64::INFINITY, f64::min);
        let [first, second, last] =
            if third == 0 { [floor(half); 3] } else { [0, third, 2 * third].map(|from| floor(&half[from..][..third])) };
        let growth = 2.0 * (second - first).min(last - second);
        let at = |sample: Option<&Sample>| sample.map_or(0.0, |sample| sample.seconds);
        let line = [(at(half.first()), first), (at(half.last()), first + growth)];
        Self { line, growth, allowed: (part * first).max(at_least) }
    }

    pub(crate) fn is_flat(&self) -> bool {
        self.growth <= self.allowed
    }
}
