//! How many of the shared requests `small3` answers rightly: those of
//! `tests/outside/matrix` that ask for an environ or a body. The rest
//! ask for forms, statuses and errors.

#![cfg(unix)]

use gateway::testing;
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Output, Stdio};

const SMALL: &str = env!("CARGO_BIN_EXE_small3");

/// Those that it does not, and why.
const WRONG: [&str; 4] = [
    "HEAD: the body is sent",
    "Latin-1: the byte is lost",
    "httpoxy: the visitor is believed",
    "a body of bytes: it has to be text",
];

/// What the page must have, after the head.
enum Page {
    Line(&'static str),
    Without(&'static str),
    Ends(Vec<u8>),
    Empty,
}

struct Case {
    name: &'static str,
    target: &'static str,
    method: &'static str,
    /// A variable that the web server has made of a field.
    variable: Option<(&'static str, &'static str)>,
    body: Vec<u8>,
    page: Page,
}

fn get(name: &'static str, target: &'static str, page: Page) -> Case {
    let (method, variable) = ("GET", None);
    Case { name, target, method, variable, body: vec![], page }
}

fn method(method: &'static str, line: &'static str) -> Case {
    Case { method, ..get(method, "/", Page::Line(line)) }
}

fn with(
    name: &'static str,
    variable: (&'static str, &'static str),
    page: Page,
) -> Case {
    Case { variable: Some(variable), ..get(name, "/", page) }
}

fn post(name: &'static str, body: impl Into<Vec<u8>>) -> Case {
    let body = body.into();
    let page =
        Page::Ends([b"wsgi.input = ", &body[..], b"\n"].concat());
    Case { method: "POST", body, ..get(name, "/", page) }
}

fn targets() -> Vec<Case> {
    use Page::{Line, Without};
    let head = get("HEAD", "/hello", Page::Empty);
    let old = ("SERVER_PROTOCOL", "HTTP/1.0");
    let nowhere = ("PATH_INFO", "");
    vec![
        get("a page", "/hello", Line("PATH_INFO = /hello")),
        Case { method: "HEAD", ..head },
        with("HTTP/1.0", old, Line("PATH_INFO = /")),
        with("no more path", nowhere, Without("PATH_INFO = /")),
        get("a slash", "/a/", Line("PATH_INFO = /a/")),
        get("a space", "/a%20b", Line("PATH_INFO = /a b")),
        get("a letter", "/%41", Line("PATH_INFO = /A")),
        get("a plus", "/a+b", Line("PATH_INFO = /a+b")),
        get("an escaped slash", "/a%2Fb", Line("PATH_INFO = /a/b")),
        get("a question", "/a%3Fb", Line("PATH_INFO = /a?b")),
        get("a percent", "/a%2541", Line("PATH_INFO = /a%41")),
        get("UTF-8", "/%C3%AB", Line("PATH_INFO = /\u{eb}")),
        get("Latin-1", "/%EB", Without("\u{fffd}")),
        get("parameters", "/a;b=1,2", Line("PATH_INFO = /a;b=1,2")),
        get("a script name", "/a", Line("SCRIPT_NAME = /app")),
        get("a query", "/?a=1&b=2", Line("QUERY_STRING = a=1&b=2")),
        get("its escapes", "/?a=%26+b", Line("QUERY_STRING = a=%26+b")),
        get(
            "a query of questions",
            "/?a?b?",
            Line("QUERY_STRING = a?b?"),
        ),
        get("no query", "/", Line("QUERY_STRING = ")),
        get("an empty query", "/?", Line("QUERY_STRING = ")),
    ]
}

fn fields() -> Vec<Case> {
    use Page::{Line, Without};
    let (name, cookie) = ("HTTP_X_NAME", ("HTTP_COOKIE", "a=1; b=2"));
    let spaces = Line("HTTP_X_NAME = two  words");
    let proxy = ("HTTP_PROXY", "http://evil.example/");
    vec![
        method("POST", "REQUEST_METHOD = POST"),
        method("PUT", "REQUEST_METHOD = PUT"),
        method("PATCH", "REQUEST_METHOD = PATCH"),
        method("DELETE", "REQUEST_METHOD = DELETE"),
        method("OPTIONS", "REQUEST_METHOD = OPTIONS"),
        with("a field", (name, "value"), Line("HTTP_X_NAME = value")),
        with("spaces", (name, "two  words"), spaces),
        with("in UTF-8", (name, "ë"), Line("HTTP_X_NAME = ë")),
        with("a cookie", cookie, Line("HTTP_COOKIE = a=1; b=2")),
        with("twice", (name, "1, 2"), Line("HTTP_X_NAME = 1, 2")),
        with("httpoxy", proxy, Without("evil.example")),
    ]
}

fn bodies() -> Vec<Case> {
    let large = "0123456789abcdef".repeat(65536);
    let lines = "one\r\ntwo\nthree";
    let length = Page::Line("CONTENT_LENGTH = 5");
    let type_ = ("CONTENT_TYPE", "text/x-a; b=c");
    let typed = Page::Line("CONTENT_TYPE = text/x-a; b=c");
    let all: Vec<u8> = (0..=255).collect();
    vec![
        post("a body", "Hello"),
        post("a body of bytes", all),
        post("a body of 1 MiB", large),
        post("a body in lines", lines),
        Case { page: length, ..post("a body's length", "Hello") },
        Case {
            variable: Some(type_),
            page: typed,
            ..post("a body's type", "Hello")
        },
    ]
}

/// Starts the program as a web server would that adds nothing of its
/// own, and takes nothing away.
fn ask(case: &Case) -> Output {
    let mut environ = testing::environ(case.method, case.target);
    environ.set("SCRIPT_NAME", "/app");
    environ.set("CONTENT_LENGTH", case.body.len().to_string());
    let mut command = Command::new(SMALL);
    command.env_clear().envs(case.variable);
    for (name, value) in environ.variables() {
        if case.variable.is_none_or(|(other, _)| other != name) {
            command.env(name, OsStr::from_bytes(value));
        }
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&case.body).unwrap();
    child.wait_with_output().unwrap()
}

fn is_right(case: &Case) -> bool {
    let out = ask(case).stdout;
    let end = out.windows(4).position(|four| four == b"\r\n\r\n");
    let Some(end) = end else { return false };
    let page = &out[end + 4..];
    let text = String::from_utf8_lossy(page);
    out.starts_with(b"Status: 200 OK\r\n")
        && match &case.page {
            Page::Line(line) => text.lines().any(|l| l == *line),
            Page::Without(what) => !text.contains(what),
            Page::Ends(end) => page.ends_with(end),
            Page::Empty => page.is_empty(),
        }
}

#[test]
fn the_page_answers_all_but_four() {
    let all = [targets(), fields(), bodies()].map(Vec::into_iter);
    let all: Vec<Case> = all.into_iter().flatten().collect();
    let wrong = all.iter().filter(|case| !is_right(case));
    let wrong: Vec<&str> = wrong.map(|case| case.name).collect();
    let known = WRONG.map(|line| line.split_once(':').unwrap().0);
    assert_eq!(wrong, known);
    println!("{} of {}, but not", all.len() - wrong.len(), all.len());
    println!("- {}", WRONG.join("\n- "));
}
