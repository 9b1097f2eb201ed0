//! Two servers behind nginx, as the book prints it: nothing is lost,
//! whichever of them answers, and when one is gone.

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
#[path = "common/stores.rs"]
mod stores;
#[path = "../../../tests/it/support/mod.rs"]
mod support;
#[path = "../../../tests/outside/web_servers.rs"]
mod web_servers;

use common::{Place, Visitor, between, said};
use http::Answer;
use process::Running;
use required::required;
use sites::serving;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use stores::shared;
use web_servers::{error_log, free_port, start_nginx};

/// What is served.
const PROGRAM: &str = env!("CARGO_BIN_EXE_ch11");

const CLIENTS: usize = 25;
const CHANGES: usize = 1000;

/// Two servers, and nginx before them.
struct Site {
    name: &'static str,
    address: SocketAddr,
    // In this order: the processes end before their folder goes.
    _nginx: Running,
    servers: [(Running, SocketAddr); 2],
    place: Place,
}

impl Site {
    fn start(name: &'static str, sessions: &str) -> Self {
        let place = Place::new(sessions);
        let program = place.program();
        let servers =
            [(); 2].map(|()| serving(&program, "http", &place.folder));
        let [one, two] = servers.each_ref().map(|(_, at)| *at);
        // Somebody may take the port between us and nginx.
        let started = (0..5).find_map(|_| {
            let port = free_port();
            let lines = include_str!("../nginx.conf")
                .replace("server 127.0.0.1:8001;", &server(one))
                .replace("server 127.0.0.1:8002;", &server(two))
                .replace(
                    "127.0.0.1:8080;",
                    &format!("127.0.0.1:{port};"),
                );
            let told = "add_header X-Upstream $upstream_addr always;\n";
            let text = format!("{told}{lines}");
            Some((start_nginx(&place.folder, &text, port)?, port))
        });
        let Some((nginx, port)) = started else {
            panic!("nginx: {}", error_log(&place.folder))
        };
        let address = ([127, 0, 0, 1], port).into();
        Self { name, address, _nginx: nginx, servers, place }
    }

    fn visitor(&self) -> Visitor {
        Visitor::of(self.address, "")
    }

    fn member(&self) -> Visitor {
        let mut visitor = self.visitor();
        let answer = visitor.log_in("Ferris", "crab");
        assert_eq!(answer.status, "303 See Other", "{}", self.name);
        visitor
    }

    /// The messages in the guest book.
    fn entries(&self) -> Vec<String> {
        let page = self.visitor().ask("GET /", "", "").text();
        let entries = between(&page, "<dd>", "</dd>");
        entries.into_iter().map(str::to_string).collect()
    }
}

fn server(address: SocketAddr) -> String {
    format!("server {address};")
}

/// Who has answered, after whom nginx has asked in vain.
fn by(answer: &Answer) -> String {
    let by = answer.get("X-Upstream").unwrap_or_default();
    by.split(", ").last().unwrap().to_string()
}

/// With each store that two servers can share; none without nginx.
fn sites() -> Vec<Site> {
    if !required("nginx") {
        return Vec::new();
    }
    let start =
        |(name, sessions): (_, String)| Site::start(name, &sessions);
    shared().into_iter().map(start).collect()
}

#[test]
fn who_has_logged_in_by_one_signs_by_the_other() {
    for site in sites() {
        let mut visitor = site.visitor();
        let one = by(&visitor.log_in("Ferris", "crab"));
        let two = by(&visitor.sign("Hello"));
        let both =
            site.servers.each_ref().map(|(_, at)| at.to_string());
        let asked = BTreeSet::from([one, two]);
        assert_eq!(asked, BTreeSet::from(both), "{}", site.name);
        // Each has heard of it.
        for expected in ["Welcome, Ferris. Thank you!", ""] {
            let page = visitor.ask("GET /", "", "").text();
            assert!(page.contains("You are Ferris."), "{page}");
            assert_eq!(said(&page).join(" "), expected);
        }
        assert_eq!(site.entries(), ["Hello"]);
    }
}

