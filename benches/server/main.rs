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
mod compare;
mod load;
mod memory;
#[path = "../nginx/mod.rs"]
mod nginx;
mod servers;

use compare::{Result, compare, print, ratio, say_load};
use load::Load;
use servers::{Kind, Running};
use std::process::{Command, Stdio};
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

/// Compares the speed, and returns the book's table.
fn speed(rounds: usize, time: Duration) -> String {
    let mut of_hello = Vec::new();
    for (at, connections) in CONNECTIONS.into_iter().enumerate() {
        run_on(if connections == 1 { "1" } else { "ffffffff" });
        let servers: Vec<Running> =
            Kind::ALL.into_iter().filter_map(Running::start).collect();
        for page in PAGES {
            let load = Load { page, connections, time };
            let servers = servers.iter().filter(|s| s.kind.has(page));
            let servers = servers.map(|s| (s.kind, s.address));
            let results = compare(servers, &load, rounds);
            println!("\n{page}, {connections} connections");
            let bars = BARS.map(|(o, t, bars)| (o, t, bars[at]));
            print(&results, Kind::name, bars);
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

/// All as multiples of tiny_http, with a column for each result.
fn markdown(columns: &[Vec<Result<Kind>>]) -> String {
    let mut table = String::from(
        "| server | 1 connection | 16 | 64 |\n| --- | --- | --- | --- |\n",
    );
    for (kind, _) in &columns[0] {
        let Some(name) = kind.in_the_book() else { continue };
        table += &format!("| {name} |");
        for results in columns {
            let ratio = ratio(results, *kind, Kind::Respond);
            let [_, ratio, _] = ratio.expect("both");
            table += &format!(" {ratio:.1} |");
        }
        table += "\n";
    }
    table
}
