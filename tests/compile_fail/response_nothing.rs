use gateway::{Environ, Response, Result, StartResponse};

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let html = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &html)?;
    drop(started.body("Hello"));
    Ok(())
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0308]: mismatched types
