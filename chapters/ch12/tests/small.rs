//! The debugger on one page.

#[path = "../../program.rs"]
mod program;

use program::{Program, bound};
use std::io::{Read, Write};
use std::process::Stdio;
use std::thread;

const SOURCE: &str = include_str!("../src/small.rs");

/// The line and column of this in the source.
fn place(of: &str) -> String {
    let mut lines = SOURCE.lines().zip(1..);
    let (line, number) =
        lines.find(|(line, _)| line.contains(of)).unwrap();
    format!("{number}:{}", line.find(of).unwrap() + 1)
}

/// A process of its own: it changes what a panic does.
fn start() -> Program {
    let mut command = bound(env!("CARGO_BIN_EXE_small12"));
    command.args(["--port", "0"]).stderr(Stdio::null());
    Program::serving(&mut command, "http")
}

/// The status and the page.
fn ask(program: &Program, target: &str) -> (String, String) {
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    );
    let mut stream = program.connect();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, page) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.lines().next().unwrap();
    let status = status.strip_prefix("HTTP/1.1 ").unwrap();
    (status.into(), page.into())
}

fn failed(target: &str) -> String {
    let (status, page) = ask(&start(), target);
    assert_eq!(status, "500 Internal Server Error");
    page
}

#[test]
fn what_does_not_fail_is_answered() {
    let answer = ask(&start(), "/?guests=5");
    assert_eq!(answer, ("200 OK".into(), "2 for each\n".into()));
}

#[test]
fn an_error_has_the_place_of_its_question_mark() {
    let place = place("query.trim_start_matches(");
    let page = format!(
        "invalid digit found in string\n\
         at chapters/ch12/src/small.rs:{place}\n"
    );
    assert_eq!(failed("/?guests=two"), page);
}

#[test]
fn a_panic_has_its_place_and_our_functions() {
    let page = failed("/?guests=0");
    let place = place("10 / guests");
    let start = format!(
        "panicked at chapters/ch12/src/small.rs:{place}:\n\
         attempt to divide by zero\nnote, small.rs:"
    );
    assert!(page.starts_with(&start), "{page}");
    let lines: Vec<&str> = page.lines().collect();
    assert!(lines[3].ends_with(&format!("share, small.rs:{place}")));
    assert!(lines[4].contains("cakes, small.rs:"), "{page}");
    assert!(lines.iter().all(|line| line.len() < 72), "{page}");
}

#[test]
fn two_at_once_are_told_apart() {
    let program = start();
    thread::scope(|scope| {
        for (target, why) in [
            ("/?guests=0", "attempt to divide by zero"),
            ("/?guests=-1", "invalid digit found in string"),
        ] {
            let program = &program;
            scope.spawn(move || {
                for _ in 0..20 {
                    let (_, page) = ask(program, target);
                    assert!(page.contains(why), "{page}");
                }
            });
        }
    });
}
