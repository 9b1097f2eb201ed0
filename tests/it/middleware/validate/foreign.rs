//! The cases by which three validators of the field are tested
//! themselves, as far as they can be written here: CPython's
//! `test_wsgiref.py`, Werkzeug's `test_lint.py`, Rack's `spec_lint.rb`.

use super::{TEXT, answer, hello, is_printed, stream};
use gateway::middleware::{
    Rule, Rule::*, validate, validate_middleware,
};
use gateway::testing;
use gateway::{Application, Body, Environ, app};
use std::io::Read;
use std::iter;

/// What has to come of a case.
#[derive(Debug, Clone, Copy)]
enum Is {
    Quiet,
    Broken(Rule),
    /// By `start_response` already.
    Refused,
}

use Is::*;

/// Where it is from, what it is, what they say and what we say.
struct Case {
    name: &'static str,
    theirs: Theirs,
    ours: Is,
    log: String,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Theirs {
    Passes,
    Fails,
}

use Theirs::{Fails, Passes};

/// The variables of an environ, `None` to remove one.
type Variables = &'static [(&'static str, Option<&'static str>)];

fn environ(variables: Variables) -> Environ {
    let mut environ = testing::environ("GET", "/");
    for (name, value) in variables {
        match value {
            Some(value) => environ.set(name, value),
            None => drop(environ.remove(name)),
        }
    }
    environ
}

fn server(
    name: &'static str,
    theirs: Theirs,
    ours: Is,
    variables: Variables,
) -> Case {
    let app: fn(&mut Environ, gateway::StartResponse) -> _ = hello;
    let environ = environ(variables);
    let log = testing::ask(&validate(app), environ).log;
    Case { name, theirs, ours, log }
}

fn ask(
    name: &'static str,
    theirs: Theirs,
    ours: Is,
    app: &dyn Application,
) -> Case {
    let log = testing::get(app, "/").log;
    Case { name, theirs, ours, log }
}

fn head(
    name: &'static str,
    theirs: Theirs,
    ours: Is,
    status: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
) -> Case {
    let app = answer(status, headers, move || body.into());
    ask(name, theirs, ours, &validate(app))
}

fn wsgiref() -> Vec<Case> {
    let status = |status| {
        head(
            "a status that is none",
            Fails,
            Refused,
            status,
            &[TEXT],
            "",
        )
    };
    let latin1 = validate(app(|environ, start_response| {
        let path = environ.bytes("PATH_INFO").unwrap().to_vec();
        Ok(start_response("200 OK", &[TEXT])?.body(path))
    }));
    let mut request = environ(&[]);
    request.set("PATH_INFO", b"/\x80\x80");
    let path = testing::ask(&latin1, request);
    assert_eq!(path.body, b"/\x80\x80");
    let mut cases = vec![
        ask("hello", Passes, Quiet, &validate(hello)),
        head(
            "a page with a date",
            Passes,
            Quiet,
            "200 OK",
            &[TEXT, ("Date", "Wed, 24 Dec 2008 13:29:32 GMT")],
            "data",
        ),
        Case {
            name: "a path that is not UTF-8",
            theirs: Passes,
            ours: Quiet,
            log: path.log,
        },
    ];
    cases.extend(["200", "20X OK", "200OK"].map(status));
    cases
}

fn werkzeug() -> Vec<Case> {
    vec![
        ask("a page", Passes, Quiet, &validate(hello)),
        server(
            "SCRIPT_NAME without a slash",
            Fails,
            Broken(ScriptName),
            &[("SCRIPT_NAME", Some("test"))],
        ),
        server(
            "PATH_INFO without a slash",
            Fails,
            Broken(PathInfo),
            &[("PATH_INFO", Some("test"))],
        ),
        head("a status of 20", Fails, Refused, "20 OK", &[TEXT], "Foo"),
        head(
            "a header Status",
            Fails,
            Refused,
            "200 OK",
            &[("status", "foo")],
            "Foo",
        ),
        head(
            "a relative Location",
            Fails,
            Quiet,
            "200 OK",
            &[("location", "foo"), TEXT],
            "Foo",
        ),
    ]
}

/// Rack's cases of the environ: the variable, and what it is.
const RACK: &[(&str, Theirs, Is, Variables)] = &[
    ("no method", Fails, Broken(Required), &[("REQUEST_METHOD", None)]),
    ("no name", Fails, Broken(Required), &[("SERVER_NAME", None)]),
    (
        "no version",
        Fails,
        Broken(Required),
        &[("SERVER_PROTOCOL", None)],
    ),
    (
        "a version that is none",
        Fails,
        Broken(ServerProtocol),
        &[("SERVER_PROTOCOL", Some("Foo"))],
    ),
    (
        "HTTP_CONTENT_TYPE",
        Fails,
        Broken(Renamed),
        &[("HTTP_CONTENT_TYPE", Some("text/plain"))],
    ),
    (
        "HTTP_CONTENT_LENGTH",
        Fails,
        Broken(Renamed),
        &[("HTTP_CONTENT_LENGTH", Some("42"))],
    ),
    (
        "a port in words",
        Fails,
        Broken(ServerPort),
        &[("SERVER_PORT", Some("howdy"))],
    ),
    (
        "a name with a blank",
        Fails,
        Broken(ServerName),
        &[("SERVER_NAME", Some("A Host"))],
    ),
    (
        "a Host with a blank",
        Fails,
        Broken(Host),
        &[("HTTP_HOST", Some("A Host"))],
    ),
    (
        "a method with a question",
        Fails,
        Broken(Method),
        &[("REQUEST_METHOD", Some("OOPS?"))],
    ),
    (
        "a method with a backspace",
        Fails,
        Broken(Method),
        &[("REQUEST_METHOD", Some("OOPS?\u{8}!"))],
    ),
    (
        "SCRIPT_NAME without a slash",
        Fails,
        Broken(ScriptName),
        &[("SCRIPT_NAME", Some("howdy"))],
    ),
    (
        "a length in letters",
        Fails,
        Broken(ContentLength),
        &[("CONTENT_LENGTH", Some("xcii"))],
    ),
    (
        "a query beyond ASCII",
        Passes,
        Quiet,
        &[("QUERY_STRING", Some("\u{1234}"))],
    ),
    (
        "no SCRIPT_NAME, no PATH_INFO",
        Fails,
        Broken(Rule::Path),
        &[("SCRIPT_NAME", None), ("PATH_INFO", None)],
    ),
    (
        "both are empty",
        Fails,
        Broken(Rule::Path),
        &[("SCRIPT_NAME", Some("")), ("PATH_INFO", Some(""))],
    ),
    (
        "no SCRIPT_NAME, and an empty PATH_INFO",
        Fails,
        Broken(Rule::Path),
        &[("SCRIPT_NAME", None), ("PATH_INFO", Some(""))],
    ),
    (
        "no PATH_INFO, and an empty SCRIPT_NAME",
        Fails,
        Broken(Rule::Path),
        &[("SCRIPT_NAME", Some("")), ("PATH_INFO", None)],
    ),
    (
        "SCRIPT_NAME is a slash",
        Fails,
        Broken(ScriptName),
        &[("SCRIPT_NAME", Some("/"))],
    ),
    (
        "an empty PATH_INFO behind a SCRIPT_NAME",
        Passes,
        Quiet,
        &[("SCRIPT_NAME", Some("/foo")), ("PATH_INFO", Some(""))],
    ),
    (
        "`*` for OPTIONS",
        Passes,
        Broken(PathInfo),
        &[
            ("REQUEST_METHOD", Some("OPTIONS")),
            ("PATH_INFO", Some("*")),
        ],
    ),
    (
        "`*` for GET",
        Fails,
        Broken(PathInfo),
        &[("PATH_INFO", Some("*"))],
    ),
    (
        "an authority for CONNECT",
        Passes,
        Broken(PathInfo),
        &[
            ("REQUEST_METHOD", Some("CONNECT")),
            ("PATH_INFO", Some("example.com:80")),
        ],
    ),
    (
        "an authority for GET",
        Fails,
        Broken(PathInfo),
        &[("PATH_INFO", Some("example.com:80"))],
    ),
    (
        "a path like an authority",
        Passes,
        Quiet,
        &[("PATH_INFO", Some("/:80"))],
    ),
    (
        "a URI for GET",
        Passes,
        Broken(PathInfo),
        &[("PATH_INFO", Some("http://foo/bar"))],
    ),
    (
        "a URI for CONNECT",
        Fails,
        Broken(PathInfo),
        &[
            ("REQUEST_METHOD", Some("CONNECT")),
            ("PATH_INFO", Some("http://foo/bar")),
        ],
    ),
    (
        "a URI for OPTIONS",
        Fails,
        Broken(PathInfo),
        &[
            ("REQUEST_METHOD", Some("OPTIONS")),
            ("PATH_INFO", Some("http://foo/bar")),
        ],
    ),
    ("a path", Passes, Quiet, &[("PATH_INFO", Some("/foo/bar"))]),
    (
        "a path that goes up",
        Fails,
        Broken(PathInfo),
        &[("PATH_INFO", Some("../etc/passwd"))],
    ),
    (
        "a path with a fragment",
        Fails,
        Quiet,
        &[("PATH_INFO", Some("/foo/bar#qux"))],
    ),
    (
        "a path with a query and a fragment",
        Fails,
        Quiet,
        &[("PATH_INFO", Some("/foo/bar?baz#qux"))],
    ),
];

fn rack_heads() -> Vec<Case> {
    const NONE: [(&str, &str); 1] = [("Content-Length", "0")];
    const BOTH: [(&str, &str); 2] = [TEXT, ("Content-Length", "0")];
    let typed = |status, ours| {
        head("a type without a body", Fails, ours, status, &BOTH, "")
    };
    let long = |status, theirs, ours| {
        head("a length without a body", theirs, ours, status, &NONE, "")
    };
    vec![
        head(
            "a valid request",
            Passes,
            Quiet,
            "200 OK",
            &[("content-type", "test/plain"), ("content-length", "3")],
            "foo",
        ),
        head("a status in letters", Fails, Refused, "cc", &[], ""),
        head("a status of 42", Fails, Refused, "42", &[], ""),
        head(
            "a status of digits alone",
            Fails,
            Refused,
            "200",
            &[],
            "",
        ),
        head(
            "a header status",
            Fails,
            Refused,
            "200 OK",
            &[("status", "404")],
            "",
        ),
        head(
            "a value with NUL",
            Fails,
            Refused,
            "200 OK",
            &[("foo-bar", "text\0plain")],
            "",
        ),
        head(
            "a name in capitals",
            Fails,
            Quiet,
            "200 OK",
            &[("A", "text/plain"), TEXT],
            "",
        ),
        typed("100 Continue", Refused),
        typed("101 Switching Protocols", Refused),
        typed("204 No Content", Refused),
        typed("304 Not Modified", Broken(TypeWithout)),
        long("100 Continue", Fails, Refused),
        long("101 Switching Protocols", Fails, Refused),
        long("204 No Content", Fails, Refused),
        long("304 Not Modified", Fails, Quiet),
        head(
            "a length of 1 and no body",
            Fails,
            Broken(Length),
            "200 OK",
            &[TEXT, ("content-length", "1")],
            "",
        ),
    ]
}

/// Names of one character, each in a case of its own.
fn rack_names() -> Vec<Case> {
    let forbidden = "\u{7f}(),/:;<=>?@[\\]{}";
    let forbidden = (0..32).map(char::from).chain(forbidden.chars());
    let forbidden = forbidden.map(|c| (c, Fails, Refused));
    let letters = ('a'..='z').map(|c| (c, Passes, Quiet));
    let others = "!#$%&'*+-.^_`|~0123456789".chars();
    let others = others.map(|c| (c, Passes, Broken(FieldName)));
    let case = |(name, theirs, ours): (char, _, _)| {
        let name = name.to_string();
        let app = validate(app(|_, start_response| {
            let headers = [(&*name, "text/plain"), TEXT];
            Ok(start_response("200 OK", &headers)?.body(""))
        }));
        let log = testing::get(&app, "/").log;
        Case { name: "a name of one character", theirs, ours, log }
    };
    forbidden.chain(letters).chain(others).map(case).collect()
}

fn rack_bodies() -> Vec<Case> {
    let ten = || {
        let headers = &[TEXT, ("content-length", "30")];
        answer("200 OK", headers, || stream(&["foo"; 10]))
    };
    let upper = |body: Body| {
        body.map_blocks(|block| block.to_ascii_uppercase().into())
    };
    let whole = |body: Body| Body::blocks(body.collect::<Vec<_>>());
    let two = |body: Body| {
        let mut body = body;
        Body::blocks(iter::from_fn(move || {
            let pair: Result<Vec<_>, _> =
                body.by_ref().take(2).collect();
            let pair = pair.map(|blocks| blocks.concat());
            match pair {
                Ok(block) if block.is_empty() => None,
                pair => Some(pair.map(Into::into)),
            }
        }))
    };
    let ask =
        |name, theirs, ours, change: &'static dyn Fn(Body) -> Body| {
            let app = validate_middleware(ten(), |app| {
                gateway::app(move |environ, start_response| {
                    Ok(app.call(environ, start_response)?.map(change))
                })
            });
            ask(name, theirs, ours, &app)
        };
    let head_of = |body: &'static str| {
        let headers = &[TEXT, ("content-length", "3")];
        let app = validate(answer("200 OK", headers, || body.into()));
        testing::ask(&app, testing::environ("HEAD", "/")).log
    };
    let mut cases = vec![
        ask("a block for each", Passes, Quiet, leak(upper)),
        ask(
            "a body read in `call`",
            Fails,
            Broken(Boundaries),
            leak(whole),
        ),
        ask("two blocks in one", Fails, Broken(Boundaries), leak(two)),
    ];
    for (name, theirs, log) in [
        ("no body for HEAD", Passes, head_of("")),
        ("a body for HEAD", Fails, head_of("foo")),
    ] {
        cases.push(Case { name, theirs, ours: Quiet, log });
    }
    cases.extend((0..3).map(reads));
    cases
}

