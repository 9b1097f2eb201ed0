//! `close()`: once for each answer, however it ends (PEP 3333,
//! "Specification Details").

use crate::{Channel, app, in_order, quiet, valid};
use gateway::ErrorLog;
use gateway::exchange::{Protocol, run};
use gateway::testing::{ask, environ, get};
use std::io;
use std::sync::mpsc;

const CODE: &str = include_str!("../python/close.py");

/// The log has a line for each call of `close()`.
fn closed(log: &str) -> usize {
    log.matches("close() was called\n").count()
}

#[test]
fn it_is_called_once() {
    for name in [
        "whole",
        "empty",
        "one_block",
        "a_generator",
        "a_list",
        "declared",
        "too_short",
        "too_long",
        "no_start_response",
        "fails_at_once",
        "fails_between",
        "fails_at_the_end",
        "no_bytes",
        "no_bytes_behind",
        "no_iterator",
        "iterator_fails",
        "refused",
        "leaves_by_exit",
        "interrupted",
    ] {
        let answer = get(&app(CODE, name), "/");
        assert_eq!(closed(&answer.log), 1, "{name}: {}", answer.log);
        let head = ask(&app(CODE, name), environ("HEAD", "/"));
        assert_eq!(closed(&head.log), 1, "{name}: {}", head.log);
    }
}

#[test]
fn the_validator_sees_it_too() {
    for name in
        ["whole", "empty", "one_block", "a_generator", "declared"]
    {
        let answer = get(&valid(CODE, name), "/");
        assert_eq!(closed(&answer.log), 1, "{name}");
        assert_eq!(answer.log, "close() was called\n", "{name}");
    }
}

/// A client that leaves after so many bytes.
struct Leaving(usize);

impl io::Write for Leaving {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.min(bytes.len()) {
            0 => Err(io::ErrorKind::BrokenPipe.into()),
            length => {
                self.0 -= length;
                Ok(length)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn it_is_called_when_the_client_leaves() {
    for bytes in [0, 10, 100, 500, 5000] {
        for name in ["whole", "a_generator", "endless", "one_block"] {
            let app = app(CODE, name);
            let (to, lines) = mpsc::channel();
            let mut environ = environ("GET", "/");
            environ.errors = ErrorLog::new(Channel(to));
            let mut out = Leaving(bytes);
            run(&app, &mut environ, Protocol::Cgi, &mut out);
            drop(environ);
            let log: String = lines.iter().collect();
            assert_eq!(closed(&log), 1, "{name}, {bytes}: {log}");
        }
    }
}

/// What it does may take its time, of which the client has nothing.
#[test]
fn before_it_is_called_all_is_sent() {
    for name in ["whole", "empty", "one_block", "a_generator", "a_list"]
    {
        let last = in_order(&app(CODE, name)).pop().unwrap();
        assert_eq!(last, "close() was called\n", "{name}");
    }
}

#[test]
fn what_it_raises_is_logged_and_harms_nobody() {
    for name in
        ["close_fails", "close_exits", "close_is_missing_a_call"]
    {
        let answer = get(&app(CODE, name), "/");
        assert_eq!(answer.status, "200 OK", "{name}");
        assert_eq!(answer.text(), "Hello, World", "{name}");
        assert!(!answer.is_cut, "{name}");
        let log = &answer.log;
        assert_eq!(log.matches("in close(): ").count(), 1, "{log}");
    }
    // And both if the answer has failed, too.
    let log = get(&app(CODE, "both_fail"), "/").log;
    assert!(log.contains("ValueError: in the body"), "{log}");
    assert!(log.contains("ValueError: in close"), "{log}");
}

#[test]
fn who_has_none_needs_none() {
    let answer = quiet(&app(CODE, "without"), environ("GET", "/"));
    assert_eq!(answer.text(), "Hello");
}

/// A generator that is not read to its end.
#[test]
fn a_generator_runs_its_finally() {
    let answer = get(&app(CODE, "finally_"), "/");
    assert_eq!(answer.text(), "Hel");
    assert!(answer.log.contains("finally\n"), "{}", answer.log);
}

/// PEP 3333: of a middleware's iterable, and by it of the inner one.
#[test]
fn it_is_the_iterables_and_not_the_iterators() {
    let answer = get(&app(CODE, "two_of_them"), "/");
    assert_eq!(answer.log, "the iterable's\n");
}

#[test]
fn when_it_is_over_nothing_is_held() {
    let app = app(CODE, "held");
    for _ in 0..3 {
        let answer = quiet(&app, environ("GET", "/"));
        assert_eq!(answer.text(), "0 before this one");
    }
}