#[test]
fn of_a_thousand_changes_at_once_none_is_lost() {
    // More messages than these would be too many for a session.
    const ROUND: usize = CHANGES / 5;
    for site in sites() {
        let mut member = site.member();
        member.ask("GET /", "", "");
        for round in 0..5 {
            thread::scope(|scope| {
                for client in 0..CLIENTS {
                    let mut member = member.clone();
                    scope.spawn(move || {
                        for change in 0..ROUND / CLIENTS {
                            let message =
                                format!("{round}-{client}-{change}");
                            let answer = member.sign(&message);
                            assert_eq!(answer.status, "303 See Other");
                        }
                    });
                }
            });
            let page = member.ask("GET /", "", "").text();
            let thanks = ["Thank you!"; ROUND];
            assert_eq!(said(&page), thanks, "{}", site.name);
        }
        let entries = site.entries();
        let different: BTreeSet<_> = entries.iter().collect();
        assert_eq!(entries.len(), CHANGES, "{}", site.name);
        assert_eq!(different.len(), CHANGES, "{}", site.name);
    }
}

/// What became of one client's messages.
#[derive(Default)]
struct Sent {
    answered: Vec<String>,
    failed: Vec<String>,
    by: BTreeSet<String>,
}

/// Signs again and again, whatever comes back.
fn signs(
    member: &mut Visitor,
    client: usize,
    answered: &Sender<()>,
) -> Sent {
    let mut sent = Sent::default();
    for change in 0..CHANGES / CLIENTS {
        let message = format!("{client}-{change}");
        let answer = member.sign(&message);
        if answer.status == "303 See Other" {
            sent.by.insert(by(&answer));
            sent.answered.push(message);
            answered.send(()).unwrap();
        } else {
            assert_eq!(answer.status, "502 Bad Gateway");
            sent.failed.push(message);
        }
    }
    sent
}

/// Ends a loop, even if its scope is left by a panic.
struct Until<'a>(&'a AtomicBool);

impl Drop for Until<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Has all of them sign, and kills one server in the middle of it.
fn sign_and_kill(
    site: &mut Site,
    members: &mut [Visitor],
) -> Vec<Sent> {
    let mut reader = site.visitor();
    let is_done = AtomicBool::new(false);
    let (answered, answers) = channel();
    thread::scope(|scope| {
        let reading = scope.spawn(|| {
            while !is_done.load(Relaxed) {
                // A GET is asked again of the other server.
                let answer = reader.ask("GET /", "", "");
                assert_eq!(answer.status, "200 OK");
            }
        });
        let signed = Until(&is_done);
        let mut signing = Vec::new();
        for (client, member) in members.iter_mut().enumerate() {
            let answered = answered.clone();
            signing.push(
                scope.spawn(move || signs(member, client, &answered)),
            );
        }
        drop(answered);
        for _ in 0..CHANGES / 3 {
            answers.recv().unwrap();
        }
        site.servers[0].0.0.kill().unwrap();
        let sent = signing.into_iter().map(|t| t.join().unwrap());
        let sent = sent.collect();
        drop(signed);
        reading.join().unwrap();
        sent
    })
}

#[test]
fn when_a_server_is_killed_nothing_that_was_answered_is_lost() {
    for mut site in sites() {
        let mut members: Vec<Visitor> =
            (0..CLIENTS).map(|_| site.member()).collect();
        let [gone, left] =
            site.servers.each_ref().map(|(_, at)| at.to_string());
        let sent = sign_and_kill(&mut site, &mut members);
        let by: BTreeSet<_> = sent.iter().flat_map(|s| &s.by).collect();
        assert_eq!(by, BTreeSet::from([&gone, &left]));
        let failed: usize = sent.iter().map(|s| s.failed.len()).sum();
        // Not more than were under way.
        assert!(failed <= CLIENTS, "{failed} of {}", site.name);
        let entries = site.entries();
        let different: BTreeSet<_> = entries.iter().collect();
        assert_eq!(different.len(), entries.len(), "signed twice");
        for (member, sent) in members.iter_mut().zip(sent) {
            for message in &sent.answered {
                assert!(different.contains(message), "{message}");
            }
            // Who has logged in by the one is known to the other.
            let answer = member.ask("GET /", "", "");
            assert_eq!(self::by(&answer), left);
            let page = answer.text();
            assert!(page.contains("You are Ferris."), "{page}");
            let said = said(&page);
            let is_one = |said: &&&str| **said == "Thank you!";
            let thanks = said.iter().filter(is_one).count();
            let least = sent.answered.len();
            let most = least + sent.failed.len();
            let is_right = (least..=most).contains(&thanks);
            let name = site.name;
            assert!(is_right, "{name}: {thanks} of {least} to {most}");
        }
    }
}
