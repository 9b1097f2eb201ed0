//! Servers side by side: all get the same load in every round, and
//! ratios are taken within a round.

use crate::load::{Load, Sample};
use std::net::SocketAddr;

/// A server, and a sample of each round.
pub type Result<Kind> = (Kind, Vec<Sample>);

/// Others may be using the machine.
pub fn say_load() {
    let load = std::fs::read_to_string("/proc/loadavg");
    let load = load.unwrap_or_else(|_| "unknown".into());
    let cores = std::thread::available_parallelism();
    let cores = cores.map_or(1, usize::from);
    println!("\n{cores} cores, load average {}", load.trim());
}

pub fn compare<Kind>(
    servers: impl IntoIterator<Item = (Kind, SocketAddr)>,
    load: &Load,
    rounds: usize,
) -> Vec<Result<Kind>> {
    let (kinds, addresses): (Vec<Kind>, Vec<_>) =
        servers.into_iter().unzip();
    let mut samples = vec![Vec::new(); addresses.len()];
    for _ in 0..rounds {
        for (address, samples) in addresses.iter().zip(&mut samples) {
            samples.push(load.run(*address));
        }
    }
    kinds.into_iter().zip(samples).collect()
}

/// Prints them, and their ratios next to the bars: whose speed is to be
/// which part of whose, at least.
pub fn print<Kind: Copy + PartialEq>(
    results: &[Result<Kind>],
    name: fn(Kind) -> &'static str,
    bars: impl IntoIterator<Item = (Kind, Kind, f64)>,
) {
    println!(
        "{:34} {:>9} {:>8} {:>8} {:>7}",
        "", "req/s", "p50 µs", "p99 µs", "served"
    );
    for (kind, samples) in results {
        let median = |of: fn(&Sample) -> f64| {
            quartiles(samples.iter().map(of).collect())[1]
        };
        println!(
            "{:34} {:9.0} {:8.0} {:8.0} {:7.0}",
            name(*kind),
            median(|s| s.rate),
            median(|s| s.p50),
            median(|s| s.p99),
            median(|s| s.served as f64),
        );
    }
    for (ours, theirs, bar) in bars {
        let Some([low, ratio, high]) = ratio(results, ours, theirs)
        else {
            continue;
        };
        println!(
            "  {} / {}: {ratio:.2}, {low:.2} to {high:.2} \
             (bar {bar}: {})",
            name(ours),
            name(theirs),
            verdict(ratio >= bar)
        );
    }
}

pub fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "MISSED" }
}

/// The quartiles of all rounds' ratios, if both took part.
pub fn ratio<Kind: PartialEq>(
    results: &[Result<Kind>],
    ours: Kind,
    theirs: Kind,
) -> Option<[f64; 3]> {
    let of = |wanted| {
        let mut all = results.iter();
        all.find(|(kind, _)| *kind == wanted).map(|(_, s)| s)
    };
    let rounds = of(ours)?.iter().zip(of(theirs)?);
    Some(quartiles(rounds.map(|(o, t)| o.rate / t.rate).collect()))
}

/// A quarter of the values are below the first, half of them below
/// the second, and a quarter above the third.
fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}
