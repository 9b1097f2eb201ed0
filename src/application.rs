//! What an application is.

use crate::{Environ, Response, Result, Started};
use std::rc::Rc;
use std::sync::Arc;

/// `start_response(status, headers)`: called once, because it is
/// `FnOnce`.
///
/// # Errors
///
/// A status or header that must not be sent
/// ([`response_head::check`](crate::response_head::check) says which and
/// why).
pub type StartResponse<'r> =
    Box<dyn FnOnce(&str, &[(&str, &str)]) -> Result<Started<'r>> + 'r>;

/// What a server calls once for each request (PEP 3333, "The
/// Application/Framework Side").
///
/// Every function and closure of this shape is an application, and so
/// is one in a `Box`, an `Arc` or an `Rc`. It may be called any number
/// of times; a server that calls from several threads asks for `Sync`
/// as well.
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

/// The closure that it is given, whose parameters need no types then.
///
/// ```
/// let app = gateway::app(|_, start_response| {
///     Ok(start_response("204 No Content", &[])?.body(""))
/// });
/// let answer = gateway::testing::get(&app, "/");
/// assert_eq!(answer.status, "204 No Content");
/// ```
pub fn app<F>(closure: F) -> F
where
    F: Fn(&mut Environ, StartResponse<'_>) -> Result<Response>,
{
    closure
}

/// What points to an application is one, where that is not a function's
/// already.
macro_rules! applications {
    ($([$($generics:tt)*] $pointer:ty;)*) => {$(
        impl<$($generics)*> Application for $pointer {
            fn call(
                &self,
                environ: &mut Environ,
                start_response: StartResponse<'_>,
            ) -> Result<Response> {
                (**self).call(environ, start_response)
            }
        }
    )*};
}

applications! {
    ['a] Box<dyn Application + 'a>;
    ['a] Box<dyn Application + Send + Sync + 'a>;
    ['a] &(dyn Application + 'a);
    ['a] &(dyn Application + Sync + 'a);
    [A: Application + ?Sized] Arc<A>;
    [A: Application + ?Sized] Rc<A>;
}
