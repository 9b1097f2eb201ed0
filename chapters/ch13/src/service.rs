//! An application as a tower service.

mod answer;
mod environ;

pub use answer::AnswerBody;

use answer::Out;
use axum::body::Bytes;
use axum::http::{Request, Response, StatusCode};
use gateway::exchange::{self, End, Protocol};
use gateway::{Application, Environ};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::spawn_blocking;
use tower::Service;

/// An application as a [`tower::Service`], which hyper serves, and axum
/// below a path with `nest_service`.
///
/// Each request has a thread of tokio's, of those that may block, until
/// its answer is sent. At most 64 are at work at once, and the others
/// wait.
///
/// ```
/// use axum::Router;
/// use gateway::app;
///
/// let hello = app(|_, start_response| {
///     Ok(start_response("200 OK", &[])?.body("Hello"))
/// });
/// let router: Router =
///     Router::new().nest_service("/hello", ch13::service(hello));
/// ```
pub fn service<A>(app: A) -> AppService<A>
where
    A: Application + Send + Sync + 'static,
{
    AppService { app: Arc::new(app), places: places(64) }
}

fn places(count: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(count))
}

/// What [`service`] makes.
#[derive(Debug)]
pub struct AppService<A> {
    app: Arc<A>,
    places: Arc<Semaphore>,
}

impl<A> AppService<A> {
    /// How many requests are at work at once.
    ///
    /// # Panics
    ///
    /// On 0, for none would ever be.
    pub fn threads(self, count: usize) -> Self {
        assert!(count > 0, "no threads, and so no answers");
        Self { places: places(count), ..self }
    }
}

impl<A> Clone for AppService<A> {
    fn clone(&self) -> Self {
        let (app, places) =
            (Arc::clone(&self.app), Arc::clone(&self.places));
        Self { app, places }
    }
}

impl<A, B> Service<Request<B>> for AppService<A>
where
    A: Application + Send + Sync + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<crate::BoxError>,
{
    type Response = Response<AnswerBody>;
    type Error = Infallible;
    type Future = Pin<
        Box<
            dyn Future<Output = Result<Self::Response, Infallible>>
                + Send,
        >,
    >;

    fn poll_ready(
        &mut self,
        _: &mut Context<'_>,
    ) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Self { app, places } = self.clone();
        Box::pin(async move {
            // It is never closed.
            let place = places.acquire_owned().await;
            let runtime = Handle::current();
            let (sender, answer) = oneshot::channel();
            spawn_blocking(move || {
                let _place = place;
                run(&*app, request, runtime, sender);
            });
            Ok(answer.await.unwrap_or_else(|_| nothing()))
        })
    }
}

/// Calls the application, and sends what it answers as it comes.
fn run<B>(
    app: &dyn Application,
    request: Request<B>,
    runtime: Handle,
    to: oneshot::Sender<Response<AnswerBody>>,
) where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<crate::BoxError>,
{
    let mut environ = Environ::new();
    let filled = environ::fill(&mut environ, request, runtime);
    let mut out = Out::new(to);
    let (environ, protocol) = (&mut environ, Protocol::Cgi);
    let outcome = match filled {
        Ok(()) => exchange::run(app, environ, protocol, &mut out),
        Err(no) => exchange::run(&no, environ, protocol, &mut out),
    };
    if let End::Cut | End::Reset = outcome.end {
        out.cut();
    }
}

/// When the exchange has ended before a byte was sent.
fn nothing() -> Response<AnswerBody> {
    let mut answer = Response::new(AnswerBody::default());
    *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    answer
}
