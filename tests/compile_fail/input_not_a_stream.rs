use gateway::{Environ, Response, Result, StartResponse};

fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    environ.input = Box::new("text");
    let html = [("Content-Type", "text/html")];
    Ok(start_response("200 OK", &html)?.body("Hello"))
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0277]: the trait bound `&str: BufRead` is not satisfied
