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
#[path = "common/stores.rs"]
mod stores;
#[path = "../../../tests/it/support/mod.rs"]
mod support;
#[path = "../../../tests/outside/web_servers.rs"]
mod web_servers;

use common::visits::{faults, short};
use common::{Place, Visitor, between};
use process::Running;
use required::required;
use sites::{ALL, Kind, MOUNT, Site, serving};
use std::process::Command;
use stores::shared;
use web_servers::{
    CERTIFICATE, error_log, free_port, make_certificate, start_nginx,
};

/// What is served.
const PROGRAM: &str = env!("CARGO_BIN_EXE_ch11");

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

/// nginx with TLS, which says so to the program behind it.
struct Encrypted {
    port: u16,
    // In this order: the processes end before their folder goes.
    _nginx: Running,
    _program: Running,
    place: Place,
}

impl Encrypted {
    fn start() -> Option<Self> {
        if !["nginx", "openssl", "curl"].into_iter().all(required) {
            return None;
        }
        let place = Place::new("HERE/sessions");
        let folder = &place.folder;
        make_certificate(folder);
        let (program, back) =
            serving(&place.program(), "fastcgi", folder);
        // Somebody may take the port between us and nginx.
        let started = (0..5).find_map(|_| {
            let port = free_port();
            let listen = format!(
                "127.0.0.1:{port} ssl;\n\
                 ssl_certificate {CERTIFICATE};\n\
                 ssl_certificate_key key.pem;"
            );
            let text = include_str!(
                "../../../tests/outside/matrix/nginx-fastcgi.conf"
            )
            .replace("server 127.0.0.1:9000", &format!("server {back}"))
            .replace("127.0.0.1:8080;", &listen);
            Some((start_nginx(folder, &text, port)?, port))
        });
        let Some((nginx, port)) = started else {
            panic!("nginx: {}", error_log(folder))
        };
        Some(Self { port, _nginx: nginx, _program: program, place })
    }

    /// What curl gets, which keeps cookies as a browser does.
    fn ask(&self, path: &str, options: &[&str]) -> String {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--include"]);
        command.arg("--cacert");
        command.arg(self.place.folder.path(CERTIFICATE));
        let jar = self.place.folder.path("cookies");
        command.arg("--cookie-jar").arg(&jar);
        command.arg("--cookie").arg(&jar).args(options);
        let port = self.port;
        command.arg(format!("https://localhost:{port}{MOUNT}{path}"));
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn under_https_only_this_host_can_set_the_cookie() {
    let Some(site) = Encrypted::start() else { return };
    let form = ["--data", "name=Ferris&password=crab", "--header"];
    let log_in = |origin: &str| {
        let origin = format!("Origin: {origin}:{}", site.port);
        site.ask("/login", &[&form[..], &[&origin]].concat())
    };
    let answer = log_in("http://localhost");
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    let answer = log_in("https://localhost");
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    let cookie = between(&answer, "Set-Cookie: ", "\r\n")[0];
    let (name, rest) = cookie.split_once('=').unwrap();
    let (id, attributes) = rest.split_once("; ").unwrap();
    assert_eq!(name, "__Host-gateway_session");
    let right = "Path=/; HttpOnly; SameSite=Lax; Secure";
    assert_eq!(attributes, right);
    let page = site.ask("/mine", &[]);
    assert!(page.contains("You are Ferris."), "{page}");
    // The other name could be anybody's, from a page without TLS.
    let other = format!("Cookie: gateway_session={id}");
    std::fs::remove_file(site.place.folder.path("cookies")).unwrap();
    let answer = site.ask("/mine", &["--header", &other]);
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
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
