use gateway::{Environ, Response, Result, StartResponse};

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let _version: [u8; 2] = Environ::VERSION;
    let html = [("Content-Type", "text/html")];
    Ok(start_response("200 OK", &html)?.body("Hello"))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0308]: mismatched types
