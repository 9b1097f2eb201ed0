//! Errors: where they were made, what the client is told of them, and
//! those that do all they can to be in the way.

use gateway::exchange::End;
use gateway::testing::{self, Answer};
use gateway::{Application, Error, Failure, Result, StartResponse};
use std::error::Error as StdError;
use std::io;
use std::{fmt, panic};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];
const PAGE: &str = "500 Internal Server Error\n";

fn failing(make: impl Fn() -> Error) -> Answer {
    testing::get(&gateway::app(move |_, _| Err(make())), "/")
}

#[test]
fn an_error_knows_the_question_mark_that_made_it() {
    fn number(text: &str) -> Result<u8> {
        Ok(text.parse::<u8>()?)
    }
    let error = number("x").unwrap_err();
    let here = error.location();
    assert!(here.file().ends_with("errors.rs"));
    let mut lines = include_str!("errors.rs").lines();
    let line = lines.nth(here.line() as usize - 1).unwrap();
    assert_eq!(line, "        Ok(text.parse::<u8>()?)");
    assert_eq!(here.column() as usize, line.find("text").unwrap() + 1);
    // A second `?` is not where it came from.
    let again = || -> Result<u8> {
        let number = number("x")?;
        Ok(number)
    };
    assert_eq!(again().unwrap_err().location().line(), here.line());
    let shown = format!("{error:?}");
    assert!(shown.contains("InvalidDigit"), "{shown}");
    assert!(shown.ends_with(&format!(", at {here}")), "{shown}");
    assert_eq!(error.to_string(), "invalid digit found in string");
    assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
}

#[test]
fn an_error_becomes_an_io_error_and_keeps_what_is_inside() {
    let error = Error::from(io::Error::from(io::ErrorKind::TimedOut));
    assert_eq!(io::Error::from(error).kind(), io::ErrorKind::TimedOut);
    let error = Error::from(Failure::bad_request("no"));
    let error = Error::from(io::Error::from(error));
    assert_eq!(Failure::find(&error).unwrap().reason, "no");
}

/// An error with a cause.
#[derive(Debug)]
struct Caused(Box<dyn StdError + Send + Sync>);

impl fmt::Display for Caused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("caused")
    }
}

impl StdError for Caused {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

#[test]
fn a_failure_is_found_wherever_it_is_inside() {
    let failure = || Failure::new("404 Not Found", "nothing");
    let io = || io::Error::from(failure());
    for error in [
        failure().into(),
        io().into(),
        io::Error::other(io()).into(),
        Caused(failure().into()).into(),
        Caused(io().into()).into(),
        Caused(Caused(io::Error::other(io()).into()).into()).into(),
        io::Error::other(Caused(failure().into())).into(),
    ] {
        let error: Error = error;
        let found = Failure::find(&error).expect("a failure");
        assert_eq!(found.status, "404 Not Found", "{error:?}");
    }
    for error in [Error::from("no"), io::Error::other("no").into()] {
        assert!(Failure::find(&error).is_none());
    }
}

#[test]
fn a_failure_brings_headers_and_a_page() {
    let answer = failing(|| {
        Failure::new("401 Unauthorized", "who?")
            .header("WWW-Authenticate", "Basic realm=\"x\"")
            .header("X", 1)
            .header("X", 2)
            .page("text/html; charset=utf-8", "<p>Log in.")
            .caused_by("the password is wrong")
            .into()
    });
    assert_eq!(answer.status, "401 Unauthorized");
    assert_eq!(
        answer.headers.pairs(),
        [
            ("WWW-Authenticate", "Basic realm=\"x\""),
            ("X", "1"),
            ("X", "2"),
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", "10"),
        ]
    );
    assert_eq!(answer.text(), "<p>Log in.");
    let line = "GET /: 401 Unauthorized: who?: the password is wrong\n";
    assert_eq!(answer.log, line);
    assert!(!answer.is_cut);
}

#[test]
fn a_failures_page_has_the_length_that_it_has() {
    for page in ["", "x"] {
        let answer = failing(|| {
            Failure::new("404 Not Found", "x")
                .header("content-length", 99)
                .page("text/plain", page)
                .into()
        });
        assert_eq!(answer.status, "404 Not Found");
        let length = page.len().to_string();
        assert_eq!(
            answer.headers.get("Content-Length"),
            Some(&*length)
        );
        assert_eq!(answer.text(), page);
    }
}

#[test]
fn a_failure_may_come_from_the_first_block_but_not_from_a_later_one() {
    let failing = |first: &'static str| {
        gateway::app(move |_, start_response: StartResponse| {
            let failure = Failure::new("410 Gone", "it was eaten")
                .page("text/plain", "Sorry.");
            let blocks =
                [Ok(first.as_bytes().into()), Err(failure.into())];
            let started = start_response("200 OK", &TEXT)?;
            Ok(started.body(gateway::Body::blocks(blocks)))
        })
    };
    let answer = testing::get(&failing(""), "/");
    assert_eq!(
        (&*answer.status, &*answer.text()),
        ("410 Gone", "Sorry.")
    );
    let answer = testing::get(&failing("half"), "/");
    assert_eq!((&*answer.status, &*answer.text()), ("200 OK", "half"));
    assert!(answer.is_cut);
    assert_eq!(answer.log, "GET /: 410 Gone: it was eaten\n");
}

