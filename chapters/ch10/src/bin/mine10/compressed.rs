//! Pages in gzip, for those whom 10.1 lets have it.

use crate::chapter10;
use crate::mine::piece;
use flate2::Compression;
use flate2::write::GzEncoder;
use gateway::{
    Application, Block, Layer, ResponseHead, Result, StartResponse, app,
};
use std::io::Write;

pub fn compressed(inner: Box<dyn Application>) -> Box<dyn Application> {
    Box::new(app(move |environ, start_response| {
        let accept = environ.get("HTTP_ACCEPT_ENCODING");
        let is_wanted =
            piece!(chapter10::wants_gzip)(accept.as_deref());
        let start: StartResponse = Box::new(move |status, headers| {
            let layer = Gzip { is_wanted, encoder: None };
            Ok(start_response(status, headers)?.layer(layer))
        });
        inner.call(environ, start)
    }))
}

struct Gzip {
    is_wanted: bool,
    encoder: Option<GzEncoder<Vec<u8>>>,
}

impl Layer for Gzip {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        head.headers.push("Vary", "Accept-Encoding");
        let kind = head.headers.get("Content-Type").unwrap_or_default();
        let is_page = head.status.starts_with("200")
            && head.length != Some(0)
            && kind.starts_with("text/html");
        if is_page && self.is_wanted {
            head.headers.set("Content-Encoding", "gzip");
            head.length = None;
            // The bytes are others, though the page is the same.
            if let Some(etag) = head.headers.remove("ETag") {
                head.headers.set("ETag", format!("W/{etag}"));
            }
            let encoder =
                GzEncoder::new(Vec::new(), Compression::fast());
            self.encoder = Some(encoder);
        }
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        let Some(encoder) = &mut self.encoder else { return Ok(block) };
        encoder.write_all(&block)?;
        encoder.flush()?;
        Ok(std::mem::take(encoder.get_mut()).into())
    }

    fn end(&mut self) -> Result<Block> {
        let Some(encoder) = self.encoder.take() else {
            return Ok(Block::default());
        };
        Ok(encoder.finish()?.into())
    }
}
