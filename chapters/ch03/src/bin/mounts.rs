//! Two applications, parted by what the reader has written.

#[path = "../../exercises/mount.rs"]
mod mount;

use gateway::{Environ, Response, Result, StartResponse};
use std::process::ExitCode;

fn main() -> ExitCode {
    gateway::cgi::run(application)
}

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    match mount::mount(environ, "/values") {
        true => ch03::show_values(environ, start_response),
        false => ch03::show_environ(environ, start_response),
    }
}
