//! What happens between an application and the wire, once for every
//! server.
//!
//! A server fills an [`Environ`], says how its peer wants the answer
//! framed ([`Protocol`]) and calls [`run`]. All rules of PEP 3333 on
//! the head, the body and errors are kept here.

use crate::error::causes;
use crate::error_log::indented;
use crate::framing::Framing;
pub use crate::framing::{End, Protocol};
use crate::response_head::{Begun, check};
use crate::{
    Application, Block, Body, Environ, Error, ErrorLog, Failure,
    Headers, Layer, ResponseHead, Result,
};
use std::any::Any;
use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How an exchange ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The status that was sent, or would have been.
    pub status: u16,
    /// Bytes of the body that were sent.
    pub bytes: u64,
    /// What became of the answer.
    pub end: End,
}

/// The proof that `start_response` was called.
///
/// It is WSGI's `write` callable too: what is written to it is sent
/// before the body.
///
/// ```
/// use std::io::Write;
///
/// let app = gateway::app(|_, start_response| {
///     let text = [("Content-Type", "text/plain")];
///     let mut started = start_response("200 OK", &text)?;
///     let Some(answer) = "41".parse::<u32>()?.checked_add(1) else {
///         let error = "there is none";
///         let started =
///             started.restart("404 Not Found", &text, error)?;
///         return Ok(started.body("No answer"));
///     };
///     write!(started, "The answer is ")?;
///     Ok(started.body(answer.to_string()))
/// });
/// let answer = gateway::testing::get(&app, "/");
/// assert_eq!(answer.text(), "The answer is 42");
/// ```
pub struct Started<'r> {
    answer: &'r mut Answer,
    out: &'r mut (dyn Write + 'r),
}

/// An answer whose head and body are known: it can be had only from
/// [`Started::body`].
#[derive(Debug)]
pub struct Response {
    body: Body,
}

impl<'r> Started<'r> {
    /// Ends the application's part with the body.
    pub fn body(self, body: impl Into<Body>) -> Response {
        Response { body: body.into() }
    }

    /// Starts again with another head, because of `error`: WSGI's
    /// second call of `start_response`, with `exc_info` (PEP 3333,
    /// "The start_response() Callable").
    ///
    /// # Errors
    ///
    /// `error` itself if some of the answer has been sent already;
    /// otherwise as `start_response`.
    pub fn restart(
        self,
        status: &str,
        headers: &[(&str, &str)],
        error: impl Into<Error>,
    ) -> Result<Self> {
        if self.answer.has_begun {
            return Err(error.into());
        }
        self.answer.start(status, headers)?;
        Ok(self)
    }

    /// Puts a layer on the answer, inside of those that are there.
    ///
    /// One that comes after something was written is left out, and the
    /// log told: it would change blocks, and not the head.
    pub fn layer(self, layer: impl Layer + 'static) -> Self {
        match self.answer.has_begun {
            true => self.answer.complain(TOO_LATE),
            false => self.answer.layers.push(Box::new(layer)),
        }
        self
    }
}

impl Write for Started<'_> {
    /// Sends the bytes before it returns.
    ///
    /// # Errors
    ///
    /// The client has gone; or there are more bytes than Content-Length
    /// says, and the rest was not sent.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.answer.put(bytes.into(), None, self.out);
        if let Err(error) = &sent {
            self.answer.note(error); // the application may not
        }
        if self.answer.is_full() {
            self.answer.flush(self.out)?; // the application goes on
        }
        Ok(sent.map(|()| bytes.len())?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Started<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Started({})", self.answer.status)
    }
}

impl Response {
    /// The same head with another body: for middleware.
    pub fn map(self, change: impl FnOnce(Body) -> Body) -> Self {
        Self { body: change(self.body) }
    }
}

