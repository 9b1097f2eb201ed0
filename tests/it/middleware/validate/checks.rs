//! Each check of three validators of the field, and what became of it
//! here: the table that the book prints.
//!
//! The rows are in the order of the sources, a row for each statement
//! that complains.

use super::is_printed;
use gateway::middleware::Rule::{
    self, Boundaries, ContentLength, ETag, FieldName, Host, Kept,
    Length, Method, NoBody, NotModified, PathInfo, Renamed, Required,
    Scheme, ScriptName, ServerName, ServerPort, ServerProtocol,
    TypeMissing, TypeWithout,
};
use gateway::response_head;
use std::path::Path;

/// What became of a check.
#[derive(Clone, Copy)]
enum Is {
    /// The program that does not compile.
    Type(&'static str),
    /// The rule by which the validator looks.
    Checked(Rule),
    /// One half of it each.
    Both(&'static str, Rule),
    /// A status and a header that `start_response` refuses.
    Refused(&'static str, (&'static str, &'static str)),
    /// Why there is nothing to look for.
    Not(&'static str),
}

use Is::*;

type Check = (&'static str, Is);

const OF_TEXT: (&str, &str) = ("Content-Type", "text/plain");

const WSGIREF: &[Check] = &[
    ("an application takes two arguments", Type("call_with_three")),
    ("and none by name", Type("call_with_three")),
    (
        "`start_response` takes two or three",
        Type("start_without_headers"),
    ),
    ("and none by name", Type("start_without_headers")),
    ("an application returns something", Type("response_nothing")),
    ("`read` takes one argument", Type("read_with_three_arguments")),
    ("and returns bytes", Type("input_not_a_stream")),
    ("`readline` takes one at most", Type("read_with_three_arguments")),
    ("and returns bytes", Type("input_not_a_stream")),
    (
        "`readlines` takes one at most",
        Type("read_with_three_arguments"),
    ),
    ("and returns a list", Type("input_not_a_stream")),
    ("of bytes", Type("input_not_a_stream")),
    ("the input is not closed", Type("input_closed")),
    ("errors are text", Type("errors_written_a_number")),
    ("errors are not closed", Type("errors_closed")),
    ("`write` takes bytes", Type("write_text")),
    ("a closed body is not read", Type("body_after_drop")),
    ("its blocks are bytes", Type("blocks_of_text")),
    ("`start_response` comes first", Type("never_start")),
    ("a body is closed", Checked(Kept)),
    ("the environ is a dict", Type("environ_not_an_environ")),
    ("required keys are there", Both("input_removed", Required)),
    ("no HTTP_CONTENT_TYPE, no HTTP_CONTENT_LENGTH", Checked(Renamed)),
    ("QUERY_STRING is there", Not("PEP 3333 lets it be absent")),
    ("variables are strings", Type("environ_value_number")),
    ("`wsgi.version` is a tuple", Type("version_not_a_pair")),
    ("`wsgi.url_scheme` is http or https", Checked(Scheme)),
    ("REQUEST_METHOD is known", Checked(Method)),
    ("SCRIPT_NAME begins with a slash", Checked(ScriptName)),
    ("PATH_INFO begins with a slash", Checked(PathInfo)),
    ("CONTENT_LENGTH is a number", Checked(ContentLength)),
    ("SCRIPT_NAME or PATH_INFO is there", Checked(Rule::Path)),
    ("SCRIPT_NAME is not `/`", Checked(ScriptName)),
    ("the input has its methods", Type("input_not_a_stream")),
    ("errors have theirs", Type("errors_not_a_log")),
    ("status, names and values are strings", Type("start_with_number")),
    ("a status has three digits", Refused("20 OK", OF_TEXT)),
    ("it is 100 or more", Refused("042 Odd", OF_TEXT)),
    ("a space and a text follow", Refused("200OK", OF_TEXT)),
    ("headers are a list", Type("headers_not_pairs")),
    ("of tuples", Type("headers_not_pairs")),
    ("of two", Type("headers_not_pairs")),
    ("no header is Status", Refused("200 OK", ("Status", "404"))),
    ("no `:` or line break in a name", Refused("200 OK", ("A:", "1"))),
    ("a name is of letters, digits, `-`, `_`", Checked(FieldName)),
    ("it does not end in `-` or `_`", Checked(FieldName)),
    ("no control character in a value", Refused("200 OK", ("A", "\n"))),
    ("no Content-Type without a body", Checked(TypeWithout)),
    ("a Content-Type with one", Checked(TypeMissing)),
    ("`exc_info` is a tuple", Type("restart_without_error")),
    (
        "the body is not one string",
        Not("a string is one block here, not a block a character"),
    ),
];

const WERKZEUG: &[Check] = &[
    (
        "`read` without a size",
        Not("the input ends where the body ends"),
    ),
    (
        "`read` with several arguments",
        Type("read_with_three_arguments"),
    ),
    (
        "`readline` without a size",
        Not("the input ends where the body ends"),
    ),
    ("`readline` with a size", Type("read_with_three_arguments")),
    ("the input can be iterated", Type("input_not_a_stream")),
    ("the input is not closed", Type("input_closed")),
    ("errors are text", Type("errors_written_a_number")),
    ("errors are not closed", Type("errors_closed")),
    ("`write` takes bytes", Type("write_text")),
    ("a closed body is not read", Type("body_after_drop")),
    ("`start_response` comes first", Type("never_start")),
    ("blocks are bytes", Type("blocks_of_text")),
    ("a 304 has no header of a body", Checked(NotModified)),
    ("a 304 has no body", Checked(NoBody)),
    (
        "a 204 has no length",
        Refused("204 No Content", ("Content-Length", "1")),
    ),
    ("a 204 has no body", Checked(NoBody)),
    ("Content-Length is what is sent", Checked(Length)),
    ("a body is closed", Checked(Kept)),
    ("the environ is a dict", Type("environ_not_an_environ")),
    ("required keys are there", Both("input_removed", Required)),
    ("`wsgi.version` is (1, 0)", Type("version_not_a_pair")),
    ("SCRIPT_NAME begins with a slash", Checked(ScriptName)),
    ("PATH_INFO begins with a slash", Checked(PathInfo)),
    ("a status is a string", Type("start_with_number")),
    ("a status has three digits", Refused("20 OK", OF_TEXT)),
    ("a space and a text follow", Refused("200OK", OF_TEXT)),
    ("it is 100 or more", Refused("042 Odd", OF_TEXT)),
    ("headers are a list", Type("headers_not_pairs")),
    ("of tuples of two", Type("headers_not_pairs")),
    ("of strings", Type("header_value_number")),
    ("no header is Status", Refused("200 OK", ("status", "foo"))),
    ("`exc_info` is a tuple", Type("restart_without_error")),
    ("a weak ETag begins with a capital W", Checked(ETag)),
    ("an ETag is quoted", Checked(ETag)),
    (
        "Location is absolute",
        Not("RFC 9110, 10.2.2, lets it be relative"),
    ),
    (
        "the body is not one string",
        Not("a string is one block here, not a block a character"),
    ),
    ("an application takes two arguments", Type("call_with_three")),
    ("and none by name", Type("call_with_three")),
    (
        "`start_response` takes two or three",
        Type("start_without_headers"),
    ),
    ("and none by name", Type("start_without_headers")),
];

const FROZEN: Is = Not("what is handed over is its taker's");
const ENCODING: Is = Not("bytes have no encoding");
const FINISHED: Is = Not("what is dropped with the body sees the end");
const HIJACK: Is = Not("no connection is handed out");
const UPGRADE: Is = Not("no connection changes its protocol");
const KEYED: Is = Type("extension_of_another_type");

const RACK: &[Check] = &[
    ("the application can be called", Type("no_application")),
    ("with an environ", Type("call_without_start")),
    ("it returns an Array", Type("response_a_text")),
    ("that is not frozen", FROZEN),
    ("of three", Type("response_nothing")),
    ("no body is read in `call`", Checked(Boundaries)),
    ("required keys are there", Both("input_removed", Required)),
    ("the environ is a Hash", Type("environ_not_an_environ")),
    ("that is not frozen", Type("environ_frozen")),
    ("its keys are strings", Type("environ_name_number")),
    ("its values are strings", Type("environ_value_number")),
    ("in binary", ENCODING),
    ("REQUEST_METHOD is a token", Checked(Method)),
    ("SCRIPT_NAME begins with a slash", Checked(ScriptName)),
    ("SCRIPT_NAME is not `/`", Checked(ScriptName)),
    ("SCRIPT_NAME or PATH_INFO is there", Checked(Rule::Path)),
    ("PATH_INFO is `*` for OPTIONS alone", Checked(PathInfo)),
    ("an authority for CONNECT alone", Checked(PathInfo)),
    ("a URI not for these", Checked(PathInfo)),
    ("else it begins with a slash", Checked(PathInfo)),
    ("SERVER_NAME is a host", Checked(ServerName)),
    ("SERVER_PROTOCOL is a version", Checked(ServerProtocol)),
    ("SERVER_PORT is a number", Checked(ServerPort)),
    ("CONTENT_LENGTH is a number", Checked(ContentLength)),
    ("HTTP_HOST is an authority", Checked(Host)),
    ("no HTTP_CONTENT_TYPE, no HTTP_CONTENT_LENGTH", Checked(Renamed)),
    ("`rack.url_scheme` is http or https", Checked(Scheme)),
    ("`rack.protocol` is strings", KEYED),
    ("a session has `store`", KEYED),
    ("`fetch`", KEYED),
    ("`delete`", KEYED),
    ("`clear`", KEYED),
    ("`to_hash`", KEYED),
    ("a logger has `info`", KEYED),
    ("`debug`", KEYED),
    ("`warn`", KEYED),
    ("`error`", KEYED),
    ("`fatal`", KEYED),
    ("`rack.multipart.buffer_size` is a number", KEYED),
    ("`rack.multipart.tempfile_factory` can be called", KEYED),
    ("and makes a file", KEYED),
    ("`rack.response_finished` is an Array", FINISHED),
    ("of what can be called", FINISHED),
    ("with an error or nil", FINISHED),
    ("the input's encoding is binary", ENCODING),
    ("it is opened in binary", ENCODING),
    ("it has its methods", Type("input_not_a_stream")),
    ("`gets` takes no argument", Type("read_with_three_arguments")),
    ("and returns a String", Type("input_not_a_stream")),
    ("`read` takes two at most", Type("read_with_three_arguments")),
    ("a length that is a number", Type("read_a_number")),
    ("and not negative", Type("read_a_number")),
    ("a buffer that is a String", Type("read_a_number")),
    ("and returns a String", Type("input_not_a_stream")),
    ("at the end, too", Type("input_not_a_stream")),
    ("`each` takes no argument", Type("read_with_three_arguments")),
    ("and gives Strings", Type("input_not_a_stream")),
    ("errors have their methods", Type("errors_not_a_log")),
    ("`write` takes a String", Type("errors_written_a_number")),
    ("errors are not closed", Type("errors_closed")),
    ("`rack.hijack` can be called", HIJACK),
    ("and returns an IO", HIJACK),
    ("a hijack of the response can be called", HIJACK),
    ("if the server has it", HIJACK),
    (
        "`rack.early_hints` can be called",
        Not("an application sends one head"),
    ),
    ("a status is a number of 100 or more", Refused("42 Odd", OF_TEXT)),
    ("headers are a Hash", Type("headers_not_pairs")),
    ("that is not frozen", FROZEN),
    ("of Strings", Type("headers_not_pairs")),
    ("no header is Status", Refused("200 OK", ("status", "404"))),
    ("a name is a token", Refused("200 OK", ("(", "text/plain"))),
    ("in small letters", Not("case means nothing: RFC 9110, 5.1")),
    ("a value is a String", Type("header_value_number")),
    (
        "without control characters",
        Refused("200 OK", ("Foo-Bar", "text\0plain")),
    ),
    ("no Content-Type without a body", Checked(TypeWithout)),
    (
        "no Content-Length without a body",
        Refused("204 No Content", ("Content-Length", "0")),
    ),
    ("no body for HEAD", Not("the exchange asks for no block then")),
    ("Content-Length is what is sent", Checked(Length)),
    ("no `rack.protocol` that was not asked for", UPGRADE),
    ("and one of these", UPGRADE),
    ("a body is closed", Checked(Kept)),
    (
        "`to_path` is a file's path",
        Not("a file is a body, opened already"),
    ),
    ("a body has `each`", Type("body_a_number")),
    ("it is called once", Type("body_used_twice")),
    ("and not when it is closed", Type("body_after_drop")),
    ("its blocks are Strings", Type("blocks_of_numbers")),
    ("a block goes out for each that comes in", Checked(Boundaries)),
    (
        "`to_ary` is what `each` gives",
        Not("there is one way to take the blocks"),
    ),
    ("a stream can be called", Type("body_a_number")),
    ("once", Type("write_after_body")),
    ("and not when it is closed", Type("write_after_body")),
    ("what it writes to has its methods", Type("write_text")),
];

/// The validators, and how many statements of each complain.
const ALL: [(&str, &[Check], usize); 3] = [
    ("wsgiref.validate of Python 3.11", WSGIREF, 51),
    ("the lint of Werkzeug 3.1.8", WERKZEUG, 40),
    ("Rack::Lint of August 2026", RACK, 92),
];

impl Is {
    fn cell(self) -> String {
        let file = |name| format!("a type: `{name}.rs`");
        let rule = |rule| format!("checked: {rule:?}");
        match self {
            Type(name) => file(name),
            Checked(of) => rule(of),
            Both(name, of) => format!("{}; {}", file(name), rule(of)),
            Refused(status, (name, value)) => {
                let header = format!("{name}: {value}");
                let header = header.escape_default();
                format!("refused at the start: `{status}`, `{header}`")
            }
            Not(why) => format!("not: {why}"),
        }
    }
}

/// How many of the checks are of each kind.
fn counts(checks: &[Check]) -> [usize; 4] {
    let count = |is: fn(&Is) -> bool| {
        checks.iter().filter(|(_, of)| is(of)).count()
    };
    [
        count(|of| matches!(of, Type(_) | Both(..))),
        count(|of| matches!(of, Refused(..))),
        count(|of| matches!(of, Checked(_))),
        count(|of| matches!(of, Not(_))),
    ]
}

/// How many of them became what.
fn summary() -> String {
    let mut text = String::from(
        "| checks of | all | a type | refused at the start | checked | \
         not |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for (name, checks, _) in ALL {
        let [types, refused, checked, not] = counts(checks);
        let all = checks.len();
        text += &format!(
            "| {name} | {all} | {types} | {refused} | {checked} | \
             {not} |\n"
        );
    }
    text
}

/// What became of each.
fn one_by_one() -> String {
    let mut text = String::new();
    for (name, checks, _) in ALL {
        text += &format!(
            "\n<details><summary>{name}, check by check</summary>\n\n\
             | check | here |\n| --- | --- |\n"
        );
        for (check, of) in checks {
            text += &format!("| {check} | {} |\n", of.cell());
        }
        text += "\n</details>\n";
    }
    text
}

#[test]
fn the_book_prints_what_became_of_each() {
    for (name, checks, count) in ALL {
        assert_eq!(checks.len(), count, "{name}");
    }
    is_printed(&summary(), include_str!("checks.md"), "checks.md");
    let printed = include_str!("one_by_one.md");
    is_printed(&one_by_one(), printed, "one_by_one.md");
}

#[test]
fn what_is_a_type_has_a_program_that_must_not_compile() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("tests/compile_fail");
    let all = ALL.iter().flat_map(|(_, checks, _)| *checks);
    for (check, of) in all {
        if let Type(name) | Both(name, _) = of {
            let file = folder.join(format!("{name}.rs"));
            assert!(file.is_file(), "{check}: {name}");
        }
    }
}

#[test]
fn what_is_refused_at_the_start_is_refused() {
    let all = ALL.iter().flat_map(|(_, checks, _)| *checks);
    for (check, of) in all {
        if let Refused(status, header) = *of {
            let checked = response_head::check(status, &[header]);
            assert!(checked.is_err(), "{check}: {status}, {header:?}");
        }
    }
}

/// The validator's rules, for the book.
#[test]
fn the_book_prints_the_rules() {
    let mut table =
        String::from("| name | rule | from |\n| --- | --- | --- |\n");
    for rule in Rule::ALL {
        let (text, source) = (rule.text(), rule.source());
        table += &format!("| {rule:?} | {text} | {source} |\n");
    }
    is_printed(&table, include_str!("rules.md"), "rules.md");
}
