//! A client for tests: it asks an application without a server.

use crate::exchange::{self, End, Protocol};
use crate::request_head::RequestHead;
use crate::response_head::read_back;
use crate::{Application, Environ, ErrorLog, Headers};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// What an application answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Such as `200 OK`.
    pub status: String,
    /// Its headers, and the Content-Length that the exchange adds.
    pub headers: Headers,
    /// The body's bytes, as far as they were sent.
    pub body: Vec<u8>,
    /// What was written to the error log.
    pub log: String,
    /// Was the answer cut short?
    pub is_cut: bool,
}

impl Answer {
    /// The body as text, with U+FFFD where it is not UTF-8.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// Asks for a path, with a query or without.
///
/// ```
/// use gateway::testing;
///
/// let app = gateway::app(|environ, start_response| {
///     let text = [("Content-Type", "text/plain")];
///     let path = environ.get("PATH_INFO").unwrap_or_default();
///     Ok(start_response("200 OK", &text)?.body(path.into_owned()))
/// });
/// let answer = testing::get(&app, "/caf%C3%A9?page=2");
/// assert_eq!(answer.status, "200 OK");
/// assert_eq!(answer.text(), "/café");
/// ```
pub fn get(app: &(impl Application + ?Sized), target: &str) -> Answer {
    ask(app, environ("GET", target))
}

/// The environ of a request to `http://localhost`, to be added to.
///
/// ```
/// use gateway::testing;
///
/// # let app = gateway::app(|_, _| Err("no forms".into()));
/// let mut environ = testing::environ("POST", "/sign");
/// let kind = "application/x-www-form-urlencoded";
/// environ.set("CONTENT_TYPE", kind);
/// environ.set("CONTENT_LENGTH", "8");
/// environ.input = Box::new(&b"name=Ada"[..]);
/// let answer = testing::ask(&app, environ);
/// # assert_eq!(answer.log, "POST /sign: no forms\n");
/// ```
pub fn environ(method: &str, target: &str) -> Environ {
    let mut environ = Environ::new();
    environ.set("SERVER_NAME", "localhost");
    environ.set("SERVER_PORT", "80");
    environ.set("REMOTE_ADDR", "127.0.0.1");
    let head = RequestHead {
        method,
        target: target.as_bytes(),
        version: (1, 1),
        fields: &[("Host", b"localhost")],
    };
    head.fill(&mut environ);
    environ
}

/// Asks with an environ of one's own. Its log is replaced.
pub fn ask(
    app: &(impl Application + ?Sized),
    mut environ: Environ,
) -> Answer {
    let log = Arc::new(Mutex::new(Vec::new()));
    environ.errors = ErrorLog::shared(log.clone());
    let mut sent = Vec::new();
    let outcome =
        exchange::run(app, &mut environ, Protocol::Cgi, &mut sent);
    let body = sent.split_off(sent.len() - outcome.bytes as usize);
    let (status, headers) = read_back(&sent);
    let log = log.lock().unwrap_or_else(PoisonError::into_inner);
    Answer {
        status,
        headers,
        body,
        log: String::from_utf8_lossy(&log).into_owned(),
        is_cut: matches!(outcome.end, End::Cut | End::Reset),
    }
}
