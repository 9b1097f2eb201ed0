//! An application that fails wherever it can.

use gateway::{
    Block, Body, Environ, Failure, Response, Result, StartResponse,
    watch,
};
use std::io::Write;
use std::iter;

const TEXT: (&str, &str) = ("Content-Type", "text/plain");

/// Fails as its path says.
pub fn failing(
    environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    let path =
        environ.get("PATH_INFO").unwrap_or_default().into_owned();
    let mut headers = vec![TEXT];
    let number = match &*path {
        "/number" => number(environ)?,
        "/panic" => [1, 2, 3][number(environ)? as usize],
        "/missing" => {
            return Err(Failure::new("404 Not Found", "no page").into());
        }
        "/busy" => {
            let busy = "503 Service Unavailable";
            return Err(Failure::new(busy, "too much to do").into());
        }
        "/refused" => {
            headers.push(("A name", "has no spaces"));
            0
        }
        "/full" => {
            headers.push(("Content-Length", "4"));
            0
        }
        _ => 0,
    };
    let mut started = start_response("200 OK", &headers)?;
    match &*path {
        "/started" => {
            return Err("an error after start_response".into());
        }
        "/started-panic" => panic!("a panic after start_response"),
        "/written" => {
            started.write_all(b"some of the answer\n")?;
            return Err("an error after the first bytes".into());
        }
        "/written-panic" => {
            started.write_all(b"some of the answer\n")?;
            panic!("a panic after the first bytes");
        }
        "/full" => started.write_all(b"more than four bytes\n")?,
        _ => {}
    }
    Ok(started.body(match &*path {
        "/first" => Body::blocks([Err("an error in a block".into())]),
        "/first-panic" => Body::blocks(iter::once_with(|| {
            panic!("a panic in a block")
        })),
        "/later" => Body::blocks((0..).map(later)),
        "/later-error" => Body::blocks((0..).map(scarce)),
        "/short" => Body::sized(100, [Ok(b"short".into())]),
        // Nothing can come behind a body whose length is known.
        "/end" | "/end-panic" => Body::blocks([Ok(b"all".into())]),
        "/drop" => Body::blocks(Dropped(2)),
        _ => Body::from(format!("{number}\n")),
    }))
}

/// The number in the query: `number=2`.
fn number(environ: &Environ) -> Result<u32> {
    let query = environ.query()?;
    let text = query.get("number").unwrap_or_default();
    watch!(query, text);
    Ok(text.parse()?)
}

fn later(n: u32) -> Result<Block> {
    match n {
        3 => panic!("block {n} is one too many"),
        _ => Ok(format!("block {n}\n").into_bytes().into()),
    }
}

fn scarce(n: u32) -> Result<Block> {
    let left = 2_u32.checked_sub(n).ok_or("no block is left")?;
    Ok(format!("{left} to come\n").into_bytes().into())
}

/// So many blocks, and a panic when they are dropped.
struct Dropped(usize);

impl Iterator for Dropped {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0 = self.0.checked_sub(1)?;
        Some(Ok(b"a block\n".into()))
    }
}

impl Drop for Dropped {
    fn drop(&mut self) {
        panic!("a panic when the body is dropped");
    }
}
