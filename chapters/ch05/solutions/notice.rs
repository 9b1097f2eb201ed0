use gateway::{Environ, Response, Result, StartResponse};

/// A page, for those who fetch it and those who only ask about it.
pub fn notice(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/plain")];
    let started = start_response("200 OK", &headers)?;
    // For HEAD, the server keeps the body back, and knows its length.
    Ok(started.body("Back at noon.\n"))
}
