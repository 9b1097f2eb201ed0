//! Errors: any at all, and one that says what the client is told.

use crate::diagnostics;
use crate::trace::Trace;
use crate::{Application, Environ, Headers, Response, StartResponse};
use std::any::Any;
use std::error::Error as StdError;
use std::fmt::{self, Debug, Display, Write as _};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Arc;
use std::{io, iter, mem};

/// Any error, and the place where it became this one: that of the `?`,
/// as a rule.
///
/// An application may use `?` on all that is an error, or a text. What
/// an error can do, this can: it dereferences to the one inside.
///
/// ```
/// fn page_number(text: &str) -> gateway::Result<u32> {
///     Ok(text.parse()?)
/// }
/// let error = page_number("two").unwrap_err();
/// assert_eq!(error.to_string(), "invalid digit found in string");
/// assert!(error.is::<std::num::ParseIntError>());
/// println!("{error}, at {}", error.location());
/// ```
pub struct Error {
    inner: Box<dyn StdError + Send + Sync>,
    location: &'static Location<'static>,
    /// The way to there, if somebody wants to know.
    pub(crate) trace: Option<Box<Trace>>,
}

/// A result whose error is an [`Error`] unless another is named.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The file, line and column of what the `?` or `into()` is behind.
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

impl<E: Into<Box<dyn StdError + Send + Sync>>> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        let location = Location::caller();
        let trace = diagnostics::trace(location).map(Box::new);
        Self { inner: error.into(), location, trace }
    }
}

impl Deref for Error {
    type Target = dyn StdError + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.inner
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.inner, f)
    }
}

impl Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, at {}", self.inner, self.location)
    }
}

/// An error that says what the client is told, where any other is
/// answered with `500 Internal Server Error`.
///
/// A 404, a login that is asked for and a redirect can all be had by
/// `?` in this way, from however deep inside. The request's body is a
/// usual source: reading it fails with this when it is cut short or
/// grows past its limit. The reason goes to the log alone.
///
/// ```
/// use gateway::{Environ, Failure, StartResponse, testing};
///
/// let app = gateway::app(|_, _| {
///     let reason = "this list is only read";
///     let failure = Failure::new("405 Method Not Allowed", reason);
///     Err(failure.header("Allow", "GET, HEAD").into())
/// });
/// let answer = testing::get(&app, "/");
/// assert_eq!(answer.status, "405 Method Not Allowed");
/// assert_eq!(answer.headers.get("Allow"), Some("GET, HEAD"));
/// assert_eq!(answer.text(), "405 Method Not Allowed\n");
/// assert!(answer.log.ends_with("this list is only read\n"));
/// ```
#[derive(Debug, Clone)]
pub struct Failure {
    /// What the client gets: `400 Bad Request`.
    pub status: String,
    /// What the log gets.
    pub reason: String,
    pub(crate) headers: Headers,
    pub(crate) page: Vec<u8>,
    cause: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Failure {
    /// A failure of this status, such as `404 Not Found`, and what the
    /// log is told of it.
    ///
    /// A status that must not be sent becomes a 500; the log says why.
    pub fn new(status: &str, reason: impl Into<String>) -> Self {
        Self {
            status: status.into(),
            headers: Headers::default(),
            page: Vec::new(),
            reason: reason.into(),
            cause: None,
        }
        .page("text/plain", format!("{status}\n"))
    }

    /// The client's mistake: `400 Bad Request`.
    pub fn bad_request(reason: impl Into<String>) -> Self {
        Self::new("400 Bad Request", reason)
    }

    /// Adds a header: `Allow`, `Location`, `WWW-Authenticate`. A
    /// Content-Length is left out: the page's is known.
    pub fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push(name, value);
        self.headers.remove("Content-Length");
        self
    }

    /// Shows a page instead of the status alone.
    pub fn page(
        mut self,
        content_type: &str,
        page: impl Into<Vec<u8>>,
    ) -> Self {
        self.headers.set("Content-Type", content_type);
        self.page = page.into();
        self
    }

    /// Names the error behind it, for the log.
    pub fn caused_by(mut self, error: impl Into<Error>) -> Self {
        self.cause = Some(error.into().inner.into());
        self
    }

    /// Finds a failure in an error: itself, one of its causes, or what
    /// is inside an [`io::Error`].
    pub fn find(error: &Error) -> Option<&Self> {
        causes(&**error).find_map(|mut error| {
            while let Some(io) = error.downcast_ref::<io::Error>() {
                error = io.get_ref()?;
            }
            error.downcast_ref()
        })
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.status, self.reason)
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        error.inner.downcast().map_or_else(io::Error::other, |e| *e)
    }
}

impl From<Failure> for io::Error {
    fn from(failure: Failure) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, failure)
    }
}

impl Application for Failure {
    /// Answers any request with this failure.
    fn call(
        &self,
        _environ: &mut Environ,
        _start_response: StartResponse<'_>,
    ) -> Result<Response> {
        Err(self.clone().into())
    }
}

/// Runs code of the application. A panic in it is an error.
pub(crate) fn guarded<T>(
    code: impl FnOnce() -> Result<T>,
) -> Result<T> {
    catch_unwind(AssertUnwindSafe(code)).unwrap_or_else(|panic| {
        let error = panicked(&*panic);
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(panic)));
        dropped.unwrap_or_else(mem::forget); // once is enough
        Err(error)
    })
}

/// What a panic said.
fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied());
    let text = text.unwrap_or("a value that is not text");
    let text = format!("the application panicked: {text}");
    let mut error = Error::from(text);
    error.trace =
        diagnostics::last_panic().map(Box::new).or(error.trace);
    error
}

/// An error and its causes, on one line.
pub(crate) fn describe(error: &Error) -> String {
    let mut text = String::new();
    for cause in causes(&**error) {
        let colon = if text.is_empty() { "" } else { ": " };
        text = text + colon + &said(cause, usize::MAX);
    }
    text
}

/// How much of what an error says a page shows, in characters.
pub(crate) const SHOWN: usize = 10_000;

/// What an error itself says, in so many characters at most, or that it
/// cannot.
pub(crate) fn said(error: &dyn StdError, most: usize) -> String {
    let mut text = String::new();
    if write!(text, "{error}").is_err() {
        text += "an error that cannot be shown";
    }
    match text.char_indices().nth(most) {
        Some((at, _)) => text[..at].into(),
        None => text,
    }
}

/// An error and its causes, the outermost first. An error that names
/// itself as its cause does not go on for ever.
pub(crate) fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    iter::successors(Some(error), |&error| error.source()).take(32)
}
