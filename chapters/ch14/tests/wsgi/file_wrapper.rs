//! `wsgi.file_wrapper` (PEP 3333, "Optional Platform-Specific File
//! Handling").

use crate::{app, quiet, valid, value};
use gateway::testing::{environ, get};

const CODE: &str = include_str!("../python/file_wrapper.py");

#[test]
fn a_file_is_a_body() {
    let file = include_str!("../python/file_wrapper.py");
    for (name, expected) in [
        ("a_file", file),
        ("in_small_blocks", file),
        ("from_the_middle", &file[100..]),
        ("in_memory", "in memory"),
        ("empty", ""),
        ("without_close", "no close"),
        ("inside_of_another", "in memory"),
    ] {
        for app in [app(CODE, name), valid(CODE, name)] {
            let answer = quiet(&app, environ("GET", "/"));
            assert_eq!(answer.text(), expected, "{name}");
        }
    }
}

#[test]
fn it_is_read_in_blocks_of_the_size_that_is_given() {
    for (name, sizes) in [
        ("blocks", "read(8192)\nread(8192)\n"),
        ("blocks_of_3", "read(3)\nread(3)\n"),
    ] {
        let log = get(&app(CODE, name), "/").log;
        assert!(log.starts_with(sizes), "{name}: {log}");
        assert!(log.ends_with("close()\n"), "{name}: {log}");
        assert_eq!(log.matches("close()").count(), 1, "{name}: {log}");
    }
}

#[test]
fn nothing_is_read_before_it_is_returned() {
    let answer = quiet(&app(CODE, "not_returned"), environ("GET", "/"));
    assert_eq!(answer.text(), "another");
}

#[test]
fn it_stops_at_content_length() {
    let answer = get(&app(CODE, "declared"), "/");
    assert_eq!(answer.text(), "abcdef");
    assert_eq!(answer.log, "read(3)\nread(3)\nclose()\n");
}

#[test]
fn a_file_of_text_is_refused() {
    let answer = get(&app(CODE, "of_text"), "/");
    assert_eq!(answer.status, "500 Internal Server Error");
    assert!(answer.log.contains("TypeError: "), "{}", answer.log);
    assert!(answer.log.contains("'str'"), "{}", answer.log);
}

#[test]
fn a_file_that_fails_cuts_the_answer() {
    let answer = get(&app(CODE, "failing"), "/");
    assert_eq!(answer.text(), "abc");
    assert!(answer.is_cut);
    assert!(answer.log.contains("OSError: on purpose"));
    assert!(answer.log.contains("close()\n"), "{}", answer.log);
}

#[test]
fn it_is_an_iterator_and_has_close() {
    let wrapper = "environ['wsgi.file_wrapper']";
    let io = "__import__('io').BytesIO(b'abcdef')";
    for (expression, expected) in [
        (format!("list({wrapper}({io}, 4))"), "[b'abcd', b'ef']"),
        (
            format!(
                "[w for w in [{wrapper}({io})] if iter(w) is not w]"
            ),
            "[]",
        ),
        (
            format!(
                "(lambda f, w: (w.close(), f.closed))(*(lambda f: (f, {wrapper}(f)))({io}))"
            ),
            "(None, True)",
        ),
    ] {
        let found = value(environ("GET", "/"), &expression);
        assert_eq!(found, expected, "{expression}");
    }
}
