//! The whole site under every server: chapter 11's visits, and one
//! session for all four frameworks.

#![cfg(unix)]
#![allow(dead_code, reason = "each of the tests uses a part")]

#[path = "../../../tests/bound/mod.rs"]
mod bound;
#[path = "../../ch11/tests/common/mod.rs"]
mod common;
#[path = "../../../tests/outside/http.rs"]
mod http;
#[path = "../../../tests/outside/process.rs"]
mod process;
#[path = "../../../tests/outside/required.rs"]
mod required;
#[path = "../../../tests/outside/matrix/servers.rs"]
mod sites;
#[path = "../../../tests/outside/web_servers.rs"]
mod web_servers;

use common::visits::{faults, mount};
use common::{Place, Visitor};
use sites::{ALL, Kind, Site};
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// What is served.
const PROGRAM: &str = env!("CARGO_BIN_EXE_ch13");

const FILES: &str = "HERE/sessions";

fn kinds() -> impl Iterator<Item = Kind> {
    ALL.into_iter().chain([Kind::TinyHttp, Kind::Hyper])
}

fn is_cgi(kind: Kind) -> bool {
    kind.name().starts_with("CGI")
}

#[test]
fn every_server_answers_chapter_11s_visits() {
    let with = |sessions: &'static str| {
        move |kind: &Kind| faults(sessions, *kind, sessions)
    };
    let kinds: Vec<Kind> = kinds().collect();
    let mut all: Vec<String> =
        kinds.iter().flat_map(with(FILES)).collect();
    // Under CGI each request would have a memory of its own.
    let stay = kinds.iter().filter(|kind| !is_cgi(**kind));
    all.extend(stay.flat_map(with("memory")));
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Puts the script and the files where the server's user may read them.
fn with_its_files(place: &Place) {
    let from = concat!(env!("CARGO_MANIFEST_DIR"), "/site");
    for (folder, name) in [("cgi", "hello.sh"), ("files", "index.html")]
    {
        let to = place.folder.path("site").join(folder);
        fs::create_dir_all(&to).unwrap();
        let from = format!("{from}/{folder}/{name}");
        fs::copy(from, to.join(name)).unwrap();
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(to.join(name), open).unwrap();
    }
}

/// What there is to see of the four, in one session.
fn tour(kind: Kind, visitor: &mut Visitor) {
    let mut page = |line: &str| {
        let answer = visitor.ask(line, "", "");
        assert_eq!(answer.status, "200 OK", "{kind:?}, {line}");
        answer.text()
    };
    assert_eq!(page("GET /axum/you"), "You have not logged in.\n");
    let text = page("GET /cgi/x");
    assert!(text.starts_with("Hello stranger, from"), "{text}");
    visitor.log_in("Ferris", "crab");
    let mut page = |line: &str| {
        let answer = visitor.ask(line, "", "");
        assert_eq!(answer.status, "200 OK", "{kind:?}, {line}");
        answer.text()
    };
    let text = page("GET /axum/you");
    assert_eq!(text, "You are Ferris, to axum as well.\n", "{kind:?}");
    let text = page("GET /cgi/x");
    let start = "Hello Ferris, from a shell.\n";
    assert!(text.starts_with(start), "{kind:?}: {text}");
    let text = page("GET /");
    assert!(text.contains("You are Ferris."), "{kind:?}: {text}");
    let file = include_str!("../site/files/index.html");
    assert_eq!(page("GET /files/"), file, "{kind:?}");
    assert_eq!(page("GET /axum/"), "[]", "{kind:?}");
}

#[test]
fn a_session_is_one_for_four_frameworks() {
    for kind in kinds() {
        let place = Place::new(FILES);
        with_its_files(&place);
        let Some(site) = Site::with(kind, &place.program()) else {
            continue;
        };
        let mut visitor = Visitor::of(site.address, mount(kind));
        tour(kind, &mut visitor);
        let pinned =
            visitor.ask("POST /axum/", "Origin: HERE", "text=Hello");
        assert_eq!(pinned.status, "201 Created", "{kind:?}");
        assert_eq!(pinned.text(), "0", "{kind:?}");
        // The board is in the memory of a process, and under CGI that
        // has ended.
        let notes = match is_cgi(kind) {
            true => "[]",
            false => r#"[{"text":"Hello","from":"127.0.0.1"}]"#,
        };
        let answer = visitor.ask("GET /axum/", "", "");
        assert_eq!(answer.text(), notes, "{kind:?}");
    }
}
