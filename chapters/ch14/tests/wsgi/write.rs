//! `write` (PEP 3333, "The write() Callable").

use crate::{app, quiet, valid};
use gateway::testing::{environ, get};

const CODE: &str = include_str!("../python/write.py");

#[test]
fn what_is_written_is_sent_before_the_blocks() {
    for (name, expected) in [
        ("alone", "written"),
        ("alone_and_many_times", "0123456789"),
        ("alone_in_a_generator", "written"),
        ("before_a_block", "written, block"),
        ("before_blocks", "written, one, two"),
        ("nothing", "block"),
    ] {
        let answer = quiet(&valid(CODE, name), environ("GET", "/"));
        assert_eq!(answer.text(), expected, "{name}");
    }
}

/// PEP 3333 forbids it, and some do.
#[test]
fn between_blocks_and_behind_them_nothing_is_lost() {
    for (name, expected) in [
        ("between_blocks", "one, written, two"),
        ("behind_the_blocks", "one, two, written"),
    ] {
        let answer = quiet(&app(CODE, name), environ("GET", "/"));
        assert_eq!(answer.text(), expected, "{name}");
    }
}

#[test]
fn a_length_counts_what_was_written() {
    for name in ["alone", "before_a_block"] {
        let answer = quiet(&app(CODE, name), environ("GET", "/"));
        let length = answer.body.len().to_string();
        let found = answer.headers.get("Content-Length");
        assert_eq!(found, Some(&*length), "{name}");
    }
}

#[test]
fn only_bytes_are_written() {
    for name in ["text", "bytearray_", "none"] {
        let answer = get(&app(CODE, name), "/");
        assert_eq!(
            answer.status, "500 Internal Server Error",
            "{name}"
        );
        assert!(answer.log.contains("TypeError"), "{}", answer.log);
    }
}

/// Nothing of it was sent, so that all of it can be replaced.
#[test]
fn an_error_page_is_not_behind_what_was_written() {
    let answer = quiet(&valid(CODE, "replaced"), environ("GET", "/"));
    assert_eq!(answer.status, "500 Sorry");
    assert_eq!(answer.text(), "sorry");
}

#[test]
fn after_an_error_nothing_of_it_is_sent() {
    let answer = get(&app(CODE, "fails"), "/");
    assert_eq!(answer.status, "500 Internal Server Error");
    assert!(!answer.text().contains("written"), "{}", answer.text());
}

#[test]
fn who_writes_when_all_is_over_harms_nobody() {
    let app = app(CODE, "kept");
    for _ in 0..3 {
        let answer = quiet(&app, environ("GET", "/"));
        assert_eq!(answer.text(), "Hello");
    }
}

#[test]
fn more_than_was_declared_is_not_sent() {
    let answer = get(&app(CODE, "too_much"), "/");
    assert_eq!(answer.text(), "abc");
    let why = "the body is longer than its Content-Length";
    assert!(answer.log.contains(why), "{}", answer.log);
}
