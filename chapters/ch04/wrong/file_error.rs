//! The check of exercise 4.3, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use gateway::exchange::{self, Protocol};
use gateway::{Environ, Error, ErrorLog, Failure, StartResponse};
use std::cell::Cell;
use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Mutex};

pub const READ: &str = "Failure";

pub const HINT: &str = "`error.kind()` is an `ErrorKind`, good for a \
    `match`. A `Failure` becomes a `gateway::Error` by `into()`, and so \
    does an `io::Error`.";

type Answer = fn(io::Error) -> Error;

const LOST: &str = "A file that is not there is answered with `404 Not \
    Found`.";
const FORBIDDEN: &str = "A file that must not be read is answered with \
    `403 Forbidden`.";
const REASON: &str = "The log gets the error's own text, once: that is \
    what somebody will have to look for.";
const OTHER: &str = "The visitor is not to blame for this error; it \
    stays as it is, and `500` is said by the exchange.";
const INNER: &str = "There is a `Failure` inside of this error, with a \
    status of its own; wrapped into another, it is not found.";

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

/// The status and the log, if an application fails with this error.
fn told(error: Error) -> (String, String) {
    let error = Cell::new(Some(error));
    let app = |_: &mut Environ, _: StartResponse| {
        Err(error.take().expect("one request"))
    };
    let (mut out, log) = (Vec::new(), Kept::default());
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", "GET");
    environ.set("PATH_INFO", "/tea");
    environ.errors = ErrorLog::new(log.clone());
    exchange::run(&app, &mut environ, Protocol::Cgi, &mut out);
    let out = String::from_utf8_lossy(&out);
    let status = out.lines().next().unwrap_or_default();
    let log = log.0.lock().map(|log| log.clone()).unwrap_or_default();
    let log = String::from_utf8_lossy(&log).into_owned();
    (status.replace("Status: ", ""), log)
}

pub fn check(file_error: Answer) -> Verdict {
    let status =
        |sent, error: fn() -> io::Error, expected: &str, hint| {
            let answer = || told(file_error(error())).0;
            expect(sent, answer, expected.to_string(), hint)
        };
    let log = |sent, error: fn() -> io::Error, lead: &str, hint| {
        let answer = || told(file_error(error())).1;
        let sent = format!("{sent}; the log");
        let expected = format!("GET /tea: {lead}{}\n", error());
        expect(sent, answer, expected, hint)
    };
    let sent = "ErrorKind::NotFound";
    let lost = || ErrorKind::NotFound.into();
    status(sent, lost, "404 Not Found", LOST)?;
    log(sent, lost, "404 Not Found: ", REASON)?;
    let sent = "ErrorKind::NotFound, \"the tea is gone\"";
    let lost =
        || io::Error::new(ErrorKind::NotFound, "the tea is gone");
    log(sent, lost, "404 Not Found: ", REASON)?;
    let sent = "ErrorKind::PermissionDenied";
    let denied = || ErrorKind::PermissionDenied.into();
    status(sent, denied, "403 Forbidden", FORBIDDEN)?;
    log(sent, denied, "403 Forbidden: ", REASON)?;
    let sent = "an error \"the disk is on fire\"";
    let fire = || io::Error::other("the disk is on fire");
    status(sent, fire, "500 Internal Server Error", OTHER)?;
    log(sent, fire, "", OTHER)?;
    let sent =
        "ErrorKind::InvalidInput, as for a name with a zero byte";
    let invalid = || ErrorKind::InvalidInput.into();
    status(sent, invalid, "500 Internal Server Error", OTHER)?;
    let sent = "an error with a Failure in it, 400 Bad Request";
    let half = || Failure::bad_request("half a body").into();
    status(sent, half, "400 Bad Request", INNER)?;
    log(sent, half, "", INNER)
}

fn failure(status: &'static str, reason: impl ToString) -> Error {
    Failure::new(status, reason.to_string()).into()
}

pub const WRONG: [(&str, Answer); 5] = [
    // A server's mistakes laid to the visitor.
    (OTHER, |error| match error.kind() {
        ErrorKind::PermissionDenied => failure("403 Forbidden", error),
        _ => failure("404 Not Found", error),
    }),
    // The status found by asking for a file that is there.
    (FORBIDDEN, |error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::PermissionDenied => {
            failure("404 Not Found", error)
        }
        _ => error.into(),
    }),
    // The text thrown away.
    (REASON, |error| match error.kind() {
        ErrorKind::NotFound => failure("404 Not Found", "no such file"),
        ErrorKind::PermissionDenied => failure("403 Forbidden", error),
        _ => error.into(),
    }),
    // The text kept, and nothing else.
    (INNER, |error| match error.kind() {
        ErrorKind::NotFound => failure("404 Not Found", error),
        ErrorKind::PermissionDenied => failure("403 Forbidden", error),
        _ => error.to_string().into(),
    }),
    // A file that cannot be there, because its name cannot be one.
    (OTHER, |error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::InvalidInput => {
            failure("404 Not Found", error)
        }
        ErrorKind::PermissionDenied => failure("403 Forbidden", error),
        _ => error.into(),
    }),
];
