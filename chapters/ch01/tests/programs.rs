//! Each program is run as a web server would, and judged by its bytes.

#![cfg(unix)]

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Output};

const HELLO: &str = env!("CARGO_BIN_EXE_ch01");
const BROKEN: &str = env!("CARGO_BIN_EXE_broken");
const MISSING: &str = env!("CARGO_BIN_EXE_missing");
const VARIABLES: &str = env!("CARGO_BIN_EXE_variables");
const GREET: &str = env!("CARGO_BIN_EXE_greet");

/// What `program` does in an environment of these variables alone.
fn run(program: &str, variables: &[(&str, &[u8])]) -> Output {
    let mut command = Command::new(program);
    command.env_clear();
    for (name, value) in variables {
        command.env(name, OsStr::from_bytes(value));
    }
    command.output().unwrap()
}

/// What it printed, when nothing went wrong.
fn printed(program: &str, variables: &[(&str, &[u8])]) -> String {
    let output = run(program, variables);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn hello_world_is_a_header_a_blank_line_and_a_body() {
    let expected = "Content-Type: text/html\n\
                    \n\
                    <html><body>Hello World!</body></html>\n";
    assert_eq!(printed(HELLO, &[]), expected);
}

#[test]
fn a_status_is_one_more_header_field() {
    let expected = "Status: 404 Not Found\n\
                    Content-Type: text/plain\n\
                    \n\
                    There is no such page.\n";
    assert_eq!(printed(MISSING, &[]), expected);
}

#[test]
fn the_broken_program_ends_its_header_with_no_blank_line() {
    assert!(!printed(BROKEN, &[]).contains("\n\n"));
}

#[test]
fn the_query_string_is_greeted() {
    let page = printed(GREET, &[("QUERY_STRING", b"Ferris")]);
    let expected = "Content-Type: text/html; charset=utf-8\n\
                    \n\
                    <html><body>Hello Ferris!</body></html>\n";
    assert_eq!(page, expected);
}

#[test]
fn without_a_query_string_the_world_is_greeted() {
    let body = "<html><body>Hello World!</body></html>\n";
    assert!(printed(GREET, &[]).ends_with(body));
    let empty = printed(GREET, &[("QUERY_STRING", b"")]);
    assert!(empty.ends_with(body));
}

#[test]
fn a_name_is_escaped() {
    assert_eq!(ch01::escape("<b>&amp;"), "&lt;b&gt;&amp;amp;");
    let page = printed(GREET, &[("QUERY_STRING", b"<script>")]);
    assert!(page.contains("Hello &lt;script&gt;!"), "{page}");
}

#[test]
fn a_query_string_need_not_be_utf8() {
    let page = printed(GREET, &[("QUERY_STRING", b"Andr\xe9")]);
    assert!(page.contains("Hello Andr\u{fffd}!"), "{page}");
    let text = printed(VARIABLES, &[("PATH_INFO", b"/\xff")]);
    assert!(text.contains("PATH_INFO=/\u{fffd}\n"), "{text}");
}

#[test]
fn a_variable_is_set_or_empty_or_missing() {
    let variables: &[(&str, &[u8])] =
        &[("PATH_INFO", b"/a"), ("QUERY_STRING", b"")];
    let text = printed(VARIABLES, variables);
    assert!(text.contains("\nPATH_INFO=/a\n"), "{text}");
    assert!(text.contains("\nQUERY_STRING=\n"), "{text}");
    assert!(text.contains("\nCONTENT_LENGTH is not set\n"), "{text}");
}

#[test]
fn nobody_panics_when_the_visitor_leaves() {
    for program in [HELLO, MISSING, BROKEN, VARIABLES, GREET] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(program);
        let output = command.stdout(writer).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{program}: {log}");
        assert!(log.starts_with("Error: Os { code: 32"), "{log}");
        assert_eq!(log.lines().count(), 1, "{log}");
    }
}
