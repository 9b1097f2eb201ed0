//! `cargo bench -p ch14-extension --bench hello`: a hello of ours and
//! one in Python, under Python's servers. Quicker and rougher:
//! `-- --quick`; `-- --short` only sees that all of it works; with
//! `--table`, what comes out goes into the book's table. It fails if
//! a server answers wrongly.
//!
//! Both get the same load in every round, one after the other, so that
//! a busy moment of the machine falls on both; ratios are taken within
//! a round, and their median is shown, with the quartiles. There is no
//! bar: where there is no work, Python's is faster.

#![allow(dead_code, reason = "a part of what is shared is used")]

#[path = "../../../../../tests/bound/mod.rs"]
mod bound;
#[path = "../../../../../benches/server/compare.rs"]
mod compare;
#[path = "../../../../../tests/outside/http.rs"]
mod http;
#[path = "../../../../../benches/server/load.rs"]
mod load;
#[path = "../../../../../tests/outside/process.rs"]
mod process;
#[path = "../../tests/servers/python.rs"]
mod python;
#[path = "../../../../../tests/outside/required.rs"]
mod required;
#[path = "../../tests/servers/site.rs"]
mod site;

use compare::{compare, print, ratio, say_load};
use load::Load;
use site::Kind::{self, *};
use site::Site;
use std::time::Duration;

const SERVERS: [(&str, Kind); 6] = [
    ("wsgiref", WsgirefAlone),
    ("gunicorn sync", GunicornSync),
    ("gunicorn gthread", GunicornThreads),
    ("waitress", Waitress),
    ("mod_wsgi, in a process of its own", ModWsgi),
    ("mod_wsgi, in Apache's processes", ModWsgiInside),
];

const APPLICATIONS: [&str; 2] =
    ["hello:application", "guestbook:hello"];

/// Of more, Apache closes some that it has kept.
const CONNECTIONS: usize = 8;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let is = |flag| arguments.iter().any(|a| a == flag);
    let (rounds, milliseconds) = match () {
        () if is("--short") => (1, 50),
        () if is("--quick") => (5, 300),
        () => (40, 150),
    };
    let time = Duration::from_millis(milliseconds);
    let load = Load { page: "/", connections: CONNECTIONS, time };
    say_load();
    let mut table = String::from(
        "| server | ours / Python's | the middle half of the rounds |\n\
         | --- | --- | --- |\n",
    );
    for (server, kind) in SERVERS {
        let sites = APPLICATIONS.map(|app| Site::start(kind, app));
        let [Some(pythons), Some(ours)] = &sites else { continue };
        for site in [pythons, ours] {
            load::check(site.address, "/", "Hello World!\n");
        }
        println!("\n{server}");
        let both =
            [("Python's", pythons.address), ("ours", ours.address)];
        let results = compare(both, &load, rounds);
        print(&results, |whose| whose, []);
        let ratio = ratio(&results, "ours", "Python's");
        let [low, ratio, high] = ratio.expect("both");
        println!(
            "  ours / Python's: {ratio:.2}, {low:.2} to {high:.2}"
        );
        table += &format!(
            "| {server} | {ratio:.2} | {low:.2} to {high:.2} |\n"
        );
    }
    say_load();
    if is("--table") {
        std::fs::write(TABLE, table).expect("a file");
    }
}

/// Which part of the requests of Python's hello ours has answered.
const TABLE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/benches/hello/table.md");
