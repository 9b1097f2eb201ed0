//! `request_id`: which lines have it, and whose it is.

use crate::support::Log;
use gateway::exchange::{self, Protocol};
use gateway::middleware::{
    REQUEST_ID, request_id, request_id_from_proxy,
};
use gateway::testing::{self, Answer, ask, get};
use gateway::{
    Application, Body, Environ, ErrorLog, Response, Result, app,
};
use std::collections::BTreeSet;
use std::io::Write;
use std::{iter, mem, thread};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

fn hello() -> impl Application + Send + Sync {
    app(|environ, start_response| {
        let id = environ.extension(REQUEST_ID).cloned();
        let id = id.unwrap_or_default();
        writeln!(environ.errors, "hello")?;
        Ok(start_response("200 OK", &TEXT)?.body(id))
    })
}

/// Each line without the label, which they all have.
#[track_caller]
fn unlabelled(log: &str, id: &str) -> Vec<String> {
    let label = format!("[{id}] ");
    let lines = log.lines().map(|line| {
        let rest = line.strip_prefix(&label);
        rest.unwrap_or_else(|| panic!("{id}: {line}")).to_string()
    });
    lines.collect()
}

/// The label that the log's first line has.
#[track_caller]
fn label(log: &str) -> &str {
    let label = log.strip_prefix('[').and_then(|l| l.split_once("] "));
    label.unwrap_or_else(|| panic!("no label: {log}")).0
}

#[test]
fn it_is_in_the_environ_the_log_and_the_answer() {
    let answer = get(&request_id(hello()), "/");
    let id = answer.text();
    assert_eq!(answer.headers.get("X-Request-Id"), Some(&*id));
    assert_eq!(unlabelled(&answer.log, &id), ["hello"]);
}

#[test]
fn it_is_before_every_line_whoever_writes_it() {
    type App = fn(
        &mut Environ,
        gateway::StartResponse<'_>,
    ) -> Result<Response>;
    let cases: [(App, &[&str]); 6] = [
        (|_, _| Err("no\nink".into()), &["GET /: no", "    ink"]),
        (
            |_, _| panic!("no paper"),
            &["GET /: the application panicked: no paper"],
        ),
        (
            |e, _| {
                write!(e.errors, "unfinished")?;
                Err("no ink".into())
            },
            &["unfinished", "GET /: no ink"],
        ),
        (
            |e, start_response| {
                let mut errors = e.errors.clone();
                let blocks = iter::once_with(move || {
                    writeln!(errors, "from the body")?;
                    Err("no ink".into())
                });
                let body = Body::blocks(blocks);
                Ok(start_response("200 OK", &TEXT)?.body(body))
            },
            &["from the body", "GET /: no ink"],
        ),
        (
            |e, _| {
                let mut errors = e.errors.clone();
                let thread = thread::spawn(move || {
                    writeln!(errors, "from a thread")
                });
                thread.join().unwrap()?;
                Err("no ink".into())
            },
            &["from a thread", "GET /: no ink"],
        ),
        (
            |_, start_response| {
                Ok(start_response("200 OK", &[])?.body("Hello"))
            },
            &["GET /: a body without a Content-Type"],
        ),
    ];
    for (app, lines) in cases {
        let log = get(&request_id(app), "/").log;
        assert_eq!(unlabelled(&log, label(&log)), lines);
    }
}

#[test]
fn the_exchanges_lines_have_it_whatever_log_the_application_put_there()
{
    let replaces = app(|environ, _| {
        environ.errors = ErrorLog::new(std::io::sink());
        Err("no ink".into())
    });
    let log = get(&request_id(replaces), "/").log;
    assert_eq!(unlabelled(&log, label(&log)), ["GET /: no ink"]);
}

#[test]
fn a_page_of_the_servers_own_has_no_header() {
    let fails = app(|_, _| Err("no ink".into()));
    let answer = get(&request_id(fails), "/");
    assert_eq!(answer.headers.get("X-Request-Id"), None);
}

#[test]
fn no_two_requests_have_the_same() {
    let app = request_id(hello());
    let ids = thread::scope(|scope| {
        let ask = || -> Vec<String> {
            let ask = |_| get(&app, "/").text().into_owned();
            (0..500).map(ask).collect()
        };
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(ask)).collect();
        let ids = threads.into_iter().map(|t| t.join().unwrap());
        ids.flatten().collect::<BTreeSet<_>>()
    });
    assert_eq!(ids.len(), 2000);
}

#[test]
fn one_that_came_in_is_taken_only_if_asked_for_and_harmless() {
    let asks = |value: &[u8]| {
        let mut environ = testing::environ("GET", "/");
        environ.set("HTTP_X_REQUEST_ID", value);
        environ
    };
    let long = "x".repeat(128);
    for good in ["a", "0", "f47ac10b-58cc-4372", "a.b_c+d/e=", &long] {
        let taken =
            ask(&request_id_from_proxy(hello()), asks(good.as_bytes()));
        assert_eq!(taken.text(), good);
        assert_eq!(unlabelled(&taken.log, good), ["hello"]);
        assert_eq!(taken.headers.get("X-Request-Id"), Some(good));
        let not_asked =
            ask(&request_id(hello()), asks(good.as_bytes()));
        assert_ne!(not_asked.text(), good);
    }
    let too_long = "x".repeat(129);
    for bad in [
        &b""[..],
        b" a",
        b"a b",
        b"a, b",
        b"a\nb",
        b"a]",
        b"\"a\"",
        b"<script>",
        b"caf\xc3\xa9",
        b"\xff",
        b"a\0",
        b"a;b",
        too_long.as_bytes(),
    ] {
        let answer = ask(&request_id_from_proxy(hello()), asks(bad));
        let id = answer.text();
        assert_ne!(id.as_bytes(), bad);
        assert!(id.len() > 16, "{id}");
        assert_eq!(unlabelled(&answer.log, &id), ["hello"]);
    }
    let nothing = get(&request_id_from_proxy(hello()), "/");
    assert!(nothing.text().len() > 16);
}

