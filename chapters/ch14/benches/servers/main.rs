//! `cargo bench -p ch14 --bench servers`: Python's hello on our server
//! and on Python's. Quicker and rougher: `-- --quick`; `-- --short` only
//! sees that all of it works. It fails if a server answers wrongly.
//!
//! The variable VENV is a virtual environment's folder that has flask,
//! gunicorn and waitress, and bjoern if that is to take part.
//!
//! Each server is a process of its own. In every round all of them
//! get the same load, one after the other, so that a busy moment of
//! the machine falls on all; ratios are taken within a round, and
//! their median is shown, with the quartiles.

#[path = "../../../../tests/bound/mod.rs"]
mod bound;
#[path = "../../../../benches/server/load.rs"]
#[allow(dead_code)] // of what that bench needs, not all is for this one
mod load;
mod servers;

use load::{Load, Sample};
use servers::{Kind, Running};
use std::time::Duration;

const CONNECTIONS: [usize; 2] = [8, 64];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let is = |flag| arguments.iter().any(|a| a == flag);
    let (rounds, milliseconds) = match () {
        () if is("--short") => (1, 50),
        () if is("--quick") => (5, 300),
        () => (15, 400),
    };
    let time = Duration::from_millis(milliseconds);
    say_load();
    for application in ["hello:application", "flask_hello:app"] {
        let servers = servers::all(application);
        for connections in CONNECTIONS {
            let load = Load { page: servers::PAGE, connections, time };
            println!("\n{application}, {connections} connections");
            print(&compare(&servers, &load, rounds));
        }
    }
    say_load();
}

/// Others may be using the machine.
fn say_load() {
    let load = std::fs::read_to_string("/proc/loadavg");
    let load = load.unwrap_or_else(|_| "unknown".into());
    let cores = std::thread::available_parallelism();
    let cores = cores.map_or(1, usize::from);
    println!("\n{cores} cores, load average {}", load.trim());
}

/// A server, and a sample of each round.
type Result = (Kind, Vec<Sample>);

fn compare(
    servers: &[Running],
    load: &Load,
    rounds: usize,
) -> Vec<Result> {
    let mut results: Vec<Result> =
        servers.iter().map(|s| (s.kind, Vec::new())).collect();
    for _ in 0..rounds {
        for (server, (_, samples)) in servers.iter().zip(&mut results) {
            samples.push(load.run(server.address));
        }
    }
    results
}

fn print(results: &[Result]) {
    println!(
        "{:16} {:>9} {:>8} {:>8}",
        "", "req/s", "p50 µs", "p99 µs"
    );
    for (kind, samples) in results {
        let median = |of: fn(&Sample) -> f64| {
            quartiles(samples.iter().map(of).collect())[1]
        };
        println!(
            "{:16} {:9.0} {:8.0} {:8.0}",
            kind.name(),
            median(|s| s.rate),
            median(|s| s.p50),
            median(|s| s.p99),
        );
    }
    let ours = Kind::Ours;
    for theirs in results.iter().map(|(kind, _)| *kind) {
        let Some(bar) = theirs.bar() else { continue };
        let [low, ratio, high] =
            quartiles(ratios(results, ours, theirs));
        println!(
            "  {} / {}: {ratio:.2}, {low:.2} to {high:.2} \
             (bar {bar}: {})",
            ours.name(),
            theirs.name(),
            if ratio >= bar { "met" } else { "MISSED" }
        );
    }
}

/// The ratios of all rounds.
fn ratios(results: &[Result], ours: Kind, theirs: Kind) -> Vec<f64> {
    let of = |wanted| {
        let mut all = results.iter();
        let found = all.find(|(kind, _)| *kind == wanted);
        &found.expect("all take part").1
    };
    let rounds = of(ours).iter().zip(of(theirs));
    rounds.map(|(o, t)| o.rate / t.rate).collect()
}

/// A quarter of the values are below the first, half of them below
/// the second, and a quarter above the third.
fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}
