//! The check of exercise 5.1, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect, field};
use gateway::exchange::{self, Protocol};
use gateway::{Environ, ErrorLog, Response, Result, StartResponse};
use std::io;

pub const READ: &str = "The answer";

pub const HINT: &str = "What does `Answer::choose` say beside \
    `Nothing`, and where does its `length` come from? A body that is \
    not sent can still be measured.";

type Answer = fn(&mut Environ, StartResponse) -> Result<Response>;

const PAGE: &str = "GET got its page before, and has to get it still.";
const LENGTH: &str = "HEAD gets the fields of GET, Content-Length \
    among them (RFC 9110, section 9.3.2). The server fills it in, when \
    it is given the body to measure.";
const CASE: &str = "A method's name is told by its exact letters: \
    `head` is another, and gets the page as before.";
const STATUS: &str = "HEAD gets the status that GET would get.";

/// What is sent, line by line, without the server's own fields.
fn lines(notice: Answer, method: &str) -> Vec<String> {
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", method);
    environ.errors = ErrorLog::new(io::sink());
    let mut out = Vec::new();
    let protocol = Protocol::Http { minor: 1, keep_alive: true };
    exchange::run(&notice, &mut environ, protocol, &mut out);
    let text = String::from_utf8_lossy(&out);
    let is_own = |line: &&str| {
        line.starts_with("Date: ") || line.starts_with("Server: ")
    };
    let lines = text.split("\r\n").filter(|line| !is_own(line));
    lines.map(field).collect()
}

pub fn check(notice: Answer) -> Verdict {
    let page = [
        "HTTP/1.1 200 OK",
        "Content-Type: text/plain",
        "Content-Length: 14",
        "",
        "Back at noon.\n",
    ]
    .map(String::from);
    let mut head = page.clone();
    head[4].clear();
    let get = page.clone();
    expect("GET", || lines(notice, "GET"), get.into(), PAGE)?;
    let status = || lines(notice, "HEAD").remove(0);
    expect("HEAD", status, "HTTP/1.1 200 OK".into(), STATUS)?;
    expect("HEAD", || lines(notice, "HEAD"), head.into(), LENGTH)?;
    expect("head", || lines(notice, "head"), page.into(), CASE)
}

/// Answers HEAD like this, and GET as before.
fn answer(
    environ: &Environ,
    start_response: StartResponse,
    length: Option<(&str, &str)>,
    page: &'static str,
) -> Result<Response> {
    let mut headers = vec![("Content-Type", "text/plain")];
    let is_head = environ.bytes("REQUEST_METHOD") == Some(b"HEAD");
    headers.extend(length.filter(|_| is_head));
    let started = start_response("200 OK", &headers)?;
    Ok(started.body(if is_head { page } else { "Back at noon.\n" }))
}

pub const WRONG: [(&str, Answer); 5] = [
    // The length of what is sent, which is nothing.
    (LENGTH, |environ, start_response| {
        let length = ("Content-Length", "0");
        answer(environ, start_response, Some(length), "")
    }),
    // Some text, as it is not sent in any case.
    (LENGTH, |environ, start_response| {
        answer(environ, start_response, None, "Nobody reads this.\n")
    }),
    // A status that means that there is no body.
    (STATUS, |environ, start_response| {
        match environ.bytes("REQUEST_METHOD") {
            Some(b"HEAD") => {
                let started = start_response("204 No Content", &[])?;
                Ok(started.body(""))
            }
            _ => answer(environ, start_response, None, ""),
        }
    }),
    // The length by hand, and the page gone for everybody.
    (PAGE, |_, start_response| {
        let headers =
            [("Content-Type", "text/plain"), ("Content-Length", "14")];
        Ok(start_response("200 OK", &headers)?.body(""))
    }),
    // The length by hand, for blocks of which nobody knows it.
    (RIGHT, |_, start_response| {
        let headers =
            [("content-type", "text/plain"), ("content-length", "14")];
        let blocks = ["Back at ", "noon.\n"];
        let blocks = blocks.map(|text| Ok(text.as_bytes().into()));
        let started = start_response("200 OK", &headers)?;
        Ok(started.body(gateway::Body::blocks(blocks)))
    }),
];
