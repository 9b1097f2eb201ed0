//! Chapter 7's requests, for the whole site, under every server.

#![cfg(unix)]
#![allow(dead_code, reason = "each of the tests uses a part")]

#[path = "../../../../tests/bound/mod.rs"]
mod bound;
#[path = "../../../../tests/outside/http.rs"]
mod http;
#[path = "../../../../tests/outside/process.rs"]
mod process;
#[path = "../../../../tests/outside/matrix/requests.rs"]
mod requests;
#[path = "../../../../tests/outside/required.rs"]
mod required;
#[path = "../../../../tests/outside/matrix/servers.rs"]
mod servers;
#[path = "../../../../tests/outside/matrix/table.rs"]
mod table;
#[path = "../../../../tests/outside/web_servers.rs"]
mod web_servers;

use servers::{ALL, Kind, Site};
use std::fs;

impl Site {
    fn start(kind: Kind) -> Option<Self> {
        Self::with(kind, env!("CARGO_BIN_EXE_matrix13").as_ref())
    }
}

#[test]
fn every_server_answers_chapter_7s_requests() {
    use Kind::{Hyper, HyperNested, TinyHttp, Tower};
    let more = [TinyHttp, Hyper, HyperNested, Tower];
    let mut all = Vec::new();
    for kind in ALL.into_iter().chain(more) {
        let Some(site) = Site::start(kind) else { continue };
        all.extend(requests::outcome(kind, &site).1);
    }
    // tiny_http closes the connection on a field that is not ASCII.
    assert_eq!(all, ["TinyHttp, a field in UTF-8: no answer "]);
}

/// What chapter 13 prints, beside the server that chapter 7 has.
const TABLE: &str = include_str!("matrix.html");

const COLUMNS: [Kind; 5] = [
    Kind::Http,
    Kind::TinyHttp,
    Kind::Hyper,
    Kind::HyperNested,
    Kind::Tower,
];

#[test]
fn the_chapter_prints_the_environ_under_hyper() {
    let (mut outcomes, mut environs) = (Vec::new(), Vec::new());
    for kind in COLUMNS {
        let site = Site::start(kind).unwrap();
        outcomes.push(requests::outcome(kind, &site).0);
        environs.push(table::environ(&site));
    }
    let names = COLUMNS.map(Kind::name);
    let table = table::html(&names, &outcomes, &environs);
    if table != TABLE {
        let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/matrix.html");
        fs::write(file, &table).unwrap();
        panic!(
            "chapters/ch13/tests/matrix/matrix.html is another table \
             than the one that was made, {file}; look at the \
             differences, and copy it there if they are right:\n{table}"
        );
    }
}
