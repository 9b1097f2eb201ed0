use gateway::{Environ, Response, Result, StartResponse};
use std::io::Write;

fn application(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let text = [("Content-Type", "text/plain")];
    let mut started = start_response("200 OK", &text)?;
    let response = started.body("Hello");
    writeln!(started, "one thing more")?;
    Ok(response)
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0382]: borrow of moved value: `started`