/// Fails to be shown, in one of two ways.
#[derive(Debug)]
struct Mute(bool);

impl fmt::Display for Mute {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        assert!(!self.0, "not a word");
        Err(fmt::Error)
    }
}
impl StdError for Mute {}

#[test]
fn an_error_that_cannot_be_shown_is_a_500() {
    let answer = failing(|| Mute(false).into());
    assert_eq!(answer.text(), PAGE);
    assert_eq!(answer.log, "GET /: an error that cannot be shown\n");
    let answer = failing(|| Caused(Mute(false).into()).into());
    let line = "GET /: caused: an error that cannot be shown\n";
    assert_eq!((&*answer.text(), &*answer.log), (PAGE, line));
    let answer = failing(|| Mute(true).into());
    let line = "GET /: the application panicked: not a word\n";
    assert_eq!((&*answer.text(), &*answer.log), (PAGE, line));
}

#[derive(Debug)]
struct OwnCause;

impl fmt::Display for OwnCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("me")
    }
}

impl StdError for OwnCause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self)
    }
}

#[test]
fn an_error_that_is_its_own_cause_has_an_end() {
    let answer = failing(|| OwnCause.into());
    assert_eq!(answer.text(), PAGE);
    let line = answer.log.strip_prefix("GET /: ").unwrap();
    let times = line.trim_end().split(": ").count();
    assert_eq!(times, 32, "{line:?}");
}

/// Panics when it is dropped.
#[derive(Debug)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("boom");
    }
}

impl fmt::Display for Bomb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tick")
    }
}
impl StdError for Bomb {}

#[test]
fn what_panics_when_it_is_dropped_is_a_line_in_the_log() {
    let answer = failing(|| Bomb.into());
    assert_eq!(answer.text(), PAGE);
    let log = "GET /: tick\nGET /: the application panicked: boom\n";
    assert_eq!(answer.log, log);
    let app = gateway::app(|_, _| panic::panic_any(Bomb));
    let answer = testing::get(&app, "/");
    assert_eq!(answer.text(), PAGE);
    let log =
        "GET /: the application panicked: a value that is not text\n";
    assert_eq!(answer.log, log);
    // One that somebody else holds, too.
    let answer = failing(|| {
        Failure::new("404 Not Found", "x").caused_by(Bomb).into()
    });
    assert_eq!(answer.status, "404 Not Found");
    assert!(answer.log.ends_with("the application panicked: boom\n"));
}

