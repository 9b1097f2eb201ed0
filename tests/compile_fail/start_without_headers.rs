use gateway::{Environ, Response, Result, StartResponse};

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let started = start_response("200 OK")?;
    Ok(started.body("Hello"))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0057]: this function takes 2 arguments but 1 argument was supplied
