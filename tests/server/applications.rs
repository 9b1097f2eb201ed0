//! What the tests ask for.

use gateway::{Block, Body, Environ, Response, Result, StartResponse};
use std::io::{self, BufRead};

pub const MIB: u64 = 1 << 20;

pub fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/plain")];
    let path =
        environ.get("PATH_INFO").unwrap_or_default().into_owned();
    let body = match &*path {
        "/stream" => stream(64 * MIB, 1 << 16),
        "/endless" => stream(u64::MAX, 1 << 9),
        "/echo" => lines(environ),
        "/read" => {
            let input = &mut environ.input;
            let read = io::copy(input, &mut io::sink())?;
            format!("read {read}").into()
        }
        _ => "Hello".into(),
    };
    Ok(start_response("200 OK", &headers)?.body(body))
}

fn stream(length: u64, block: usize) -> Body {
    let blocks = 0..length / block as u64;
    Body::blocks(blocks.map(move |_| Ok(vec![b'x'; block].into())))
}

/// The lines of the request's body, each sent when it has come.
fn lines(environ: &mut Environ) -> Body {
    let nothing = Box::new(io::empty());
    let mut input = std::mem::replace(&mut environ.input, nothing);
    let next = move || -> Option<Result<Block>> {
        let mut line = Vec::new();
        match input.read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => Some(Ok(line.into())),
            Err(error) => Some(Err(error.into())),
        }
    };
    Body::blocks(std::iter::from_fn(next))
}
