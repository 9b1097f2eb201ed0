//! `cargo bench -p ch14 --bench servers`: Python's hello on our server
//! and on Python's. Quicker and rougher: `-- --quick`; `-- --short` only
//! sees that all of it works; with `--table`, what comes out goes into
//! the book's table. It fails if a server answers wrongly.
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
#[path = "../../../../benches/server/compare.rs"]
mod compare;
#[path = "../../../../benches/server/load.rs"]
#[allow(dead_code)] // of what that bench needs, not all is for this one
mod load;
mod servers;

use compare::{Result, compare, print, ratio, say_load};
use load::Load;
use servers::Kind;
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
    let mut columns = Vec::new();
    for application in ["hello:application", "flask_hello:app"] {
        let servers = servers::all(application);
        for connections in CONNECTIONS {
            let load = Load { page: servers::PAGE, connections, time };
            println!("\n{application}, {connections} connections");
            let servers = servers.iter().map(|s| (s.kind, s.address));
            let results = compare(servers, &load, rounds);
            print(&results, Kind::name, servers::BARS);
            columns.push(results);
        }
    }
    say_load();
    if is("--table") {
        std::fs::write(TABLE, table(&columns)).expect("a file");
    }
}

const TABLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/benches/servers/table.md");

/// How many times the requests of gunicorn's sync worker each server
/// has answered.
fn table(columns: &[Vec<Result<Kind>>]) -> String {
    let mut table = String::from(
        "| server | plain, 8 connections | 64 | Flask, 8 connections \
         | 64 |\n| --- | --- | --- | --- | --- |\n",
    );
    for (kind, _) in &columns[0] {
        table += &format!("| {} |", kind.name());
        for column in columns {
            let ratio = ratio(column, *kind, Kind::Sync);
            let [_, ratio, _] = ratio.expect("both");
            table += &format!(" {ratio:.1} |");
        }
        table.push('\n');
    }
    table
}
