//! The check of exercise 2.1, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect, usual};
use ch02::{Application, Environ};

pub const READ: &str = "Two types and a function";

pub const HINT: &str = "A map has one value for each name. What does \
    `start_response` ask for?";

const TWICE: &str = "A field may occur twice, and each of the two is a \
    line of its own.";
const ORDER: &str = "The order in which an application gives its \
    header fields is kept.";
const REST: &str = "The status and the page were right already.";

pub fn check(two_cookies: Application) -> Verdict {
    let printed = || {
        let mut out = Vec::new();
        let result =
            ch02::respond(two_cookies, &Environ::new(), &mut out);
        result.expect("a vector takes everything");
        usual(&String::from_utf8_lossy(&out))
    };
    let sent = "an empty environ";
    let fields = || {
        let text = printed();
        let lines = text.lines().take_while(|line| !line.is_empty());
        lines.skip(1).map(String::from).collect::<Vec<_>>()
    };
    let sorted = || {
        let mut all = fields();
        all.sort();
        all
    };
    let expected = [
        "Content-Length: 9",
        "Content-Type: text/plain",
        "Set-Cookie: door=open",
        "Set-Cookie: lamp=on",
    ];
    expect(sent, sorted, expected.map(String::from).into(), TWICE)?;
    let expected = [
        "Content-Type: text/plain",
        "Set-Cookie: lamp=on",
        "Set-Cookie: door=open",
        "Content-Length: 9",
    ];
    expect(sent, fields, expected.map(String::from).into(), ORDER)?;
    let all = "Status: 200 OK\nContent-Type: text/plain\n\
               Set-Cookie: lamp=on\nSet-Cookie: door=open\n\
               Content-Length: 9\n\nWelcome.\n";
    expect(sent, printed, all.to_string(), REST)
}

pub const WRONG: [(&str, Application); 4] = [
    // Joined with a comma, as other fields may be.
    (TWICE, |_, start_response| {
        let headers = [
            ("Content-Type", "text/plain"),
            ("Set-Cookie", "lamp=on, door=open"),
        ];
        start_response("200 OK", &headers).body(["Welcome.\n".into()])
    }),
    // Sorted by value, which keeps both and turns them round.
    (ORDER, |_, start_response| {
        let headers = [
            ("Content-Type", "text/plain"),
            ("Set-Cookie", "door=open"),
            ("Set-Cookie", "lamp=on"),
        ];
        start_response("200 OK", &headers).body(["Welcome.\n".into()])
    }),
    // Two blocks, so that the length is not known.
    (TWICE, |_, start_response| {
        let headers = [
            ("Content-Type", "text/plain"),
            ("Set-Cookie", "lamp=on"),
            ("Set-Cookie", "door=open"),
        ];
        let started = start_response("200 OK", &headers);
        started.body(["Welcome.".into(), "\n".into()])
    }),
    // Small letters, in which HTTP/2 sends all names.
    (RIGHT, |_, start_response| {
        let headers = [
            ("content-type", "text/plain"),
            ("set-cookie", "lamp=on"),
            ("set-cookie", "door=open"),
        ];
        start_response("200 OK", &headers).body(["Welcome.\n".into()])
    }),
];
