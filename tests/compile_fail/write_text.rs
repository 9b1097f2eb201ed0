use gateway::{Environ, Response, Result, StartResponse};
use std::io::Write;

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let html = [("Content-Type", "text/html")];
    let mut started = start_response("200 OK", &html)?;
    started.write("Hello")?;
    Ok(started.body(""))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0308]: mismatched types