/// Calls the application once and sends its answer to `out`.
///
/// What the application goes on behind is flushed, but not always the
/// end of the answer: whoever calls this has to see to that. What the
/// application has put into the environ, its input and its log among
/// it, is dropped before this returns.
///
/// It does not panic, whatever the application's code does that is
/// called here: an error or a panic is logged, and answered with `500
/// Internal Server Error` if nothing has been sent (PEP 3333, "Error
/// Handling").
///
/// ```
/// use gateway::exchange::{self, Protocol};
/// use gateway::{Environ, StartResponse};
///
/// let app = |_: &mut Environ, start_response: StartResponse| {
///     let started = start_response(
///         "200 OK",
///         &[("Content-Type", "text/plain")],
///     )?;
///     Ok(started.body("Hello"))
/// };
/// let mut out = Vec::new();
/// let mut environ = Environ::new();
/// exchange::run(&app, &mut environ, Protocol::Cgi, &mut out);
/// assert_eq!(
///     String::from_utf8(out)?,
///     "Status: 200 OK\r\nContent-Type: text/plain\r\n\
///      Content-Length: 5\r\n\r\nHello"
/// );
/// # Ok::<(), gateway::Error>(())
/// ```
pub fn run(
    app: &(impl Application + ?Sized),
    environ: &mut Environ,
    protocol: Protocol,
    out: &mut dyn Write,
) -> Outcome {
    run_on(app, environ, protocol, None, out)
}

/// As [`run`], for a connection of which nobody knows before the head
/// is made whether it can serve another request.
pub(crate) fn run_on(
    app: &(impl Application + ?Sized),
    environ: &mut Environ,
    protocol: Protocol,
    keeps: Option<Box<dyn Fn() -> bool>>,
    out: &mut dyn Write,
) -> Outcome {
    let is_head = environ.bytes("REQUEST_METHOD") == Some(b"HEAD");
    let mut answer = Answer::new(protocol, keeps, is_head);
    // The application may put another log into the environ.
    let mut errors = Some(environ.errors.clone());
    // Out here, a panic in there does not drop it: if that panicked as
    // well, the process would end.
    let mut body = None;
    let sent = guarded(|| {
        let response = answer.call(app, environ, out)?;
        // A line without an end does not wait for the body's.
        let _ = guarded(|| Ok(environ.errors.flush()?));
        answer.send(body.insert(response.body), out)
    });
    let mut error = sent.err();
    if let Some(error) = &error {
        let page = answer.explain(error);
        let _ = guarded(|| Ok(environ.errors.flush()?));
        // Before the client is told: lighttpd ends a CGI program as
        // soon as it has the whole answer.
        answer.log(errors.as_ref().unwrap_or(&environ.errors), environ);
        answer.fail(page, out);
    }
    if !(environ.is_plain() && answer.layers.is_empty()) {
        // To drop it may take its time. That this fails is noted.
        let _ = answer.flush(out);
    }
    answer.drop_all(|answer| {
        drop(body.take());
        drop(error.take());
        while answer.layers.pop().is_some() {}
        environ.let_go();
        if let Some(errors) = errors.take() {
            environ.errors = errors;
        }
    });
    answer.log(&environ.errors, environ);
    let end = answer.end.unwrap_or(End::Cut);
    Outcome { status: answer.status, bytes: answer.bytes, end }
}

/// Runs code of the application. A panic in it is an error.
fn guarded<T>(code: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(code)).unwrap_or_else(|panic| {
        let error = panicked(&*panic);
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(panic)));
        dropped.unwrap_or_else(mem::forget); // once is enough
        Err(error)
    })
}

/// The state of one answer.
struct Answer {
    protocol: Protocol,
    keeps: Option<Box<dyn Fn() -> bool>>,
    is_head: bool,
    stage: Stage,
    /// The outermost first.
    layers: Vec<Box<dyn Layer>>,
    /// What goes out in the next write.
    buffer: Vec<u8>,
    /// Has any of it been sent? Until then it can be another.
    has_begun: bool,
    /// Is a block missing that should have been sent?
    is_torn: bool,
    status: u16,
    bytes: u64,
    end: Option<End>,
    /// What the error log is to be told.
    complaints: Vec<Cow<'static, str>>,
}

