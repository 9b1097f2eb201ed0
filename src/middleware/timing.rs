//! How long an answer takes, and how large it is.

use crate::{
    Application, Block, Environ, ErrorLog, Layer, ResponseHead, Result,
    StartResponse, exchange,
};
use std::io::Write;
use std::time::Instant;

/// Says in the error log how long each answer took, until its head and
/// until its end, and of how many blocks and bytes it was; and in the
/// header `Server-Timing`, for the browser's own tools, how long the
/// head took.
///
/// The line comes when all is over, once, and however it is over: the
/// application may have failed, the body may have, and the client may
/// have left.
///
/// ```
/// use gateway::middleware::timing;
///
/// let app = timing(gateway::app(|_, start_response| {
///     let text = [("Content-Type", "text/plain")];
///     let started = start_response("200 OK", &text)?;
///     Ok(started.body(["Hello", " ", "World!"]))
/// }));
/// let log = gateway::testing::get(&app, "/").log;
/// // GET /: head after 0.0 ms, end after 0.1 ms, 3 blocks, 12 bytes
/// assert!(log.starts_with("GET /: head after "));
/// assert!(log.ends_with(" ms, 3 blocks, 12 bytes\n"));
/// ```
pub fn timing(app: impl Application) -> impl Application {
    crate::app(move |environ, start_response| {
        let watch = Watch::new(environ);
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(watch))
        });
        app.call(environ, start)
    })
}

/// Looks, and changes nothing.
struct Watch {
    errors: ErrorLog,
    request: String,
    start: Instant,
    head: Option<f64>,
    blocks: u64,
    bytes: usize,
}

impl Watch {
    fn new(environ: &Environ) -> Self {
        Self {
            errors: environ.errors.clone(),
            request: exchange::request(environ),
            start: Instant::now(),
            head: None,
            blocks: 0,
            bytes: 0,
        }
    }

    fn milliseconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * 1000.0
    }
}

impl Layer for Watch {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        let time = self.milliseconds();
        let value = format!("head;dur={time:.1}");
        head.headers.push("Server-Timing", value);
        self.head = Some(time);
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        self.blocks += 1;
        self.bytes += block.len();
        Ok(block)
    }
}

impl Drop for Watch {
    /// The end, whichever it is: with the answer goes its layer, and
    /// with a start_response that nobody calls what was put into it.
    fn drop(&mut self) {
        let end = self.milliseconds();
        let head = self.head.map_or("no head".into(), |time| {
            format!("head after {time:.1} ms")
        });
        let Self { errors, request, blocks, bytes, .. } = self;
        // Nobody is left to be told that a log cannot be written.
        let _ = writeln!(
            errors,
            "{request}: {head}, end after {end:.1} ms, \
             {blocks} blocks, {bytes} bytes"
        );
    }
}
