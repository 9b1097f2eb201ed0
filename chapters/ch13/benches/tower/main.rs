//! `cargo bench -p ch13 --bench tower`: what it costs to serve an axum
//! router from the gateway's server, and an application from hyper.
//! Quicker and rougher: `-- --quick`; `-- --short` only sees that all
//! of it works. It fails if a server answers wrongly.
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

use compare::{compare, print, say_load};
use load::Load;
use servers::{Kind, Running};
use std::time::Duration;

const CONNECTIONS: [usize; 2] = [8, 64];

/// Whose speed is to be which part of whose, at least.
const BARS: [(Kind, Kind, f64); 2] = [
    (Kind::Tower, Kind::Axum, 0.85),
    (Kind::Service, Kind::SpawnBlocking, 0.8),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(kind) = servers::asked_for(&arguments) {
        return servers::serve(kind);
    }
    let is = |flag| arguments.iter().any(|a| a == flag);
    let (rounds, milliseconds) = match () {
        () if is("--short") => (1, 20),
        () if is("--quick") => (9, 100),
        () => (25, 150),
    };
    let time = Duration::from_millis(milliseconds);
    say_load();
    let servers = Kind::ALL.map(Running::start);
    for connections in CONNECTIONS {
        let load = Load { page: servers::PAGE, connections, time };
        println!("\n{connections} connections");
        let servers = servers.iter().map(|s| (s.kind, s.address));
        print(&compare(servers, &load, rounds), Kind::name, BARS);
    }
    say_load();
}
