//! The same visits under every server, with every store.

#![cfg(unix)]
#![allow(dead_code, reason = "each of the tests uses a part")]

#[path = "../../../tests/bound/mod.rs"]
mod bound;
mod common;
#[path = "../../../tests/outside/http.rs"]
mod http;
#[path = "../../../tests/outside/process.rs"]
mod process;
#[cfg(feature = "redis")]
#[path = "../../../tests/it/session/redis_server.rs"]
mod redis_server;
#[path = "../../../tests/outside/required.rs"]
mod required;
#[path = "../../../tests/outside/matrix/servers.rs"]
mod sites;
#[path = "../../../tests/it/support/mod.rs"]
mod support;
#[path = "../../../tests/outside/web_servers.rs"]
mod web_servers;

use common::{Place, Visitor, between, said, shared};
use http::Answer;
use sites::{ALL, Kind, MOUNT, Site};

/// A request, a field and a form, and what comes back.
type Row = [&'static str; 4];

const VISITS: [Row; 28] = [
    ["GET /", "", "", "200 nobody"],
    ["GET /mine", "", "", "303 /login, another id"],
    ["GET /login", "", "", "200 nobody: Please log in first."],
    // Whoever knows no token cannot even try passwords.
    ["POST /login", "", "name=Ferris&password=crab", "403"],
    [
        "POST /login",
        "",
        "csrf=TOKEN&name=Ferris&password=lobster",
        "303 /login",
    ],
    [
        "GET /login",
        "",
        "",
        "200 nobody: No member has this name and password.",
    ],
    [
        "POST /login",
        "",
        "csrf=TOKEN&name=Ferris&password=crab",
        "303 /, another id",
    ],
    // Its token was the other session's.
    ["POST /", "", "csrf=TOKEN&message=No", "403"],
    ["GET /", "", "", "200 Ferris: Welcome, Ferris."],
    ["GET /", "", "", "200 Ferris"],
    ["POST /", "", "csrf=TOKEN&message=One", "303 /"],
    ["GET /", "", "", "200 Ferris: Thank you! [One]"],
    ["HEAD /", "", "", "200"],
    ["POST /", "", "message=No", "403"],
    ["POST /", "X-CSRF-Token: 123", "message=No", "403"],
    [
        "POST /",
        "Origin: http://evil.example",
        "csrf=TOKEN&message=No",
        "403",
    ],
    [
        "POST /",
        "Sec-Fetch-Site: cross-site",
        "csrf=TOKEN&message=No",
        "403",
    ],
    ["POST /", "Origin: null", "csrf=TOKEN&message=Zo%C3%AB", "303 /"],
    ["POST /", "Origin: HERE", "message=Three", "303 /"],
    ["POST /", "Sec-Fetch-Site: same-origin", "message=+", "303 /"],
    [
        "GET /mine",
        "",
        "",
        "200 Ferris: Thank you! Thank you! A message, please. \
         [Three Zoë One]",
    ],
    ["POST /theme", "X-CSRF-Token: TOKEN", "theme=dark", "303 /"],
    ["GET /login", "", "", "200 Ferris, in the dark"],
    ["POST /logout", "", "csrf=TOKEN", "303 /, another id"],
    ["GET /mine", "", "", "303 /login"],
    ["POST /", "Origin: HERE", "message=No", "303 /login"],
    [
        "GET /",
        "",
        "",
        "200 nobody: You have logged out. Please log in first. \
         Please log in first. [Three Zoë One]",
    ],
    ["POST /elsewhere", "Origin: HERE", "", "404"],
];

/// An answer in short. What every page of a visitor's has to have is
/// said where it is missing.
fn short(visitor: &Visitor, answer: &Answer) -> String {
    let status = answer.status.split(' ').next().unwrap();
    let mut short = status.to_string();
    if let Some(url) = answer.get("Location") {
        let root =
            format!("http://{}{}", visitor.address, visitor.mount);
        short += &format!(" {}", url.replacen(&root, "", 1));
    }
    let page = answer.text();
    if page.contains("<!doctype html>") {
        short += " ";
        short += match between(&page, "You are ", ".")[..] {
            [user] => user,
            _ => "nobody",
        };
        if page.contains("background: #222") {
            short += ", in the dark";
        }
        let said = said(&page);
        if !said.is_empty() {
            short += &format!(": {}", said.join(" "));
        }
        let entries = between(&page, "<dd>", "</dd>");
        if !entries.is_empty() {
            short += &format!(" [{}]", entries.join(" "));
        }
    }
    if let Some(cookie) = answer.get("Set-Cookie") {
        let id = visitor.id.as_deref().unwrap_or_default();
        let right = format!(
            "gateway_session={id}; Path=/; HttpOnly; SameSite=Lax"
        );
        short += match cookie == right && id.len() == 32 {
            true => ", another id",
            false => &cookie,
        };
    }
    if matches!(status, "200" | "303") {
        for (name, value) in
            [("Vary", "Cookie"), ("Cache-Control", "no-store")]
        {
            if answer.get(name).as_deref() != Some(value) {
                short += &format!(", {name}: {:?}", answer.get(name));
            }
        }
    }
    short
}

/// What comes back otherwise than it must.
fn faults(name: &str, kind: Kind, sessions: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let place = Place::new(sessions);
    let Some(site) = Site::with(kind, &place.program()) else {
        return faults;
    };
    let mount = match kind {
        Kind::Http | Kind::HttpNginx => "",
        _ => MOUNT,
    };
    let mut visitor = Visitor::of(site.address, mount);
    let mut member = None;
    for [line, field, form, right] in VISITS {
        if line == "POST /logout" {
            member = visitor.id.clone();
        }
        let answer = visitor.ask(line, field, form);
        let short = short(&visitor, &answer);
        if short != right {
            faults.push(format!(
                "{name}, {kind:?}, {line} {field} {form}: {short}"
            ));
        }
    }
    // Whoever has kept the cookie has nothing of it.
    visitor.id = member;
    let answer = visitor.ask("GET /mine", "", "");
    let short = short(&visitor, &answer);
    if short != "303 /login, another id" {
        faults.push(format!("{name}, {kind:?}, the old id: {short}"));
    }
    faults
}

fn is_cgi(kind: &Kind) -> bool {
    kind.name().starts_with("CGI")
}

#[test]
fn every_server_with_every_store_answers_alike() {
    let mut faults_of_all = Vec::new();
    for kind in ALL {
        for (name, sessions) in shared() {
            faults_of_all.extend(faults(name, kind, &sessions));
        }
    }
    assert!(faults_of_all.is_empty(), "{}", faults_of_all.join("\n"));
}

/// Under CGI each request would have a memory of its own.
#[test]
fn memory_is_enough_for_one_process() {
    let kinds = ALL.into_iter().filter(|kind| !is_cgi(kind));
    let faults: Vec<String> = kinds
        .flat_map(|kind| faults("memory", kind, "memory"))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_server_that_is_started_anew_knows_its_visitors() {
    for (name, sessions) in shared() {
        let place = Place::new(&sessions);
        let start =
            || Site::with(Kind::Http, &place.program()).unwrap();
        let site = start();
        let mut visitor = Visitor::of(site.address, "");
        visitor.log_in("Ada", "engine");
        drop(site);
        let site = start();
        // Cookies do not know of ports.
        visitor.address = site.address;
        let answer = visitor.ask("GET /", "", "");
        let right = "200 Ada: Welcome, Ada.";
        assert_eq!(short(&visitor, &answer), right, "{name}");
    }
}

#[cfg(feature = "redis")]
#[test]
fn without_its_redis_nobody_is_taken_for_somebody() {
    let own = redis_server::own("guest-book");
    let Some((server, folder)) = own else { return };
    let place = Place::new(&server.database(0));
    let site = Site::with(Kind::Http, &place.program()).unwrap();
    let mut visitor = Visitor::of(site.address, "");
    visitor.log_in("Ferris", "crab");
    visitor.sign("One");
    drop(server);
    for line in ["GET /", "GET /mine", "POST /", "POST /logout"] {
        let answer = visitor.ask(line, "Origin: HERE", "message=No");
        assert_eq!(short(&visitor, &answer), "500", "{line}");
    }
    let mut stranger = Visitor::of(site.address, "");
    let answer = stranger.ask("GET /", "", "");
    assert_eq!(short(&stranger, &answer), "200 nobody [One]");
    // It has been told to keep nothing.
    let socket = folder.path("socket");
    let _server = redis_server::Server::start(socket, None);
    let answer = visitor.sign("No");
    let right = "303 /login, another id";
    assert_eq!(short(&visitor, &answer), right);
}

/// What the program prints when it does not start.
fn error(sessions: &str) -> String {
    let place = Place::new(sessions);
    let mut program = bound::bound(place.program());
    let output = program.arg("http").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{sessions}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_store_that_cannot_be_is_explained() {
    let start = "cannot keep sessions: ";
    let places = [
        ("sqlite:x", cfg!(feature = "sqlite")),
        ("redis://localhost", cfg!(feature = "redis")),
    ];
    for (place, is_built_in) in places {
        if !is_built_in {
            let kind = place.split(':').next().unwrap();
            let why = format!("{start}{kind} is not built in; cargo");
            let error = error(place);
            assert!(error.starts_with(&why), "{error}");
        }
    }
    let error = error("/dev/null/sessions");
    assert!(error.starts_with(start), "{error}");
    assert!(error.contains("/dev/null"), "{error}");
}
