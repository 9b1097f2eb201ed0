//! What the hostile requests ask for.

use gateway::{Body, Environ, Response, Result, StartResponse};
use std::io::Read;

const TEXT: &[(&str, &str)] = &[("Content-Type", "text/plain")];

/// Reads the body, but for `/leave` and a field `X-Leave`.
pub fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut body = Vec::new();
    let path =
        environ.get("PATH_INFO").unwrap_or_default().into_owned();
    if path != "/leave" && environ.get("HTTP_X_LEAVE").is_none() {
        environ.input.read_to_end(&mut body)?;
    }
    let status = match &*path {
        "/smuggled" => "418 Smuggled",
        "/hello" if body != b"hello" => "409 Conflict",
        "/panic" => panic!("is what was asked for"),
        "/short" => return short(start_response),
        "/stream" => return stream(start_response),
        _ => "200 OK",
    };
    Ok(start_response(status, TEXT)?.body("done\n"))
}

/// Promises more than it sends.
fn short(start_response: StartResponse) -> Result<Response> {
    let headers = [TEXT[0], ("Content-Length", "10")];
    Ok(start_response("200 OK", &headers)?.body("short\n"))
}

/// An answer whose length is not known when it begins.
fn stream(start_response: StartResponse) -> Result<Response> {
    let blocks = ["done", "\n"].map(|b| Ok(b.as_bytes().into()));
    Ok(start_response("200 OK", TEXT)?.body(Body::blocks(blocks)))
}
