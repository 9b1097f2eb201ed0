use ch02::{Environ, Response, StartResponse};
use std::collections::BTreeMap;

/// An application that sets two cookies.
///
/// It answers `200 OK` and means to send three header fields:
/// `Content-Type: text/plain`, `Set-Cookie: lamp=on` and
/// `Set-Cookie: door=open`, in this order. Predict which of them
/// arrive. Then mend it.
pub fn two_cookies(
    _environ: &Environ,
    start_response: StartResponse,
) -> Response {
    // exercise 2.1: a type is wrong here; remove this line as well.
    let headers = BTreeMap::from([
        ("Content-Type", "text/plain"),
        ("Set-Cookie", "lamp=on"),
        ("Set-Cookie", "door=open"),
    ]);
    let headers: Vec<_> = headers.into_iter().collect();
    start_response("200 OK", &headers).body(["Welcome.\n".to_string()])
}
