//! A validator: it stands between two parts, and says which of them
//! breaks a rule.

mod answer;
mod compare;
mod environ;
mod head;
mod notes;
mod rule;

use crate::{
    Application, Environ, Key, Response, Result, StartResponse,
};
use answer::{Call, Seen, watched};
use notes::{Inside, Notes, Shared};
pub use rule::Rule;

/// An application around which the validator stands: what [`validate`]
/// makes, and what [`validate_middleware`] hands to the middleware.
#[derive(Debug, Clone)]
pub struct Validated<A> {
    app: A,
    side: Side,
}

/// Where a validator stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Alone,
    /// Between middleware and the application.
    Inside,
    /// Between the server and middleware.
    Outside,
}

impl Side {
    /// Who calls, and has made the environ.
    fn asks(self) -> &'static str {
        match self {
            Self::Alone | Self::Outside => "the server",
            Self::Inside => "the middleware",
        }
    }

    fn answers(self) -> &'static str {
        match self {
            Self::Alone | Self::Inside => "the application",
            Self::Outside => "the middleware",
        }
    }
}

/// Puts the validator around an application.
///
/// Whatever breaks a [`Rule`] is an error as long as the head has not
/// been sent, so the answer is a 500, and a line in the log afterwards.
/// An answer that breaks none goes through unchanged, block by block.
///
/// ```
/// use gateway::middleware::validate;
/// use gateway::testing;
///
/// let app = gateway::app(|_, start_response| {
///     let headers = [("Content-Type", "text/plain"), ("ETag", "1")];
///     Ok(start_response("200 OK", &headers)?.body("Hello"))
/// });
/// let answer = testing::get(&validate(app), "/");
/// assert_eq!(answer.status, "500 Internal Server Error");
/// assert_eq!(
///     answer.log,
///     "GET /: the application: an ETag is in double quotes, behind \
///      W/ if it is weak (RFC 9110, 8.8.3): ETag: 1\n"
/// );
/// ```
pub fn validate<A: Application>(app: A) -> Validated<A> {
    Validated { app, side: Side::Alone }
}

/// Puts middleware around an application, and the validator on both
/// sides of it: what goes in is compared with what comes out.
///
/// ```
/// use gateway::middleware::{Validated, validate_middleware};
/// use gateway::{Application, Body, testing};
///
/// /// All of the body in one block, however long it takes.
/// fn at_once(app: impl Application) -> impl Application {
///     gateway::app(move |environ, start_response| {
///         let response = app.call(environ, start_response)?;
///         Ok(response.map(|body| {
///             let blocks: Result<Vec<_>, _> = body.collect();
///             Body::blocks([blocks.map(|all| all.concat().into())])
///         }))
///     })
/// }
///
/// let app = gateway::app(|_, start_response| {
///     let text = [("Content-Type", "text/plain")];
///     Ok(start_response("200 OK", &text)?.body(["one", "two"]))
/// });
/// let answer = testing::get(&validate_middleware(app, at_once), "/");
/// assert!(answer.log.starts_with(
///     "GET /: the middleware: a block goes out for each that comes \
///      in, before the next is asked for"
/// ));
/// ```
pub fn validate_middleware<A, B>(
    app: A,
    middleware: impl FnOnce(Validated<A>) -> B,
) -> Validated<B>
where
    A: Application,
    B: Application,
{
    let inside = Validated { app, side: Side::Inside };
    Validated { app: middleware(inside), side: Side::Outside }
}

/// By this the validator inside finds the one outside.
const INSIDE: Key<Shared<Inside>> = Key::new("validate.inside");

impl<A: Application> Application for Validated<A> {
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let call = self.begin(environ)?;
        let place = environ::place(environ);
        let layer = Seen::new(call.clone());
        let start: StartResponse = Box::new(move |status, headers| {
            layer.starts_with(status, headers);
            Ok(start_response(status, headers)?.layer(layer))
        });
        let result = self.app.call(environ, start);
        self.look_back(environ, &place, &call);
        Ok(result?.map(|body| watched(body, &call)))
    }
}

impl<A> Validated<A> {
    /// Looks at the environ, and takes the way to the other side out of
    /// it, or puts it there.
    fn begin(&self, environ: &mut Environ) -> Result<Call> {
        let text = |name| environ.get(name).map(|v| v.into_owned());
        let mut call = Call {
            side: self.side,
            notes: Shared::new(Notes::new(environ)),
            inside: Shared::default(),
            accept: text("HTTP_ACCEPT_ENCODING"),
        };
        let mut notes = call.notes.lock();
        for found in environ::check(environ) {
            notes.find(self.side.asks(), found);
        }
        notes.check()?;
        drop(notes);
        match self.side {
            Side::Alone => {}
            Side::Inside => {
                let inside = environ.take(INSIDE);
                call.inside = inside.unwrap_or_default();
            }
            Side::Outside => {
                environ.insert(INSIDE, call.inside.clone())
            }
        }
        Ok(call)
    }

    /// Looks at what became of the environ.
    fn look_back(
        &self,
        environ: &mut Environ,
        before: &environ::Place,
        call: &Call,
    ) {
        let place = environ::place(environ);
        let has_moved = place != *before;
        match self.side {
            Side::Alone => {}
            Side::Inside => {
                call.inside.lock().has_moved |= has_moved;
                environ.insert(INSIDE, call.inside.clone());
            }
            Side::Outside => {
                environ.take(INSIDE);
                if has_moved && !call.inside.lock().has_moved {
                    let [before, after] =
                        [before, &place].map(environ::shown);
                    let text = format!("{before} became {after}");
                    let found = (Rule::PutBack, text);
                    call.notes.lock().find(self.side.answers(), found);
                }
            }
        }
    }
}
