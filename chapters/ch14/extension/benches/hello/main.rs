//! Requests a second of a hello of ours and of one in Python, under
//! Python's servers, with a connection for each. They are printed, and
//! nothing is asserted: where there is no work, Python's is faster.

#![allow(dead_code, reason = "a part of what is shared is used")]

#[path = "../../../../../tests/bound/mod.rs"]
mod bound;
#[path = "../../../../../tests/outside/http.rs"]
mod http;
#[path = "../../../../../tests/outside/process.rs"]
mod process;
#[path = "../../tests/servers/python.rs"]
mod python;
#[path = "../../../../../tests/outside/required.rs"]
mod required;
#[path = "../../tests/servers/site.rs"]
mod site;

use site::Kind::*;
use site::Site;
use std::thread;
use std::time::{Duration, Instant};

const CLIENTS: usize = 8;

const ROUND: Duration = Duration::from_secs(1);

fn main() {
    for kind in [GunicornSync, GunicornThreads, Waitress, ModWsgi] {
        let sites = ["applications:hello", "guestbook:hello"]
            .map(|app| Site::start(kind, app));
        let [Some(pythons), Some(ours)] = sites else { continue };
        let mut rates = [Vec::new(), Vec::new()];
        for _ in 0..5 {
            rates[0].push(rate(&pythons));
            rates[1].push(rate(&ours));
        }
        let [pythons, ours] = rates.map(|mut rates| {
            rates.sort();
            rates[rates.len() / 2]
        });
        println!("{kind:?}: Python's {pythons}, ours {ours} a second");
    }
}

/// How many requests are answered in a round.
fn rate(site: &Site) -> usize {
    let start = Instant::now();
    let client = || {
        let mut count = 0;
        while start.elapsed() < ROUND {
            let answer = site.get("/");
            assert_eq!(answer.status, "200 OK");
            count += 1;
        }
        count
    };
    thread::scope(|scope| {
        let clients: Vec<_> =
            (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        clients.into_iter().map(|c| c.join().unwrap()).sum()
    })
}
