//! What happens between an application and the wire, once for every
//! server.
//!
//! A server fills an [`Environ`], says how its peer wants the answer
//! framed ([`Protocol`]) and calls [`run`]. All rules of PEP 3333 on
//! the head, the body and errors are kept here.

use crate::response_head::{Fit, Framing, Head, IllegalHead, check};
use crate::{
    Application, Body, Environ, Error, Failure, Headers, Result,
};
use std::any::Any;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How the answer is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// A `Status` field, for a web server that does the rest.
    Cgi,
    /// HTTP/1.0: the end of the connection may end the body.
    Http10 {
        /// Did the client ask to keep the connection?
        keep_alive: bool,
    },
    /// HTTP/1.1: a body of unknown length is sent in chunks.
    Http11 {
        /// May the client send another request?
        keep_alive: bool,
    },
}

impl Protocol {
    /// May the connection be used again after such a body?
    pub(crate) fn keeps(self, framing: Framing) -> bool {
        match self {
            Protocol::Cgi => false,
            Protocol::Http10 { keep_alive }
            | Protocol::Http11 { keep_alive } => {
                keep_alive && framing != Framing::UntilClose
            }
        }
    }

    /// The header that says so, where it is not understood.
    pub(crate) fn connection(self, framing: Framing) -> &'static str {
        match (self, self.keeps(framing)) {
            (Protocol::Cgi, _) | (Protocol::Http11 { .. }, true) => "",
            (Protocol::Http10 { .. }, true) => {
                "Connection: keep-alive\r\n"
            }
            (_, false) => "Connection: close\r\n",
        }
    }
}

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

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is whole, and the connection may serve another request.
    Keep,
    /// It is whole, and the connection must be closed.
    Close,
    /// It was cut short: the client must not take it for whole.
    Cut,
    /// The client has gone.
    Gone,
}

/// The proof that `start_response` was called.
///
/// It is WSGI's `write` callable too: what is written to it is sent
/// before the body.
pub struct Started<'r> {
    answer: &'r mut Answer,
    out: &'r mut (dyn Write + 'r),
}

/// An answer whose head and body are known: it can be had only from
/// [`Started::body`].
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
    /// `error` itself if the first head has been sent already;
    /// otherwise as `start_response`.
    pub fn restart(
        self,
        status: &str,
        headers: Headers,
        error: impl Into<Error>,
    ) -> Result<Self> {
        if let Stage::Sending(_) = self.answer.stage {
            return Err(error.into());
        }
        self.answer.start(status, headers)?;
        Ok(self)
    }
}

impl Write for Started<'_> {
    /// Sends the bytes before it returns.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.answer.put(bytes, None, self.out)? {
            Fit::Over => Err(io::Error::other(TOO_LONG)),
            _ => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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
/// Whatever the application goes on behind is flushed, but not always
/// the end of the answer: whoever calls this has to see to that.
///
/// It does not panic: an application's error or panic is logged, and
/// answered with `500 Internal Server Error` if the head has not been
/// sent (PEP 3333, "Error Handling").
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
    let is_head = environ.bytes("REQUEST_METHOD") == Some(b"HEAD");
    let mut answer = Answer::new(protocol, is_head);
    // The application may put another stream into the environ.
    let mut errors = environ.errors.clone();
    let caught = catch_unwind(AssertUnwindSafe(|| {
        answer.receive(app, environ, out)
    }));
    let result = caught.unwrap_or_else(|panic| Err(panicked(&*panic)));
    if let Err(error) = &result {
        answer.complain(error);
    }
    // Before the client is told: lighttpd ends a CGI program as soon
    // as it has the whole answer.
    for complaint in &answer.complaints {
        // Nobody is left to be told that the log cannot be written.
        let _ = writeln!(errors, "{}: {complaint}", request(environ));
    }
    if let Err(error) = result {
        answer.fail(error, out);
    }
    answer.outcome()
}

/// The state of one answer.
struct Answer {
    protocol: Protocol,
    is_head: bool,
    /// Has the body nothing to close?
    is_plain: bool,
    stage: Stage,
    /// What goes out in the next write.
    buffer: Vec<u8>,
    status: u16,
    bytes: u64,
    end: Option<End>,
    /// What the error log is told at the end.
    complaints: Vec<String>,
}

/// The head is not sent with `start_response` but with the first
/// block that is not empty, so that an error can still replace it.
enum Stage {
    Waiting,
    Started(Head),
    Sending(Framing),
}

const TOO_LONG: &str =
    "the body is longer than its Content-Length; the rest is not sent";

impl Answer {
    fn new(protocol: Protocol, is_head: bool) -> Self {
        Self {
            protocol,
            is_head,
            is_plain: false,
            stage: Stage::Waiting,
            buffer: Vec::with_capacity(1000),
            status: 0,
            bytes: 0,
            end: None,
            complaints: Vec::new(),
        }
    }

    /// Calls the application, and sends what it answers.
    fn receive(
        &mut self,
        app: &(impl Application + ?Sized),
        environ: &mut Environ,
        out: &mut dyn Write,
    ) -> Result<()> {
        let (answer, lent) = (&mut *self, &mut *out);
        let response = app.call(
            environ,
            Box::new(move |status, headers| {
                answer.start(status, headers)?;
                Ok(Started { answer, out: lent })
            }),
        )?;
        self.send(response.body, out)
    }

    fn start(
        &mut self,
        status: &str,
        headers: Headers,
    ) -> Result<(), IllegalHead> {
        let to = &mut self.buffer;
        let head = Head::begin(status, headers, self.protocol, to)?;
        self.status = head.status;
        self.stage = Stage::Started(head);
        Ok(())
    }

