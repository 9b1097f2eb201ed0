//! `mine13`, with our pieces.

#[path = "../../program.rs"]
mod program;

use program::{Program, bound};
use std::io::{Read, Write};
use std::process::Stdio;
use std::thread;

/// The server, whose log is not looked at.
struct Mine(Program);

impl Mine {
    fn start() -> Self {
        let mut command = bound(env!("CARGO_BIN_EXE_mine13"));
        command.args(["--port", "0", "--ours"]).stderr(Stdio::null());
        Self(Program::serving(&mut command, "http"))
    }

    /// The head and the body of what is below the mount.
    fn ask(&self, path: &str, rest: &str) -> (String, String) {
        let (method, path) =
            path.split_once(' ').unwrap_or(("GET", path));
        self.ask_for(&format!("{method} /my%20axum{path}"), rest)
    }

    fn ask_for(&self, line: &str, rest: &str) -> (String, String) {
        let rest = if rest.is_empty() { "\r\n" } else { rest };
        let request = format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\n\
             Connection: close\r\n{rest}"
        );
        let mut stream = self.0.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.into(), body.into())
    }

    #[track_caller]
    fn assert_page(&self, path: &str, rest: &str, expected: &str) {
        let (head, page) = self.ask(path, rest);
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert_eq!(page, expected);
    }
}

#[test]
fn each_link_leads_to_its_page() {
    let mine = Mine::start();
    let (_, home) = mine.ask("/", "");
    let links = home.split("href=\"").skip(1);
    let links: Vec<&str> =
        links.map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(
        links,
        [
            "/my%20axum/entry/1%2F2%20cake%20%26%20tea%3F",
            "/my%20axum/file/tea/green%20tea.txt",
            "/my%20axum/fields",
            "/my%20axum/tea",
            "/my%20axum/old",
        ]
    );
    for (link, page) in [
        (links[0], "the entry \"1/2 cake & tea?\"\n"),
        (links[1], "the file \"tea/green tea.txt\"\n"),
        (links[3], "tea\n"),
    ] {
        let (head, body) = mine.ask_for(&format!("GET {link}"), "");
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert_eq!(body, page);
    }
}

#[test]
fn the_path_is_what_was_asked_for() {
    let mine = Mine::start();
    let home = mine.ask("/", "").1;
    assert_eq!(mine.ask("", "").1, home);
    mine.assert_page("/entry/%2541+%", "", "the entry \"%41+%\"\n");
    mine.assert_page("/file/a//b%2Fc", "", "the file \"a//b/c\"\n");
    // There is no slash where the mount ends.
    let (head, _) = mine.ask("%2Ftea", "");
    assert!(head.starts_with("HTTP/1.1 404 Not Found\r\n"), "{head}");
}

#[test]
fn fields_and_bodies_arrive() {
    let mine = Mine::start();
    mine.assert_page(
        "/fields",
        "X-Tea: green\r\nAccept: a\r\nAccept: b\r\nProxy: c\r\n\r\n",
        "accept: \"a, b\"\nconnection: \"close\"\n\
         host: \"localhost\"\nx-tea: \"green\"\n",
    );
    let kind = "Content-Type: application/x-www-form-urlencoded";
    mine.assert_page(
        "POST /form",
        &format!("{kind}\r\nContent-Length: 7\r\n\r\ntea=1+2"),
        "the form {\"tea\": \"1 2\"}\n",
    );
    let much =
        format!("Content-Length: 70000\r\n\r\n{}", "a".repeat(70_000));
    let (head, _) = mine.ask("POST /form", &much);
    assert!(head.starts_with("HTTP/1.1 413 "), "{head}");
}

#[test]
fn threads_that_sleep_are_woken() {
    let mine = Mine::start();
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| mine.assert_page("/tea", "", "tea\n"));
        }
        mine.assert_page("/entry/a", "", "the entry \"a\"\n");
    });
}

#[test]
fn an_application_in_axum_has_its_own_head() {
    let mine = Mine::start();
    let (head, page) = mine.ask("/old", "");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let head = head.to_lowercase();
    let cookies = head.matches("\r\nset-cookie: ").count();
    assert_eq!(cookies, 2, "{head}");
    assert_eq!(page, "An application, in axum, in an application\n");
    let (head, _) = mine.ask("/nowhere", "");
    assert!(head.starts_with("HTTP/1.1 404 Not Found\r\n"), "{head}");
}
