//! A module of applications that show all that can happen between one
//! of ours and a server of Python's.

#[path = "../../../../../tests/outside/matrix/application.rs"]
mod application;
#[path = "../../src/callable.rs"]
mod callable;

use callable::export;
use gateway::{Body, Environ, Response, Result, StartResponse};
use pyo3::prelude::*;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

#[pymodule]
fn suite(module: &Bound<'_, PyModule>) -> PyResult<()> {
    export(module, "application", application)?;
    export(module, "parcel", ch06::parcel)?;
    export(module, "show_url", ch06::show_url)
}

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    match &*path {
        "/steps" => steps(environ, start_response),
        "/endless" => endless(environ, start_response),
        "/waits" => waits(environ, start_response),
        "/panic" => panic!("as intended"),
        "/lines" => lines(environ, start_response),
        _ => application::application(environ, start_response),
    }
}

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// The file that the query names.
fn file(environ: &Environ) -> PathBuf {
    environ.get("QUERY_STRING").unwrap_or_default().as_ref().into()
}

/// Waits until somebody has made the file.
fn wait_for(file: &Path) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(40);
    while !file.exists() {
        if Instant::now() > deadline {
            return Err("nobody has made the file".into());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// A block that is made at once, and one that is made when the first
/// has arrived.
fn steps(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let file = file(environ);
    let started = start_response("200 OK", &TEXT)?;
    let blocks = (1..=2).map(move |number| {
        if number == 2 {
            wait_for(&file)?;
        }
        Ok(format!("step {number}\n").into_bytes().into())
    });
    Ok(started.body(Body::blocks(blocks)))
}

/// Blocks for ever, and a file that says that they are dropped.
fn endless(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let left = Left(file(environ));
    let started = start_response("200 OK", &TEXT)?;
    let blocks = std::iter::repeat_with(move || {
        let _left = &left;
        Ok(vec![b'x'; 20_000].into())
    });
    Ok(started.body(Body::blocks(blocks)))
}

/// Counts in its file how often it was dropped.
struct Left(PathBuf);

impl Drop for Left {
    fn drop(&mut self) {
        let mut file = fs::OpenOptions::new();
        let file = file.create(true).append(true).open(&self.0);
        file.unwrap().write_all(b"dropped\n").unwrap();
    }
}

/// An answer that is held up until its file is there.
fn waits(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    wait_for(&file(environ))?;
    Ok(start_response("200 OK", &TEXT)?.body("there it is"))
}

/// Several lines for the log, the last without an end.
fn lines(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    write!(environ.errors, "one\ntwo \u{eb}\nthree")?;
    Ok(start_response("200 OK", &TEXT)?.body("logged"))
}
