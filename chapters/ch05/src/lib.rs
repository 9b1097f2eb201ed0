//! Applications for a server that stays. Nothing here knows which.

use gateway::{Body, Environ, Response, Result, StartResponse};
use std::time::Duration;
use std::{io, thread};

/// Calls the application that the path asks for.
pub fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    match environ.get("PATH_INFO").unwrap_or_default().as_ref() {
        "/clock" => clock(environ, start_response),
        "/upload" => upload(environ, start_response),
        "/echo" => ch03::echo(environ, start_response),
        path if path.starts_with("/values") => {
            ch03::show_values(environ, start_response)
        }
        _ => ch04::application(environ, start_response),
    }
}

/// How long each tick of the clock takes.
const TICK: Duration = Duration::from_millis(400);

/// Three ticks, each sent before the next is made.
pub fn clock(
    _environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/plain")];
    let started = start_response("200 OK", &headers)?;
    let ticks = (1..=3).map(|n| {
        thread::sleep(TICK);
        Ok(format!("tick {n}\n").into_bytes().into())
    });
    Ok(started.body(Body::blocks(ticks)))
}

/// Reads the request's body, piece by piece, and counts its bytes.
pub fn upload(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let bytes = io::copy(&mut environ.input, &mut io::sink())?;
    let headers = [("Content-Type", "text/plain")];
    let started = start_response("200 OK", &headers)?;
    Ok(started.body(format!("{bytes} bytes\n")))
}
