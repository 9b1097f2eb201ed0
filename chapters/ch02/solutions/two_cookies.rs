use ch02::{Environ, Response, StartResponse};

/// An application that sets two cookies.
pub fn two_cookies(
    _environ: &Environ,
    start_response: StartResponse,
) -> Response {
    let headers = [
        ("Content-Type", "text/plain"),
        ("Set-Cookie", "lamp=on"),
        ("Set-Cookie", "door=open"),
    ];
    start_response("200 OK", &headers).body(["Welcome.\n".to_string()])
}
