//! A tower service as an application.

mod request;

pub use request::RequestBody;

use crate::BoxError;
use axum::http::{self, HeaderValue, Request};
use gateway::response_head::is_the_servers;
use gateway::{
    Application, Block, Body, Environ, Error, ErrorLog, Failure,
    Response, Result, StartResponse,
};
use http_body::Frame;
use std::borrow::Cow;
use std::future::poll_fn;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tower::{Service, ServiceExt};

/// An application that has a tower service answer each request: an
/// [`axum::Router`], for one.
///
/// The thread of the request waits until the head is there, and then
/// for each piece of the body, which is sent before the next is asked
/// for. What the service spawns goes on meanwhile, on the threads of a
/// runtime of its own. Once the client has left, the body is dropped.
///
/// The service sees the path below SCRIPT_NAME, axum's `OriginalUri`,
/// `ConnectInfo<SocketAddr>`, and, as an `Extension`, the
/// [`Session`](gateway::middleware::session::Session). Fields that came
/// more than once are one, as in the environ. Trailers are left out,
/// which the log is told, and a connection cannot become another
/// protocol's: a `101` is answered with `501 Not Implemented`.
///
/// ```
/// use axum::{Router, routing::get};
/// use ch13::Tower;
///
/// let router = Router::new().route("/", get(async || "Hello"));
/// let answer = gateway::testing::get(&Tower::new(router)?, "/");
/// assert_eq!(answer.text(), "Hello");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Tower<S> {
    service: S,
    runtime: Arc<Threads>,
}

impl<S> Tower<S> {
    /// Starts the runtime.
    ///
    /// # Errors
    ///
    /// The system has no threads left.
    pub fn new(service: S) -> io::Result<Self> {
        let threads = Threads(Some(Runtime::new()?));
        Ok(Self { service, runtime: Arc::new(threads) })
    }
}

impl<S, B> Application for Tower<S>
where
    S: Service<Request<RequestBody>, Response = http::Response<B>>
        + Clone,
    S::Error: Into<BoxError>,
    B: http_body::Body + 'static,
    B::Error: Into<BoxError>,
{
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let request = request::of(environ)?;
        let answer = self.service.clone().oneshot(request);
        let answer = self.runtime.wait_for(answer);
        let (head, body) = answer.map_err(Error::from)?.into_parts();
        let status = status(head.status)?;
        let headers = headers(&head);
        let headers: Vec<_> =
            headers.iter().map(|(n, v)| (*n, &**v)).collect();
        let started = start_response(&status, &headers)?;
        let length = body.size_hint().exact();
        let pieces = Pieces {
            body: Some(Box::pin(body)),
            runtime: Arc::clone(&self.runtime),
            errors: environ.errors.clone(),
        };
        Ok(started.body(match length {
            Some(length) => Body::sized(length, pieces),
            None => Body::blocks(pieces),
        }))
    }
}

fn status(status: http::StatusCode) -> Result<String> {
    if status.is_informational() {
        let reason = format!(
            "the service answers {status}, but an application has no \
             connection that could become another protocol's"
        );
        Err(Failure::new("501 Not Implemented", reason))?;
    }
    let reason = status.canonical_reason().unwrap_or("Unassigned");
    Ok([status.as_str(), reason].join(" "))
}

/// The headers, but for those that are the server's.
fn headers(head: &http::response::Parts) -> Vec<(&str, Cow<'_, str>)> {
    // These two have no body (RFC 9110, sections 15.3.5 and 15.3.6).
    let is_bodiless = matches!(head.status.as_u16(), 204 | 205);
    let is_ours = |name: &str| {
        let is_wrong = is_bodiless && name == "content-length";
        !is_the_servers(name) && !is_wrong
    };
    let headers = head.headers.iter();
    headers
        .map(|(name, value)| (name.as_str(), text(value)))
        .filter(|(name, _)| is_ours(name))
        .collect()
}

/// In Latin-1; a tab counts as a space.
fn text(value: &HeaderValue) -> Cow<'_, str> {
    match value.to_str() {
        Ok(text) if !text.contains('\t') => text.into(),
        _ => {
            let bytes = value.as_bytes().iter();
            let text =
                |&b| if b == b'\t' { ' ' } else { char::from(b) };
            bytes.map(text).collect()
        }
    }
}

/// The body of an answer, piece by piece.
struct Pieces<B> {
    /// `None` when it was dropped.
    body: Option<Pin<Box<B>>>,
    runtime: Arc<Threads>,
    errors: ErrorLog,
}

impl<B> Iterator for Pieces<B>
where
    B: http_body::Body,
    B::Error: Into<BoxError>,
{
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Result<Block>> {
        let body = self.body.as_mut()?;
        loop {
            let frame = poll_fn(|cx| body.as_mut().poll_frame(cx));
            let frame = self.runtime.wait_for(frame)?;
            match frame.map(Frame::into_data) {
                Ok(Ok(data)) => return Some(Ok(block(data))),
                Ok(Err(_)) => {
                    let told =
                        writeln!(self.errors, "trailers are left out");
                    if let Err(error) = told {
                        return Some(Err(error.into()));
                    }
                }
                Err(error) => return Some(Err(Error::from(error))),
            }
        }
    }
}

fn block(mut data: impl bytes::Buf) -> Block {
    let bytes = data.copy_to_bytes(data.remaining());
    Vec::from(bytes).into()
}

impl<B> Drop for Pieces<B> {
    /// What is dropped with the body may spawn tasks.
    fn drop(&mut self) {
        let _inside = self.runtime.0.as_ref().map(Runtime::enter);
        self.body = None;
    }
}

/// A runtime that may be dropped anywhere.
#[derive(Debug)]
struct Threads(Option<Runtime>);

impl Threads {
    fn wait_for<T>(&self, future: impl Future<Output = T>) -> T {
        let runtime = self.0.as_ref();
        runtime.expect("it is there until the drop").block_on(future)
    }
}

impl Drop for Threads {
    /// To wait for its tasks here would block those of another runtime.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
