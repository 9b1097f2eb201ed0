//! What happens between an application and the wire, once for every
//! server.
//!
//! A server fills an [`Environ`], says how its peer wants the answer
//! framed ([`Protocol`]) and calls [`run`]. All rules of PEP 3333 on
//! the head, the body and errors are kept here.

mod answer;

use crate::error::guarded;
pub use crate::framing::{End, Protocol};
use crate::{
    Application, Body, Environ, Error, ErrorLog, Key, Layer, Result,
};
use answer::Answer;
pub(crate) use answer::{Keeps, request};
use std::fmt;
use std::io::{self, Write};
use std::mem;

/// How an exchange ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The status that was sent, or would have been.
    pub status: u16,
    /// Bytes of the body that were sent.
    pub bytes: u64,
    /// What became of the answer.
    pub end: End,
    /// What its lines in the error log are labelled with, if they are
    /// ([`ErrorLog::set_label`]).
    pub label: String,
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
        self.answer.is_another = true;
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

const TOO_LATE: &str =
    "a layer came after the head was sent, and is left out";

impl Write for Started<'_> {
    /// Sends the bytes before it returns.
    ///
    /// # Errors
    ///
    /// The client has gone; or there are more bytes than Content-Length
    /// says, and the rest was not sent.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.answer.write(bytes, self.out);
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
        write!(f, "Started({})", self.answer.outcome.status)
    }
}

impl Response {
    /// The same head with another body: for middleware.
    pub fn map(self, change: impl FnOnce(Body) -> Body) -> Self {
        Self { body: change(self.body) }
    }
}

/// Is shown the error that a request ends with, wherever it comes from,
/// and may put another in its place.
pub(crate) type Explain =
    Box<dyn Fn(&Error, &mut Environ) -> Option<Error> + Send>;

/// Who is shown it.
pub(crate) const EXPLAIN: Key<Explain> = Key::new("gateway.debugger");

/// Is told how an exchange has ended.
pub(crate) type Over = Box<dyn FnOnce(&Outcome, Option<&Error>) + Send>;

/// Who is told.
pub(crate) const OVER: Key<Over> = Key::new("gateway.recorder");

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

/// As [`run`], for who does not know that beforehand.
pub(crate) fn run_on(
    app: &(impl Application + ?Sized),
    environ: &mut Environ,
    protocol: Protocol,
    keeps: Option<Keeps>,
    out: &mut dyn Write,
) -> Outcome {
    let is_head = environ.bytes("REQUEST_METHOD") == Some(b"HEAD");
    let mut answer = Answer::new(protocol, keeps, is_head);
    let errors = environ.errors.clone();
    let called = guarded(|| {
        app.call(
            environ,
            Box::new(|status, headers| {
                answer.start(status, headers)?;
                Ok(Started { answer: &mut answer, out })
            }),
        )
    });
    // A line without an end does not wait for the body's.
    let _ = guarded(|| Ok(environ.errors.flush()?));
    answer.outcome.label = environ.errors.label().into();
    let theirs = Some(mem::replace(&mut environ.errors, errors));
    // Out here, where a panic in there does not drop it.
    let mut body = None;
    let sent = called.and_then(|response| {
        let body = body.insert(response.body);
        guarded(|| answer.send(body, out))
    });
    let error = sent.err().map(|e| answer.explained(e, environ));
    if let Some(error) = &error {
        answer.fail(error, environ, out);
    }
    if !is_plain(body.as_ref(), environ, &answer) {
        // To drop it may take its time. That this fails is noted.
        let _ = answer.flush(out);
    }
    if let Some(over) = environ.take(OVER) {
        over(&answer.outcome, error.as_ref());
    }
    drop_all((body, error, theirs), environ, &mut answer);
    answer.log(environ);
    answer.outcome
}

/// Drops all that was the application's, and notes what panics.
fn drop_all(
    (mut body, mut error, mut theirs): (
        Option<Body>,
        Option<Error>,
        Option<ErrorLog>,
    ),
    environ: &mut Environ,
    answer: &mut Answer,
) {
    // One by one until nothing is left: what panics is gone by then.
    while let Err(panic) = guarded(|| {
        drop(body.take());
        drop(error.take());
        drop(theirs.take());
        while answer.layers.pop().is_some() {}
        while environ.extensions.pop().is_some() {}
        environ.input = Box::new(io::empty());
        Ok(())
    }) {
        let panic = answer.explained(panic, environ);
        answer.complain(panic.to_string());
    }
}

/// Does nothing run of the application's when these are dropped?
fn is_plain(
    body: Option<&Body>,
    environ: &Environ,
    answer: &Answer,
) -> bool {
    body.is_none_or(Body::is_plain)
        && environ.extensions.is_empty()
        && answer.layers.is_empty()
}
