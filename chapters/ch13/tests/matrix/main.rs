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
#[path = "../../../../tests/outside/web_servers.rs"]
mod web_servers;

use servers::{ALL, Kind, Site};

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
