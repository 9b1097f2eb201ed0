//! The check of exercise 2.2, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect, usual};
use ch02::{Application, Environ};

pub const READ: &str = "The same application, somewhere else";

pub const HINT: &str = "An application can call another: pass the \
    environ and `start_response` on, and return what comes back. \
    `map(String::as_str)` makes an `Option<&str>`, good for a `match`.";

const PASS: &str = "`GET` and `HEAD` get the greeting, unchanged.";
const TERMINAL: &str = "In a terminal there is no method, and somebody \
    who wants to see the page.";
const STATUS: &str = "Every other method is refused with status 405.";
const ALLOW: &str = "Whoever is refused a method is told which would \
    do, in `Allow` (RFC 9110, section 15.5.6).";
const CASE: &str = "A method's name is told by its exact letters: \
    `get` is another method (RFC 9110, section 9.1).";
const BLOCK: &str = "An empty block is a block all the same, and has \
    a length. No block is a list with nothing in it.";

fn printed(application: Application, method: Option<&str>) -> String {
    let query = ("QUERY_STRING".into(), "Ferris".into());
    let mut environ = Environ::from([query]);
    if let Some(method) = method {
        environ.insert("REQUEST_METHOD".into(), method.into());
    }
    let mut out = Vec::new();
    ch02::respond(application, &environ, &mut out)
        .expect("a vector takes everything");
    usual(&String::from_utf8_lossy(&out))
}

pub fn check(get_only: Application) -> Verdict {
    let greeting = printed(ch02::greet, None);
    let refusal = "Status: 405 Method Not Allowed\n\
                   Allow: GET, HEAD\n\n";
    let case = |method: Option<&str>, expected: &str, hint| {
        let sent = format!("REQUEST_METHOD {method:?}, Ferris");
        let answer = || printed(get_only, method);
        expect(sent, answer, expected.to_string(), hint)
            .map_err(|c| c.hint_if("Content-Length: 0", BLOCK))
    };
    case(Some("GET"), &greeting, PASS)?;
    case(Some("HEAD"), &greeting, PASS)?;
    case(None, &greeting, TERMINAL)?;
    let status = || {
        let text = printed(get_only, Some("POST"));
        text.lines().next().unwrap_or_default().to_string()
    };
    let expected = "Status: 405 Method Not Allowed".to_string();
    expect("REQUEST_METHOD POST", status, expected, STATUS)?;
    case(Some("POST"), refusal, ALLOW)?;
    case(Some("DELETE"), refusal, STATUS)?;
    case(Some("BREW"), refusal, STATUS)?;
    case(Some("get"), refusal, CASE)?;
    case(Some("GETS"), refusal, CASE)?;
    case(Some("HEADER"), refusal, CASE)?;
    case(Some(""), refusal, STATUS)
}

pub const WRONG: [(&str, Application); 7] = [
    // A refusal that does not say what would do.
    (ALLOW, |environ, start_response| {
        match environ.get("REQUEST_METHOD").map(String::as_str) {
            None | Some("GET" | "HEAD") => {
                ch02::greet(environ, start_response)
            }
            _ => start_response("405 Method Not Allowed", &[]).body([]),
        }
    }),
    // POST alone refused.
    (STATUS, |environ, start_response| {
        let method = environ.get("REQUEST_METHOD");
        if method.is_some_and(|method| method == "POST") {
            let headers = [("Allow", "GET, HEAD")];
            return start_response("405 Method Not Allowed", &headers)
                .body([]);
        }
        ch02::greet(environ, start_response)
    }),
    // HEAD forgotten.
    (PASS, |environ, start_response| {
        match environ.get("REQUEST_METHOD").map(String::as_str) {
            None | Some("GET") => ch02::greet(environ, start_response),
            _ => start_response("405 Method Not Allowed", &[]).body([]),
        }
    }),
    // A panic where the variable is missing.
    (
        TERMINAL,
        |environ, start_response| match &*environ["REQUEST_METHOD"] {
            "GET" | "HEAD" => ch02::greet(environ, start_response),
            _ => start_response("405 Method Not Allowed", &[]).body([]),
        },
    ),
    // A method that begins like one of the two.
    (CASE, |environ, start_response| {
        let method = environ.get("REQUEST_METHOD").map_or("GET", |m| m);
        if method.starts_with("GET") || method.starts_with("HEAD") {
            return ch02::greet(environ, start_response);
        }
        let headers = [("Allow", "GET, HEAD")];
        start_response("405 Method Not Allowed", &headers).body([])
    }),
    // An empty block.
    (BLOCK, |environ, start_response| {
        match environ.get("REQUEST_METHOD").map(String::as_str) {
            None | Some("GET" | "HEAD") => {
                ch02::greet(environ, start_response)
            }
            _ => start_response(
                "405 Method Not Allowed",
                &[("Allow", "GET, HEAD")],
            )
            .body([String::new()]),
        }
    }),
    // The field in small letters.
    (RIGHT, |environ, start_response| {
        match environ.get("REQUEST_METHOD").map(String::as_str) {
            None | Some("GET" | "HEAD") => {
                ch02::greet(environ, start_response)
            }
            _ => start_response(
                "405 Method Not Allowed",
                &[("allow", "GET, HEAD")],
            )
            .body(None),
        }
    }),
];
