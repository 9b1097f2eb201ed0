//! Gzip as one writes it at first.

use flate2::Compression;
use flate2::write::GzEncoder;
use gateway::{Application, Block, Body, Result, StartResponse, app};
use std::io::Write;
use std::iter;

/// Compresses what the application answers.
pub fn gzip(inner: impl Application) -> impl Application {
    app(move |environ, start_response| {
        let accepted = environ.get("HTTP_ACCEPT_ENCODING");
        if !accepted.is_some_and(|list| list.contains("gzip")) {
            return inner.call(environ, start_response);
        }
        let ours: StartResponse = Box::new(|status, headers| {
            let mut headers = headers.to_vec();
            headers.push(("Content-Encoding", "gzip"));
            start_response(status, &headers)
        });
        let response = inner.call(environ, ours)?;
        Ok(response.map(|body| {
            Body::blocks(iter::once_with(|| compress(body)))
        }))
    })
}

/// All of it, in one block.
pub fn compress(body: Body) -> Result<Block> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    for block in body {
        gzip.write_all(&block?)?;
    }
    Ok(gzip.finish()?.into())
}
