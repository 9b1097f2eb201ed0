use gateway::{Environ, Response, Result, StartResponse};

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    environ.url_scheme = Some("http");
    let html = [("Content-Type", "text/html")];
    Ok(start_response("200 OK", &html)?.body("Hello"))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0308]: mismatched types
