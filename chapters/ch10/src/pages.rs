//! An application that answers in as many ways as there are.

use crate::naive::compress;
use gateway::{
    Body, Environ, Failure, Response, Result, StartResponse,
};
use std::io::Write;

const TEXT: (&str, &str) = ("Content-Type", "text/plain");

/// A page for each way to answer.
pub fn pages(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let line = "All work and no play makes Jack a dull boy.\n";
    let page = line.repeat(5);
    match &*environ.get("PATH_INFO").unwrap_or_default() {
        "/known" => {
            let length = page.len().to_string();
            let headers = [TEXT, ("Content-Length", &length)];
            Ok(start_response("200 OK", &headers)?.body(page))
        }
        "/written" => {
            let mut started = start_response("200 OK", &[TEXT])?;
            started.write_all(page.as_bytes())?;
            Ok(started.body("The end\n"))
        }
        "/restarted" => {
            let started = start_response("200 OK", &[TEXT])?;
            let lost = "the page is lost";
            let status = "404 Not Found";
            let started = started.restart(status, &[TEXT], lost)?;
            Ok(started.body(page))
        }
        "/packed" => {
            let headers = [TEXT, ("Content-Encoding", "gzip")];
            let page = compress(page.into())?;
            Ok(start_response("200 OK", &headers)?.body(page))
        }
        "/count" => {
            let lines = (1..=3).map(|n| {
                println!("made: line {n}");
                Ok(format!("line {n}\n").into_bytes().into())
            });
            let started = start_response("200 OK", &[TEXT])?;
            Ok(started.body(Body::blocks(lines)))
        }
        "/" => Ok(start_response("200 OK", &[TEXT])?.body(page)),
        _ => Err(Failure::new("404 Not Found", "no such page").into()),
    }
}