fn leak(
    change: impl Fn(Body) -> Body + 'static,
) -> &'static dyn Fn(Body) -> Body {
    Box::leak(Box::new(change))
}

/// Reads all of the input, nothing of it, and a byte.
fn reads(which: usize) -> Case {
    let app = validate(app(move |environ, start_response| {
        let input = &mut environ.input;
        match which {
            0 => drop(input.read_to_end(&mut Vec::new())?),
            1 => drop(input.read(&mut [])?),
            _ => drop(input.read(&mut [0])?),
        }
        Ok(start_response("201 Created", &[])?.body(""))
    }));
    let mut environ = testing::environ("POST", "/");
    environ.input = Box::new(&b"hello world"[..]);
    let log = testing::ask(&app, environ).log;
    Case { name: "a read", theirs: Passes, ours: Quiet, log }
}

fn rack() -> Vec<Case> {
    let environs =
        RACK.iter().map(|(name, theirs, ours, variables)| {
            server(name, *theirs, *ours, variables)
        });
    let heads = rack_heads().into_iter().chain(rack_names());
    environs.chain(heads).chain(rack_bodies()).collect()
}

/// Of whom, which cases, and how many statements of theirs have none:
/// for most a type stands, and for the others there is no such thing.
fn all() -> [(&'static str, Vec<Case>, usize); 3] {
    [
        ("wsgiref of Python 3.11", wsgiref(), 2),
        ("Werkzeug 3.1.8", werkzeug(), 3),
        ("Rack of August 2026", rack(), 92),
    ]
}

#[test]
fn each_case_of_another_validator_is_judged() {
    for (whose, cases, _) in all() {
        for Case { name, ours, log, .. } in cases {
            let is_it = match ours {
                Quiet => log.is_empty(),
                Broken(rule) => log.contains(rule.text()),
                Refused => {
                    log.contains("status ") || log.contains("header ")
                }
            };
            assert!(is_it, "{whose}, {name}, {ours:?}: {log:?}");
        }
    }
}

/// Where we judge otherwise, and why.
const OTHERWISE: [(&str, &str); 10] = [
    ("a relative Location", "RFC 9110, 10.2.2, lets it be relative"),
    ("`*` for OPTIONS", "it is no path; our servers leave it out"),
    ("an authority for CONNECT", "it is no path"),
    ("a URI for GET", "it is no path; our servers take it apart"),
    ("a path with a fragment", "a path is decoded: it was %23"),
    (
        "a path with a query and a fragment",
        "a path is decoded: it was %3F",
    ),
    ("a name in capitals", "case means nothing: RFC 9110, 5.1"),
    ("a length without a body", "RFC 9110, 8.6, lets a 304 have one"),
    (
        "a name of one character",
        "RFC 9110, 16.3.2.1, has it begin with a letter",
    ),
    ("a body for HEAD", "the exchange asks for no block then"),
];

#[test]
fn where_we_judge_otherwise_there_is_a_reason() {
    let mut found = Vec::new();
    for (_, cases, _) in all() {
        let otherwise = cases.iter().filter(|case| is_other(case));
        found.extend(otherwise.map(|case| case.name));
    }
    found.dedup();
    let names: Vec<&str> = OTHERWISE.iter().map(|(n, _)| *n).collect();
    assert_eq!(found, names);
}

fn is_other(case: &Case) -> bool {
    (case.theirs == Passes) != matches!(case.ours, Quiet)
}

#[test]
fn the_book_prints_how_many_carry_over() {
    let mut table = String::from(
        "| the tests of | run here | judged alike | otherwise | not \
         run |\n| --- | --- | --- | --- | --- |\n",
    );
    for (whose, cases, not) in all() {
        let count = cases.len();
        let other = cases.iter().filter(|case| is_other(case)).count();
        let alike = count - other;
        table += &format!(
            "| {whose} | {count} | {alike} | {other} | {not} |\n"
        );
    }
    table += "\n| otherwise | because |\n| --- | --- |\n";
    for (name, why) in OTHERWISE {
        table += &format!("| {name} | {why} |\n");
    }
    is_printed(&table, include_str!("foreign.md"), "foreign.md");
}
