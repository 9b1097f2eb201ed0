//! `cargo bench --bench server`: what the gateway costs on tiny_http,
//! what its own server is worth, and both next to Python's and hyper.
//! Quicker and rougher: `-- --quick`; `-- --short` only sees that all
//! of it works. With `-- --table` the book's table is written anew.
//!
//! It fails if a server that is here does not start or answers wrongly,
//! or if a request needs more allocations than it should.
//!
//! Each server is a process of its own. In every round all of them
//! get the same load, one after the other, so that a busy moment of
//! the machine falls on all; ratios are taken within a round, and
//! their median is shown, with the quartiles.
//!
//! With one connection client and server wait for each other, and to
//! wake a core that sleeps takes longer than to answer: where the system
//! happens to put the two would decide. So both get one core, by
//! `taskset`, if it is there.
//!
//! hyper and tokio are in a package of their own, `benches/peers`, so
//! that nobody else has to build them. bjoern, a server for WSGI in C,
//! takes part if it is there:
//!
//! ```sh
//! sudo apt-get install libev-dev python3-dev python3-venv
//! python3 -m venv target/bench-python
//! target/bench-python/bin/pip install bjoern
//! ```

#[path = "../../tests/bound/mod.rs"]
mod bound;
mod load;
mod memory;
#[path = "../nginx/mod.rs"]
mod nginx;
mod servers;

use load::{Load, Sample};
use servers::{Kind, Running};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const CONNECTIONS: [usize; 3] = [1, 16, 64];
const PAGES: [&str; 2] = ["/hello", "/environ"];

/// What a gateway that is fast enough reaches, with each number of
/// connections.
const BARS: [(Kind, Kind, [f64; 3]); 9] = [
    (Kind::Http, Kind::HyperInline, [1.0, 1.0, 0.95]),
    (Kind::Http, Kind::Nginx, [1.0; 3]),
    (Kind::HttpAlone, Kind::NginxAlone, [1.0; 3]),
    (Kind::Http, Kind::Bjoern, [1.05; 3]),
    (Kind::HttpAlone, Kind::Bjoern, [1.0; 3]),
    (Kind::Http, Kind::Respond, [1.2; 3]),
    (Kind::Gateway, Kind::Respond, [1.0; 3]),
    (Kind::Gateway, Kind::Writer, [0.95; 3]),
    (Kind::GatewayAlone, Kind::Wsgiref, [10.0; 3]),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(kind) = servers::asked_for(&arguments) {
        return servers::serve(kind);
    }
    let is = |flag| arguments.iter().any(|a| a == flag);
    let (rounds, milliseconds, looks) = match () {
        () if is("--short") => (1, 20, [1_000, 2_000]),
        () if is("--quick") => (7, 100, [10_000, 50_000]),
        () => (25, 150, [100_000, 1_000_000]),
    };
    let time = Duration::from_millis(milliseconds);
    servers::build_peers();
    say_load();
    let table = speed(rounds, time);
    if is("--table") {
        std::fs::write(TABLE, table).expect("a file");
    }
    memory::report(looks);
    say_load();
}

/// Where the book has it from.
const TABLE: &str = "benches/server/table.md";

/// Others may be using the machine.
fn say_load() {
    let load = std::fs::read_to_string("/proc/loadavg");
    let load = load.unwrap_or_else(|_| "unknown".into());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!("\n{cores} cores, load average {}", load.trim());
}

/// Compares the speed, and returns the book's table.
fn speed(rounds: usize, time: Duration) -> String {
    let mut of_hello = Vec::new();
    for (at, connections) in CONNECTIONS.into_iter().enumerate() {
        run_on(if connections == 1 { "1" } else { "ffffffff" });
        let servers: Vec<Running> =
            Kind::ALL.into_iter().filter_map(Running::start).collect();
        for page in PAGES {
            let load = Load { page, connections, time };
            let results = compare(&servers, &load, rounds);
            println!("\n{page}, {connections} connections");
            print(&results, at);
            if page == "/hello" {
                of_hello.push(results);
            }
        }
    }
    markdown(&of_hello)
}

/// Says on which cores this thread runs, and all that it starts.
fn run_on(mask: &str) {
    let this = std::process::id().to_string();
    let mut taskset = Command::new("taskset");
    taskset.args(["-p", mask, &this]).stdout(Stdio::null());
    if !taskset.status().is_ok_and(|status| status.success()) {
        println!("taskset: NOT HERE, all cores take part");
    }
}

/// A server, and a sample of each round.
type Result = (Kind, Vec<Sample>);

fn compare(
    servers: &[Running],
    load: &Load,
    rounds: usize,
) -> Vec<Result> {
    let servers = servers.iter().filter(|s| s.kind.has(load.page));
    let mut results: Vec<_> =
        servers.map(|server| (server, Vec::new())).collect();
    for _ in 0..rounds {
        for (server, samples) in &mut results {
            samples.push(load.run(server.address));
        }
    }
    results.into_iter().map(|(s, samples)| (s.kind, samples)).collect()
}

/// Prints them next to the bars at this place.
fn print(results: &[Result], at: usize) {
    println!(
        "{:32} {:>9} {:>8} {:>8} {:>7}",
        "", "req/s", "p50 µs", "p99 µs", "served"
    );
    for (kind, samples) in results {
        let median = |of: fn(&Sample) -> f64| {
            quartiles(samples.iter().map(of).collect())[1]
        };
        println!(
            "{:32} {:9.0} {:8.0} {:8.0} {:7.0}",
            kind.name(),
            median(|s| s.rate),
            median(|s| s.p50),
            median(|s| s.p99),
            median(|s| s.served as f64),
        );
    }
    for (ours, theirs, bars) in BARS {
        let bar = bars[at];
        let Some(ratios) = ratios(results, ours, theirs) else {
            continue;
        };
        let [low, ratio, high] = quartiles(ratios);
        println!(
            "  {} / {}: {ratio:.2}, {low:.2} to {high:.2} \
             (bar {bar}: {})",
            ours.name(),
            theirs.name(),
            verdict(ratio >= bar)
        );
    }
}

/// The ratios of all rounds, if both took part.
fn ratios(
    results: &[Result],
    ours: Kind,
    theirs: Kind,
) -> Option<Vec<f64>> {
    let of = |wanted| {
        let mut all = results.iter();
        all.find(|(kind, _)| *kind == wanted).map(|(_, s)| s)
    };
    let rounds = of(ours)?.iter().zip(of(theirs)?);
    Some(rounds.map(|(o, t)| o.rate / t.rate).collect())
}

/// All as multiples of tiny_http, with a column for each result.
fn markdown(columns: &[Vec<Result>]) -> String {
    let mut table = String::from(
        "| server | 1 connection | 16 | 64 |\n| --- | --- | --- | --- |\n",
    );
    for (kind, _) in &columns[0] {
        let Some(name) = kind.in_the_book() else { continue };
        table += &format!("| {name} |");
        for results in columns {
            let ratios = ratios(results, *kind, Kind::Respond);
            let [_, ratio, _] = quartiles(ratios.expect("both"));
            table += &format!(" {ratio:.1} |");
        }
        table += "\n";
    }
    table
}

/// A quarter of the values are below the first, half of them below
/// the second, and a quarter above the third.
fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "MISSED" }
}
