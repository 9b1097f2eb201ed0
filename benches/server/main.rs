//! `cargo bench --bench server`: what the gateway costs on tiny_http,
//! and next to Python's wsgiref. Quicker and rougher: `-- --quick`.
//!
//! Each server is a process of its own. In every round all of them
//! get the same load, one after the other, so that a busy moment of
//! the machine falls on all; ratios are taken within a round, and
//! their median is shown.

mod load;
mod memory;
mod servers;

use load::{Load, Sample};
use servers::{Kind, Running};
use std::time::Duration;

const CONNECTIONS: [usize; 3] = [1, 16, 64];
const PAGES: [&str; 2] = ["/hello", "/environ"];

/// What a gateway that is fast enough reaches.
const BARS: [(Kind, Kind, f64); 4] = [
    (Kind::Http, Kind::Respond, 1.2),
    (Kind::Gateway, Kind::Respond, 1.0),
    (Kind::Gateway, Kind::Writer, 0.95),
    (Kind::GatewayAlone, Kind::Wsgiref, 10.0),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(kind) = servers::asked_for(&arguments) {
        return servers::serve(kind);
    }
    let is_quick = arguments.iter().any(|a| a == "--quick");
    let (rounds, time) = match is_quick {
        true => (5, Duration::from_millis(100)),
        false => (25, Duration::from_millis(150)),
    };
    speed(rounds, time);
    memory::report(is_quick);
}

fn speed(rounds: usize, time: Duration) {
    let servers: Vec<Running> =
        Kind::ALL.into_iter().filter_map(Running::start).collect();
    for page in PAGES {
        for connections in CONNECTIONS {
            let load = Load { page, connections, time };
            let mut samples = vec![Vec::new(); servers.len()];
            for _ in 0..rounds {
                for (at, server) in servers.iter().enumerate() {
                    samples[at].push(load.run(server.address));
                }
            }
            println!("\n{page}, {connections} connections");
            table(&servers, &samples);
        }
    }
}

fn table(servers: &[Running], samples: &[Vec<Sample>]) {
    println!(
        "{:32} {:>9} {:>8} {:>8} {:>7}",
        "", "req/s", "p50 µs", "p99 µs", "served"
    );
    for (server, samples) in servers.iter().zip(samples) {
        let median = |of: fn(&Sample) -> f64| {
            median(samples.iter().map(of).collect())
        };
        println!(
            "{:32} {:9.0} {:8.0} {:8.0} {:7.0}",
            server.kind.name(),
            median(|s| s.rate),
            median(|s| s.p50),
            median(|s| s.p99),
            median(|s| s.served as f64),
        );
    }
    for (ours, theirs, bar) in BARS {
        let of = |kind| servers.iter().position(|s| s.kind == kind);
        let (Some(ours_at), Some(theirs_at)) = (of(ours), of(theirs))
        else {
            continue;
        };
        let ratios = samples[ours_at].iter().zip(&samples[theirs_at]);
        let ratio =
            median(ratios.map(|(o, t)| o.rate / t.rate).collect());
        let verdict = if ratio >= bar { "met" } else { "MISSED" };
        println!(
            "  {} / {}: {ratio:.2} (bar {bar}: {verdict})",
            ours.name(),
            theirs.name()
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
