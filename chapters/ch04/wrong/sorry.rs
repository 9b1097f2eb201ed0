//! The check of exercise 4.5, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect, usual};
use gateway::exchange::{self, Protocol};
use gateway::{
    Application, Body, Environ, Error, ErrorLog, Failure, Response,
    Result, StartResponse,
};
use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

pub const READ: &str = "Starting again";

pub const HINT: &str = "Give the application a `start_response` of \
    yours, which calls the real one. Closure and middleware share the \
    real one in an `Rc<Cell<Option<…>>>`: what the application has not \
    taken out is still there afterwards. A borrow instead of the `Rc` \
    does not live long enough, for the closure has to live as long as \
    the way to the client. `Failure::find` finds a status.";

type Answer = fn(Box<dyn Application>) -> Box<dyn Application>;

const PASS: &str = "What succeeds is passed on as it is, and the log \
    hears nothing.";
const PAGE: &str = "An error before `start_response` is answered with \
    the page, which has the whole status, and it is not returned.";
const LOG: &str = "The error, with all that it says, is written to \
    `environ.errors`, once, in a line of its own.";
const STATUS: &str = "An error may ask for a status, also from inside \
    an `io::Error`; `Failure::find` looks there.";
const STARTED: &str = "The application had started, so its error is \
    the exchange's affair: it is returned as it is, and not written.";
const AGAIN: &str = "The middleware is there for every request, not \
    for the first alone.";

/// A log that can be read afterwards.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().map_or(Ok(0), |mut log| log.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The answer, and what the log got.
fn call(app: &dyn Application) -> (String, String) {
    let (mut out, log) = (Vec::new(), Kept::default());
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", "GET");
    environ.set("PATH_INFO", "/tea");
    environ.errors = ErrorLog::new(log.clone());
    exchange::run(app, &mut environ, Protocol::Cgi, &mut out);
    // What is read here has been passed on: an unfinished line has not.
    let log = log.0.lock().map(|log| log.clone()).unwrap_or_default();
    let text = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes).replace("\r\n", "\n")
    };
    (usual(&text(&out)), text(&log))
}

/// An application that fails before it starts.
fn failing(error: fn() -> Error) -> Box<dyn Application> {
    Box::new(move |_: &mut Environ, _: StartResponse<'_>| Err(error()))
}

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

fn well(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/html"), ("A", "b")];
    let started = start_response("201 Created", &headers)?;
    Ok(started.body(["Have some ", "tea"]))
}

fn started(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    start_response("200 OK", &TEXT)?;
    Err("the tea is cold".into())
}

fn writing(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    start_response("200 OK", &TEXT)?.write_all(b"Have some ")?;
    Err("the tea is cold".into())
}

fn late(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let blocks =
        [Ok(b"Have some ".into()), Err("the tea is cold".into())];
    let started = start_response("200 OK", &TEXT)?;
    Ok(started.body(Body::blocks(blocks)))
}

pub fn check(sorry: Answer) -> Verdict {
    let page = |status: &str| {
        let page = format!("Sorry: {status}\n");
        let length = page.len();
        format!(
            "Status: {status}\nContent-Type: text/plain\n\
             Content-Length: {length}\n\n{page}"
        )
    };
    let error = "500 Internal Server Error";
    let well = || call(&*sorry(Box::new(well)));
    let sent = "an application that answers 201";
    expect(sent, well, call(&self::well), PASS)?;
    let lost: fn() -> Error = || "the tea is gone".into();
    let sent = "an application that fails with \"the tea is gone\"";
    let answer = || call(&*sorry(failing(lost))).0;
    expect(sent, answer, page(error), PAGE)?;
    let log = || call(&*sorry(failing(lost))).1;
    let sent = format!("{sent}; the log");
    expect(&sent, log, "the tea is gone\n".into(), LOG)?;
    let behind = || {
        let app = sorry(failing(lost));
        let outer = |environ: &mut Environ,
                     start: StartResponse<'_>| {
            let result = app.call(environ, start);
            writeln!(environ.errors, "no tea today")?;
            result
        };
        call(&outer).1
    };
    let sent = format!("{sent}, and what is written behind that");
    let log = "the tea is gone\nno tea today\n";
    expect(sent, behind, log.into(), LOG)?;
    let lost: fn() -> Error =
        || Failure::new("404 Not Found", "no tea").into();
    let sent = "an application that fails with 404 Not Found";
    let answer = || call(&*sorry(failing(lost))).0;
    expect(sent, answer, page("404 Not Found"), STATUS)?;
    let log = || call(&*sorry(failing(lost))).1;
    let sent = format!("{sent}; the log");
    expect(sent, log, "404 Not Found: no tea\n".into(), LOG)?;
    let half: fn() -> Error =
        || io::Error::from(Failure::bad_request("half a cup")).into();
    let sent = "an application whose input fails with 400 Bad Request";
    let answer = || call(&*sorry(failing(half))).0;
    expect(sent, answer, page("400 Bad Request"), STATUS)?;
    let answer = || call(&*sorry(Box::new(started)));
    let sent = "an application that fails after start_response";
    expect(sent, answer, call(&started), STARTED)?;
    let answer = || call(&*sorry(Box::new(writing)));
    let sent = "an application that fails after it has written";
    expect(sent, answer, call(&writing), STARTED)?;
    let answer = || call(&*sorry(Box::new(late)));
    let sent = "an application whose body fails";
    expect(sent, answer, call(&late), STARTED)?;
    let twice = || {
        let app = sorry(failing(|| "the tea is gone".into()));
        call(&*app);
        call(&*app).0
    };
    expect("a second request", twice, page(error), AGAIN)
}

