//! Applications that talk to the error log, some of them in trouble.

use gateway::{
    Body, Environ, Failure, Response, Result, StartResponse,
};
use std::error::Error;
use std::fmt;
use std::io::Write;
use std::num::ParseIntError;

/// Calls the application that the path asks for.
pub fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    match environ.get("PATH_INFO").unwrap_or_default().as_ref() {
        "/title" => title(environ, start_response),
        "/page" => title_or_page(environ, start_response),
        "/status" => title_or_failure(environ, start_response),
        "/late" => chapters(environ, start_response),
        _ => show_environ(environ, start_response),
    }
}

/// Chapter 3's page, and a message for the error log.
pub fn show_environ(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    writeln!(environ.errors, "This will be sent to the error log")?;
    ch03::show_environ(environ, start_response)
}

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// The title of the chapter that the query string names.
pub fn title(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let title = find(environ)?;
    let started = start_response("200 OK", &TEXT)?;
    Ok(started.body(format!("{title}\n")))
}

const TITLES: [&str; 4] = [
    "A Program for Every Request",
    "The Smallest Gateway",
    "Everything a Request Knows",
    "Talking to the Log",
];

fn find(environ: &Environ) -> Result<&'static str, NoChapter> {
    let query = environ.get("QUERY_STRING").unwrap_or_default();
    let number: usize = query.parse().map_err(NoChapter)?;
    Ok(TITLES[number - 1])
}

/// What was asked for is no number, and why not.
#[derive(Debug)]
pub struct NoChapter(ParseIntError);

impl fmt::Display for NoChapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such chapter")
    }
}

impl Error for NoChapter {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// As [`title`], with a page of its own for what is not found.
pub fn title_or_page(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let started = start_response("200 OK", &TEXT)?;
    match find(environ) {
        Ok(title) => Ok(started.body(format!("{title}\n"))),
        Err(error) => {
            writeln!(environ.errors, "{error}")?;
            let status = "404 Not Found";
            let started = started.restart(status, &TEXT, error)?;
            Ok(started.body("Try a number, such as ?3\n"))
        }
    }
}

/// As [`title`], with a status for what is not found.
pub fn title_or_failure(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let title = find(environ).map_err(|error| {
        Failure::new("404 Not Found", error.to_string())
    })?;
    let started = start_response("200 OK", &TEXT)?;
    Ok(started.body(format!("{title}\n")))
}

/// A body that fails when a part of it has been sent.
pub fn chapters(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let started = start_response("200 OK", &TEXT)?;
    let blocks = (1..).map(|number| match number {
        1 => Ok(b"Chapter 1 is there\n".into()),
        _ => Err(format!("chapter {number} is lost").into()),
    });
    Ok(started.body(Body::blocks(blocks)))
}