#[test]
fn a_request_that_has_one_keeps_it() {
    let app = request_id(request_id_from_proxy(hello()));
    let mut environ = testing::environ("GET", "/");
    environ.set("HTTP_X_REQUEST_ID", "theirs");
    let answer = ask(&app, environ);
    let id = answer.text();
    assert_ne!(id, "theirs");
    assert_eq!(answer.headers.get("X-Request-Id"), Some(&*id));
    let headers = answer.headers.pairs();
    let named = headers.iter().filter(|(n, _)| *n == "X-Request-Id");
    assert_eq!(named.count(), 1);
    assert_eq!(unlabelled(&answer.log, &id), ["hello"]);
}

/// Asks twice with one environ, as servers do.
fn twice(app: &dyn Application) -> [(String, String); 2] {
    let mut environ = testing::environ("GET", "/");
    let log = Log::default();
    environ.errors = ErrorLog::new(log.clone());
    let mut seen = 0;
    [(); 2].map(|()| {
        let mut out = Vec::new();
        let outcome =
            exchange::run(app, &mut environ, Protocol::Cgi, &mut out);
        let text = log.text();
        let new = text[seen..].to_string();
        seen = text.len();
        (outcome.label, new)
    })
}

#[test]
fn a_label_is_not_carried_to_the_next_request() {
    let first = std::cell::Cell::new(true);
    let inner = request_id(hello());
    let once =
        app(|environ, start_response| match first.replace(false) {
            true => inner.call(environ, start_response),
            false => Err("no ink".into()),
        });
    let [(label_1, log_1), (label_2, log_2)] = twice(&once);
    assert_eq!(unlabelled(&log_1, &label_1), ["hello"]);
    assert_eq!((&*label_2, &*log_2), ("", "GET /: no ink\n"));
    let [(label_1, log_1), (label_2, log_2)] = twice(&inner);
    assert_ne!(label_1, label_2);
    assert_eq!(unlabelled(&log_1, &label_1), ["hello"]);
    assert_eq!(unlabelled(&log_2, &label_2), ["hello"]);
}

/// Takes one block, and breaks.
struct Leaves(bool);

impl Write for Leaves {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match mem::replace(&mut self.0, true) {
            true => Err(std::io::ErrorKind::BrokenPipe.into()),
            false => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_client_that_leaves_and_a_panic_leave_no_label_behind() {
    let streams = app(|environ, start_response| {
        if environ.get("QUERY_STRING").as_deref() == Some("panic") {
            panic!("no paper");
        }
        let blocks = iter::repeat_with(|| Ok(b"block".into()));
        let body = Body::blocks(blocks);
        Ok(start_response("200 OK", &TEXT)?.body(body))
    });
    let inner = request_id(streams);
    let log = Log::default();
    let mut environ = testing::environ("GET", "/");
    environ.errors = ErrorLog::new(log.clone());
    let mut run = |app: &dyn Application, query: &str| {
        environ.set("QUERY_STRING", query);
        let out = &mut Leaves(false);
        exchange::run(app, &mut environ, Protocol::Cgi, out).label
    };
    assert_ne!(run(&inner, ""), "");
    let id = run(&inner, "panic");
    let fails = app(|environ, _| {
        assert_eq!(environ.extension(REQUEST_ID), None);
        Err("no ink".into())
    });
    assert_eq!(run(&fails, ""), "");
    let expected = format!(
        "[{id}] GET /: the application panicked: no paper\n\
         GET /: no ink\n"
    );
    assert_eq!(log.text(), expected);
}

#[test]
fn a_servers_own_label_is_put_back_too() {
    let log = Log::default();
    let mut environ = testing::environ("GET", "/");
    environ.errors = ErrorLog::new(log.clone());
    environ.errors.set_label("site");
    let fails = app(|_, _| Err("no ink".into()));
    let run = |app: &dyn Application, environ: &mut Environ| {
        exchange::run(app, environ, Protocol::Cgi, &mut Vec::new())
            .label
    };
    let id = run(&request_id(hello()), &mut environ);
    assert_eq!(run(&fails, &mut environ), "site");
    let expected = format!("[{id}] hello\n[site] GET /: no ink\n");
    assert_eq!(log.text(), expected);
}

#[test]
fn a_label_is_a_word() {
    let log = Log::default();
    let mut errors = ErrorLog::new(log.clone());
    errors.set_label("a b\n\u{1b}[31mcaf\u{e9}\r");
    writeln!(errors, "one\ntwo").unwrap();
    write!(errors, "three").unwrap();
    errors.set_label("");
    writeln!(errors, "\nfour").unwrap();
    let text = "[ab[31mcaf] one\n[ab[31mcaf] two\nthree\nfour\n";
    assert_eq!(log.text(), text);
}

#[test]
fn it_can_be_called_from_several_threads() {
    fn shared(_: &(impl Application + Send + Sync)) {}
    shared(&request_id(hello()));
    shared(&request_id_from_proxy(hello()));
}

#[cfg(unix)]
#[test]
fn what_a_cgi_program_writes_to_standard_error_has_it() {
    use crate::support::example;
    let script = gateway::cgi::Script::new(example("cgi_test"));
    let Answer { log, .. } = get(&request_id(script), "/error");
    let lines = unlabelled(&log, label(&log));
    assert_eq!(lines, ["GET /error: no ink"]);
}
