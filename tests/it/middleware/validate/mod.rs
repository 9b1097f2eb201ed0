//! The validator: what is wrong is told, and what is right goes through
//! as it is.

mod checks;
mod foreign;
mod quiet;
mod wrong;

use gateway::{Application, Body, Environ, Response, Result};
use gateway::{Block, StartResponse, app};
use std::fs;

pub const TEXT: (&str, &str) = ("Content-Type", "text/plain");

/// An application of a head and a body.
pub fn answer(
    status: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: impl Fn() -> Body,
) -> impl Application {
    app(move |_, start_response| {
        Ok(start_response(status, headers)?.body(body()))
    })
}

pub fn hello(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    Ok(start_response("200 OK", &[TEXT])?.body("Hello"))
}

/// A body of which nothing is known beforehand.
pub fn stream(blocks: &'static [&'static str]) -> Body {
    let block = |text: &&'static str| Ok(Block::from(text.as_bytes()));
    Body::blocks(blocks.iter().map(block))
}

/// Compares a table with the file that the book prints.
#[track_caller]
pub fn is_printed(table: &str, printed: &str, name: &str) {
    if table != printed {
        let folder = env!("CARGO_TARGET_TMPDIR");
        let path = format!("{folder}/{name}");
        fs::write(&path, table).unwrap();
        panic!("not the table of the book, {name}, but {path}");
    }
}
