//! What an application is.

use crate::{Environ, Response, Result, Started};

/// The headers of a response: names and values, in order.
pub type Headers<'a> = &'a [(&'a str, &'a str)];

/// `start_response(status, headers)`: called once, because it is
/// `FnOnce`.
///
/// # Errors
///
/// A status or header that must not be sent
/// ([`head::check`](crate::response_head::check) says which and why).
pub type StartResponse<'r> =
    Box<dyn FnOnce(&str, Headers) -> Result<Started<'r>> + 'r>;

/// What a server calls once for each request (PEP 3333, "The
/// Application/Framework Side").
///
/// Every function and closure of this shape is an application. It may
/// be called any number of times; a server that calls from several
/// threads asks for `Sync` as well.
///
/// # Errors
///
/// Whatever goes wrong. The server logs it and answers `500 Internal
/// Server Error`, without a detail, if nothing has been sent yet.
pub trait Application {
    /// Answers one request.
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response>;
}

impl<F> Application for F
where
    F: Fn(&mut Environ, StartResponse<'_>) -> Result<Response>,
{
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        self(environ, start_response)
    }
}
