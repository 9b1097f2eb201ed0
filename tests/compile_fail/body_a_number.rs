use gateway::{Environ, Response, Result, StartResponse};

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let html = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &html)?;
    Ok(started.body(42))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0277]: the trait bound `Body: From<{integer}>` is not satisfied
