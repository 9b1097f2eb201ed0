//! The table that the book prints: each key of the environ, and the
//! outcome of the shared suite, under each server.

use super::requests::outcome;
use super::servers::{ALL, Kind, Site};
use super::table::{environ, html};
use std::collections::BTreeSet;
use std::{env, fs};

/// What the book prints.
const TABLE: &str = include_str!("matrix.html");

/// The table, made anew; `None` if a server is missing.
fn table() -> Option<String> {
    let mut environs = Vec::new();
    let mut outcomes = Vec::new();
    for kind in ALL {
        let site = Site::start(kind)?;
        let (outcome, faults) = outcome(kind, &site);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        environs.push(environ(&site));
        outcomes.push(outcome);
    }
    let names = ALL.map(Kind::name);
    Some(html(&names, &outcomes, &environs))
}

#[test]
fn every_server_answers_alike_and_the_book_prints_its_environ() {
    let Some(table) = table() else { return };
    if table != TABLE {
        let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/matrix.html");
        fs::write(file, &table).unwrap();
        panic!(
            "tests/outside/matrix/matrix.html is another table than \
             the one that was made, {file}; look at the differences, \
             and copy it there if they are right:\n{table}"
        );
    }
}

#[test]
fn the_servers_have_columns_of_their_own() {
    let names: BTreeSet<_> = ALL.map(Kind::name).into();
    assert_eq!(names.len(), ALL.len());
}
