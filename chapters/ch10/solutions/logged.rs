use gateway::{
    Application, Block, Environ, ErrorLog, Layer, ResponseHead, Result,
    StartResponse, app,
};
use std::io::Write;

/// Middleware that logs what became of a request.
pub fn logged(inner: Box<dyn Application>) -> Box<dyn Application> {
    Box::new(app(move |environ, start_response| {
        let line = Line::new(environ);
        // If this is never called, the line is dropped with it.
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(line))
        });
        inner.call(environ, start)
    }))
}

/// What is known of an answer. It is written when this is dropped.
struct Line {
    log: ErrorLog,
    request: String,
    is_head: bool,
    status: String,
    /// Of the whole body, if it is known.
    length: Option<u64>,
    bytes: u64,
}

impl Line {
    fn new(environ: &Environ) -> Self {
        let get = |name| environ.get(name).unwrap_or_default();
        let method = get("REQUEST_METHOD");
        Self {
            log: environ.errors.clone(),
            request: format!("{method} {:?}", get("PATH_INFO")),
            is_head: method == "HEAD",
            status: String::new(),
            length: None,
            bytes: 0,
        }
    }
}

impl Layer for Line {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        self.status.clone_from(&head.status);
        let is = |status: &&str| head.status.starts_with(status);
        let no_body = ["204", "205", "304"].iter().any(is);
        let is_empty = self.is_head || no_body;
        self.length = if is_empty { Some(0) } else { head.length };
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        self.bytes += block.len() as u64;
        Ok(block)
    }

    fn end(&mut self) -> Result<Block> {
        self.length.get_or_insert(self.bytes);
        Ok(Block::default())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let Self { request, status, bytes, .. } = self;
        let is_whole = self.length == Some(*bytes);
        let became = match bytes {
            _ if is_whole => format!("{status}, {bytes} bytes"),
            0 => "failed".into(),
            _ => format!("{status}, {bytes} bytes, cut"),
        };
        // Nobody is left to be told that a log cannot be written.
        let _ = writeln!(self.log, "{request}: {became}");
    }
}
