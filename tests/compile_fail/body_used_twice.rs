use gateway::{Body, Environ, Response, Result, StartResponse};

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let html = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &html)?;
    let body = Body::from(["Hello", "World"]);
    for block in body {
        block?;
    }
    Ok(started.body(body))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0382]: use of moved value: `body`
