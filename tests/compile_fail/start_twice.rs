use gateway::{Environ, Response, Result, StartResponse};

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let html = [("Content-Type", "text/html")];
    let started = start_response("200 OK", &html)?;
    if environ.get("QUERY_STRING").is_none() {
        let started = start_response("404 Not Found", &html)?;
        return Ok(started.body("Nothing here"));
    }
    Ok(started.body("Hello"))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0382]: use of moved value: `start_response`
