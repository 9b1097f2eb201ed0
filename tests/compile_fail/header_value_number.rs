use gateway::{Environ, Response, Result, StartResponse};

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let started = start_response("200 OK", &[("Age", 42)])?;
    Ok(started.body("Hello"))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0308]: mismatched types
