//! A page for members, and an error for all others.

use gateway::{Environ, Failure, Response, Result, StartResponse};

/// Greets a member.
pub fn club(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let name = member(environ)?;
    let text = [("Content-Type", "text/plain")];
    let started = start_response("200 OK", &text)?;
    Ok(started.body(format!("Welcome back, {name}.\n")))
}

/// Who it is, or what has to be done about that.
fn member(environ: &Environ) -> Result<&'static str, Failure> {
    match environ.get("HTTP_AUTHORIZATION").as_deref() {
        // "ferris:crab", in Base64
        Some("Basic ZmVycmlzOmNyYWI=") => Ok("Ferris"),
        _ => {
            let ask = "Basic realm=\"the club\"";
            let no = Failure::new("401 Unauthorized", "not a member");
            Err(no.header("WWW-Authenticate", ask))
        }
    }
}
