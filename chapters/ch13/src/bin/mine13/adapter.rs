//! An axum Router as an application, by the exercises' answers.

use crate::chapter13;
use crate::mine::piece;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Uri};
use gateway::{Application, Environ, Failure, Result, app};
use std::io::Read;
use tower::ServiceExt;

/// Where the Router is mounted, as a link has it: an extension of each
/// request.
#[derive(Clone)]
pub struct Mounted(pub String);

/// The longest body, in bytes.
const LIMIT: usize = 64 * 1024;

/// What the Router waits for, somebody else has to bring: there is no
/// runtime here, with a clock or sockets.
pub fn adapter(router: Router) -> impl Application + Send + Sync {
    app(move |environ, start_response| {
        let request = request(environ)?;
        let router = router.clone();
        let answer = piece!(chapter13::block_on)(async {
            let Ok(answer) = router.oneshot(request).await;
            let (head, body) = answer.into_parts();
            let body = to_bytes(body, LIMIT).await;
            body.map(|body| (head, body))
        });
        let (head, body) = answer?;
        let headers =
            head.headers.iter().filter_map(|(name, value)| {
                Some((name.as_str(), value.to_str().ok()?))
            });
        let headers: Vec<_> = headers.collect();
        let status = head.status.to_string();
        Ok(start_response(&status, &headers)?.body(Vec::from(body)))
    })
}

fn request(environ: &mut Environ) -> Result<Request<Body>> {
    let mut body = Vec::new();
    let mut input = (&mut environ.input).take(LIMIT as u64 + 1);
    if input.read_to_end(&mut body)? > LIMIT {
        let status = "413 Content Too Large";
        Err(Failure::new(status, "too much to keep"))?;
    }
    let get = |name| environ.bytes(name).unwrap_or_default();
    let asked = Uri::try_from(get("REQUEST_URI")).unwrap_or_default();
    let cut = piece!(chapter13::split)(
        asked.path(),
        get("SCRIPT_NAME"),
        get("PATH_INFO"),
    );
    let nowhere = || Failure::new("404 Not Found", "no place to cut");
    let (script, path) =
        asked.path().split_at(cut.ok_or_else(nowhere)?);
    let path = if path.is_empty() { "/" } else { path };
    let query = asked.query().map(|query| format!("?{query}"));
    let mut request = Request::builder()
        .method(get("REQUEST_METHOD"))
        .uri(path.to_string() + &query.unwrap_or_default())
        .extension(Mounted(script.into()));
    for (variable, value) in environ.variables() {
        if let Some(name) = piece!(chapter13::field)(variable) {
            request = request.header(name, value);
        }
    }
    Ok(request.body(Body::from(body))?)
}
