use gateway::{Body, Environ, Response, Result, StartResponse};

fn application(
    _environ: &mut Environ,
    _start_response: StartResponse,
) -> Result<Response> {
    Ok(Response { body: Body::from("Hello") })
}

fn main() -> std::process::ExitCode {
    gateway::cgi::run(application)
}
// error[E0451]: field `body` of struct `Response` is private