    fn send(
        &mut self,
        mut body: Body,
        out: &mut dyn Write,
    ) -> Result<()> {
        let length = body.length();
        self.is_plain = body.is_plain();
        if self.is_bodiless() {
            self.open(length);
            return Ok(self.deliver(out)?);
        }
        // Lent: it is closed after the last bytes are sent.
        for block in &mut body {
            match self.put(&block?, length, out)? {
                Fit::Under => {}
                Fit::Exactly => break,
                Fit::Over => {
                    self.complaints.push(TOO_LONG.into());
                    break;
                }
            }
        }
        self.finish(out)
    }

    /// Is the answer's body not to be sent, nor even asked for?
    fn is_bodiless(&self) -> bool {
        match &self.stage {
            Stage::Waiting => false,
            Stage::Started(head) => self.is_head || head.is_bodiless(),
            Stage::Sending(framing) => *framing == Framing::Nothing,
        }
    }

    /// Puts the head into the buffer, if it is not sent yet. `length`
    /// is the body's, where it is known.
    fn open(&mut self, length: Option<u64>) {
        if let Stage::Started(head) = &self.stage {
            if let Some(complaint) = head.type_mismatch(length) {
                self.complaints.push(complaint.into());
            }
            let framing =
                head.framing(self.protocol, self.is_head, length);
            head.end(self.protocol, framing, length, &mut self.buffer);
            self.stage = Stage::Sending(framing);
        }
    }

    /// Sends a block, as far as Content-Length leaves room for it.
    ///
    /// An empty block is legal, and sends nothing: not the head, and
    /// not the chunk of length zero that would end the body.
    fn put(
        &mut self,
        block: &[u8],
        length: Option<u64>,
        out: &mut dyn Write,
    ) -> io::Result<Fit> {
        if block.is_empty() {
            return Ok(Fit::Under);
        }
        self.open(length);
        let Stage::Sending(framing) = &mut self.stage else {
            return Err(io::Error::other(NOT_STARTED));
        };
        let (room, fit) = framing.take(block.len());
        let block = &block[..room];
        if *framing == Framing::Chunked {
            write!(self.buffer, "{room:x}\r\n")?;
            self.buffer.extend_from_slice(block);
            self.buffer.extend_from_slice(b"\r\n");
        } else {
            self.buffer.extend_from_slice(block);
        }
        self.deliver(out)?;
        self.bytes += room as u64;
        Ok(fit)
    }

    /// Ends the body as its framing demands.
    fn finish(&mut self, out: &mut dyn Write) -> Result<()> {
        self.open(Some(0));
        match self.stage {
            Stage::Waiting => return Err(NOT_STARTED.into()),
            Stage::Sending(Framing::Exactly(left)) if left > 0 => {
                let short = "short of its Content-Length";
                return Err(format!(
                    "the body is {left} bytes {short}"
                )
                .into());
            }
            Stage::Sending(Framing::Chunked) => {
                self.buffer.extend_from_slice(b"0\r\n\r\n");
            }
            _ => {}
        }
        Ok(self.deliver(out)?)
    }

    /// Sends the buffer, in one write and at once: a second packet
    /// would wait for the first to be acknowledged.
    ///
    /// After a failure nothing is: it would follow a gap.
    fn deliver(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.end == Some(End::Gone) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let mut sent = out.write_all(&self.buffer);
        self.buffer.clear();
        if sent.is_ok() && !self.is_ending() {
            sent = out.flush();
        }
        if sent.is_err() {
            self.end = Some(End::Gone);
        }
        sent
    }

    /// Is nothing left to do? Then the server may send the last bytes
    /// together with what ends the answer.
    fn is_ending(&self) -> bool {
        let is_all = matches!(
            self.stage,
            Stage::Sending(Framing::Exactly(0) | Framing::Nothing)
        );
        is_all && self.is_plain
    }

    /// What the log is told of an error. A client that has gone is
    /// none.
    fn complain(&mut self, error: &Error) {
        if self.end != Some(End::Gone) {
            self.complaints.push(describe(error));
        }
    }

    /// Tells the client that something went wrong: with a status if
    /// that can still be said, else by cutting the answer.
    fn fail(&mut self, error: Error, out: &mut dyn Write) {
        if self.end == Some(End::Gone) {
            return;
        }
        if let Stage::Sending(_) = self.stage {
            self.end = Some(End::Cut);
            return;
        }
        let status = Failure::find(&error)
            .map(|failure| failure.status)
            .filter(|status| check(status, &[]).is_ok())
            .unwrap_or("500 Internal Server Error");
        let headers = [("Content-Type", "text/plain")];
        let page = format!("{status}\n").into();
        let told = self.start(status, &headers).map_err(Error::from);
        if told.and_then(|()| self.send(page, out)).is_err() {
            self.end = self.end.or(Some(End::Cut));
        }
    }

    fn outcome(&self) -> Outcome {
        let framing = match self.stage {
            Stage::Sending(framing) => framing,
            _ => Framing::UntilClose,
        };
        let end = match self.protocol.keeps(framing) {
            true => End::Keep,
            false => End::Close,
        };
        let end = self.end.unwrap_or(end);
        Outcome { status: self.status, bytes: self.bytes, end }
    }
}

const NOT_STARTED: &str = "a response without start_response";

/// What a panic said.
fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied());
    let text = text.unwrap_or("a value that is not text");
    format!("the application panicked: {text}").into()
}

/// An error and its causes. What an error says may come from a visitor:
/// lines after the first are indented, lest they pass for others'.
fn describe(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text += &format!(": {cause}");
        source = cause.source();
    }
    text.replace('\n', "\n    ")
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