/// An answer to what fails before it starts.
fn answering(
    app: Box<dyn Application>,
    answer: fn(
        &mut Environ,
        StartResponse<'_>,
        Error,
    ) -> Result<Response>,
) -> Box<dyn Application> {
    Box::new(move |environ: &mut Environ, start: StartResponse<'_>| {
        let start = Rc::new(Cell::new(Some(start)));
        let own = Rc::clone(&start);
        let result = app.call(
            environ,
            Box::new(move |status, headers| {
                own.take().ok_or("gone")?(status, headers)
            }),
        );
        match (result, start.take()) {
            (Err(error), Some(start)) => answer(environ, start, error),
            (result, _) => result,
        }
    })
}

fn apology(start: StartResponse<'_>, status: &str) -> Result<Response> {
    let page = format!("Sorry: {status}\n");
    Ok(start(status, &TEXT)?.body(page))
}

pub const WRONG: [(&str, Answer); 6] = [
    // The visitor's page, and nothing for the log.
    (LOG, |app| {
        answering(app, |_, start, error| {
            let status = Failure::find(&error)
                .map_or("500 Internal Server Error", |no| &no.status);
            apology(start, status)
        })
    }),
    // One status for everything.
    (STATUS, |app| {
        answering(app, |environ, start, error| {
            writeln!(environ.errors, "{error}")?;
            apology(start, "500 Internal Server Error")
        })
    }),
    // An error for an error; the exchange's page comes out.
    (PAGE, |app| {
        Box::new(
            move |environ: &mut Environ, start: StartResponse<'_>| {
                app.call(environ, start).map_err(|error| {
                    let status = "500 Internal Server Error";
                    let reason = format!("Sorry: {error}");
                    Failure::new(status, reason).into()
                })
            },
        )
    }),
    // Every error written, also the one that is passed on.
    (STARTED, |app| {
        let noisy =
            move |environ: &mut Environ, start: StartResponse<'_>| {
                let result = app.call(environ, start);
                if let Err(error) = &result {
                    writeln!(environ.errors, "{error}")?;
                }
                result
            };
        answering(Box::new(noisy), |_, start, error| {
            let status = Failure::find(&error)
                .map_or("500 Internal Server Error", |no| &no.status);
            apology(start, status)
        })
    }),
    // No line end, and whoever writes next goes on in the line.
    (LOG, |app| {
        answering(app, |environ, start, error| {
            write!(environ.errors, "{error}")?;
            let status = Failure::find(&error)
                .map_or("500 Internal Server Error", |no| &no.status);
            apology(start, status)
        })
    }),
    // The field in small letters, and the page in pieces.
    (RIGHT, |app| {
        answering(app, |environ, start, error| {
            writeln!(environ.errors, "{error}")?;
            let status = Failure::find(&error)
                .map_or("500 Internal Server Error", |no| &no.status);
            let started =
                start(status, &[("content-type", "text/plain")])?;
            Ok(started
                .body(["Sorry: ", status, "\n"].map(String::from)))
        })
    }),
];
