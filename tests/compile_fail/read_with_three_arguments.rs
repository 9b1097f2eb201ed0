use gateway::{Environ, Response, Result, StartResponse};
use std::io::Read;

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    environ.input.read(1, 2, 3)?;
    let html = [("Content-Type", "text/html")];
    Ok(start_response("200 OK", &html)?.body("Hello"))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0061]: this method takes 1 argument but 3 arguments were supplied
