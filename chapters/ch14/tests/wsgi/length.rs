//! Content-Length (PEP 3333, "Handling the Content-Length Header").

use crate::{app, quiet, valid};
use gateway::testing::{ask, environ, get};

const CODE: &str = include_str!("../python/length.py");

#[test]
fn a_single_block_has_a_length() {
    for (name, expected) in [
        ("one_block", Some("5")),
        ("one_block_in_a_tuple", Some("5")),
        ("no_block", Some("0")),
        ("an_empty_block", Some("0")),
        ("an_empty_generator", Some("0")),
        ("two_blocks", None),
        ("a_generator", None),
        ("declared", Some("5")),
        ("declared_and_generated", Some("5")),
    ] {
        let answer = quiet(&app(CODE, name), environ("GET", "/"));
        let length = answer.headers.get("Content-Length");
        assert_eq!(length, expected, "{name}");
    }
}

#[test]
fn too_few_bytes_cut_the_answer() {
    for name in ["too_long", "too_long_and_generated"] {
        let answer = get(&app(CODE, name), "/");
        assert!(answer.is_cut, "{name}");
        assert_eq!(answer.text(), "Hello", "{name}");
        let why = "2 bytes short of its Content-Length";
        assert!(answer.log.contains(why), "{name}: {}", answer.log);
    }
}

#[test]
fn too_many_bytes_are_not_sent() {
    for name in ["too_short", "too_short_and_generated"] {
        let answer = get(&app(CODE, name), "/");
        assert!(!answer.is_cut, "{name}");
        assert_eq!(answer.text(), "Hel", "{name}");
        let why = "the body is longer than its Content-Length";
        assert!(answer.log.contains(why), "{name}: {}", answer.log);
    }
}

#[test]
fn behind_the_declared_length_no_block_is_asked_for() {
    let answer = quiet(&app(CODE, "then_fails"), environ("GET", "/"));
    assert_eq!(answer.text(), "Hello");
}

#[test]
fn a_head_has_no_body() {
    for (name, length) in
        [("one_block", "5"), ("declared", "5"), ("file_of_ten", "10")]
    {
        let answer = quiet(&app(CODE, name), environ("HEAD", "/"));
        assert_eq!(answer.body, b"", "{name}");
        let found = answer.headers.get("Content-Length");
        assert_eq!(found, Some(length), "{name}");
    }
}

#[test]
fn what_has_no_body_has_none() {
    for status in ["204 No Content", "304 Not Modified"] {
        for name in ["bodiless", "bodiless_generator", "with_a_body"] {
            let mut environ = environ("GET", "/");
            environ.set("STATUS", status);
            let answer = quiet(&app(CODE, name), environ);
            assert_eq!(answer.status, status);
            assert_eq!(answer.body, b"", "{name}");
            let length = answer.headers.get("Content-Length");
            assert_eq!(length, None, "{status}, {name}");
        }
        let mut environ = environ("GET", "/");
        environ.set("STATUS", status);
        ask(&valid(CODE, "bodiless"), environ);
    }
}