/// The head is not sent with `start_response` but with the first
/// block that is not empty, so that an error can still replace it.
enum Stage {
    Waiting,
    Started(Begun),
    Sending(Framing),
}

const NOT_STARTED: &str = "a response without start_response";

const TOO_LATE: &str =
    "a layer came after the head was sent, and is left out";

const SHORT: &str = "bytes short of its Content-Length";

const TOO_LONG: &str =
    "the body is longer than its Content-Length; the rest is not sent";

/// The longest block that is copied to go out in one write with what
/// is around it, in bytes.
const COPY_LIMIT: usize = 16 * 1024;

impl Answer {
    fn new(
        protocol: Protocol,
        keeps: Option<Box<dyn Fn() -> bool>>,
        is_head: bool,
    ) -> Self {
        Self {
            protocol,
            keeps,
            is_head,
            stage: Stage::Waiting,
            layers: Vec::new(),
            buffer: Vec::with_capacity(1000),
            has_begun: false,
            is_torn: false,
            status: 0,
            bytes: 0,
            end: None,
            complaints: Vec::new(),
        }
    }

    /// Calls the application.
    fn call(
        &mut self,
        app: &(impl Application + ?Sized),
        environ: &mut Environ,
        out: &mut dyn Write,
    ) -> Result<Response> {
        app.call(
            environ,
            Box::new(move |status, headers| {
                self.start(status, headers)?;
                Ok(Started { answer: self, out })
            }),
        )
    }

    fn start(
        &mut self,
        status: &str,
        headers: &[(&str, &str)],
    ) -> Result<(), String> {
        let to = &mut self.buffer;
        let head = Begun::begin(status, headers, self.protocol, to)?;
        self.status = head.status;
        self.stage = Stage::Started(head);
        self.is_torn = false;
        Ok(())
    }

    /// Sends the body, block by block.
    fn send(
        &mut self,
        body: &mut Body,
        out: &mut dyn Write,
    ) -> Result<()> {
        let length = body.length();
        if let Stage::Started(head) = &self.stage
            && (self.is_head || head.is_bodiless())
        {
            self.open(length)?; // not a block is asked for
        }
        while !self.is_full()
            && let Some(block) = body.next()
        {
            self.put(block?, length, out)?;
        }
        self.finish(length, out)?;
        // Bytes alone are dropped at once; the server may send them
        // together with what ends the answer.
        match body.is_plain() {
            true => Ok(()),
            false => Ok(self.flush(out)?),
        }
    }

    /// Is all of the body sent that may be?
    fn is_full(&self) -> bool {
        matches!(self.stage, Stage::Sending(f) if f.is_full())
    }

    /// Puts the head into the buffer, if it is not there yet. `length`
    /// is the body's, where it is known.
    fn open(&mut self, mut length: Option<u64>) -> Result<()> {
        let Stage::Started(_) = self.stage else { return Ok(()) };
        if !self.layers.is_empty() {
            length = self.settle(length)?;
        }
        if let Stage::Started(head) = &self.stage {
            let mismatch = head.type_mismatch(length);
            self.complaints.extend(mismatch.map(Cow::from));
            if self.keeps.as_ref().is_some_and(|keeps| !keeps()) {
                self.protocol = self.protocol.closing();
            }
            let (protocol, is_head) = (self.protocol, self.is_head);
            let to = &mut self.buffer;
            let framing = head.complete(protocol, is_head, length, to);
            self.stage = Stage::Sending(framing);
        }
        Ok(())
    }

    /// Lets the layers change the head, from the inmost on. Returns the
    /// length that the body has behind them.
    fn settle(&mut self, length: Option<u64>) -> Result<Option<u64>> {
        let mut head = ResponseHead::read_back(&self.buffer);
        head.length = head.length.or(length);
        for layer in self.layers.iter_mut().rev() {
            layer.head(&mut head)?;
        }
        self.start(&head.status, &head.headers.pairs())?;
        Ok(head.length)
    }

