//! A name for each request, by which its lines in a log are found.

use crate::{
    Application, Environ, Key, Layer, ResponseHead, Result,
    StartResponse,
};
use std::hash::{BuildHasher, RandomState};
use std::process;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// Where an application finds the request's id.
pub const REQUEST_ID: Key<String> = Key::new("gateway.request_id");

/// Gives each request an id that no other has, in this process or
/// another.
///
/// It is in the environ, under [`REQUEST_ID`]; before each line in the
/// error log, whether it is the application's or the exchange's; in the
/// access log, in the place of the first dash; and in the answer's
/// header `X-Request-Id`. A page of the server's own, as for an error,
/// goes through no layer, and does not have the header.
///
/// A request that has an id keeps it.
///
/// ```
/// use gateway::middleware::{REQUEST_ID, request_id};
/// use gateway::testing;
///
/// let app = request_id(gateway::app(|environ, _| {
///     let id = environ.extension(REQUEST_ID).unwrap();
///     Err(format!("{id} has failed").into())
/// }));
/// let log = testing::get(&app, "/").log;
/// let (label, line) = log.split_once("] ").unwrap();
/// let id = label.strip_prefix("[").unwrap();
/// assert_eq!(line, format!("GET /: {id} has failed\n"));
/// ```
pub fn request_id(app: impl Application) -> impl Application {
    with_id(app, |_| None)
}

/// As [`request_id`], behind a proxy that gives its requests ids: the
/// one in `X-Request-Id` is taken, if it is 1 to 128 letters, digits
/// and `-._+/=` long.
///
/// Without such a proxy it is the visitor who writes it, and writes the
/// same as somebody else.
pub fn request_id_from_proxy(
    app: impl Application,
) -> impl Application {
    with_id(app, |environ| {
        let id = environ.get("HTTP_X_REQUEST_ID")?;
        is_harmless(&id).then(|| id.into_owned())
    })
}

fn with_id(
    app: impl Application,
    given: fn(&Environ) -> Option<String>,
) -> impl Application {
    crate::app(move |environ, start_response| {
        let before = environ.extension(REQUEST_ID).cloned();
        let id = before.or_else(|| given(environ));
        let id = id.unwrap_or_else(new_id);
        environ.insert(REQUEST_ID, id.clone());
        environ.errors.set_label(&id);
        let layer = Named(id.clone());
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(layer))
        });
        let result = app.call(environ, start);
        // The application may have put another log there.
        environ.errors.set_label(&id);
        result
    })
}

/// May it stand in a header, a log, and a page?
fn is_harmless(id: &str) -> bool {
    let is_one =
        |b: u8| b.is_ascii_alphanumeric() || b"-._+/=".contains(&b);
    (1..=128).contains(&id.len()) && id.bytes().all(is_one)
}

/// An id that is new: a number for this process, and one for each id
/// in it.
fn new_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{:016x}-{count}", *PROCESS)
}

/// A process has its number to itself, but only while it lives, and
/// only on its machine. So the time is in it, too, and what `std` has
/// for its hash maps: something random.
static PROCESS: LazyLock<u64> = LazyLock::new(|| {
    RandomState::new().hash_one((process::id(), SystemTime::now()))
});

/// Puts the id into the head.
struct Named(String);

impl Layer for Named {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        head.headers.set("X-Request-Id", &self.0);
        Ok(())
    }
}