/// A body that panics in its middle and once more when it is dropped.
struct Worst(#[allow(dead_code)] Option<Bomb>, u8);

impl Iterator for Worst {
    type Item = Result<gateway::Block>;

    fn next(&mut self) -> Option<Self::Item> {
        self.1 += 1;
        match self.1 {
            1 => Some(Ok(b"one".into())),
            2 => panic!("first"),
            _ => None,
        }
    }
}

#[test]
fn two_panics_do_not_end_the_process() {
    let app = gateway::app(|_, start_response: StartResponse| {
        let started = start_response("200 OK", &TEXT)?;
        Ok(started.body(gateway::Body::blocks(Worst(Some(Bomb), 0))))
    });
    let answer = testing::get(&app, "/");
    assert!(answer.is_cut);
    assert_eq!(answer.text(), "one");
    let log = "GET /: the application panicked: first\n\
        GET /: the application panicked: boom\n";
    assert_eq!(answer.log, log);
}

#[test]
fn values_that_panic_are_dropped_one_by_one() {
    const ONE: gateway::Key<Bomb> = gateway::Key::new("test.one");
    const TWO: gateway::Key<Bomb> = gateway::Key::new("test.two");
    let app = gateway::app(|environ, start_response: StartResponse| {
        environ.insert(ONE, Bomb);
        environ.insert(TWO, Bomb);
        Ok(start_response("200 OK", &TEXT)?.body("fine"))
    });
    let answer = testing::get(&app, "/");
    assert!(!answer.is_cut);
    assert_eq!(answer.text(), "fine");
    assert_eq!(answer.log, "GET /: the application panicked: boom\n");
}

#[test]
fn an_answer_that_is_whole_is_not_cut_by_what_comes_after() {
    use gateway::exchange::{self, Protocol};
    use std::io::Write;
    let app = gateway::app(|_, start_response: StartResponse| {
        let headers = [TEXT[0], ("Content-Length", "5")];
        let mut started = start_response("200 OK", &headers)?;
        started.write_all(b"hello")?;
        Err("behind the end".into())
    });
    for (protocol, end) in [
        (Protocol::Cgi, End::Close),
        (Protocol::Http { minor: 0, keep_alive: false }, End::Close),
        (Protocol::Http { minor: 0, keep_alive: true }, End::Keep),
        (Protocol::Http { minor: 1, keep_alive: true }, End::Keep),
    ] {
        let mut environ = testing::environ("GET", "/");
        let log = crate::support::Log::default();
        environ.errors = gateway::ErrorLog::new(log.clone());
        let out = &mut Vec::new();
        let outcome = exchange::run(&app, &mut environ, protocol, out);
        assert_eq!(outcome.end, end);
        assert!(out.ends_with(b"\r\n\r\nhello"));
        assert_eq!(log.text(), "GET /: behind the end\n");
    }
}

/// 2.1: the head lies in a buffer, and nothing was sent.
#[test]
fn a_promised_length_and_no_byte_is_a_500() {
    use std::io::Write;
    let promise: [(&str, &str); 2] = [TEXT[0], ("Content-Length", "1")];
    let plain =
        gateway::app(move |_, start_response: StartResponse| {
            Ok(start_response("200 OK", &promise)?.body(""))
        });
    let again =
        gateway::app(move |_, start_response: StartResponse| {
            let started = start_response("200 OK", &TEXT)?;
            let started =
                started.restart("201 Created", &promise, "x")?;
            Ok(started.body(""))
        });
    let written = gateway::app(move |_, start: StartResponse| {
        let mut started = start("200 OK", &promise)?;
        started.write_all(b"")?;
        Ok(started.body(gateway::Body::blocks([])))
    });
    let empty = gateway::app(move |_, start: StartResponse| {
        let started = start("200 OK", &promise)?;
        Ok(started.body(["", "", ""]))
    });
    let sized = gateway::app(move |_, start: StartResponse| {
        let body = gateway::Body::sized(1, []);
        Ok(start("200 OK", &TEXT)?.body(body))
    });
    for app in
        [&plain as &dyn Application, &again, &written, &empty, &sized]
    {
        let answer = testing::get(app, "/");
        assert_eq!(answer.status, "500 Internal Server Error");
        assert_eq!((&*answer.text(), answer.is_cut), (PAGE, false));
        let reason = "the body is 1 bytes short of its Content-Length";
        assert_eq!(answer.log, format!("GET /: {reason}\n"));
    }
}
