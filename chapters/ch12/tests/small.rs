//! The debugger on one page.

#[path = "../../program.rs"]
mod program;

use program::{Program, bound};
use std::io::{Read, Write};
use std::process::Stdio;
use std::thread;

const SOURCE: &str = include_str!("../src/pages.rs");

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
    // Paths are as seen from here.
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    command.args(["--port", "0"]).stderr(Stdio::null());
    command.current_dir(root);
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
    let answer = ask(&start(), "/?number=2");
    assert_eq!(answer.0, "200 OK");
    assert!(answer.1.starts_with("Ferris: I am\n"), "{answer:?}");
}

#[test]
fn an_error_has_the_place_of_its_question_mark() {
    let place = place("number.parse()");
    let page = format!(
        "invalid digit found in string\n\
         at chapters/ch12/src/pages.rs:{place}\n"
    );
    assert_eq!(failed("/?number=two"), page);
}

#[test]
fn a_panic_has_its_place_and_our_functions() {
    let page = failed("/?number=3");
    let place = place("[first..first");
    let start = format!(
        "panicked at chapters/ch12/src/pages.rs:{place}:\n\
         range end index 9 out of range for slice of length 7\n\
         note, small.rs:"
    );
    assert!(page.starts_with(&start), "{page}");
    let lines: Vec<&str> = page.lines().collect();
    assert!(lines[3].ends_with(&format!("page, pages.rs:{place}")));
    assert!(lines[4].contains("pages, pages.rs:"), "{page}");
    assert!(lines.iter().all(|line| line.len() < 72), "{page}");
}

#[test]
fn two_at_once_are_told_apart() {
    let program = start();
    thread::scope(|scope| {
        for (target, why) in [
            ("/?number=3", "range end index 9"),
            ("/?number=-1", "invalid digit found in string"),
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
