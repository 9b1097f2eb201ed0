//! The article's application as a CGI program.

use gateway::{Environ, Response, Result, StartResponse};

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &headers)?;
    Ok(started.body("<html><body>Hello World!</body></html>"))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
