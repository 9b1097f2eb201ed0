//! A session that is changed when the body is made.

use gateway::middleware::session::Session;
use gateway::{Body, Environ, Response, Result, StartResponse};

/// A body of two blocks; the one that the path names sets something.
pub fn late(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let session = Session::of(environ)?;
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let setter = if path == "/first" { 1 } else { 2 };
    let blocks = (1..=2).map(move |n| {
        if n == setter {
            session.set("seen", "yes")?;
        }
        Ok(format!("block {n}\n").into_bytes().into())
    });
    let text = [("Content-Type", "text/plain")];
    let started = start_response("200 OK", &text)?;
    Ok(started.body(Body::blocks(blocks)))
}
