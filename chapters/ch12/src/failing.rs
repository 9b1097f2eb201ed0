//! An application that fails wherever it can.

use gateway::{
    Block, Body, Environ, Failure, Layer, Response, ResponseHead,
    Result, StartResponse, watch,
};
use std::io::Write;

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

/// Fails as its path says.
pub fn failing(
    environ: &mut Environ,
    start_response: StartResponse<'_>,
) -> Result<Response> {
    let path =
        environ.get("PATH_INFO").unwrap_or_default().into_owned();
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
        _ => 0,
    };
    let mut started = start_response("200 OK", &TEXT)?;
    match &*path {
        "/started" => {
            return Err("an error after start_response".into());
        }
        "/written" => {
            started.write_all(b"some of the answer\n")?;
            return Err("an error after the first bytes".into());
        }
        "/head" => started = started.layer(BadHead),
        "/block" => started = started.layer(BadBlock),
        _ => {}
    }
    Ok(started.body(match &*path {
        "/first" => Body::blocks([Err("an error in a block".into())]),
        "/later" => Body::blocks((0..).map(later)),
        "/short" => Body::sized(100, [Ok(b"short".into())]),
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

struct BadHead;

impl Layer for BadHead {
    fn head(&mut self, _: &mut ResponseHead) -> Result<()> {
        Err("a layer does not like the head".into())
    }
}

struct BadBlock;

impl Layer for BadBlock {
    fn block(&mut self, block: Block) -> Result<Block> {
        let text = str::from_utf8(&block)?;
        panic!("a layer does not like {text:?}");
    }
}
