//! What an application may return (PEP 3333, "Specification Details").

use crate::{app, in_order, quiet, valid};
use gateway::testing::{environ, get};

const CODE: &str = include_str!("../python/bodies.py");

#[test]
fn every_iterable_of_bytes_is_a_body() {
    for (name, expected) in [
        ("a_list", "one, two"),
        ("an_empty_list", ""),
        ("a_tuple", "one, two"),
        ("an_empty_tuple", ""),
        ("a_set", "one"),
        ("a_generator", "one, two"),
        ("an_empty_generator", ""),
        ("an_iterator", "one, two"),
        ("an_iterable", "one, two"),
        ("by_index", "one, two"),
        ("empty_blocks", "one, two"),
        ("one_empty_block", ""),
        // Of which the validator is afraid.
        ("a_subclass_of_bytes", "one, two"),
        ("a_subclass_of_list", "one, two"),
        ("a_length_that_lies", "one, two"),
        ("a_length_that_fails", "one, two"),
        ("a_list_that_iterates_otherwise", "one, two"),
    ] {
        let answer = quiet(&app(CODE, name), environ("GET", "/"));
        assert_eq!(answer.text(), expected, "{name}");
        if name != "a_subclass_of_bytes" {
            let answer = quiet(&valid(CODE, name), environ("GET", "/"));
            assert_eq!(answer.text(), expected, "{name}, validated");
        }
    }
}

#[test]
fn bytes_are_sent_as_they_are() {
    let answer = quiet(&valid(CODE, "all_bytes"), environ("GET", "/"));
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(answer.body, [&all[..], b"\r\n\n\r"].concat());
}

#[test]
fn what_is_no_iterable_of_bytes_is_refused() {
    for name in [
        "text",
        "bytes_themselves",
        "none",
        "a_number",
        "texts",
        "a_bytearray",
        "a_memoryview",
        "a_number_in_a_list",
        "none_in_a_list",
        "no_iterator",
    ] {
        let answer = get(&app(CODE, name), "/");
        assert_eq!(
            answer.status, "500 Internal Server Error",
            "{name}"
        );
        assert!(answer.log.contains("TypeError: "), "{}", answer.log);
    }
}

#[test]
fn behind_the_first_block_it_is_cut() {
    for name in ["a_text_behind", "a_bytearray_behind"] {
        let answer = get(&app(CODE, name), "/");
        assert_eq!(answer.text(), "one", "{name}");
        assert!(answer.is_cut, "{name}");
        assert!(answer.log.contains("TypeError: "), "{}", answer.log);
    }
}

/// Each block is sent before the next is asked for.
#[test]
fn a_body_is_made_while_it_is_sent() {
    let seen = in_order(&valid(CODE, "told"));
    let (head, seen) = seen.split_at(2);
    assert!(head[1].ends_with("\r\n\r\n1"), "{head:?}");
    assert_eq!(seen, ["made 2\n", "2", "made 3\n", "3"]);
}
