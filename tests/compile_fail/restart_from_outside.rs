use gateway::{Environ, Response, Result, StartResponse};

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let html = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &html)?;
    let response = started.body("Hello");
    started.restart("500 Oh", &html, "no")?;
    Ok(response)
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0382]: use of moved value: `started`
