//! A log whose lines begin with what the reader has written.

#[path = "../../exercises/stamped.rs"]
mod stamped;

use gateway::{Environ, ErrorLog, Response, Result, StartResponse};
use std::io;
use std::process::ExitCode;
use std::time::SystemTime;

fn main() -> ExitCode {
    gateway::cgi::run(application)
}

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let log = stamped::stamped(Box::new(io::stderr()), clock);
    environ.errors = ErrorLog::new(log);
    ch04::application(environ, start_response)
}

/// The seconds since 1970 began.
fn clock() -> String {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    format!("{}", since.as_secs())
}
