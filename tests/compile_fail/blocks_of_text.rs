use gateway::{Body, Environ, Response, Result, StartResponse};

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let html = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &html)?;
    let blocks = ["Hello"].into_iter().map(Ok);
    Ok(started.body(Body::blocks(blocks)))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0271]
