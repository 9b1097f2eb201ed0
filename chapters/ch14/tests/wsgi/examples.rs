//! PEP 3333's own examples, as they are printed there.

use crate::{app, quiet, valid};
use gateway::testing::environ;

const CODE: &str = include_str!("../python/pep3333.py");

#[test]
fn the_examples_are_answered() {
    for name in ["simple_app", "AppClass", "foo_app_of_the_class"] {
        for app in [app(CODE, name), valid(CODE, name)] {
            let answer = quiet(&app, environ("GET", "/"));
            assert_eq!(answer.status, "200 OK", "{name}");
            let kind = answer.headers.get("Content-type");
            assert_eq!(kind, Some("text/plain"), "{name}");
            assert_eq!(answer.text(), "Hello world!\n", "{name}");
        }
    }
}

#[test]
fn middleware_plays_both_sides() {
    for name in ["foo_app", "foo_app_that_writes"] {
        for app in [app(CODE, name), valid(CODE, name)] {
            let answer = quiet(&app, environ("GET", "/"));
            let text = "ellohay orldway!";
            assert_eq!(answer.text().trim_end(), text, "{name}");
            let length = answer.headers.get("Content-Length");
            assert!(length.is_none_or(|n| n != "13"), "{name}");
        }
    }
}

#[test]
fn a_file_is_wrapped_or_read() {
    for name in ["file_app", "file_app_without_a_wrapper"] {
        let answer = quiet(&valid(CODE, name), environ("GET", "/"));
        assert_eq!(answer.text(), "x".repeat(10_000), "{name}");
    }
}

#[test]
fn an_error_is_handled() {
    let answer = quiet(&valid(CODE, "guarded"), environ("GET", "/"));
    assert_eq!(answer.status, "500 Oops");
    assert_eq!(answer.text(), "error body goes here");
}
