//! Applications that others have written, for other servers: the same
//! answers under gunicorn and under ours.

#![cfg(unix)]
#![allow(dead_code, reason = "what is shared has more than one user")]

#[path = "../../../../tests/bound/mod.rs"]
mod bound;
mod cases;
#[path = "../../../ch13/tests/same/differences.rs"]
mod differences;
#[path = "../../../../tests/outside/exchange.rs"]
mod exchange;
#[path = "../../../../tests/outside/http.rs"]
mod http;
#[path = "../../../../tests/outside/process.rs"]
mod process;
mod programs;
mod python;
#[path = "../../../../tests/outside/required.rs"]
mod required;
mod servers;
mod visit;
mod visits;
#[path = "../../../../tests/outside/web_servers.rs"]
mod web_servers;

use differences::{Difference, Table, differences};
use servers::{Kind, Site};
use std::path::Path;
use visit::Visit;
use visits::Visited;

/// What differs in the visit of an application, and of how many
/// requests.
fn compared(
    (app, go): Visited,
    python: &Path,
) -> (Vec<Difference>, usize) {
    let visit = |kind| {
        let site = Site::start(kind, app, python)?;
        let mut visit = Visit::new(site.address);
        go(&mut visit);
        Some(visit.answers)
    };
    let theirs = visit(Kind::Gunicorn).unwrap();
    let mut found = Vec::new();
    for kind in [Kind::Http, Kind::Nginx] {
        let Some(ours) = visit(kind) else { continue };
        assert_eq!(theirs.len(), ours.len());
        for ((name, theirs), (_, ours)) in theirs.iter().zip(ours) {
            let name = format!("{app} {name}");
            let pair = [vec![theirs.clone()], vec![ours]];
            found.extend(differences(kind.name(), &name, pair));
        }
    }
    (found, theirs.len())
}

#[test]
fn every_application_answers_as_under_gunicorn() {
    let Some(python) = python::environment() else { return };
    let (mut found, mut count) = (Vec::new(), 0);
    for visited in visits::ALL {
        let (differences, requests) = compared(visited, &python);
        found.extend(differences);
        count += requests;
    }
    assert!(count >= 200, "{count} requests");
    let table = Table::read(include_str!("differences.md"));
    let unexplained = table.unexplained(&found);
    assert!(unexplained.is_empty(), "not explained:\n{unexplained}");
    let mut kinds = vec![Kind::Http.name()];
    if required::find("nginx").is_some() {
        kinds.push(Kind::Nginx.name());
    }
    let unseen = table.unseen(&found, &kinds);
    assert!(unseen.is_empty(), "no longer so:\n{unseen}");
}
