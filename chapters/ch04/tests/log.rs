//! What the client gets, and what the log gets.

#![cfg(unix)]

use gateway::exchange::{self, End, Protocol};
use gateway::{Environ, ErrorLog, StartResponse};
use std::io::{self, Write};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

/// A log that can be read afterwards.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The answer and the log to `GET path?query`, and how it ended.
fn ask(path: &str, query: &str) -> (String, String, End) {
    let (mut out, log) = (Vec::new(), Kept::default());
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", "GET");
    environ.set("PATH_INFO", path);
    environ.set("QUERY_STRING", query);
    environ.errors = ErrorLog::new(log.clone());
    let protocol = Protocol::Cgi;
    let app = ch04::application;
    let outcome = exchange::run(&app, &mut environ, protocol, &mut out);
    let out = String::from_utf8(out).unwrap();
    (out, log.text(), outcome.end)
}

const SERVER_ERROR: &str = "Status: 500 Internal Server Error\r\n\
                            Content-Type: text/plain\r\n\
                            Content-Length: 26\r\n\
                            \r\n\
                            500 Internal Server Error\n";

#[test]
fn a_message_reaches_the_error_log() {
    let (out, log, _) = ask("/", "");
    assert!(out.starts_with("Status: 200 OK\r\n"), "{out}");
    assert_eq!(log, "This will be sent to the error log\n");
}

#[test]
fn an_error_is_for_the_log_and_not_for_the_client() {
    let (out, log, end) = ask("/title", "many");
    assert_eq!((out.as_str(), end), (SERVER_ERROR, End::Close));
    assert_eq!(
        log,
        "GET /title: there is no such chapter: \
         invalid digit found in string\n"
    );
}

#[test]
fn a_panic_is_answered_like_an_error() {
    let (out, log, end) = ask("/title", "9");
    assert_eq!((out.as_str(), end), (SERVER_ERROR, End::Close));
    assert_eq!(
        log,
        "GET /title: the application panicked: index out of bounds: \
         the len is 4 but the index is 8\n"
    );
}

#[test]
fn without_trouble_there_is_a_title() {
    let (out, log, _) = ask("/title", "4");
    assert!(out.ends_with("\r\n\r\nTalking to the Log\n"), "{out}");
    assert_eq!(log, "");
}

#[test]
fn an_answer_that_fails_halfway_is_cut_off() {
    let (out, log, end) = ask("/late", "");
    assert!(out.starts_with("Status: 200 OK\r\n"), "{out}");
    assert!(out.ends_with("\r\n\r\nChapter 1 is there\n"), "{out}");
    assert_eq!(log, "GET /late: chapter 2 is lost\n");
    assert_eq!(end, End::Reset);
}

#[test]
fn a_cut_answer_ends_the_program_with_a_failure() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ch04"));
    program.env_clear().env("PATH_INFO", "/late");
    assert_eq!(program.output().unwrap().status.code(), Some(1));
    program.env("PATH_INFO", "/title");
    assert_eq!(program.output().unwrap().status.code(), Some(0));
}

#[test]
fn a_restart_replaces_the_whole_head() {
    let (out, log, _) = ask("/page", "many");
    assert!(out.starts_with("Status: 404 Not Found\r\n"), "{out}");
    assert!(!out.contains("200 OK"), "{out}");
    assert!(out.ends_with("Try a number, such as ?3\n"), "{out}");
    assert_eq!(log, "there is no such chapter\n");
}

#[test]
fn a_restart_comes_too_late_when_something_was_sent() {
    let app = |_: &mut Environ, start_response: StartResponse| {
        let headers = [("Content-Type", "text/plain")];
        let mut started = start_response("200 OK", &headers)?;
        started.write_all(b"sent")?;
        let status = "404 Not Found";
        let started = started.restart(status, &headers, "too late")?;
        Ok(started.body("not sent"))
    };
    let (mut out, log) = (Vec::new(), Kept::default());
    let mut environ = Environ::new();
    environ.errors = ErrorLog::new(log.clone());
    exchange::run(&app, &mut environ, Protocol::Cgi, &mut out);
    let out = String::from_utf8(out).unwrap();
    assert!(out.starts_with("Status: 200 OK\r\n"), "{out}");
    assert!(out.ends_with("\r\n\r\nsent"), "{out}");
    assert!(log.text().ends_with(": too late\n"), "{}", log.text());
}

#[test]
fn a_failure_has_a_status_of_its_own() {
    let (out, log, _) = ask("/status", "many");
    assert!(out.starts_with("Status: 404 Not Found\r\n"), "{out}");
    assert!(out.ends_with("\r\n\r\n404 Not Found\n"), "{out}");
    assert_eq!(
        log,
        "GET /status: 404 Not Found: there is no such chapter\n"
    );
}

#[test]
fn a_path_cannot_forge_a_line_of_the_log() {
    let mut environ = Environ::new();
    let log = Kept::default();
    environ.set("REQUEST_METHOD", "GET");
    environ.set("PATH_INFO", "/x\nGET /y: all is well");
    environ.errors = ErrorLog::new(log.clone());
    let app = |_: &mut Environ, _: StartResponse| Err("no".into());
    let protocol = Protocol::Cgi;
    exchange::run(&app, &mut environ, protocol, &mut Vec::new());
    assert_eq!(log.text(), "GET /x\\nGET /y: all is well: no\n");
}

#[test]
fn words_of_two_threads_make_two_lines() {
    let mut turns = Command::new(env!("CARGO_BIN_EXE_turns"));
    let log = turns.output().unwrap().stderr;
    assert_eq!(log, b"The sun rises\nA book opens\n");
}

#[test]
fn lines_of_many_threads_never_mix() {
    let kept = Kept::default();
    let log = ErrorLog::new(kept.clone());
    thread::scope(|scope| {
        for thread in 0..8 {
            let mut log = log.clone();
            scope.spawn(move || {
                for line in 0..100 {
                    write!(log, "thread {thread},").unwrap();
                    thread::yield_now();
                    writeln!(log, " line {line}").unwrap();
                }
            });
        }
    });
    let text = kept.text();
    let mut lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 800);
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 800);
    for line in lines {
        let rest = line.strip_prefix("thread ").unwrap();
        let (thread, line) = rest.split_once(", line ").unwrap();
        assert!(thread.parse::<u32>().unwrap() < 8, "{rest}");
        assert!(line.parse::<u32>().unwrap() < 100, "{rest}");
    }
}

#[test]
fn a_flush_ends_a_line_and_so_does_a_drop() {
    let kept = Kept::default();
    let mut log = ErrorLog::new(kept.clone());
    write!(log, "waiting").unwrap();
    assert_eq!(kept.text(), "");
    log.flush().unwrap();
    log.flush().unwrap();
    assert_eq!(kept.text(), "waiting\n");
    write!(log, "dropped").unwrap();
    drop(log);
    assert_eq!(kept.text(), "waiting\ndropped\n");
}

#[test]
fn records_of_the_crate_log_go_to_the_error_log() {
    let mut records = Command::new(env!("CARGO_BIN_EXE_records"));
    let output = records.env_clear().output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        log,
        "INFO records: about to start\n\
         WARN records: no Host; is this a terminal?\n"
    );
}
