//! `wsgi.errors` (PEP 3333, "Input and Error Streams").

use crate::{app, valid};
use gateway::ErrorLog;
use gateway::testing::{ask, environ, get};

const CODE: &str = include_str!("../python/errors.py");

#[test]
fn what_is_written_is_in_the_log() {
    for (name, expected) in [
        ("a_line", "a line\n"),
        ("without_an_end", "no end\n"),
        ("in_pieces", "one, two\nthree\n"),
        ("flushed", "one\ntwo\n"),
        ("lines", "one\ntwo\n"),
        ("generated", "one\ntwo\n"),
        ("nothing", ""),
        ("not_ascii", "café, 日本, 🦀\n"),
        ("from_the_body", "before\nin the body\nclosed\n"),
    ] {
        let answer = get(&valid(CODE, name), "/");
        assert_eq!(answer.log, expected, "{name}");
        assert_eq!(answer.status, "200 OK", "{name}");
    }
}

#[test]
fn pythons_own_can_write_to_it() {
    for (name, expected) in [
        ("printed", "printed 1 2\n"),
        ("logged", "WARNING logged\n"),
        ("a_traceback", "ZeroDivisionError: division by zero\n"),
    ] {
        let answer = get(&app(CODE, name), "/");
        assert!(answer.log.ends_with(expected), "{}", answer.log);
        assert_eq!(answer.status, "200 OK", "{name}");
    }
}

/// As `open(..., errors=...)` would; a log that refuses an error's text
/// loses the error (PEP 3333, "environ Variables").
#[test]
fn text_that_no_file_takes_is_taken_all_the_same() {
    for name in ["surrogates", "lines_of_surrogates"] {
        let answer = get(&app(CODE, name), "/");
        assert_eq!(answer.status, "200 OK", "{}", answer.log);
        assert!(
            answer.log.starts_with("a file: /tmp/"),
            "{}",
            answer.log
        );
        assert!(answer.log.contains(".txt\n"), "{}", answer.log);
    }
}

#[test]
fn what_is_no_text_is_refused() {
    for name in ["bytes_", "lines_of_bytes", "a_number"] {
        let answer = get(&app(CODE, name), "/");
        assert!(answer.log.contains("TypeError: "), "{}", answer.log);
        assert!(answer.status.starts_with("500 "), "{name}");
    }
}

#[test]
fn a_visitor_writes_no_lines_of_his_own() {
    let answer = get(&app(CODE, "path"), "/%1B[31m%0D%E2%80%AE");
    assert!(answer.log.contains(r"\u{1b}[31m"), "{}", answer.log);
}

#[test]
fn how_much_was_written_is_told_in_characters() {
    let answer = get(&app(CODE, "told"), "/");
    assert_eq!(answer.text(), "4");
}

#[test]
fn each_line_has_the_requests_label() {
    let labelled = gateway::app(|environ, start_response| {
        environ.errors.set_label("7");
        use gateway::Application;
        app(CODE, "from_the_body").call(environ, start_response)
    });
    let log = get(&labelled, "/").log;
    assert_eq!(log, "[7] before\n[7] in the body\n[7] closed\n");
}

struct Broken;

impl std::io::Write for Broken {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_log_that_is_broken_is_an_oserror() {
    let broken = gateway::app(|environ, start_response| {
        use gateway::Application;
        environ.errors = ErrorLog::new(Broken);
        app(CODE, "caught").call(environ, start_response)
    });
    let answer = ask(&broken, environ("GET", "/"));
    assert_eq!(answer.text(), "OSError");
}