    /// Sends a block through the layers.
    ///
    /// An empty block is legal, and sends nothing: not the head, and
    /// not the chunk of length zero that would end the body.
    fn put(
        &mut self,
        block: Cow<'_, [u8]>,
        length: Option<u64>,
        out: &mut dyn Write,
    ) -> Result<()> {
        if block.is_empty() {
            return Ok(());
        }
        self.check_torn()?;
        let opened = self.open(length);
        self.is_torn = true; // until it is sent
        opened?;
        if self.layers.is_empty() || self.is_full() {
            self.frame(&block, out)?;
        } else {
            let block = block.into_owned().into();
            let block = through(&mut self.layers, block)?;
            self.frame(&block, out)?;
        }
        self.is_torn = false;
        match self.is_full() {
            true => Ok(()), // its end goes out with it
            false => Ok(self.flush(out)?),
        }
    }

    /// Is no block missing? The application may have passed over the
    /// error that it got for it.
    fn check_torn(&self) -> Result<()> {
        match self.is_torn && !self.is_full() {
            true => Err("a block was not sent".into()),
            false => Ok(()),
        }
    }

    /// Sends a block, as far as Content-Length leaves room for it.
    fn frame(
        &mut self,
        block: &[u8],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Stage::Sending(framing) = &mut self.stage else {
            return Err(io::Error::other(NOT_STARTED));
        };
        if block.is_empty() {
            return Ok(());
        }
        let room = framing.take(block.len());
        let is_over =
            room < block.len() && *framing != Framing::Nothing;
        let is_chunk = *framing == Framing::Chunked;
        if is_chunk {
            write!(self.buffer, "{room:x}\r\n")?;
        }
        if room > COPY_LIMIT {
            self.deliver(&block[..room], out)?;
        } else {
            self.buffer.extend_from_slice(&block[..room]);
        }
        if is_chunk {
            self.buffer.extend_from_slice(b"\r\n");
        }
        self.deliver(b"", out)?;
        self.bytes += room as u64;
        match is_over {
            true => Err(io::Error::other(TOO_LONG)),
            false => Ok(()),
        }
    }

    /// Ends the body as its framing demands.
    fn finish(
        &mut self,
        length: Option<u64>,
        out: &mut dyn Write,
    ) -> Result<()> {
        self.check_torn()?;
        self.open(length.or(Some(0)))?;
        let still = if self.is_full() { 0 } else { self.layers.len() };
        for at in (0..still).rev() {
            let last = self.layers[at].end()?;
            let last = through(&mut self.layers[..at], last)?;
            self.frame(&last, out)?;
        }
        let Stage::Sending(framing) = self.stage else {
            return Err(NOT_STARTED.into());
        };
        if let Framing::Exactly(left @ 1..) = framing {
            return Err(format!("the body is {left} {SHORT}").into());
        }
        if framing == Framing::Chunked {
            self.buffer.extend_from_slice(b"0\r\n\r\n");
        }
        self.deliver(b"", out)?;
        self.end = Some(self.protocol.end(framing));
        Ok(())
    }

    /// Sends the buffer, and `block` behind it.
    ///
    /// What is short goes in one write: a second packet would wait for
    /// the first to be acknowledged. After a failure nothing is sent:
    /// it would follow a gap.
    fn deliver(
        &mut self,
        block: &[u8],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if self.end == Some(End::Gone) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.has_begun = true;
        let sent = out
            .write_all(&self.buffer)
            .and_then(|()| out.write_all(block));
        sent.map_err(|error| self.lose(&error))?;
        self.buffer.clear();
        Ok(())
    }

    fn flush(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.flush().map_err(|error| self.lose(&error))
    }

    /// Takes note that nothing more can be sent.
    fn lose(&mut self, error: &io::Error) -> io::Error {
        // A client that takes nothing has not gone: we end it.
        if error.kind() == io::ErrorKind::TimedOut {
            self.complain(format!("the answer is cut: {error}"));
        }
        self.end = Some(End::Gone);
        io::ErrorKind::BrokenPipe.into()
    }
}

