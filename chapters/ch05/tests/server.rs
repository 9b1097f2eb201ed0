//! The program under the server on tiny_http.

#[path = "../../serving.rs"]
mod serving;

use serving::{Program, body, get, request};
use std::io::{self, Read, Write};
use std::process::Command;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ch05");

#[test]
fn the_answers_to_the_exercises_are_served_by_a_program_of_them() {
    let mine = env!("CARGO_BIN_EXE_mine5");
    let help = Command::new(mine).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("  --port N "), "{help}");
    let mut command = Command::new(mine);
    command.args(["--ours", "--port", "0"]);
    command.stderr(std::process::Stdio::piped());
    let program = Program::serving(&mut command, "http");
    let page = program.ask(&get("/values?PATH"));
    assert_eq!(body(&page), "<pre>\nPATH_INFO = /values\n</pre>\n");
    let answer = program.ask(&request("HEAD /events HTTP/1.1", "\r\n"));
    let (log, _) = program.stop();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(log.starts_with("yours: none; ours: 5.1, "), "{log}");
}

// Debts, which chapter 8 repays. When one of these fails, a debt is
// gone, and the chapter must say so.

#[test]
fn debt_what_follows_a_refused_request_is_read_as_the_next() {
    let program = Program::start();
    let answer = program.ask(&format!(
        "POST /upload HTTP/1.1\r\n\
         Host: localhost\r\n\
         Content-Length: 41, 41\r\n\
         \r\n{}",
        get("/values/smuggled?PATH")
    ));
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request"), "{answer}");
    assert!(
        answer.contains("PATH_INFO = /values/smuggled"),
        "{answer}"
    );
}

#[test]
fn debt_whoever_asks_for_what_fails_halfway_waits() {
    let program = Program::start();
    let mut stream = program.connect();
    let limit = Some(Duration::from_millis(700));
    stream.set_read_timeout(limit).unwrap();
    let request = "GET /late HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let error = stream.read_to_end(&mut answer).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    assert!(answer.ends_with(b"Chapter 1 is there\n\r\n"));
}

#[test]
fn debt_whoever_answers_first_cannot_read_on() {
    let program = Program::start();
    let body = "x".repeat(100_000);
    let rest = format!("Content-Length: 100000\r\n\r\n{body}");
    let answer = program.ask(&request("POST /echo HTTP/1.1", &rest));
    assert!(answer.len() < body.len(), "{} bytes", answer.len());
    let (log, _) = program.stop();
    let why = "the request's body was let go when the answer began";
    assert!(log.contains(why), "{log}");
}

#[test]
fn debt_a_declared_length_ends_the_process() {
    let program = Program::start();
    let length = "Content-Length: 1000000000000000\r\n\r\n";
    let answer = program.ask(&request("POST / HTTP/1.1", length));
    assert_eq!(answer, "");
    let (log, status) = program.ended();
    assert_eq!(status.code(), None, "{status}");
    let why = "memory allocation of 1000000000000000 bytes failed";
    assert!(log.contains(why), "{log}");
}

#[test]
fn debt_a_byte_outside_ascii_gets_no_answer() {
    let program = Program::start();
    let rest = "X-Name: André\r\n\r\n";
    assert_eq!(program.ask(&request("GET / HTTP/1.1", rest)), "");
}
