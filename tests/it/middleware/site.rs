//! What the table asks for: answers of all the kinds that middleware
//! must tell apart.

use gateway::preconditions::{Preconditions, Validators};
use gateway::{Body, Environ, Response, Result, StartResponse};
use std::time::{Duration, UNIX_EPOCH};

/// The RFC's own example of a date.
pub const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const DATE_SECONDS: u64 = 784_111_777;

pub const LINE: &str = "All that glitters is not gold.\n";
const LINES: usize = 40;

const TAG: (&str, &str) = ("ETag", "\"1\"");
const DATED: (&str, &str) = ("Last-Modified", DATE);
const TEXT: (&str, &str) = ("Content-Type", "text/plain");

/// What a page is made of, whoever asks for it.
pub fn content(path: &str) -> Vec<u8> {
    match path {
        "/small" => LINE.into(),
        "/empty" | "/empty-stream" | "/no-content" => Vec::new(),
        _ => LINE.repeat(LINES).into(),
    }
}

fn body(path: &str, is_head: bool) -> Body {
    let lines = || vec![LINE; LINES];
    match path {
        "/stream" => Body::blocks(
            lines().into_iter().map(|line| Ok(line.as_bytes().into())),
        ),
        "/empty-stream" => Body::blocks(None),
        "/pieces" => lines().into(),
        "/headless" if is_head => "".into(),
        _ => content(path).into(),
    }
}

fn head(path: &str) -> (&'static str, Vec<(&'static str, &str)>) {
    let headers = match path {
        "/tagged" => vec![
            TEXT,
            TAG,
            DATED,
            ("Cache-Control", "max-age=60"),
            ("Content-Language", "en"),
            ("Content-Location", "/tagged.en"),
            ("Expires", DATE),
            ("Vary", "Cookie"),
        ],
        "/weak" => vec![TEXT, ("ETag", "W/\"1\"")],
        "/dated" => vec![TEXT, DATED],
        "/image" => vec![("Content-Type", "image/png"), TAG],
        "/svg" => vec![("Content-Type", "image/svg+xml")],
        "/json" => vec![(
            "Content-Type",
            "application/problem+json; charset=utf-8",
        )],
        "/encoded" => vec![TEXT, TAG, ("Content-Encoding", "br")],
        "/no-transform" => {
            let value = "max-age=60, No-Transform";
            vec![TEXT, TAG, ("Cache-Control", value)]
        }
        "/vary-star" => vec![TEXT, ("Vary", "*")],
        "/vary-there" => vec![TEXT, ("Vary", "accept-encoding, X-A")],
        "/vary-twice" => vec![TEXT, ("Vary", "X-A"), ("Vary", "X-B")],
        "/ranges" => {
            let digest = ("Repr-Digest", "sha-256=:AAAA:");
            vec![TEXT, ("Accept-Ranges", "bytes"), digest]
        }
        "/part" => {
            let range = ("Content-Range", "bytes 0-1239/2000");
            return ("206 Partial Content", vec![TEXT, TAG, range]);
        }
        "/sorry" => return ("404 Not Found", vec![TEXT]),
        "/missing" => return ("404 Not Found", vec![TEXT, TAG]),
        "/no-content" => return ("204 No Content", vec![TAG]),
        _ => vec![TEXT],
    };
    ("200 OK", headers)
}

/// The application that is under the middleware.
pub fn site(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    match &*path {
        "/saved" => return save(environ, true, start_response),
        "/new" => return save(environ, false, start_response),
        "/range" => return range(environ, start_response),
        _ => {}
    }
    let is_head = environ.bytes("REQUEST_METHOD") == Some(b"HEAD");
    let (status, headers) = head(&path);
    Ok(start_response(status, &headers)?.body(body(&path, is_head)))
}

fn current() -> Validators {
    let modified = UNIX_EPOCH + Duration::from_secs(DATE_SECONDS);
    // A file system knows the time better than a field can say it.
    let modified = modified + Duration::from_millis(700);
    Validators {
        etag: Some(TAG.1.to_string()),
        modified: Some(modified),
    }
}

/// Acts, unless a precondition forbids it.
fn save(
    environ: &mut Environ,
    exists: bool,
    start_response: StartResponse,
) -> Result<Response> {
    let current = exists.then(current);
    Preconditions::of(environ).require(current.as_ref())?;
    Ok(start_response("204 No Content", &[])?.body(""))
}

/// Sends the first line to who asks for a part, if it may.
fn range(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let is_asked = environ.bytes("HTTP_RANGE").is_some();
    let allowed = Preconditions::of(environ).allow_range(&current());
    let mut headers = vec![TEXT, TAG, DATED];
    if !is_asked || !allowed {
        let body = content("/range");
        return Ok(start_response("200 OK", &headers)?.body(body));
    }
    let whole = content("/range").len();
    let value = format!("bytes 0-{}/{whole}", LINE.len() - 1);
    headers.push(("Content-Range", &value));
    Ok(start_response("206 Partial Content", &headers)?.body(LINE))
}