impl Answer {
    /// Notes for the log what went wrong, once.
    fn complain(&mut self, complaint: impl Into<Cow<'static, str>>) {
        let complaint = complaint.into();
        if !self.complaints.contains(&complaint) {
            self.complaints.push(complaint);
        }
    }

    /// Notes an error. That a client has gone is none.
    fn note(&mut self, error: &Error) {
        if self.end != Some(End::Gone) {
            let text = guarded(|| Ok(describe(error)));
            self.complain(text.unwrap_or_else(|e| e.to_string()));
        }
    }

    /// Notes an error, and returns what the client is told of it.
    fn explain(&mut self, error: &Error) -> Page {
        self.note(error);
        let page =
            guarded(|| Ok(Failure::find(error).map(Failure::answer)));
        if let Ok(Some(page)) = page {
            match check(&page.0, &page.1.pairs()) {
                Ok(()) => return page,
                Err(illegal) => self.complain(illegal),
            }
        }
        Failure::new("500 Internal Server Error", "").answer()
    }

    /// Writes what was noted into the log.
    fn log(&mut self, errors: &ErrorLog, environ: &Environ) {
        for complaint in self.complaints.drain(..) {
            let text = indented(&complaint);
            let line = format!("{}: {text}\n", request(environ));
            let mut errors = errors.clone();
            // Nobody is left to be told that a log cannot be written.
            let _ = guarded(|| Ok(errors.write_all(line.as_bytes())?));
        }
    }

    /// Tells the client that something went wrong: with a page if that
    /// can still be said, else by cutting the answer.
    fn fail(
        &mut self,
        (status, headers, page): Page,
        out: &mut dyn Write,
    ) {
        if self.has_begun {
            self.end = self.end.or(Some(match self.stage {
                // There is nothing left to cut.
                Stage::Sending(f) if f.is_full() => {
                    self.protocol.end(f)
                }
                Stage::Sending(Framing::UntilClose) => End::Reset,
                _ => End::Cut,
            }));
            return;
        }
        self.drop_all(|answer| while answer.layers.pop().is_some() {});
        // It was checked, and its length is right: if this fails, the
        // client has gone, and that is noted.
        if self.start(&status, &headers.pairs()).is_ok() {
            let _ = self.send(&mut page.into(), out);
        }
    }

    /// Drops what is the application's, one by one until nothing is
    /// left: what panics is gone by then.
    fn drop_all(&mut self, mut drop_next: impl FnMut(&mut Self)) {
        while let Err(panic) = guarded(|| {
            drop_next(self);
            Ok(())
        }) {
            self.complain(panic.to_string());
        }
    }
}

/// Status, headers and bytes of what is sent in place of an answer.
type Page = (String, Headers, Vec<u8>);

/// Sends a block through layers, from the inmost on.
fn through(
    layers: &mut [Box<dyn Layer>],
    mut block: Block,
) -> Result<Block> {
    for layer in layers.iter_mut().rev() {
        if !block.is_empty() {
            block = layer.block(block)?;
        }
    }
    Ok(block)
}

/// What a panic said.
fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied());
    let text = text.unwrap_or("a value that is not text");
    format!("the application panicked: {text}").into()
}

/// An error and its causes, on one line.
fn describe(error: &Error) -> String {
    let mut text = String::new();
    for cause in causes(&**error) {
        let colon = if text.is_empty() { "" } else { ": " };
        if write!(text, "{colon}{cause}").is_err() {
            text += "an error that cannot be shown";
        }
    }
    text
}

/// Method and path, with whatever could end a line escaped. A program
/// that is run from a terminal may have neither.
fn request(environ: &Environ) -> String {
    let get = |name| environ.get(name).unwrap_or_default();
    let method = environ.get("REQUEST_METHOD").unwrap_or("-".into());
    let path = [get("SCRIPT_NAME"), get("PATH_INFO")].concat();
    let line = format!("{method} {path}");
    line.trim_end().escape_debug().to_string()
}
